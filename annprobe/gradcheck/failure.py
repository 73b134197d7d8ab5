"""The exception of a failed check, whose message names the place, both values, the pattern and one cure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from annprobe.gradcheck.check import check_gradients
from annprobe.gradcheck.cures import cure, whole
from annprobe.gradcheck.verdicts.result import Entry, GradientCheck, Note, ParameterCheck

MOST_ARRAYS = 8
MOST_ENTRIES = 4  # of each array, where no more than FEW arrays are wrong
FEW = 2


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
        yield f"  cure: {cure(result)}"
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
        number = whole(factor)
        return f"off by the constant factor {factor:.6g}" + (f", which is {number}" if number else "")
    if pattern.startswith("parameters missing"):
        return pattern.replace("parameters missing", "a term proportional to the parameter itself is missing", 1)
    if pattern.startswith("gradient of "):
        return f"yours is the {pattern}"
    is_constant = factor is not None and not pattern[:1].isalpha()
    return f"yours is {pattern} times the true one" if is_constant or pattern in ("N", "K") else pattern


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


__all__ = ["WrongGradient", "assert_gradients", "describe"]
