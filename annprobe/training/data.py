"""The data that the recorded steps read, as they are or changed: standardised inputs, targets in another range."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from annprobe.tape.nodes import substitute
from annprobe.tape.replay import evaluate, slice_of
from annprobe.training.graph import Graph
from annprobe.training.rows import Rows
from annprobe.training.template import Loop

Change = Callable[[Any], Any]
_KEPT = 1 << 27  # bytes of rows that are remembered


class Data:
    """Values of everything that does not depend on the network, row by row.

    changes  number (of a value before the loop, of a slot, or of the template) -> function of its value
    """

    def __init__(self, loop: Loop, graph: Graph, rows: Rows, changes: Mapping[int, Change] | None = None) -> None:
        self.loop = loop
        self.graph = graph
        self.rows = rows
        self.changes = dict(changes or {})
        self._kind = {slot.name: slot.kind for slot in loop.slots}
        self._outside: dict[int, Any] = {}
        self._affected = {n for n in self.changes if n < len(loop.tape)}  # and what depends on them, as far as seen
        self._seen = min(self._affected, default=0)
        self._rows: dict[tuple[tuple[int, ...], int], list[Any]] = {}
        self._timed: dict[tuple[int, ...], bool] = {}
        self._bytes = 0

    def changed(self, changes: Mapping[int, Change]) -> Data:
        """The same with further changes, made after the present ones."""
        merged = dict(self.changes)
        for number, change in changes.items():
            merged[number] = _after_another(merged[number], change) if number in merged else change
        return Data(self.loop, self.graph, self.rows, merged)

    def _is_affected(self, number: int) -> bool:
        """Whether a node from before the loop is a changed one, or depends on one."""
        tape, affected = self.loop.tape, self._affected
        for later in range(self._seen + 1, number + 1) if affected else ():
            self._seen = later
            if not affected.isdisjoint(tape[later].inputs):
                affected.add(later)
        return number in affected

    def outside(self, number: int) -> Any:
        """The value of a node from before the loop."""
        if self._is_affected(number) and number not in self._outside:
            tape = self.loop.tape
            for n in (m for m in slice_of(tape, [number]) if m in self._affected and m not in self._outside):
                node, value = tape[n], tape.value(n)
                if not self._affected.isdisjoint(node.inputs):
                    value = evaluate(node, substitute(node.args, self._before), substitute(node.kwargs, self._before))
                self._outside[n] = self.changes[n](value) if n in self.changes else value
        return self._before(number)

    def _before(self, number: int) -> Any:
        return self._outside[number] if number in self._outside else self.loop.tape.value(number)

    def values(self, row: int, numbers: Sequence[int], step: int = 0) -> list[Any]:
        """Values of the numbers in a row of the epoch; counters stand at ``step``."""
        wanted = numbers if isinstance(numbers, tuple) else tuple(numbers)
        if self.timed(wanted):
            return self._evaluated(row, wanted, step)
        if (wanted, row) not in self._rows:
            found = self._evaluated(row, wanted, step)
            size = sum(v.nbytes for v in found if isinstance(v, np.ndarray) and v.base is None)
            if self._bytes + size > _KEPT:
                return found
            self._bytes += size
            self._rows[wanted, row] = found
        return self._rows[wanted, row]

    def timed(self, numbers: tuple[int, ...]) -> bool:
        """Whether a value changes from step to step on the same row."""
        if numbers not in self._timed:
            timed = self.graph.dependent(self.rows.clocks, numbers) | set(self.rows.clocks)
            self._timed[numbers] = bool(set(numbers) & timed)
        return self._timed[numbers]

    def _evaluated(self, row: int, numbers: Sequence[int], step: int) -> list[Any]:
        chosen = self.rows.choose(row)
        known: dict[int, Any] = {}

        def given(number: int) -> Any:
            if number in self.rows.clocks:
                return self.rows.clocks[number](step)
            if number in self._kind:
                return self.outside(chosen[number]) if self._kind[number] == "node" else chosen[number]
            return self.outside(number) if number < len(self.loop.tape) else self.graph.sample(number)

        def lookup(number: int) -> Any:
            if number not in known:
                value = given(number)
                changed = number in self._kind and number in self.changes
                known[number] = self.changes[number](value) if changed else value
            return known[number]

        with np.errstate(all="ignore"):
            for number in self.graph.needed(numbers):
                value = self.graph.evaluate(number, lookup)
                known[number] = self.changes[number](value) if number in self.changes else value
        return [np.asarray(v) if isinstance(v, np.matrix) else v for v in map(lookup, numbers)]


def _after_another(first: Change, second: Change) -> Change:
    return lambda value: second(first(value))
