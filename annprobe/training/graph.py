"""Operations with samples of their values: the template step, and what is added to it (adjoints, repairs)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from annprobe.tape.nodes import Node, Ref, Tape, references, substitute
from annprobe.tape.replay import evaluate
from annprobe.training.template import Loop, Path, made, rebuilt


class Graph:
    """Nodes by number. Those of the template keep the tape's numbers; added ones follow.

    A number without a node is an input: a value of the tape from before the step, or a slot.
    ``sample`` gives the value that any of them had in the template step, added ones included.
    """

    def __init__(self, loop: Loop) -> None:
        self.tape: Tape = loop.tape
        self.nodes: dict[int, Node] = dict(loop.nodes)
        self._next = len(loop.tape) + len(loop.slots)
        self._samples: dict[int, Any] = {}
        self._replaced: dict[int, int] = {}
        for slot in loop.slots:
            seen = slot.seen[loop.template]
            self._samples[slot.name] = self.tape.value(seen) if slot.kind == "node" else seen
        for node, name in loop.names.items():
            if node in self.nodes:  # a drawn leaf: the slot is its value
                del self.nodes[node]
                self.nodes[node] = self._node("copy", _same, (Ref(name),), {}, self.tape.value(node))

    @staticmethod
    def _node(op: str, fn: Any, args: tuple[Any, ...], kwargs: dict[str, Any], value: Any) -> Node:
        return Node(op, fn, args, kwargs, value, "op", 0, 0, tuple(references((args, kwargs))))

    def sample(self, number: int) -> Any:
        """The value in the template step."""
        return self._samples[number] if number in self._samples else self.tape.value(number)

    def add(self, op: str, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> int:
        """Append an operation; arguments may hold references. Raises what ``fn`` raises on the samples."""
        number = self._next
        self._next += 1
        with np.errstate(all="ignore"):
            value = fn(*substitute(args, self.sample), **substitute(kwargs, self.sample))
        self.nodes[number] = self._node(op, fn, args, kwargs, value)
        self._samples[number] = value
        return number

    def given(self, value: Any) -> int:
        """A new input with a sample of its value."""
        number = self._next
        self._next += 1
        self._samples[number] = value
        return number

    def replace(self, number: int, by: int) -> None:
        """Let everything that read ``number`` read ``by`` instead, except what ``by`` itself was made of."""
        own = set(self.needed([by]))
        for other, node in list(self.nodes.items()):
            if number in node.inputs and other not in own:
                swapped = substitute((node.args, node.kwargs), lambda n: Ref(by if n == number else n))
                new = made(node.op, node.fn, swapped[0], swapped[1], node)
                new.write = node.write
                self.nodes[other] = new
        self._replaced[number] = by

    def rewire(self, number: int, path: Path, by: int) -> None:
        """Let one operand of a node be another number."""
        node = self.nodes[number]
        args, kwargs = rebuilt((node.args, node.kwargs), {path: Ref(by)})
        new = made(node.op, node.fn, args, kwargs, node)
        new.write = node.write
        self.nodes[number] = new

    def final(self, number: int) -> int:
        """What stands for the number now."""
        while number in self._replaced:
            number = self._replaced[number]
        return number

    def needed(self, wanted: Iterable[int]) -> list[int]:
        """The operations that the wanted numbers depend on, each after what it reads."""
        order: list[int] = []
        seen: set[int] = set()
        stack = [(number, False) for number in wanted]
        while stack:
            number, done = stack.pop()
            if done:
                order.append(number)
            elif number not in seen and number in self.nodes:
                seen.add(number)
                stack.append((number, True))
                stack += [(source, False) for source in reversed(self.nodes[number].inputs) if source not in seen]
        return order

    def dependent(self, sources: Iterable[int], wanted: Iterable[int]) -> set[int]:
        """Those of the wanted numbers' operations that depend on a source."""
        return self.touched(sources, self.needed(wanted))

    def touched(self, sources: Iterable[int], order: Iterable[int]) -> set[int]:
        """Those operations of an order that depend on a source."""
        touched = set(sources)
        for number in order:
            if not touched.isdisjoint(self.nodes[number].inputs):
                touched.add(number)
        return touched & self.nodes.keys()

    def evaluate(self, number: int, lookup: Callable[[int], Any]) -> Any:
        """The node's value for other operands."""
        node = self.nodes[number]
        if node.kind != "op" and not node.inputs:
            return node.value
        return evaluate(node, substitute(node.args, lookup), substitute(node.kwargs, lookup))


def _same(value: Any) -> Any:
    return value


def run(graph: Graph, wanted: Iterable[int], given: Mapping[int, Any]) -> dict[int, Any]:
    """Values of the wanted numbers when some numbers are given; what is not given keeps its sample."""
    goals = list(wanted)
    order = graph.needed(goals)
    hot = graph.touched(given, order)
    values = dict(given)

    def lookup(number: int) -> Any:
        return values[number] if number in values else graph.sample(number)

    with np.errstate(all="ignore"):
        for number in order:
            if number in hot and number not in given:
                values[number] = graph.evaluate(number, lookup)
    return {number: lookup(number) for number in goals}
