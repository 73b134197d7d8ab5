"""The exception of a failed check, whose message names the place, both values, the pattern and one cure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from annprobe.gradcheck.check import check_gradients
from annprobe.gradcheck.result import Entry, GradientCheck, Note, ParameterCheck

MOST_ARRAYS = 8


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
        yield from map(_note, result.notes)
    else:
        yield _headline(result)
        for parameter in result.wrong[:MOST_ARRAYS]:
            yield from _parameter(parameter)
        if len(result.wrong) > MOST_ARRAYS:
            yield f"  ... and {len(result.wrong) - MOST_ARRAYS} more arrays"
        yield from map(_note, result.notes)
        yield f"  cure: {_cure(result)}"
    limit = result.detection_limit[0]
    seen = f"a relative error of {limit:.0e} in a typical entry would be seen; " if 0 < limit < 1 else ""
    yield f"  {seen}{result.method}, {result.costs} forward passes, {result.gradients} gradients, seed {result.seed}"


def _headline(result: GradientCheck) -> str:
    wrong = len(result.wrong)
    total = len(result.parameters)
    where = (
        "" if total == 1 else f" in all {total} parameters" if wrong == total else f" in {wrong} of {total} parameters"
    )
    how = f": {_phrase(result.pattern, result.factor)}" if result.pattern else ""
    return f"wrong gradient{where}{how}   [{result.signature}]"


def _parameter(parameter: ParameterCheck) -> Iterator[str]:
    where = "".join(f", {_line(axis, index, parameter.shape)}" for axis, index in parameter.lines)
    yield f"  {parameter.name} {parameter.shape}{where}: {_phrase(parameter.pattern, parameter.factor)}"
    for entry in parameter.entries:
        yield f"    {_entry(parameter, entry)}"


def _entry(parameter: ParameterCheck, entry: Entry) -> str:
    index = ", ".join(map(str, entry.index))
    ratio = f", ratio {entry.ratio:.6g}" if entry.ratio is not None else ""
    return f"at [{index}]: yours {entry.user + 0.0:.6g}, true {entry.true + 0.0:.6g}{ratio}"  # no "-0"


def _line(axis: int, index: int, shape: tuple[int, ...]) -> str:
    if len(shape) != 2:
        return f"index {index} of axis {axis}"
    return f"row {index}" if axis == 0 else f"column {index}"


def _phrase(pattern: str | None, factor: float | None) -> str:
    if pattern == "other constant" and factor is not None:
        return f"off by the constant factor {factor:.6g}"
    if pattern == "zero":
        return "yours is zero"
    if pattern is not None and pattern == "-1":
        return "the wrong sign"
    is_constant = pattern is not None and factor is not None and not pattern[:1].isalpha()
    return f"yours is {pattern} times the true one" if is_constant or pattern in ("N", "K") else str(pattern)


_NOTES: dict[str, str] = {
    "randomness": "the cost draws random numbers ({detail}); their generator was put back before every call",
    "state": "the {detail} gives another value when called again; everything it changes was put back before every call",
    "changes parameters": "{detail}() writes into the parameters it is given",
    "changes data": "{detail} is written into",
    "noise": "the {detail} differs by {value:.1e} between calls at the same point although everything was put back",
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
    "no complex step": "no complex step: {detail}",
    "one point": "a gradient given as numbers can be judged at one point only",
}


def _note(note: Note) -> str:
    return "  note: " + _NOTES[note.kind].format(
        detail=note.detail, value=note.value if note.value is not None else 0.0
    )


# The first row whose words all occur in the pattern or the notes gives the cure.
_CURES: tuple[tuple[str, str], ...] = (
    ("is the parameters", "compare the gradient, not the weights"),
    ("same everywhere", "compute the gradient from the present parameters, not from stored values"),
    ("gradient transposed", "transpose it: a gradient has its parameter's shape"),
    ("shape (", "a gradient has its parameter's shape"),
    ("missing", "add the derivative of the penalty on the parameters, or take the penalty out of the cost"),
    ("gradient of", "pair every gradient with its own parameter: an index or the order of the list is off"),
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
    ("one row", "look at what is special about this unit"),
    ("one column", "look at what is special about this input"),
    ("rows", "each unit's error is off by its own factor: look at delta, above all at the activation's derivative"),
    ("columns", "each input is off by its own factor: look at the activations in the outer product"),
    ("-1", "the sign: the derivative of the cost is output − target"),
    ("N", "use the same reduction in cost and gradient: both the sum or both the mean over the examples"),
    ("K", "divide by the number of examples, not of outputs"),
    ("1/2", "the cost has a factor that the gradient lacks: d/da of (a − y)² is 2(a − y)"),
    ("2", "the gradient has a factor that the cost lacks: d/da of ½(a − y)² is a − y"),
    ("zero", "this gradient is never computed, or multiplied by zero"),
)


def _cure(result: GradientCheck) -> str:
    words = [*(note.kind for note in result.notes), result.pattern or "", *(p.pattern for p in result.wrong)]
    for sign, cure in _CURES:
        if any(sign in word for word in words):
            return cure
    return "differentiate step by step, starting at the last array of the signature that is wrong"


__all__ = ["WrongGradient", "assert_gradients", "describe"]
