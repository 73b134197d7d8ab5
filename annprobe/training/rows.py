"""Which examples a training step sees, and in which order: the recorded steps, carried on over the whole data set.

A slot that reads row 3 of an array can read any other row. Slots that move together are one cursor; its length is the
number of rows. Draws are drawn again, counters count on. What follows no such pattern keeps what was recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from annprobe.tape.nodes import Tape
from annprobe.training.graph import Graph
from annprobe.training.sources import Source, source_of
from annprobe.training.template import READS, Loop, NotReplayable, Slot

_UNIT = {"random.rand", "random.random", "random.random_sample", "random.ranf"}
_NORMAL = {"random.randn", "random.standard_normal"}
_STREAM = 256  # examples drawn from a generator that never repeats itself


@dataclass
class Rows:
    """The steps of one epoch.

    count     steps an epoch
    complete  whether they cover all data that the module trains on
    shuffled  whether the module takes them in random order
    choose    row -> what fills each slot (a node number for slots of kind "node")
    clocks    slot -> what fills it in the step of this number, counted from 0
    endless   whether examples are drawn anew at each step: there are no epochs, ``count`` is annprobe's own
    """

    count: int
    complete: bool
    shuffled: bool
    choose: Callable[[int], dict[int, Any]]
    clocks: dict[int, Callable[[int], Any]] = field(default_factory=dict)
    endless: bool = False


def find_rows(loop: Loop, graph: Graph, seed: int = 0) -> Rows:
    """Read the epoch off the slots; raises :class:`NotReplayable` when a slot follows the values of the training."""
    clocks, rest = _clocks(loop)
    if not rest:
        return Rows(1, True, False, lambda row: {}, clocks)
    hot = _hot(loop, graph)
    sources = [source_of(loop, graph, slot, hot) for slot in rest]
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
        rise = _rise(slot) if slot.kind == "raw" and loop.tape[slot.node].op not in READS | {"setitem"} else None
        if rise is None:
            rest.append(slot)
        else:
            clocks[slot.name] = _counter(slot.seen[0], rise)
    return clocks, rest


def _rise(slot: Slot) -> int | None:
    seen = slot.seen
    if len(seen) < 3 or any(type(value) is not int for value in seen):
        return None
    rises = {b - a for a, b in pairwise(seen)}
    return rises.pop() if len(rises) == 1 else None


def _counter(first: int, rise: int) -> Callable[[int], Any]:
    return lambda step: first + rise * step


# --- the epoch -----------------------------------------------------------------------------------------------------


def _walks(known: list[Source]) -> tuple[list[list[Source]] | None, list[Source]]:
    """Sources grouped by the places they were at, and those that only change from epoch to epoch."""
    groups: dict[tuple[Any, ...], list[Source]] = {}
    for source in known:
        groups.setdefault((source.length, source.seen), []).append(source)
    turns = max((_turns(seen) for _, seen in groups), default=0)
    copies = [s for (_, seen), members in groups.items() if _epoch_copy(seen, turns) for s in members]
    walks = [members for (_, seen), members in groups.items() if not _epoch_copy(seen, turns)]
    if not walks or len({members[0].length for members in walks}) != 1 or _contrary(walks):
        return None, copies
    return walks, copies


def _contrary(walks: list[list[Source]]) -> bool:
    """Whether some examples come in the order in which they were made and others do not: which of those not seen yet
    belong together is not known then."""
    in_order = [all((b[0] - a[0]) % w[0].length == 1 for a, b in pairwise(w[0].seen)) for w in walks if w[0].seen[0]]
    made = [any(source.slot.kind == "node" for source in w) for w in walks if w[0].seen[0]]
    return any(in_order) and any(is_made and not plain for plain, is_made in zip(in_order, made, strict=True))


def _turns(seen: tuple[tuple[int, ...], ...]) -> int:
    """How often a walk began anew."""
    return sum(b < a for a, b in pairwise(seen))


def _epoch_copy(seen: tuple[tuple[int, ...], ...], turns: int) -> bool:
    """Whether the places only rise, and no more often than another walk began anew: data prepared once an epoch."""
    rises = sum(b > a for a, b in pairwise(seen))
    return _turns(seen) == 0 and 0 < rises <= turns


def _recorded(slots: list[Slot], clocks: dict[int, Callable[[int], Any]]) -> Rows:
    """The different steps that were recorded, and no others."""
    columns = [slot.seen for slot in slots]
    steps = list(zip(*columns, strict=True))
    marks = [tuple(_mark(value) for value in step) for step in steps]
    first = [i for i, mark in enumerate(marks) if mark not in marks[:i]]
    return Rows(
        len(first),
        len(first) < len(marks),
        False,
        lambda row: {slot.name: steps[first[row]][i] for i, slot in enumerate(slots)},
        clocks,
    )


def _mark(value: Any) -> Any:
    return (value.shape, value.tobytes()) if isinstance(value, np.ndarray) else value


def _drawn(tape: Tape, slot: Slot) -> bool:
    """Floats that a generator made for this step alone."""
    return (
        slot.kind == "leaf"
        and tape[slot.node].op.startswith("random.")
        and all(np.asarray(v).dtype.kind == "f" for v in slot.seen)
        and len({np.shape(v) for v in slot.seen}) == 1
    )


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

    return Rows(_STREAM, True, False, choose, clocks, endless=True)


def _walked(
    tape: Tape,
    walks: list[list[Source]],
    copies: list[Source],
    streams: list[Slot],
    clocks: dict[int, Callable[[int], Any]],
    seed: int,
) -> Rows:
    widths = [len(members[0].seen[0]) for members in walks]
    length, width = walks[0][0].length, sum(widths)
    if width > length:
        raise NotReplayable("a recorded step reads more examples than there are")
    count = max(length // width, 1)
    order = [place for step in range(len(walks[0][0].seen)) for members in walks for place in members[0].seen[step]]
    shuffled = any((b - a) % length != 1 for a, b in pairwise(order))

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
