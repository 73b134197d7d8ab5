"""Replay: the recorded operations again, with other values at chosen nodes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from annprobe.tape.nodes import Node, Values, substitute
from annprobe.tape.recall import evaluate

__all__ = ["Replayed", "descendants", "evaluate", "replay", "slice_of"]


def descendants(tape: Values, sources: Iterable[int], within: Iterable[int]) -> list[int]:
    """Those of the nodes ``within`` (in order) whose value depends on one of the sources."""
    touched = set(sources)
    found = []
    for number in within:
        if number not in touched and not touched.isdisjoint(tape[number].inputs):
            touched.add(number)
            found.append(number)
    return found


class Replayed:
    """The tape's operations with other values at some nodes; what was not recomputed keeps its recorded value."""

    def __init__(self, tape: Values, values: Mapping[int, Any]) -> None:
        self.tape = tape
        self.values = values

    def __len__(self) -> int:
        return len(self.tape)

    def __getitem__(self, number: int) -> Node:
        return self.tape[number]

    def value(self, number: int) -> Any:
        """The value of a node at this point."""
        return self.values[number] if number in self.values else self.tape.value(number)


def replay(tape: Values, changed: Mapping[int, Any], wanted: Iterable[int]) -> Replayed:
    """The wanted nodes, and everything on the way to them, when the changed ones have other values.

    changed  node -> value of the same shape (other shapes work where the operations allow it)
    raises   whatever the operations raise on the new values
    """
    values: dict[int, Any] = dict(changed)
    point = Replayed(tape, values)
    with np.errstate(all="ignore"):
        for number in descendants(tape, changed, slice_of(tape, wanted, stop=changed)):
            node = tape[number]
            values[number] = evaluate(node, substitute(node.args, point.value), substitute(node.kwargs, point.value))
    return point


def slice_of(tape: Values, wanted: Iterable[int], stop: Iterable[int] = ()) -> list[int]:
    """Everything that the wanted nodes depend on, in tape order; not looked through ``stop``."""
    seen: set[int] = set()
    closed = set(stop)
    stack = list(wanted)
    while stack:
        number = stack.pop()
        if number in seen:
            continue
        seen.add(number)
        if number not in closed:
            stack.extend(tape[number].inputs)
    return sorted(seen)
