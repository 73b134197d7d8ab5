"""Other points: the recorded step with other parameter values, where nothing is saturated or at a kink.

Weights are drawn with rms 1/sqrt(fan-in), divided by the rms of the inputs where that is above 1; biases are moved off
zero. A verdict needs a failure at such a point: at the module's own values a right gradient can be pure rounding error.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from annprobe.subject.roles.dependence import Dependence
from annprobe.subject.roles.perceptron import decided, is_step
from annprobe.subject.roles.steps import Step
from annprobe.tape.nodes import Tape, Values
from annprobe.tape.places import span_at
from annprobe.tape.replay import Replayed, replay, slice_of

_FIXED = {"ones", "ones_like", "zeros", "zeros_like", "full", "eye", "identity"}  # a column of ones is no data
_PRODUCTS = {"dot", "matmul", "inner", "tensordot", "einsum", "multiply", "outer"}


def other_point(
    tape: Tape, dependence: Dependence, step: Step, rng: np.random.Generator, extra: list[int], *, anew: bool = False
) -> Values | None:
    """The step replayed with drawn parameters; None when that raises or leaves the finite numbers.

    extra  nodes (costs) that are wanted as well
    anew   decisions between numbers are taken anew, not as they were recorded
    """
    moved = {node: _moved(tape.value(node), rng) for node in data_leaves(tape, dependence, step)}
    changed = _with_labels(tape, step, moved)
    if not anew and not any(is_step(tape, m) for m in step.meetings):
        changed.update(decided(tape, range(min(m.before for m in step.moves), step.last)))
    changed.update({move.before: draw(tape, dependence, move.before, rng) for move in step.moves})
    wanted = [link.correction for move in step.moves for link in move.links if link.correction is not None]
    wanted += [move.after for move in step.moves] + [m.node for m in step.meetings] + extra
    try:
        point = replay(tape, changed, wanted)
    except (ValueError, TypeError, IndexError, ZeroDivisionError, OverflowError, FloatingPointError, AttributeError):
        return None
    outputs = [np.asarray(point.value(m.output), dtype=float) for m in step.meetings]
    return point if all(np.isfinite(o).all() for o in outputs) else None


def data_leaves(tape: Tape, dependence: Dependence, step: Step) -> list[int]:
    """Leaves of data that this step multiplies with its parameters: inputs, whatever they are called."""
    leaves = [
        n
        for n in _values_in(tape, data_operands(tape, dependence, step))
        if tape[n].kind != "op" and tape[n].op not in _FIXED
    ]
    return [n for n in leaves if np.asarray(tape.value(n)).dtype.kind in "fiu" and not _is_index(tape, n)]


def data_operands(tape: Tape, dependence: Dependence, step: Step) -> set[int]:
    """What the forward pass multiplies with the parameters and no parameter went into."""
    end = max(m.node for m in step.meetings)
    versions = {move.before for move in step.moves}
    return {
        other
        for number in slice_of(tape, [m.output for m in step.meetings], stop=versions)
        if number < end and tape[number].op in _PRODUCTS and _sources(tape, tape[number].inputs) & versions
        for other in tape[number].inputs
        if not dependence.touched(other)
        and not _is_constant_of(tape, other, number)
        and not _is_written_in(tape, other, number)
    }


def _is_constant_of(tape: Tape, factor: int, product: int) -> bool:
    """A single number times an array is a constant of the formula, as the 0.044715 of the GELU; no data."""
    return np.ndim(tape.value(factor)) == 0 and np.ndim(tape.value(product)) > 0


def _is_written_in(tape: Tape, factor: int, product: int) -> bool:
    """A number that stands in the very expression belongs to the formula, as the 2 of ``exp(2 * z)``."""
    if tape[factor].op != "literal":
        return False
    spans = [span_at(*frames[0]) for frames in (tape.sites[tape[n].site] for n in (factor, product)) if frames]
    if len(spans) != 2 or spans[0] is None or spans[1] is None or spans[0].file != spans[1].file:
        return False
    inner, outer = (((s.line, s.column), (s.end_line, s.end_column)) for s in spans if s is not None)
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _values_in(tape: Tape, nodes: set[int]) -> list[int]:
    """What the nodes' entries come from; not what only chose among them, as an index does."""
    seen: set[int] = set()
    stack = list(nodes)
    while stack:
        number = stack.pop()
        if number not in seen:
            seen.add(number)
            chosen = tape[number].op in ("getitem", "take") and bool(tape[number].inputs)
            stack.extend(tape[number].inputs[:1] if chosen else tape[number].inputs)
    return sorted(seen)


def _is_index(tape: Tape, leaf: int) -> bool:
    """Whether some operation takes the leaf as an index: then other values would mean other entries."""
    return any(
        leaf in node.inputs and node.op in ("getitem", "setitem", "take") and node.inputs[0] != leaf
        for node in tape.nodes[leaf : leaf + 2_000]
    )


def _moved(value: Any, rng: np.random.Generator) -> Any:
    """The same data, somewhat elsewhere: no entry stays 0 or 1, none leaves its order of magnitude."""
    data = np.asarray(value, dtype=float)
    size = float(np.sqrt(np.mean(data**2))) if data.size else 0.0
    moved = data * rng.uniform(0.7, 1.3, data.shape) + (size or 1.0) * rng.uniform(0.05, 0.25, data.shape)
    return moved if data.shape else float(moved)


def _with_labels(tape: Tape, step: Step, moved: dict[int, Any]) -> dict[int, Any]:
    """The moved data with labels as they are, where inputs and labels are columns of one table: a label of 0 or 1
    that is moved fits no loss of labels any more."""
    targets = sorted({m.target for m in step.meetings if m.target is not None} - moved.keys())
    if not targets or not moved.keys() & set(slice_of(tape, targets)):
        return moved
    ends = np.cumsum([np.size(value) for value in moved.values()])
    numbers = dict(zip(moved, np.split(np.arange(float(ends[-1])), ends[:-1]), strict=True))
    shaped = {n: v.reshape(np.shape(moved[n])) if np.shape(moved[n]) else float(v[0]) for n, v in numbers.items()}
    try:
        point = replay(tape, shaped, targets)
        found = np.concatenate([np.ravel(np.asarray(point.value(t), dtype=float)) for t in targets])
    except _UNREPLAYABLE:
        return moved
    labels = np.concatenate([np.ravel(np.asarray(tape.value(t), dtype=float)) for t in targets])
    own = np.concatenate([np.ravel(np.asarray(tape.value(n), dtype=float)) for n in moved])
    places = np.clip(found, 0, own.size - 1).astype(int)
    if not np.array_equal(places, found) or not np.array_equal(own[places], labels):
        return moved  # they were not taken out of the table as they are
    if np.any((labels < 0.0) | (labels > 1.0)) or len(set(places.tolist())) == own.size:
        return moved  # no labels, or the inputs themselves
    values = np.concatenate([np.ravel(np.asarray(v, dtype=float)) for v in moved.values()])
    values[places] = own[places]
    kept = dict(zip(moved, np.split(values, ends[:-1]), strict=True))
    return {n: v.reshape(np.shape(moved[n])) if np.shape(moved[n]) else float(v[0]) for n, v in kept.items()}


_UNREPLAYABLE = (ValueError, TypeError, IndexError, ArithmeticError, AttributeError)


def draw(tape: Values, dependence: Dependence, version: int, rng: np.random.Generator) -> Any:
    """A healthy value for one parameter, same shape and kind as the recorded one."""
    value = tape.value(version)
    shape = np.shape(value)
    fan_in = max(shape) if len(shape) > 1 else 1
    scale = 1.0 / math.sqrt(fan_in) if len(shape) > 1 else 0.6
    drawn = rng.standard_normal(shape) * scale / max(1.0, _input_size(tape, dependence, version))
    if not shape:
        return type(value)(drawn) if isinstance(value, (float, np.floating)) else drawn
    return drawn.astype(value.dtype) if value.dtype.kind == "f" else drawn


def _input_size(tape: Values, dependence: Dependence, version: int) -> float:
    """The rms of what the parameter is multiplied with, where that is data."""
    sizes = [1.0]
    for number in range(version + 1, min(len(tape), version + 400)):
        node = tape[number]
        if node.op in _PRODUCTS and version in _sources(tape, node.inputs):
            for other in node.inputs:
                if not dependence.touched(other) and np.size(tape.value(other)) > 0:
                    data = np.asarray(tape.value(other), dtype=float)
                    sizes.append(float(np.sqrt(np.mean(data**2))))
    return max(sizes)


def _sources(tape: Values, inputs: tuple[int, ...]) -> set[int]:
    """The inputs, looked through transposes and slices."""
    found = set(inputs)
    for number in inputs:
        while tape[number].op in ("transpose", "getitem", "reshape") and tape[number].inputs:
            number = tape[number].inputs[0]
            found.add(number)
    return found


__all__ = ["Replayed", "draw", "other_point"]
