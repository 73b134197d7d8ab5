"""Which examples a training step sees, and in which order: the recorded steps, carried on over the whole data set.

A slot that reads row 3 of an array can read any other row. Slots that move together are one cursor; its length is the
number of rows. Draws are drawn again, counters count on. What follows no such pattern keeps what was recorded.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from annprobe.diagnosis.graph import Graph
from annprobe.diagnosis.windows import Loop, NotReplayable, Slot
from annprobe.tape.nodes import Ref, Tape

_READS = {"getitem", "take"}
_UNIT = {"random.rand", "random.random", "random.random_sample", "random.ranf"}
_NORMAL = {"random.randn", "random.standard_normal"}
_STREAM = 256  # examples drawn from a generator that never repeats itself


@dataclass(frozen=True)
class Source:
    """A slot that walks over ``length`` places; ``seen`` are those of the recorded steps, ``value`` what stands there."""

    slot: Slot
    length: int
    seen: tuple[tuple[int, ...], ...]
    value: Callable[[tuple[int, ...]], Any]


@dataclass
class Rows:
    """The steps of one epoch.

    count     steps an epoch
    complete  whether they cover all data that the module trains on
    shuffled  whether the module takes them in random order
    choose    row -> what fills each slot (a node number for slots of kind "node")
    clocks    slot -> what fills it in the step of this number, counted from 0
    """

    count: int
    complete: bool
    shuffled: bool
    choose: Callable[[int], dict[int, Any]]
    clocks: dict[int, Callable[[int], Any]] = field(default_factory=dict)


def find_rows(loop: Loop, graph: Graph, seed: int = 0) -> Rows:
    """Read the epoch off the slots; raises :class:`NotReplayable` when a slot follows the values of the training."""
    clocks, rest = _clocks(loop)
    if not rest:
        return Rows(1, True, False, lambda row: {}, clocks)
    hot = _hot(loop, graph)
    sources = [_source(loop, graph, slot, hot) for slot in rest]
    known = [s for s in sources if s is not None]
    streams = [slot for slot, source in zip(rest, sources, strict=True) if source is None and _drawn(loop.tape, slot)]
    held = [slot for slot, source in zip(rest, sources, strict=True) if source is None and slot not in streams]
    walks, copies = _walks(known)
    if held or (walks is None and known):
        return _recorded(rest, clocks)
    if walks is None:
        return _streamed(loop.tape, streams, clocks, seed)
    return _walked(loop.tape, walks, copies, streams, clocks, seed)


def _hot(loop: Loop, graph: Graph) -> set[int]:
    return graph.dependent(loop.carried, loop.nodes) | set(loop.carried)


def _clocks(loop: Loop) -> tuple[dict[int, Callable[[int], Any]], list[Slot]]:
    """Counters: plain numbers outside an index that rise by the same amount with every step."""
    clocks: dict[int, Callable[[int], Any]] = {}
    rest = []
    for slot in loop.slots:
        rise = _rise(slot) if slot.kind == "raw" and loop.tape[slot.node].op not in _READS | {"setitem"} else None
        if rise is None:
            rest.append(slot)
        else:
            clocks[slot.name] = _counter(slot.seen[0], rise)
    return clocks, rest


def _rise(slot: Slot) -> int | None:
    seen = slot.seen
    if len(seen) < 3 or any(type(value) is not int for value in seen):
        return None
    rises = {b - a for a, b in zip(seen, seen[1:], strict=False)}
    return rises.pop() if len(rises) == 1 else None


def _counter(first: int, rise: int) -> Callable[[int], Any]:
    return lambda step: first + rise * step


# --- sources -------------------------------------------------------------------------------------------------------


def _source(loop: Loop, graph: Graph, slot: Slot, hot: set[int]) -> Source | None:
    if slot.kind == "node":
        return _family(loop.tape, slot)
    if slot.kind == "leaf":
        return _drawn_index(loop, graph, slot, hot)
    node = loop.nodes[slot.node]
    base = node.args[0]
    if node.op not in _READS or slot.path[:2] != (0, 1) or type(base) is not Ref or base.node in hot:
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
    shape = np.shape(graph.sample(node.inputs[0]))
    if axis >= len(shape) or any(type(value) is not int for value in slot.seen):
        return None
    length = shape[axis]
    if isinstance(index, slice):
        return _slice(loop, slot, int(rest[0]), length)
    return Source(slot, length, tuple((value % length,) for value in slot.seen), lambda places: places[0])


def _slice(loop: Loop, slot: Slot, part: int, length: int) -> Source | None:
    """Start or stop of a batch: batch ``k`` begins at ``k * size``."""
    partner = next((s for s in loop.slots if s.node == slot.node and s.path[:-1] == slot.path[:-1]
                    and s.path[-1] == 1 - part), None)
    if partner is None or part > 1:
        return None
    starts, stops = (slot, partner) if part == 0 else (partner, slot)
    size = stops.seen[0] - starts.seen[0]
    if size < 1 or any(start % size or (stop - start != size and stop != length)
                       for start, stop in zip(starts.seen, stops.seen, strict=True)):
        return None
    places = tuple((start // size,) for start in starts.seen)
    return Source(slot, math.ceil(length / size), places, lambda place: (place[0] + part) * size)


def _family(tape: Tape, slot: Slot) -> Source | None:
    """Nodes made by one and the same expression, or literals in equal distances: a list of examples."""
    first = slot.seen[0]
    sites = {tape.sites[tape[n].site][:1] for n in slot.seen}
    if len(sites) == 1 and tape[first].op != "literal":
        site, op, shape = sites.pop(), tape[first].op, np.shape(tape.value(first))
        members = [n for n, node in enumerate(tape.nodes) if node.op == op and tape.sites[node.site][:1] == site
                   and np.shape(node.value) == shape]
    else:
        members = _equally_spaced(tape, slot)
    place = {n: i for i, n in enumerate(members)}
    if not all(n in place for n in slot.seen):
        return None
    return Source(slot, len(members), tuple((place[n],) for n in slot.seen), lambda places: members[places[0]])


def _equally_spaced(tape: Tape, slot: Slot) -> list[int]:
    ordered = sorted(set(slot.seen))
    stride = math.gcd(*(b - a for a, b in zip(ordered, ordered[1:], strict=False))) if len(ordered) > 1 else 0
    if stride == 0:
        return ordered
    members = list(range(ordered[0], ordered[-1] + 1, stride))
    while members[-1] + stride < len(tape) and _alike(tape, members[-1] + stride, members[0]):
        members.append(members[-1] + stride)
    while members[0] - stride >= 0 and _alike(tape, members[0] - stride, members[-1]):
        members.insert(0, members[0] - stride)
    return members if all(_alike(tape, n, ordered[0]) for n in members) else ordered


def _alike(tape: Tape, left: int, right: int) -> bool:
    return tape[left].op == tape[right].op == "literal" and np.shape(tape.value(left)) == np.shape(tape.value(right)) \
        and tape.sites[tape[left].site][1:] == tape.sites[tape[right].site][1:]


def _drawn_index(loop: Loop, graph: Graph, slot: Slot, hot: set[int]) -> Source | None:
    """A drawn batch of row numbers."""
    values = [np.asarray(value) for value in slot.seen]
    if any(v.dtype.kind not in "iu" for v in values) or not loop.tape[slot.node].op.startswith("random."):
        return None
    bases = {node.args[0].node for node in loop.nodes.values()
             if node.op in _READS and slot.node in node.inputs[1:] and type(node.args[0]) is Ref}
    lengths = {len(graph.sample(base)) for base in bases if base not in hot and np.ndim(graph.sample(base))}
    if len(lengths) != 1 or len({v.shape for v in values}) != 1:
        return None
    shape = values[0].shape
    return Source(slot, lengths.pop(), tuple(tuple(int(i) for i in v.ravel()) for v in values),
                  lambda places: np.array(places).reshape(shape) if shape else np.int64(places[0]))


# --- the epoch -----------------------------------------------------------------------------------------------------


def _walks(known: list[Source]) -> tuple[list[list[Source]] | None, list[Source]]:
    """Sources grouped by the places they were at, and those that only change from epoch to epoch."""
    groups: dict[tuple[Any, ...], list[Source]] = {}
    for source in known:
        groups.setdefault((source.length, source.seen), []).append(source)
    most = max((len(set(seen)) for _, seen in groups), default=0)
    copies = [s for (_, seen), members in groups.items() if _epoch_copy(seen, most) for s in members]
    walks = [members for (_, seen), members in groups.items() if not _epoch_copy(seen, most)]
    if not walks or len({members[0].length for members in walks}) != 1:
        return None, copies
    return walks, copies


def _epoch_copy(seen: tuple[tuple[int, ...], ...], most: int) -> bool:
    return len(set(seen)) < most and list(seen) == sorted(seen)


def _recorded(slots: list[Slot], clocks: dict[int, Callable[[int], Any]]) -> Rows:
    """The different steps that were recorded, and no others."""
    columns = [slot.seen for slot in slots]
    steps = list(zip(*columns, strict=True))
    marks = [tuple(_mark(value) for value in step) for step in steps]
    first = [i for i, mark in enumerate(marks) if mark not in marks[:i]]
    return Rows(len(first), len(first) < len(marks), False,
                lambda row: {slot.name: steps[first[row]][i] for i, slot in enumerate(slots)}, clocks)


def _mark(value: Any) -> Any:
    return (value.shape, value.tobytes()) if isinstance(value, np.ndarray) else value


def _drawn(tape: Tape, slot: Slot) -> bool:
    """Floats that a generator made for this step alone."""
    return slot.kind == "leaf" and tape[slot.node].op.startswith("random.") \
        and all(np.asarray(v).dtype.kind == "f" for v in slot.seen) and len({np.shape(v) for v in slot.seen}) == 1


def _redrawn(tape: Tape, slot: Slot, rng: np.random.Generator) -> Any:
    """Another draw from the distribution that the recorded ones came from."""
    op, shape = tape[slot.node].op, np.shape(slot.seen[0])
    pool = np.concatenate([np.ravel(v) for v in slot.seen])
    if op in _UNIT:
        drawn = rng.random(shape)
    elif op in _NORMAL:
        drawn = rng.standard_normal(shape)
    elif op == "random.uniform":
        drawn = rng.uniform(pool.min(), pool.max(), shape)
    elif op in ("random.normal", "random.gauss"):
        drawn = rng.normal(pool.mean(), pool.std(), shape)
    else:
        drawn = rng.choice(pool, shape)
    return drawn if shape else float(drawn)


def _streamed(tape: Tape, streams: list[Slot], clocks: dict[int, Callable[[int], Any]], seed: int) -> Rows:
    def choose(row: int) -> dict[int, Any]:
        rng = np.random.default_rng((seed, row))
        return {slot.name: _redrawn(tape, slot, rng) for slot in streams}

    return Rows(_STREAM, True, False, choose, clocks)


def _walked(tape: Tape, walks: list[list[Source]], copies: list[Source], streams: list[Slot],
            clocks: dict[int, Callable[[int], Any]], seed: int) -> Rows:
    widths = [len(members[0].seen[0]) for members in walks]
    length, width = walks[0][0].length, sum(widths)
    if width > length:
        raise NotReplayable("a recorded step reads more examples than there are")
    count = max(length // width, 1)
    order = [place for step in range(len(walks[0][0].seen)) for members in walks for place in members[0].seen[step]]
    shuffled = any((b - a) % length != 1 for a, b in zip(order, order[1:], strict=False))

    def choose(row: int) -> dict[int, Any]:
        rng = np.random.default_rng((seed, row))
        chosen: dict[int, Any] = {slot.name: _redrawn(tape, slot, rng) for slot in streams}
        chosen.update((s.slot.name, s.value(s.seen[0])) for s in copies)
        start = row * width
        for members, own in zip(walks, widths, strict=True):
            places = tuple(range(start, start + own))
            chosen.update((s.slot.name, s.value(places)) for s in members)
            start += own
        return chosen

    return Rows(count, True, shuffled, choose, clocks)
