"""The exception of a failed check, whose message names the place, both values, the pattern and one cure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from annprobe.gradcheck.check import check_gradients
from annprobe.gradcheck.verdicts.result import Entry, GradientCheck, Note, ParameterCheck

MOST_ARRAYS = 8
MOST_ENTRIES = 4  # of each array, where no more than FEW arrays are wrong
FEW = 2
MOST_COUNTED = 1e5  # a factor beyond it that happens to be whole counts nothing


class WrongGradient(AssertionError):
    """A gradient disagrees with the derivative of its own cost; ``result`` is the whole :class:`GradientCheck`."""

    def __init__(self, result: GradientCheck) -> None:
        self.result = result
        super().__init__("\n".join(describe(result)))


def assert_gradients(cost: Callable[..., Any], parameters: Any, gradient: Any, **options: Any) -> GradientCheck:
    """Raise :class:`WrongGradient` unless the gradient agrees; arguments and result of :func:`check_gradients`.

    A check that cannot be decided raises too: silence would pass for agreement.
    """
    result = check_gradients(cost, parameters, gradient, **options)
    if not result.agrees:
        raise WrongGradient(result)
    return result


def describe(result: GradientCheck) -> Iterator[str]:
    """The lines of the message for a result that does not agree."""
    if result.verdict == "undecided":
        yield "the gradient could not be judged"
        yield from _notes(result.notes)
        if any(note.kind == "noise" for note in result.notes):
            yield "  cure: give the random generator a fixed seed, or make it outside the function that draws from it"
        elif any(note.kind == "coarse" for note in result.notes):
            yield "  cure: let the cost return its value as it is before it is rounded"
    else:
        yield _headline(result)
        most = MOST_ENTRIES if len(result.wrong) <= FEW else 1
        for parameter in result.wrong[:MOST_ARRAYS]:
            yield from _parameter(parameter, most)
        if len(result.wrong) > MOST_ARRAYS:
            yield f"  ... and {len(result.wrong) - MOST_ARRAYS} more arrays"
        yield from _notes(result.notes)
        yield f"  cure: {_cure(result)}"
    limit = result.detection_limit[0]
    seen = f"a relative error of {limit:.0e} in a typical entry would be seen; " if 0 < limit < 1 else ""
    yield f"  {seen}{result.method}, {result.costs} forward passes, {result.gradients} gradients, seed {result.seed}"


def _headline(result: GradientCheck) -> str:
    wrong = len(result.wrong)
    total = len(result.parameters)
    every = "both parameters" if total == 2 else f"all {total} parameters"
    where = "" if total == 1 else f" in {every}" if wrong == total else f" in {wrong} of {total} parameters"
    how = f": {_phrase(result.pattern, result.factor)}" if result.pattern else ""
    return f"wrong gradient{where}{how}   [{result.signature}]"


def _parameter(parameter: ParameterCheck, most: int) -> Iterator[str]:
    where = "".join(f", {_line(axis, index, parameter.shape)}" for axis, index in parameter.lines)
    yield f"  {parameter.name} {parameter.shape}{where}: {_phrase(parameter.pattern, parameter.factor)}"
    for entry in parameter.entries[:most]:
        yield f"    {_entry(parameter, entry)}"


def _entry(parameter: ParameterCheck, entry: Entry) -> str:
    index = ", ".join(map(str, entry.index))
    ratio = f", ratio {entry.ratio:.6g}" if entry.ratio is not None else ""
    where = f"at [{index}]: " if entry.index else ""
    return f"{where}yours {entry.user + 0.0:.6g}, true {entry.true + 0.0:.6g}{ratio}"  # no "-0"


def _line(axis: int, index: int, shape: tuple[int, ...]) -> str:
    if len(shape) != 2:
        return f"index {index} of axis {axis}"
    return f"row {index}" if axis == 0 else f"column {index}"


_PHRASES = {
    "zero": "yours is zero",
    "-1": "the wrong sign",
    "other": "wrong in no simple pattern",
    "missing": "no gradient was returned for it",
    "one entry": "one wrong entry",
    "one row": "wrong in this row only",
    "one column": "wrong in this column only",
    "one slice": "wrong in this slice only",
    "rows": "every row is off by a factor of its own",
    "columns": "every column is off by a factor of its own",
    "transposed": "yours is the transpose of the true one",
    "nonzero where the true gradient is zero": "the cost does not depend on it; yours is not zero",
}


def _phrase(pattern: str | None, factor: float | None) -> str:
    if pattern is None:
        return "wrong"
    if pattern in _PHRASES:
        return _PHRASES[pattern]
    head, _, inner = pattern.partition(": ")
    if inner:
        return f"{head.replace('one ', 'this ', 1)} only".replace("only only", "only") + f", {_phrase(inner, factor)}"
    if pattern == "other constant" and factor is not None:
        return f"off by the constant factor {factor:.6g}" + (f", which is {whole}" if (whole := _whole(factor)) else "")
    if pattern.startswith("parameters missing"):
        return pattern.replace("parameters missing", "a term proportional to the parameter itself is missing", 1)
    if pattern.startswith("gradient of "):
        return f"yours is the {pattern}"
    is_constant = factor is not None and not pattern[:1].isalpha()
    return f"yours is {pattern} times the true one" if is_constant or pattern in ("N", "K") else pattern


def _whole(factor: float | None) -> str:
    """``12`` or ``1/12`` where the factor is whole or one over it: perhaps there are so many of something."""
    if not factor:
        return ""
    count = max(abs(factor), 1 / abs(factor))
    if not 2 < count < MOST_COUNTED or abs(count - round(count)) > 1e-6:
        return ""
    return ("-" if factor < 0 else "") + ("" if abs(factor) > 1 else "1/") + str(round(count))


_NOTES: dict[str, str] = {
    "randomness": "the cost draws random numbers ({detail}); their generator was put back before every call",
    "state": "the {detail} gives another value when called again; everything it changes was put back before every call",
    "changes parameters": "{detail}() writes into the parameters it is given",
    "changes data": "{detail} is written into",
    "noise": "the {detail} differs by {value:.1e} between calls at the same point although everything was put back",
    "coarse": "the cost changes in steps of about {value:.0e}, as a rounded number does: nothing finer can be judged",
    "kink": "at these parameters the cost has a kink: any value between its one-sided slopes is legitimate",
    "saturated": "at these parameters the gradient is lost in rounding",
    "only here": "wrong at these parameters and right at smaller ones: a branch taken only here?",
    "upcast": "{detail} was raised to float64",
    "low precision": "results come back with a precision of {value:.1e}",
    "not finite": "the {detail} is infinite or undefined",
    "no dependence": "the cost does not react to the parameters",
    "gradient order": "the gradient's arrays come in another order than the parameters: {detail}",
    "gradient transposed": "the gradient of {detail} has the transposed shape",
    "same everywhere": "the gradient stays the same when the parameters change",
    "is the parameters": "what is called the gradient is the parameters themselves",
    "factor varies": "the constant is another one at another point: {detail}",
    "batch": "{detail}",
    "one example": "with one example every unit or input has a factor of its own: {detail}",
    "no complex step": "no complex step: {detail}",
    "one point": "a gradient given as numbers can be judged at one point only",
}


def _notes(notes: Sequence[Note]) -> Iterator[str]:
    """A line each; parameters of one type together."""
    raised: dict[str, list[str]] = {}
    for note in notes:
        if note.kind == "upcast":
            name, _, dtype = note.detail.rpartition(": ")
            raised.setdefault(dtype, []).append(name)
    yield from (_note(Note("upcast", f"{_few(names)}: {dtype}")) for dtype, names in raised.items())
    yield from (_note(note) for note in notes if note.kind != "upcast")


def _few(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_ARRAYS])
    return shown if len(names) <= MOST_ARRAYS else f"{shown} and {len(names) - MOST_ARRAYS} more"


def _note(note: Note) -> str:
    return "  note: " + _NOTES[note.kind].format(
        detail=note.detail, value=note.value if note.value is not None else 0.0
    )


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


def _cure(result: GradientCheck) -> str:
    words = [*(note.kind for note in result.notes), result.pattern or "", *(p.pattern for p in result.wrong)]
    words += _by_line(result)
    if result.pattern is None and any(n.kind == "changes parameters" and n.detail == "cost" for n in result.notes):
        return "let the cost work on copies: what it does to its parameters is a part of it that has a derivative too"
    for sign, cure in _CURES:
        if any(sign in word for word in words):
            return cure
    if result.pattern == "other constant" and (whole := _whole(result.factor)):
        number = whole.lstrip("-").removeprefix("1/")
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


__all__ = ["WrongGradient", "assert_gradients", "describe"]
