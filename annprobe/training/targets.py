"""Other targets: within the output's range, upside down, one for each class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from annprobe.tape.nodes import Ref
from annprobe.training.changes import affine, fan_in_start
from annprobe.training.data import Change, Data
from annprobe.training.graph import Graph
from annprobe.training.layout import climb
from annprobe.training.trainer import Trainer

_RANGE_ROWS = 6  # rows of data on which the outputs' range is read off


def with_targets(trainer: Trainer, change: Callable[[Any], Any]) -> Data | None:
    """The data with other targets; None where targets are class indices, fixed numbers, or the inputs themselves."""
    graph = trainer.data.graph
    if not all(isinstance(t, int) for t in trainer.layout.targets):
        return None
    made = [_source(graph, t) for t in trainer.layout.targets if isinstance(t, int)]
    if {root for root, _, _ in made} & {r.number for r in trainer.layout.roots}:
        return None
    return trainer.data.changed({root: _beneath(change, factor, shift) for root, factor, shift in made})


def _source(graph: Graph, target: int) -> tuple[int, float, float]:
    """What a target is made of, where it is factor * source + shift: a step reads 1 - y beside y itself."""
    number, factor, shift = climb(graph, target, ()), 1.0, 0.0
    while (inner := _linear(graph, number)) is not None:
        source, a, b = inner
        number, factor, shift = climb(graph, source, ()), factor * a, factor * b + shift
    return number, factor, shift


def _linear(graph: Graph, number: int) -> tuple[int, float, float] | None:
    """(source, a, b) of a node that is a * source + b with plain numbers a and b."""
    node = graph.nodes.get(number)
    if node is None or node.op == "negative":
        return (node.inputs[0], -1.0, 0.0) if node is not None else None
    if node.op not in ("add", "subtract") or len(node.args) != 2 or node.kwargs:
        return None
    left, right = node.args
    sign = -1.0 if node.op == "subtract" else 1.0
    if type(right) is Ref and type(left) in (int, float):
        return right.node, sign, float(left)
    return (left.node, 1.0, sign * right) if type(left) is Ref and type(right) in (int, float) else None


def _beneath(change: Change, factor: float, shift: float) -> Change:
    """The change of the source that makes the given one of factor * source + shift."""
    if (factor, shift) == (1.0, 0.0):
        return change

    def changed(value: Any) -> Any:
        return (change(np.asarray(value, dtype=float) * factor + shift) - shift) / factor

    return changed


def one_hot_targets(trainer: Trainer) -> Data | None:
    """A target for each class in place of class numbers that all outputs meet; None where they are none."""
    targets, layout = trainer.judge().targets, trainer.layout
    classes = targets.shape[1] if targets.ndim == 2 else 0
    if classes < 2 or not (targets == targets[:, :1]).all() or not np.array_equal(targets, np.round(targets)):
        return None
    if targets.min() < 0.0 or targets.max() > classes - 1 or len(np.unique(targets)) < 2:
        return None
    shapes = {t: np.shape(trainer.data.graph.sample(o)) for o, t in zip(layout.outputs, layout.targets, strict=True)
              if isinstance(t, int)}  # fmt: skip
    if len(shapes) != len(layout.targets) or any(shape.count(classes) != 1 for shape in shapes.values()):
        return None
    data = trainer.data.changed({t: _one_hot(shape, shape.index(classes)) for t, shape in shapes.items()})
    try:
        return data if (trainer.judge(data).targets.sum(axis=1) == 1.0).all() else None
    except (ValueError, TypeError, IndexError):
        return None  # the step does not take targets of another shape


def _one_hot(shape: tuple[int, ...], axis: int) -> Change:
    """Class numbers to ones and zeros in the shape of the outputs."""
    rest = tuple(n for i, n in enumerate(shape) if i != axis)

    def change(value: Any) -> Any:
        numbers = np.ravel(np.asarray(value)).astype(int)
        return np.moveaxis(np.eye(shape[axis])[numbers].reshape(*rest, shape[axis]), -1, axis)

    return change


def mirrored_targets(trainer: Trainer) -> Data | None:
    """Targets turned upside down: as easy for a right network, another task for a wrong gradient."""
    judge = trainer.judge()
    if judge.kind == "classes" or not judge.learnable:
        return None
    return with_targets(trainer, affine(-1.0, 2.0 * judge.middle))


def output_range(trainer: Trainer, seed: int = 0) -> tuple[float, float]:
    """Between which numbers the outputs stay, however large the parameters are: (0, 1) for a sigmoid."""
    rng = np.random.default_rng(seed)
    variant = trainer.bench.plain()
    reach = []
    for size in (1e2, 1e4):
        lanes = [fan_in_start(trainer, rng) for _ in range(12)]
        for lane in lanes:
            for read, value in lane.items():
                lane[read] = size * (value + rng.standard_normal(np.shape(value)))
        sees = [np.stack([np.asarray(lane.get(n, trainer.recorded(n))) for lane in lanes]) for n in variant.sees]
        rows = np.unique(np.linspace(0, trainer.data.rows.count - 1, _RANGE_ROWS).astype(int))  # one may be all zeros
        shared = variant.forward.shared
        with np.errstate(all="ignore"):
            tables = [trainer.layout.table(variant.forward(sees, trainer.data.values(int(r), shared))) for r in rows]
        outputs = np.concatenate([np.ravel(table) for table in tables])
        finite = outputs[np.isfinite(outputs)]
        reach.append((float(finite.min(initial=0.0)), float(finite.max(initial=0.0))) if finite.size else (0.0, 0.0))
    (low1, high1), (low2, high2) = reach
    return (low2 if abs(low2 - low1) < 1e-3 else -np.inf), (high2 if abs(high2 - high1) < 1e-3 else np.inf)


def _one_target(trainer: Trainer, target: float, bounds: tuple[float, float]) -> Data | None:
    """The one target that all examples have, moved a tenth of the output's range inside of it."""
    room = bounds[1] - bounds[0] if np.isfinite(bounds[0]) and np.isfinite(bounds[1]) else 10.0
    inside = bounds[1] - 0.1 * room if target > bounds[1] else bounds[0] + 0.1 * room
    return with_targets(trainer, affine(1.0, inside - target))


def targets_in_range(trainer: Trainer, bounds: tuple[float, float]) -> Data | None:
    """Targets mapped between a tenth and nine tenths of the output's range; None when they fit already."""
    targets = trainer.judge().targets
    low, high = float(targets.min()), float(targets.max())
    span = high - low
    if low >= bounds[0] - 0.01 * span and high <= bounds[1] + 0.01 * span:
        return None
    if span == 0.0:
        return _one_target(trainer, low, bounds)
    if np.isfinite(bounds[0]) and np.isfinite(bounds[1]):
        room = bounds[1] - bounds[0]
        factor = 0.8 * room / span
        return with_targets(trainer, affine(factor, bounds[0] + 0.1 * room - factor * low))
    shift = 0.1 * span - low if np.isfinite(bounds[0]) else -0.1 * span - high
    return with_targets(trainer, affine(1.0, shift))
