"""What a slot walks over: rows of an array, a list of examples, drawn batches of row numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from annprobe.tape.nodes import Ref, Tape
from annprobe.training.graph import Graph
from annprobe.training.template import READS, Loop, Slot


@dataclass(frozen=True)
class Source:
    """A slot that walks over ``length`` places: ``seen`` in the recorded steps; ``value`` gives what stands there."""

    slot: Slot
    length: int
    seen: tuple[tuple[int, ...], ...]
    value: Callable[[tuple[int, ...]], Any]


def source_of(loop: Loop, graph: Graph, slot: Slot, hot: set[int]) -> Source | None:
    """The source behind a slot; None where there is none. ``hot``: what depends on the parameters."""
    if slot.kind == "node":
        return _family(loop.tape, slot)
    if slot.kind == "leaf":
        return _drawn_index(loop, graph, slot, hot)
    node = loop.nodes[slot.node]
    base = node.args[0]
    if node.op not in READS or slot.path[:2] != (0, 1) or type(base) is not Ref or base.node in hot:
        return None
    return _index(loop, graph, slot)


def _index(loop: Loop, graph: Graph, slot: Slot) -> Source | None:
    """An integer index, or the start or stop of a slice, into an array that no parameter has a part in."""
    node = loop.tape[slot.node]
    index, rest = node.args[1], slot.path[2:]
    axis = 0
    if isinstance(index, tuple):
        axis, rest = int(rest[0]), rest[1:]
        index = index[axis]
    if isinstance(index, list):
        index = index[int(rest[0])]
    shape = np.shape(graph.sample(node.inputs[0]))
    if axis >= len(shape) or any(type(value) is not int for value in slot.seen):
        return None
    length = shape[axis]
    if isinstance(index, slice):
        return _slice(loop, slot, int(rest[0]), length)
    return Source(slot, length, tuple((value % length,) for value in slot.seen), lambda places: places[0])


def _slice(loop: Loop, slot: Slot, part: int, length: int) -> Source | None:
    """Start or stop of a batch: batch ``k`` begins at ``k * size``."""
    partner = next(
        (s for s in loop.slots if s.node == slot.node and s.path[:-1] == slot.path[:-1] and s.path[-1] == 1 - part),
        None,
    )
    if partner is None or part > 1:
        return None
    starts, stops = (slot, partner) if part == 0 else (partner, slot)
    size = stops.seen[0] - starts.seen[0]
    if size < 1 or any(
        start % size or (stop - start != size and stop != length)
        for start, stop in zip(starts.seen, stops.seen, strict=True)
    ):
        return None
    places = tuple((start // size,) for start in starts.seen)
    return Source(slot, math.ceil(length / size), places, lambda place: (place[0] + part) * size)


def _family(tape: Tape, slot: Slot) -> Source:
    """Nodes made by one and the same expression, or literals in equal distances: a list of examples."""
    first = slot.seen[0]
    sites = {tape.sites[tape[n].site][:1] for n in slot.seen}
    if _came_again(slot.seen):
        members = sorted(set(slot.seen))
    elif len(sites) == 1 and tape[first].op != "literal":
        site, op, shape = sites.pop(), tape[first].op, np.shape(tape.value(first))
        members = [
            n
            for n, node in enumerate(tape.nodes)
            if node.op == op and tape.sites[node.site][:1] == site and np.shape(node.value) == shape
        ]
    else:
        members = _equally_spaced(tape, slot)
    if not set(slot.seen) <= set(members):
        members = sorted(set(slot.seen))
    place = {n: i for i, n in enumerate(members)}
    return Source(slot, len(members), tuple((place[n],) for n in slot.seen), lambda places: members[places[0]])


def _came_again(seen: tuple[Any, ...]) -> bool:
    """Whether one and the same round was made at least twice: then no place is left that was not seen."""
    period = len(set(seen))
    return 1 < period <= len(seen) // 2 and all(a == b for a, b in zip(seen, seen[period:], strict=False))


def _equally_spaced(tape: Tape, slot: Slot) -> list[int]:
    ordered = sorted(set(slot.seen))
    stride = math.gcd(*(b - a for a, b in pairwise(ordered))) if len(ordered) > 1 else 0
    if stride == 0:
        return ordered
    members = list(range(ordered[0], ordered[-1] + 1, stride))
    while members[-1] + stride < len(tape) and _alike(tape, members[-1] + stride, members[0]):
        members.append(members[-1] + stride)
    while members[0] - stride >= 0 and _alike(tape, members[0] - stride, members[-1]):
        members.insert(0, members[0] - stride)
    return members if all(_alike(tape, n, ordered[0]) for n in members) else ordered


def _alike(tape: Tape, left: int, right: int) -> bool:
    return (
        tape[left].op == tape[right].op == "literal"
        and np.shape(tape.value(left)) == np.shape(tape.value(right))
        and tape.sites[tape[left].site][1:] == tape.sites[tape[right].site][1:]
    )


def _drawn_index(loop: Loop, graph: Graph, slot: Slot, hot: set[int]) -> Source | None:
    """A drawn batch of row numbers."""
    values = [np.asarray(value) for value in slot.seen]
    if any(v.dtype.kind not in "iu" for v in values) or not loop.tape[slot.node].op.startswith("random."):
        return None
    bases = {
        node.args[0].node
        for node in loop.nodes.values()
        if node.op in READS and slot.node in node.inputs[1:] and type(node.args[0]) is Ref
    }
    lengths = {len(graph.sample(base)) for base in bases if base not in hot and np.ndim(graph.sample(base))}
    if len(lengths) != 1 or len({v.shape for v in values}) != 1:
        return None
    shape = values[0].shape
    return Source(
        slot,
        lengths.pop(),
        tuple(tuple(int(i) for i in v.ravel()) for v in values),
        lambda places: np.array(places).reshape(shape) if shape else np.int64(places[0]),
    )
