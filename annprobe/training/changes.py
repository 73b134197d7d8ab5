"""What an experiment changes: where training starts, what the inputs and the targets are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from annprobe.tape.replay import replay, slice_of
from annprobe.training.data import Change, Data
from annprobe.training.layout import Root, climb
from annprobe.training.trainer import Trainer

_PRODUCTS = {"dot", "matmul", "multiply", "inner", "einsum", "tensordot", "outer", "convolve", "correlate"}
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
        changes[root.number] = affine(1.0 / sd, -mean / sd)
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


def affine(factor: Any, shift: Any) -> Change:
    """A function of a value: factor times it, and shifted; plain numbers stay plain numbers."""
    def change(value: Any) -> Any:
        changed = np.asarray(value, dtype=float) * factor + shift
        return changed if np.ndim(value) else changed.reshape(())[()]

    return change
