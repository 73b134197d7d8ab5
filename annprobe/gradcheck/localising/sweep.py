"""Entries asked one by one, where nothing cheaper has found a pattern."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from annprobe.gradcheck.examining.examination import Examination
from annprobe.gradcheck.functions.layout import Leaf
from annprobe.gradcheck.localising.located import Letters, Located
from annprobe.gradcheck.verdicts.patterns import compare
from annprobe.gradcheck.verdicts.result import ParameterCheck

Array = NDArray[np.float64]

FORWARDS = 16  # of one extrapolated difference, about
LEAST = 16
SAMPLE = 64  # entries asked of a larger one, to tell a small difference throughout from a large one here and there
MOST_SHOWN = 4


def swept(exam: Examination, leaf: Leaf, check: ParameterCheck, letters: Letters, until: int) -> Located:
    """All entries of a small array, a sample of a large one; ends with about ``until`` calls of the cost."""
    size = leaf.stop - leaf.start
    each = FORWARDS if exam.engine.method == "extrapolated differences" else 1
    most = (until - exam.box.costs) // each
    if size > most:
        count = min(size, max(LEAST, min(SAMPLE, most)))
        sample = np.random.default_rng((exam.seed, leaf.start)).choice(size, count, replace=False)
        user, true, allowed = _entry_by_entry(exam, leaf, sample)
        relative = max(check.relative_error or 0.0, _worst(user, true, allowed))
        return Located(check._replace(relative_error=relative), _largest_gaps(user, true, sample), diffuse=True)
    places = np.arange(size)
    user, true, allowed = _entry_by_entry(exam, leaf, places)
    options = {"n_examples": letters.n_examples, "outputs": letters.outputs, "bias": letters.bias_in(leaf)}
    shaped = [a.reshape(leaf.shape) for a in (user, true, allowed)]
    pattern = compare(shaped[0], shaped[1], error=shaped[2], **options)  # type: ignore[arg-type]
    lines = (pattern.line,) if pattern.line is not None and pattern.line[0] >= 0 else ()
    checked = check._replace(
        pattern="other" if pattern.agrees else pattern.name,
        factor=None if pattern.agrees else pattern.factor,
        names=pattern.names,
        lines=lines,
        relative_error=_worst(user, true, allowed),
    )
    return Located(checked, _largest_gaps(user, true, places), diffuse=pattern.kind in ("other", "factor", "equal"))


def _entry_by_entry(exam: Examination, leaf: Leaf, places: NDArray[np.intp]) -> tuple[Array, Array, Array]:
    """(user, true, allowed) at single entries."""
    rows = []
    for place in places:
        unit = np.zeros(leaf.stop - leaf.start)
        unit[place] = 1.0
        probe = exam.probe(exam.within(leaf, unit))
        rows.append((probe.claimed, probe.derivative, probe.allowed))
    user, true, allowed = np.array(rows).T
    return user, true, allowed


def _worst(user: Array, true: Array, allowed: Array) -> float:
    """Largest relative error of the entries that differ."""
    gap = np.abs(user - true)
    wrong = gap > allowed
    with np.errstate(divide="ignore"):
        return float(np.max(gap[wrong] / np.abs(true[wrong]), initial=0.0))


def _largest_gaps(user: Array, true: Array, places: NDArray[np.intp]) -> tuple[int, ...]:
    order = np.argsort(-np.abs(user - true))[:MOST_SHOWN]
    return tuple(int(places[k]) for k in order)
