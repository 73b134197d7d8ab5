"""The adjoints of a step's own forward pass, where the module computes its cost by another one.

Training often never calls the cost: it is shown every few epochs, by a forward pass of its own, for all the data.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from annprobe.subject.roles.gradient.judged import Hypothesis
from annprobe.tape.adjoint import Adjoints, adjoints
from annprobe.tape.nodes import Values
from annprobe.tape.replay import slice_of

_NOISE = 1e-9


def own_sweeps(
    points: Sequence[Values], hypothesis: Hypothesis, outputs: list[int], versions: set[int]
) -> Sequence[Adjoints]:
    """One sweep a point: the derivative by the cost's output is carried over to the output that the step started from.

    outputs   the step's outputs
    versions  the parameters that it used
    """
    swept = hypothesis.points
    if hypothesis.cost is None or all(o in one.of for one in swept for o in outputs):
        return swept
    twins = {o: _twin(points, hypothesis, o, versions) for o in outputs}
    if any(twin is None for twin in twins.values()):
        return swept
    return _seeded(points, hypothesis, twins, versions)


def data_sweeps(
    points: Sequence[Values], hypothesis: Hypothesis, outputs: list[int], versions: set[int]
) -> Sequence[Adjoints] | None:
    """One sweep a point, from the outputs alone: without what the cost adds for the parameters beside them."""
    twins = {o: _twin(points, hypothesis, o, versions) for o in outputs}
    known = all(twin is not None for twin in twins.values())
    return _seeded(points, hypothesis, twins, versions) if known else None


def _seeded(
    points: Sequence[Values], hypothesis: Hypothesis, twins: dict[int, int | None], versions: set[int]
) -> list[Adjoints]:
    """The derivative by each output is that by its twin in the cost's forward pass."""
    return [
        adjoints(point, {o: one.of[twin] for o, twin in twins.items() if twin is not None}, versions)
        for point, one in zip(points, hypothesis.points, strict=False)
    ]


def of_same_examples(
    points: Sequence[Values], whole: Sequence[Adjoints], own: Sequence[Adjoints], versions: Iterable[int]
) -> bool:
    """Whether the cost is that of the step's examples: its gradient is the step's own, and beyond it a penalty's."""
    for version in versions:
        for point, ours, theirs in zip(points, own, whole, strict=False):
            known = all(version in a.of and not isinstance(a.of[version], list) for a in (ours, theirs))
            if known and not _is_penalty(
                theirs.of[version] - ours.of[version], theirs.of[version], point.value(version)
            ):
                return False
    return True


def _is_penalty(rest: Any, whole: Any, value: Any) -> bool:
    """Whether what is left over is nothing, or one number times some of the entries, or times their signs."""
    left, entries = np.asarray(rest, dtype=float), np.asarray(value, dtype=float)
    beyond = np.abs(left) > _NOISE * float(np.max(np.abs(np.asarray(whole)), initial=0.0))
    if not np.any(beyond):
        return True
    with np.errstate(all="ignore"):
        return any(_even(left[beyond] / w[beyond]) for w in (entries, np.sign(entries)))


def _even(ratios: Any) -> bool:
    """Whether all are the same number."""
    return bool(np.isfinite(ratios).all() and np.ptp(ratios) <= 1e-6 * np.max(np.abs(ratios)))


def _twin(points: Sequence[Values], hypothesis: Hypothesis, output: int, versions: set[int]) -> int | None:
    """The value of the cost's own forward pass that is this output."""
    assert hypothesis.cost is not None
    if all(output in swept.of and not isinstance(swept.of[output], list) for swept in hypothesis.points):
        return output
    own = [point.value(output) for point in points]
    for node in reversed(slice_of(points[0], [hypothesis.cost], stop=versions)):
        if any(node not in swept.of or isinstance(swept.of[node], list) for swept in hypothesis.points):
            continue
        if np.shape(points[0].value(node)) == np.shape(own[0]) and all(
            np.array_equal(point.value(node), value) for point, value in zip(points, own, strict=True)
        ):
            return node
    return None
