"""Other examples in the place of the module's own: logic gates, or a handful of its own examples again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from annprobe.training.changes import gathered, input_roots
from annprobe.training.data import Data
from annprobe.training.examples import examples_of
from annprobe.training.layout import Root, upwards
from annprobe.training.trainer import Trainer

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
GATES = {"AND": np.array([0, 0, 0, 1]), "XOR": np.array([0, 1, 1, 0])}
_HANDFUL = 4


def gate_data(trainer: Trainer, gate: str) -> Data | None:
    """The corners of the square in the first two features, the gate's truth table as targets.

    Other features become 0, but a column of ones stays; targets are the smallest and the largest of the module's own.
    None where the examples do not lie in one table, or there are fewer than four, or fewer than two features.
    """
    truth = GATES[gate]

    def inputs(rows: Any) -> Any:
        ones = (rows == 1.0).all(axis=0)
        free = np.flatnonzero(~ones)[:2]
        new = np.where(ones, 1.0, np.zeros_like(rows))
        new[:, free] = CORNERS[np.arange(len(rows)) % 4]
        return new

    def targets(rows: Any) -> Any:
        high = truth[np.arange(len(rows)) % 4]
        low, top = float(rows.min()), float(rows.max())
        if rows.shape[1] == 1:
            return np.where(high, top, low)[:, None]
        new = np.full(rows.shape, low)
        new[np.arange(len(rows)), high] = top
        return new

    data = _changed(trainer, inputs, targets, features=2)
    return data if data is not None and _is_gate(trainer, data, truth) else None


def _is_gate(trainer: Trainer, data: Data, truth: Any) -> bool:
    """Whether what arrives at the network are all four corners, each with its target."""
    found = examples_of(trainer, data)
    if found is None:
        return False
    x, y = found
    free = np.flatnonzero(np.ptp(x, axis=0) > 0.0)
    if len(free) != 2 or np.ptp(y) == 0.0:
        return False
    corner = (x[:, free] > 0.5) @ np.array([2, 1])
    high = y[:, 0] > y.mean() if y.shape[1] == 1 else y.argmax(axis=1) == 1
    return set(corner) == {0, 1, 2, 3} and bool((high == (truth[corner] == 1)).all())


def handful_data(trainer: Trainer) -> Data | None:
    """Four of the examples, with different targets as far as there are any, again and again."""
    found = examples_of(trainer)
    if found is None or len(found[0]) <= _HANDFUL:
        return None
    chosen = _different(*found)

    def repeated(rows: Any) -> Any:
        return rows[chosen[np.arange(len(rows)) % len(chosen)]]

    return _changed(trainer, repeated, repeated, features=1)


def _different(x: Any, y: Any) -> Any:
    """Numbers of a few examples: one of each target first, no inputs twice."""
    _, first = np.unique(y, axis=0, return_index=True)
    order = [*np.sort(first)[:_HANDFUL], *range(len(x))]
    chosen: list[int] = []
    for i in order:
        if len(chosen) < _HANDFUL and not any(np.array_equal(x[i], x[k]) for k in chosen):
            chosen.append(int(i))
    return np.array(chosen)


def _changed(
    trainer: Trainer, inputs: Callable[[Any], Any], targets: Callable[[Any], Any], features: int
) -> Data | None:
    """The data with other rows (examples, features) and (examples, units); None where they are no tables."""
    root = next((r for r in input_roots(trainer) if r.axis is not None and _spread(trainer, r)), None)
    if root is None or (len(trainer.layout.targets) > 1 and trainer.rows.count == 1):
        return None
    axis, x = root.axis, _whole(trainer, root.number)
    assert axis is not None
    if x is None or x.shape[axis] < _HANDFUL or x.size < features * x.shape[axis]:
        return None
    aims = {_all_targets(trainer, t, x.shape[axis]) for t in trainer.layout.targets if isinstance(t, int)}
    aim = aims.pop() if len(aims) == 1 else None
    if aim is None:
        return None
    y = _whole(trainer, aim)
    fitting = [k for k, n in enumerate(y.shape) if n == x.shape[axis]]
    along = axis if axis in fitting and x.ndim == y.ndim else fitting[0]
    return trainer.data.changed({root.number: _by_rows(inputs, axis), aim: _by_rows(targets, along)})


def _all_targets(trainer: Trainer, target: int, examples: int) -> int | None:
    """Where the targets of a step were taken from: as far up as there is one for each example."""
    graph, found = trainer.data.graph, None
    for number in upwards(graph, target):
        value = _whole(trainer, number)
        if value is not None and examples in value.shape:
            found = number
    return found


def _spread(trainer: Trainer, root: Root) -> bool:
    """Whether the input is more than a column of ones."""
    values = gathered(trainer, root)
    return bool(np.ptp(values) > 0.0)


def _whole(trainer: Trainer, number: int) -> Any:
    """The array that all examples lie in; None for what differs from step to step."""
    slots = {slot.name for slot in trainer.loop.slots}
    if number in slots or number in trainer.data.graph.nodes or number >= len(trainer.loop.tape):
        return None
    value = np.asarray(trainer.data.outside(number))
    return value if value.dtype.kind in "fiub" else None


def _by_rows(change: Callable[[Any], Any], axis: int) -> Callable[[Any], Any]:
    """The change of a table (examples, ...) as one of an array whose examples lie along ``axis``."""

    def changed(value: Any) -> Any:
        moved = np.moveaxis(np.asarray(value, dtype=float), axis, 0)
        new = np.moveaxis(change(moved.reshape(len(moved), -1)).reshape(moved.shape), 0, axis)
        kind = np.asarray(value).dtype
        return new.astype(kind) if kind.kind in "iub" else new

    return changed
