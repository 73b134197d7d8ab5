"""One cure for what a gradient check found, in words for the reader."""

from __future__ import annotations

import math
from collections.abc import Iterator

from annprobe.gradcheck.verdicts.result import GradientCheck, ParameterCheck

MOST_COUNTED = 1e5  # a factor beyond it that happens to be whole counts nothing

_BY_LINE = (
    "the lines are units or inputs: for units look at delta, above all at the activation's derivative; for inputs at "
    "the activations in the outer product"
)

# The first row whose sign occurs in a note's kind or in a pattern gives the cure.
_CURES: tuple[tuple[str, str], ...] = (
    ("is the parameters", "compare the gradient, not the weights"),
    ("same everywhere", "compute the gradient from the present parameters, not from stored values"),
    ("gradient transposed", "transpose it: a gradient has its parameter's shape"),
    ("shape (", "a gradient has its parameter's shape"),
    ("parameters missing", "add the derivative of the penalty on the parameters, or take the penalty out of the cost"),
    ("missing", "return a gradient for every parameter, in their order"),
    ("gradient of", "pair every gradient with its own parameter: an index or the order of the list is off"),
    ("the last two axes", "the kernel's axes: see which of forward and backward pass turns or exchanges them"),
    ("first two axes", "the axes of input and output channels are exchanged"),
    ("transposed", "swap the two factors of the outer product: delta.T @ activations"),
    ("reshaped", "transpose instead of reshaping"),
    ("reversed", "check the order in which the parts are put together"),
    ("rolled", "the bias column stands at the other end in the forward pass"),
    (
        "bias",
        "give the biases the same reduction over the examples as the weights: the sum of delta, on their own line",
    ),
    ("one entry", "look for an index or an assignment that touches this entry only"),
    ("entries", "look for indices or assignments that touch these entries only"),
    ("one row", "look at what is special about this row: an index, or an assignment that overwrites another"),
    ("one column", "look at what is special about this column: an index, or an assignment that overwrites another"),
    ("units", "each unit's error is off by its own factor: look at delta, above all at the activation's derivative"),
    ("inputs", "each input is off by its own factor: look at the activations in the outer product"),
    ("rows", _BY_LINE),
    ("columns", _BY_LINE),
    ("true gradient is zero", "see whether the forward pass uses this parameter at all"),
    ("-1", "the sign: the derivative of the cost is output − target"),
    ("N", "use the same reduction in cost and gradient: both the sum or both the mean over the examples"),
    ("K", "divide by the number of examples, not of outputs"),
    ("1/2", "the cost has a factor that the gradient lacks: d/da of (a − y)² is 2(a − y)"),
    ("2", "the gradient has a factor that the cost lacks: d/da of ½(a − y)² is a − y"),
    ("zero", "this gradient is never computed, or multiplied by zero"),
)


def cure(result: GradientCheck) -> str:
    """Where to look, or what to change."""
    words = [*(note.kind for note in result.notes), result.pattern or "", *(p.pattern for p in result.wrong)]
    words += _by_line(result)
    if result.pattern is None and any(n.kind == "changes parameters" and n.detail == "cost" for n in result.notes):
        return "let the cost work on copies: what it does to its parameters is a part of it that has a derivative too"
    for sign, text in _CURES:
        if any(sign in word for word in words):
            return text
    if result.pattern == "other constant" and (number := whole(result.factor).lstrip("-").removeprefix("1/")):
        return f"if {number} counts examples or outputs: both the sum or both the mean over them in cost and gradient"
    if len(result.parameters) == 1:
        return "differentiate the cost step by step"
    return "differentiate step by step, starting at the wrong array that is nearest to the output"


def _by_line(result: GradientCheck) -> Iterator[str]:
    """``units`` or ``inputs`` for a matrix off by one factor a line: a bias vector beside it tells which they are."""
    details = [note.detail for note in result.notes if note.kind == "one example"]
    for parameter, following in zip(result.parameters, (*result.parameters[1:], None), strict=True):
        for axis, word in enumerate(("rows", "columns")):
            if parameter.pattern == word or f"{parameter.name}: {word}" in details:
                units = _unit_axis(parameter, following)
                yield word if units is None else "units" if units == axis else "inputs"


def _unit_axis(matrix: ParameterCheck, following: ParameterCheck | None) -> int | None:
    """The axis as long as the bias vector that follows."""
    if following is None or len(matrix.shape) != 2 or matrix.shape[0] == matrix.shape[1]:
        return None
    size = math.prod(following.shape)
    if max(following.shape, default=1) != size or size not in matrix.shape:
        return None
    return matrix.shape.index(size)


def whole(factor: float | None) -> str:
    """``12`` or ``1/12`` where the factor is whole or one over it: perhaps there are so many of something."""
    if not factor:
        return ""
    count = max(abs(factor), 1 / abs(factor))
    if not 2 < count < MOST_COUNTED or abs(count - round(count)) > 1e-6:
        return ""
    return ("-" if factor < 0 else "") + ("" if abs(factor) > 1 else "1/") + str(round(count))
