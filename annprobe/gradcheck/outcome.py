"""One result from a judgement: every parameter located, and the whole named where one word fits it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from annprobe.gradcheck.examining.examination import Examination
from annprobe.gradcheck.functions.blackbox import BlackBox
from annprobe.gradcheck.functions.layout import Leaf
from annprobe.gradcheck.judgement import Judgement
from annprobe.gradcheck.localising.localise import locate
from annprobe.gradcheck.localising.located import Letters, Located
from annprobe.gradcheck.verdicts.result import Entry, GradientCheck, Note, ParameterCheck
from annprobe.gradcheck.verdicts.verdict import detection_limits

COARSE = 1e-12  # of the cost; noise above it is more than the rounding of a long sum


def summarise(box: BlackBox, judgement: Judgement, letters: Letters, notes: list[Note], seed: int) -> GradientCheck:
    """The result of an examination."""
    where = judgement.where
    found = [*notes, *judgement.notes, *_of_the_method(box, where, notes)]
    verdict, parameters = judgement.verdict, _unjudged(box, judgement)
    misfits = where is not None and set(where.reading.fits) != {"fits"}
    point = where.name if where is not None else "own"
    if where is not None and (judgement.located or misfits):
        located = list(judgement.located or locate(where, letters))
        verdict = "wrong" if misfits else verdict
        shown_at = _where_to_show(judgement, where)
        point = shown_at.name
        parameters = tuple(
            _with_entries(item, leaf, shown_at) for item, leaf in zip(located, box.layout.leaves, strict=True)
        )
        found += _relations(where, judgement)
    pattern, factor, names = _whole(parameters) if verdict == "wrong" else (None, None, ())
    if factor is not None and pattern in names:
        found += _varying(judgement, factor)
    limits = (0.0, 0.0)
    if where is not None and judgement.points:
        contributions = np.abs(where.reading.vector * where.whole())
        limits = detection_limits(contributions, judgement.points[-1].tolerance)
    return GradientCheck(
        verdict, parameters, judgement.points, tuple(dict.fromkeys(found)), pattern, factor, names,
        " ".join(p.signature for p in parameters), point, where.engine.method if where is not None else "complex step",
        limits, box.costs, box.gradients, seed,
    )  # fmt: skip


def _of_the_method(box: BlackBox, where: Examination | None, notes: list[Note]) -> Iterator[Note]:
    """What kept the derivative from being exact."""
    narrow = box.epsilon > 2.0**-52
    if where is not None:
        if where.engine.refusal:
            yield Note("no complex step", where.engine.refusal)
        is_random = any(note.kind == "noise" for note in notes)
        if where.engine.noise > COARSE * abs(where.cost) and not (narrow or is_random):
            yield Note("coarse", value=where.engine.noise / 4)
    if narrow:
        yield Note("low precision", value=box.epsilon)


def _unjudged(box: BlackBox, judgement: Judgement) -> tuple[ParameterCheck, ...]:
    agrees = None if judgement.verdict in ("undecided", "wrong") else True
    pattern = "equal" if agrees else "not judged"
    sign = "." if agrees else "?"
    return tuple(ParameterCheck(leaf.name, leaf.shape, agrees, pattern, signature=sign) for leaf in box.layout.leaves)


def _where_to_show(judgement: Judgement, where: Examination) -> Examination:
    """The user's own point, if the gradient is wrong there too: its numbers are the ones that the user can print."""
    own = judgement.own
    failed = any(point.point == "own" and not point.agrees for point in judgement.points)
    return own if own is not None and failed else where


def _with_entries(item: Located, leaf: Leaf, exam: Examination) -> ParameterCheck:
    if item.check.agrees is not False or not item.show:
        return item.check
    entries = []
    for place in item.show:
        unit = np.zeros(leaf.stop - leaf.start)
        unit[place] = 1.0
        probe = exam.probe(exam.within(leaf, unit))
        if probe.explained and len(item.show) > 1:
            continue  # wrong at the point where it was found, right at the one that is shown
        index = tuple(map(int, np.unravel_index(place, leaf.shape))) if leaf.shape else ()
        entries.append(Entry(index, probe.claimed, probe.derivative))
    return item.check._replace(entries=tuple(entries))


def _relations(where: Examination, judgement: Judgement) -> list[Note]:
    """What the user's gradient is, where it is not one."""
    notes = []
    g, values = where.reading.vector, where.at
    if g.any() and _same(g, values):
        notes.append(Note("is the parameters"))
    own = judgement.own
    if (
        own is not None
        and own is not where
        and g.any()
        and _same(own.reading.vector, g)
        and not _same(own.at, where.at)
        and _slope_varies(judgement)
    ):
        notes.append(Note("same everywhere"))
    for leaf, fit in zip(where.box.layout.leaves, where.reading.fits, strict=True):
        if fit == "transposed":
            notes.append(Note("gradient transposed", leaf.name))
    return notes


def _slope_varies(judgement: Judgement) -> bool:
    """Whether the true derivative changes from point to point; it does not where the cost is linear."""
    pairs = itertools.combinations(judgement.points, 2)
    return any(abs(a.derivative - b.derivative) > a.tolerance + b.tolerance for a, b in pairs)


def _varying(judgement: Judgement, factor: float) -> list[Note]:
    """One constant here and another there: the gradient of a function of the cost, e.g. of its square."""
    for point in judgement.points:
        other = point.claimed / point.derivative if point.derivative else factor
        if point.discrepancy > 1e3 * point.tolerance and abs(other - factor) > 1e-6 * abs(factor):
            return [Note("factor varies", f"{factor:.6g} here, {other:.6g} at a {point.point} point")]
    return []


def _whole(parameters: tuple[ParameterCheck, ...]) -> tuple[str | None, float | None, tuple[str, ...]]:
    """One word for the whole gradient, where all of it is off in the same way."""
    patterns = {p.pattern for p in parameters}
    if any(p.agrees is not False for p in parameters) or not patterns:
        return None, None, ()
    factors = [p.factor for p in parameters]
    constant = factors[0]
    if constant is not None and all(f is not None and abs(f - constant) <= 1e-9 * abs(constant) for f in factors):
        names = tuple(n for n in parameters[0].names if all(n in p.names for p in parameters))
        if len(patterns) == 1:
            return parameters[0].pattern, constant, names
        if all(p.pattern in (*p.names, "other constant") for p in parameters):
            return (names[0] if names else "other constant"), constant, names
    if len(patterns) == 1 and parameters[0].pattern != "other":
        return parameters[0].pattern, None, ()
    return None, None, ()


def _same(a: NDArray[np.float64], b: NDArray[np.float64]) -> bool:
    return bool(np.allclose(a, b, rtol=1e-9, atol=0.0))
