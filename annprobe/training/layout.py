"""Where the examples are: in the data that enter, and in the outputs. Found by changing one example and looking.

What a step calls X may be (N, n), (n, N), a list of rows or a handful of numbers; the outputs may be one array or one
number a unit. Changing the data of one example changes the outputs of that example and of no other.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annprobe.subject.roles.frontier import Meeting
from annprobe.training.data import Data
from annprobe.training.graph import Graph, run
from annprobe.training.template import Loop

VIEWS = {
    "getitem",
    "take",
    "transpose",
    "reshape",
    "ravel",
    "squeeze",
    "expand_dims",
    "swapaxes",
    "asarray",
    "asanyarray",
    "asmatrix",
    "copy",
    "astype",
    "item",
    "atleast_2d",
    "ascontiguousarray",
    "moveaxis",
    "pick",
}
_PRODUCTS = {"dot", "matmul", "multiply", "outer", "einsum", "tensordot", "inner", "convolve", "correlate"}


@dataclass(frozen=True)
class Root:
    """Data that meet the parameters; ``axis`` counts its examples, None when it holds one example or a part of it."""

    number: int
    axis: int | None


@dataclass(frozen=True)
class Layout:
    """How outputs and targets become tables with a row an example.

    roots    the inputs
    outputs  number of the output of each meeting
    targets  number of its target, a fixed value, or None when it is a class index inside the step
    groups   meetings that belong to the same examples, each with the axis that counts them (None: one example)
    """

    loop: Loop
    roots: tuple[Root, ...]
    outputs: tuple[int, ...]
    targets: tuple[int | float | None, ...]
    groups: tuple[tuple[tuple[int, int | None], ...], ...]

    def table(self, values: Sequence[Any]) -> Any:
        """(networks, examples, units) from the outputs of all meetings, each with the networks in front."""
        blocks = []
        for group in self.groups:
            columns = [table_of(values[i], axis) for i, axis in group]
            if len({c.shape[1] for c in columns}) != 1:
                columns = [c.reshape(len(c), -1, 1) for c in columns]
                blocks.append(np.concatenate(columns, 1))
            else:
                blocks.append(np.concatenate(columns, 2))
        if len({b.shape[2] for b in blocks}) != 1:
            blocks = [b.reshape(len(b), -1, 1) for b in blocks]
        return np.concatenate(blocks, 1)


def table_of(value: Any, axis: int | None) -> Any:
    """(networks, examples, units) of a value with the networks in front; ``axis`` counts the examples behind them."""
    array = np.asarray(value, dtype=float)
    if axis is None:
        return array.reshape(len(array), 1, -1)
    moved = np.moveaxis(array, axis + 1, 1)
    return moved.reshape(*moved.shape[:2], -1)


def find_layout(loop: Loop, graph: Graph, data: Data, seed: int = 0) -> Layout:
    """Inputs, outputs and targets of the template, with their examples."""
    meetings = loop.step.meetings
    outputs = [m.output for m in meetings]
    look = _Look(loop, graph, data, outputs, seed)
    roots = tuple(Root(n, look.example_axis(n)) for n in _roots(loop, graph, outputs))
    groups = look.groups(roots)
    return Layout(loop, roots, tuple(outputs), tuple(_target(loop, m) for m in meetings), groups)


def _target(loop: Loop, meeting: Meeting) -> int | float | None:
    if meeting.indexed:
        return None
    if meeting.target is not None:
        return loop.names.get(meeting.target, meeting.target)
    slot = next((s for s in loop.slots if s.node == meeting.node and s.kind == "raw"), None)
    return slot.name if slot else float(meeting.value)


def operands(loop: Loop, graph: Graph, outputs: Sequence[int]) -> dict[int, int]:
    """Operands that meet a parameter in a product and come from no parameter -> where they were made."""
    reads = {p.read for p in loop.parameters}
    hot = graph.dependent(reads, outputs) | reads
    found: dict[int, int] = {}
    for number in graph.needed(outputs):
        node = graph.nodes[number]
        if node.op in _PRODUCTS and any(climb(graph, i, loop.carried) in reads for i in node.inputs if i in hot):
            found.update(
                (i, climb(graph, i, loop.carried))
                for i in node.inputs
                if i not in hot and not isinstance(graph.sample(i), tuple)
            )
    return found


def _roots(loop: Loop, graph: Graph, outputs: Sequence[int]) -> list[int]:
    """The operands, followed up to where they were made."""
    found = dict.fromkeys(operands(loop, graph, outputs).values())
    return [n for n in found if np.asarray(graph.sample(n)).dtype.kind in "fiub"]


def climb(graph: Graph, number: int, stop: Container[int]) -> int:
    """What a view looks at."""
    for last in upwards(graph, number):
        if last in stop:
            return last
    return last


def upwards(graph: Graph, number: int) -> Iterator[int]:
    """A view, what it looks at, what that looks at, and so on."""
    yield number
    node = graph.nodes.get(number) or (graph.tape[number] if number < len(graph.tape) else None)
    while node is not None and node.kind == "op" and node.op in VIEWS and node.inputs:
        number = node.inputs[0]
        yield number
        node = graph.nodes.get(number) or (graph.tape[number] if number < len(graph.tape) else None)


class _Look:
    """Changes data and watches the outputs, at a few healthy draws of the parameters."""

    def __init__(self, loop: Loop, graph: Graph, data: Data, outputs: Sequence[int], seed: int) -> None:
        self.loop, self.graph, self.data, self.outputs = loop, graph, data, list(outputs)
        self.rng = np.random.default_rng(seed)
        self.draws = [{p.read: _drawn(graph.sample(p.read), self.rng) for p in loop.parameters} for _ in range(3)]
        self._base = [run(graph, self.outputs, draw) for draw in self.draws]

    def changed(self, number: int, value: Any, draws: int = 3) -> list[Any]:
        """For every output: which entries differ when the number has another value."""
        masks = [np.zeros(np.shape(self.graph.sample(o)), bool) for o in self.outputs]
        for draw, base in zip(self.draws[:draws], self._base[:draws], strict=True):
            try:
                outside = (
                    number < len(self.graph.tape) and number not in self.graph.nodes and number not in self.loop.carried
                )
                given = self._outside(number, value) if outside else {number: value}
                new = run(self.graph, self.outputs, {**given, **draw})
            except (ValueError, TypeError, IndexError, ZeroDivisionError, OverflowError):
                continue
            for mask, output in zip(masks, self.outputs, strict=True):
                differs = np.asarray(new[output]) != np.asarray(base[output])
                mask |= differs.reshape(mask.shape)
        return masks

    def _outside(self, number: int, value: Any) -> dict[int, Any]:
        """Everything that the template reads and that comes from this value of before the loop."""
        changed = Data(self.loop, self.graph, self.data.rows, {number: lambda old: value})
        reads = {i for n in self.graph.needed(self.outputs) for i in self.graph.nodes[n].inputs}
        given = {
            i: changed.outside(i)
            for i in reads
            if i < len(self.graph.tape) and i not in self.graph.nodes and i not in self.loop.carried
        }
        for slot in self.loop.slots:
            if slot.kind == "node" and slot.name in reads:
                given[slot.name] = changed.outside(slot.seen[self.loop.template])
        return given

    def example_axis(self, number: int) -> int | None:
        """The axis along which the examples lie: where one place of it changes only a part of the outputs, or none."""
        value = np.asarray(self.graph.sample(number), dtype=float)
        whole = sum(
            int(mask.sum()) for mask in self.changed(number, self._moved(value, 0, 0, max(value.shape, default=1)))
        )
        candidates = []
        for axis in range(value.ndim if whole else 0):
            places = sorted({0, value.shape[axis] - 1, self.place_read(number, value, axis)})
            share = min(self._count(number, value, axis, i) for i in places) / whole
            if value.shape[axis] > 1 and share < 1.0:
                candidates.append((share, axis))
        return min(candidates)[1] if candidates else self._by_length(value)

    def _by_length(self, value: Any) -> int | None:
        """Where every example acts on all (batch normalisation): the one length that inputs and outputs share."""
        lengths = {n for o in self.outputs for n in np.shape(self.graph.sample(o)) if n > 1}
        common = [axis for axis, n in enumerate(value.shape) if n in lengths]
        return common[0] if len(common) == 1 and value.ndim > 1 else None

    def place_read(self, number: int, value: Any, axis: int) -> int:
        """The first place along an axis that this step reads (0 when it reads none)."""
        low, high = 0, value.shape[axis]
        if not self._any(number, value, axis, low, high):
            return 0
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self._any(number, value, axis, low, middle) else (middle, high)
        return low

    def _any(self, number: int, value: Any, axis: int, low: int, high: int) -> bool:
        return any(mask.any() for mask in self.changed(number, self._moved(value, axis, low, high), draws=1))

    def _count(self, number: int, value: Any, axis: int, i: int) -> int:
        return sum(int(mask.sum()) for mask in self.changed(number, self._moved(value, axis, i, i + 1)))

    def _moved(self, value: Any, axis: int, low: int, high: int) -> Any:
        """The data with other numbers at the places from ``low`` to ``high`` of an axis."""
        size = float(np.sqrt(np.mean(value**2))) or 1.0
        noise = size * self.rng.uniform(0.3, 0.9, value.shape)
        if not value.shape:
            return float(value + noise)
        moved = value.copy()
        place = tuple(slice(low, high) if a == axis else slice(None) for a in range(value.ndim))
        moved[place] += noise[place]
        return moved

    def groups(self, roots: Sequence[Root]) -> tuple[tuple[tuple[int, int | None], ...], ...]:
        """Which meetings share their examples, and along which axis of the output these lie."""
        touching: list[list[int]] = [[] for _ in self.outputs]
        axes: list[int | None] = [None] * len(self.outputs)
        for k, root in enumerate(roots):
            value = np.asarray(self.graph.sample(root.number), dtype=float)
            whole = value.shape[0] if value.shape else 1
            for i, mask in enumerate(self.changed(root.number, self._moved(value, 0, 0, whole))):
                if mask.any():
                    touching[i].append(k)
            if root.axis is not None:
                place = self.place_read(root.number, value, root.axis)
                masks = self.changed(root.number, self._moved(value, root.axis, place, place + 1))
                length = value.shape[root.axis]
                axes = [
                    _axis_of(mask, length) if axis is None else axis for axis, mask in zip(axes, masks, strict=True)
                ]
        members: dict[tuple[int, ...], list[tuple[int, int | None]]] = {}
        for i, key in enumerate(touching):
            members.setdefault(tuple(key), []).append((i, axes[i]))
        return tuple(tuple(group) for group in members.values())


def _axis_of(mask: Any, length: int) -> int | None:
    """The axis along which only one place changed, or where all did, the one of the inputs' length."""
    for axis in range(mask.ndim):
        others = tuple(a for a in range(mask.ndim) if a != axis)
        if mask.shape[axis] > 1 and mask.any(axis=others).sum() == 1:
            return axis
    fitting = [axis for axis, n in enumerate(mask.shape) if n == length > 1]
    return fitting[0] if mask.all() and len(fitting) == 1 else None


def _drawn(value: Any, rng: np.random.Generator) -> Any:
    shape = np.shape(value)
    drawn = rng.standard_normal(shape) / np.sqrt(max(shape)) if len(shape) > 1 else 0.5 * rng.standard_normal(shape)
    return drawn if shape else float(drawn)
