"""What an experiment changes: where training starts, what the inputs and the targets are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from annprobe.tape.replay import replay, slice_of
from annprobe.training.data import Change, Data
from annprobe.training.layout import Root, climb
from annprobe.training.trainer import Trainer

_PRODUCTS = {"dot", "matmul", "multiply", "inner", "einsum", "tensordot", "outer", "convolve", "correlate"}
_RANGE_ROWS = 6  # rows of data on which the outputs' range is read off
_ROWS = 256  # of which inputs are measured
_UNSCALED = 3.0


# --- where training starts -----------------------------------------------------------------------------------------


def own_start(trainer: Trainer, rng: np.random.Generator) -> dict[int, Any] | None:
    """Start values drawn anew as the module draws them; None where it draws nothing (all zeros, say)."""
    tape = trainer.loop.tape
    starts = {p.read: trainer.loop.starts[p.read] for p in trainer.loop.parameters}
    leaves = [
        n
        for n in slice_of(tape, starts.values())
        if tape[n].kind == "leaf" and tape[n].op.startswith("random.") and np.asarray(tape.value(n)).dtype.kind == "f"
    ]
    if not leaves:
        return None
    changed = {n: _redrawn(tape.value(n), _pool(trainer, leaves, n), tape[n].op, rng) for n in leaves}
    try:
        point = replay(tape, changed, starts.values())
    except (ValueError, TypeError, IndexError, ZeroDivisionError):
        return None
    return {read: point.value(node) for read, node in starts.items()}


def _pool(trainer: Trainer, leaves: list[int], leaf: int) -> Any:
    """All numbers drawn at the leaf's place in the source."""
    tape = trainer.loop.tape
    place = trainer.found.places.span(leaf)
    return np.concatenate([np.ravel(tape.value(n)) for n in leaves if trainer.found.places.span(n) == place])


def _redrawn(value: Any, pool: Any, op: str, rng: np.random.Generator) -> Any:
    shape = np.shape(value)
    if op in ("random.rand", "random.random", "random.random_sample", "random.ranf"):
        drawn = rng.random(shape)
    elif op in ("random.randn", "random.standard_normal"):
        drawn = rng.standard_normal(shape)
    elif op == "random.uniform":
        low, high = _bounds(pool)
        drawn = rng.uniform(low, high, shape)
    else:
        drawn = rng.normal(pool.mean(), pool.std() or abs(float(pool.mean())) or 1.0, shape)
    return drawn if shape else float(drawn)


def _bounds(pool: Any) -> tuple[float, float]:
    """Where a uniform distribution probably ends: as far beyond the extremes as numbers lie apart on average."""
    low, high = float(pool.min()), float(pool.max())
    if len(pool) == 1:
        return -2.0 * abs(low), 2.0 * abs(low)
    gap = (high - low) / (len(pool) - 1)
    return low - gap, high + gap


def fan_in_start(trainer: Trainer, rng: np.random.Generator) -> dict[int, Any]:
    """Weights N(0, 1/√fan-in), biases 0 (LeCun and others, Efficient BackProp, 1998, section 4.6)."""
    result = {}
    for p in trainer.loop.parameters:
        value = np.asarray(trainer.recorded(p.read), dtype=float)
        fan = _fan_in(trainer, p.read)
        drawn = np.zeros(value.shape) if fan is None else rng.standard_normal(value.shape) / np.sqrt(fan)
        result[p.read] = drawn.astype(value.dtype)
    return result


@dataclass(frozen=True)
class Spread:
    """How a weight starts: root mean square over 1/√fan-in, whether all entries are equal, or of one sign."""

    ratio: float
    equal: bool
    one_sign: bool


def spread_of_start(trainer: Trainer) -> dict[int, Spread]:
    """Chain -> how it starts; for what is multiplied with something (weights) and has more than one entry."""
    result = {}
    for p in trainer.loop.parameters:
        value = np.asarray(trainer.recorded(p.read), dtype=float)
        fan = _fan_in(trainer, p.read)
        if fan is not None and value.size > 1 and np.isfinite(value).all():
            ratio = float(np.sqrt(np.mean(value**2)) * np.sqrt(fan))
            one_sign = value.size >= 6 and (bool((value > 0.0).all()) or bool((value < 0.0).all()))
            result[p.chain] = Spread(ratio, bool((value == value.flat[0]).all()), one_sign)
    return result


def offset_of_start(trainer: Trainer) -> dict[int, float]:
    """Chain -> root mean square at the start; for what is only added (biases) and has more than one entry."""
    result = {}
    for p in trainer.loop.parameters:
        value = np.asarray(trainer.recorded(p.read), dtype=float)
        if value.size > 1 and np.isfinite(value).all() and _fan_in(trainer, p.read) is None:
            result[p.chain] = float(np.sqrt(np.mean(value**2)))
    return result


def _fan_in(trainer: Trainer, read: int) -> int | None:
    """How many numbers a unit adds up with this parameter; None when it only is added (a bias)."""
    if read not in trainer.fan_in:
        trainer.fan_in[read] = _find_fan_in(trainer, read)
    return trainer.fan_in[read]


def _find_fan_in(trainer: Trainer, read: int) -> int | None:
    graph = trainer.data.graph
    shape = np.shape(graph.sample(read))
    for number in graph.needed(trainer.layout.outputs):
        node = graph.nodes[number]
        if node.op not in _PRODUCTS:
            continue
        for position, operand in enumerate(node.inputs):
            if climb(graph, operand, {read}) == read:
                return _contracted(graph.sample(operand), node.op, position, shape)
    return None


def _contracted(operand: Any, op: str, position: int, shape: tuple[int, ...]) -> int:
    own = np.shape(operand)
    if op in ("dot", "matmul") and own:
        return int(own[-1] if position == 0 or len(own) == 1 else own[-2])
    return max(shape, default=1)


# --- inputs and targets --------------------------------------------------------------------------------------------


def unscaled(trainer: Trainer) -> bool:
    """Whether some input is far from the order of 1."""
    return any(float(np.max(np.abs(gathered(trainer, root)), initial=0.0)) > _UNSCALED for root in input_roots(trainer))


def standardised(trainer: Trainer) -> Data | None:
    """The data with every input feature at mean 0 and standard deviation 1; constant ones stay. None without inputs."""
    changes: dict[int, Change] = {}
    for root in input_roots(trainer):
        values = gathered(trainer, root)
        axis = (
            root.axis if root.axis is not None and values.ndim == np.ndim(trainer.data.graph.sample(root.number)) else 0
        )
        if values.shape[axis] < 2:
            continue
        mean, sd = values.mean(axis=axis, keepdims=True), values.std(axis=axis, keepdims=True)
        still = sd <= 1e-12 * np.maximum(np.abs(mean), 1e-300)
        mean, sd = np.where(still, 0.0, mean), np.where(still, 1.0, sd)
        if root.axis is None:
            mean, sd = mean[0], sd[0]
        changes[root.number] = _affine(1.0 / sd, -mean / sd)
    if not changes:
        return None
    return trainer.data.changed(changes)


def input_roots(trainer: Trainer) -> list[Root]:
    """Input roots that are not at the same time targets."""
    targets = {climb(trainer.data.graph, t, ()) for t in trainer.layout.targets if isinstance(t, int)}
    return [r for r in trainer.layout.roots if r.number not in targets and r.number not in trainer.loop.carried]


def gathered(trainer: Trainer, root: Root, data: Data | None = None) -> Any:
    """All examples of an input: along its own axis of examples, else along a new first axis."""
    data = data or trainer.data
    graph = data.graph
    slots = {slot.name for slot in trainer.loop.slots}
    if root.number not in graph.nodes and root.number not in slots:
        value = np.asarray(data.outside(root.number), dtype=float)
        return value if root.axis is not None else value[None]
    rows = np.unique(np.linspace(0, data.rows.count - 1, min(data.rows.count, _ROWS)).astype(int))
    values = [np.asarray(data.values(int(row), [root.number])[0], dtype=float) for row in rows]
    return np.stack(values) if root.axis is None else np.concatenate(values, root.axis)


def _affine(factor: Any, shift: Any) -> Change:
    def change(value: Any) -> Any:
        changed = np.asarray(value, dtype=float) * factor + shift
        return changed if np.ndim(value) else changed.reshape(())[()]

    return change


def with_targets(trainer: Trainer, change: Callable[[Any], Any]) -> Data | None:
    """The data with other targets; None where targets are class indices, fixed numbers, or the inputs themselves."""
    graph = trainer.data.graph
    if not all(isinstance(t, int) for t in trainer.layout.targets):
        return None
    roots = {climb(graph, t, ()) for t in trainer.layout.targets if isinstance(t, int)}
    if roots & {r.number for r in trainer.layout.roots}:
        return None
    return trainer.data.changed(dict.fromkeys(roots, change))


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
    return with_targets(trainer, _affine(-1.0, 2.0 * judge.middle))


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
    return with_targets(trainer, _affine(1.0, inside - target))


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
        return with_targets(trainer, _affine(factor, bounds[0] + 0.1 * room - factor * low))
    shift = 0.1 * span - low if np.isfinite(bounds[0]) else -0.1 * span - high
    return with_targets(trainer, _affine(1.0, shift))
