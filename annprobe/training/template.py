"""One training step as a template: what it makes itself, what is handed on, what stays, and what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from annprobe.subject.roles.links import alias
from annprobe.subject.roles.steps import Move, Step
from annprobe.subject.understanding import Understanding
from annprobe.tape.nodes import Node, Objects, Ref, Tape, references

Path = tuple[int | str, ...]


class NotReplayable(Exception):
    """The recorded steps cannot stand for the module's training; the text says why, in words for the reader."""


READS = {"getitem", "take"}  # operations whose second argument is an index


@dataclass(frozen=True)
class Slot:
    """A place in the template whose content differs from step to step.

    node  the template's node; ``path`` leads to the place in its (args, kwargs), () means the value of the leaf itself
    kind  "node": another node of the tape stood there; "raw": another plain constant; "leaf": the value was drawn anew
    seen  what stood there in each aligned step, in order
    name  number under which graphs refer to it
    """

    node: int
    path: Path
    kind: Literal["node", "raw", "leaf"]
    seen: tuple[Any, ...]
    name: int


@dataclass(frozen=True)
class Trained:
    """A parameter of the template: its chain, the number that the step reads, the node that holds the updated value."""

    chain: int
    read: int
    after: int


@dataclass
class Loop:
    """One training step as a template, and how the recorded steps fill it.

    nodes       the template's operations by number (of the tape; slots have numbers beyond it), in order
    carried     number read -> number of the template's node that makes it for the next step
    starts      number read -> node that held it when the first aligned step began
    parameters  what is trained, in the order of the chains
    windows     nodes of each aligned step; ``windows[k][i]`` corresponds to ``windows[template][i]``
    steps       the aligned steps themselves
    """

    tape: Tape
    nodes: dict[int, Node]
    carried: dict[int, int]
    starts: dict[int, int]
    parameters: list[Trained]
    slots: list[Slot]
    windows: list[list[int]]
    steps: list[Step]
    template: int
    names: dict[int, int] = field(default_factory=dict)  # node that filled a slot in the template step -> the slot

    @property
    def step(self) -> Step:
        """The step that the template was made of."""
        return self.steps[self.template]


def parts(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The leaves of a structure of arguments (references and constants), with the way to each."""
    if type(value) in (tuple, list):
        for i, item in enumerate(value):
            yield from parts(item, (*path, i))
    elif type(value) is dict:
        for key, item in value.items():
            yield from parts(item, (*path, str(key)))
    elif type(value) is slice:
        for i, item in enumerate((value.start, value.stop, value.step)):
            yield from parts(item, (*path, i))
    elif type(value) is Objects:
        yield from parts(value.entries, path)
    else:
        yield path, value


def rebuilt(value: Any, new: Mapping[Path, Any], path: Path = ()) -> Any:
    """The structure with other leaves at some places."""
    if type(value) in (tuple, list):
        return type(value)(rebuilt(item, new, (*path, i)) for i, item in enumerate(value))
    if type(value) is dict:
        return {key: rebuilt(item, new, (*path, str(key))) for key, item in value.items()}
    if type(value) is slice:
        return slice(*(rebuilt(item, new, (*path, i)) for i, item in enumerate((value.start, value.stop, value.step))))
    if type(value) is Objects:
        return Objects(rebuilt(value.entries, new, path), value.shape)
    return new.get(path, value)


def _same(left: Any, right: Any) -> bool:
    if left is right:
        return True
    if callable(left) and callable(right):
        return True  # a closure made anew in each step
    try:
        return type(left) is type(right) and bool(np.array_equal(left, right, equal_nan=False))
    except (TypeError, ValueError):
        return False


class _Comparison:
    """Goes through the template and sorts every operand."""

    def __init__(self, found: Understanding, windows: list[list[int]], template: int) -> None:
        self.tape = found.tape
        self.windows = windows
        self.template = template
        self.position = [{n: i for i, n in enumerate(window)} for window in windows]
        self.carried: dict[int, int] = {}
        self.starts: dict[int, int] = {}
        self.slots: list[Slot] = []
        self.known: dict[tuple[Any, ...], int] = {}
        self.names: dict[int, int] = {}

    def node(self, place: int) -> Node:
        """The template's node at a position, with slots put in."""
        own = self.windows[self.template][place]
        nodes = [self.tape[window[place]] for window in self.windows]
        leaves = [list(parts((node.args, node.kwargs))) for node in nodes]
        if any([path for path, _ in other] != [path for path, _ in leaves[0]] for other in leaves):
            raise NotReplayable("the recorded steps run their operations on different structures")
        new: dict[Path, Any] = {}
        for number, (path, leaf) in enumerate(leaves[self.template]):
            column = [other[number][1] for other in leaves]
            if all(type(item) is Ref for item in column):
                self._reference(own, path, [ref.node for ref in column], new)
            elif any(type(item) is Ref for item in column):
                new[path] = Ref(self._slot(own, path, "raw", [self._data(k, item) for k, item in enumerate(column)]))
            elif not all(_same(item, leaf) for item in column):
                new[path] = Ref(self._slot(own, path, "raw", column))
        if nodes[0].kind != "op" and not all(_same(self._value(n), self._value(nodes[0])) for n in nodes):
            self.names[own] = self._slot(own, (), "leaf", [self._value(n) for n in nodes])
        return _copied(self.tape[own], rebuilt((self.tape[own].args, self.tape[own].kwargs), new))

    @staticmethod
    def _value(node: Node) -> Any:
        return node.value

    def _data(self, k: int, item: Any) -> Any:
        """The value of an operand that is a plain constant in some steps and a node in others."""
        if type(item) is not Ref:
            return item
        if item.node in self.position[k] or (k and item.node in self.position[k - 1]):
            raise NotReplayable("the recorded steps run their operations on different structures")
        return self.tape.value(item.node)

    def _reference(self, own: int, path: Path, column: list[int], new: dict[Path, Any]) -> None:
        inside = [self.position[k].get(n) for k, n in enumerate(column)]
        if all(i is not None and i == inside[0] for i in inside):
            return
        if all(n == column[0] for n in column):
            return
        before = [self.position[k - 1].get(column[k]) for k in range(1, len(column))]
        if before and before[0] is not None and all(i == before[0] for i in before):
            self._hand_on(column, before[0])
            return
        if any(i is not None for i in inside) or any(i is not None for i in before):
            raise NotReplayable("the recorded steps read values of earlier steps in an irregular way")
        if all(_same(self.tape.value(n), self.tape.value(column[0])) for n in column):
            return
        numbers = [self.tape.value(n) for n in column]
        if self.tape[own].op in READS and path[:2] == (0, 1) and all(type(v) is int for v in numbers):
            new[path] = Ref(self._slot(own, path, "raw", numbers))  # the number of a row, not a thing by itself
            return
        name = self._slot(own, path, "node", column)
        new[path] = Ref(name)
        self.names[column[self.template]] = name

    def _hand_on(self, column: list[int], place: int) -> None:
        read = column[self.template]
        self.carried[read] = self.windows[self.template][place]
        self.starts[read] = column[0]

    def _slot(self, own: int, path: Path, kind: Literal["node", "raw", "leaf"], column: list[Any]) -> int:
        key = (kind, *column) if kind == "node" else (kind, own, path)
        if key not in self.known:
            self.known[key] = len(self.tape) + len(self.slots)
            self.slots.append(Slot(own, path, kind, tuple(column), self.known[key]))
        return self.known[key]


def made(op: str, fn: Any, args: tuple[Any, ...], kwargs: dict[str, Any], like: Node) -> Node:
    """A node with other arguments, or with another operation, in the place of one of the tape."""
    node = Node(op, fn, args, kwargs, like.value, like.kind, like.site, like.turn, tuple(references((args, kwargs))))
    if like.straight and op == like.op:
        node.straight = _straight(like, (args, kwargs))
    return node


def _straight(like: Node, arguments: tuple[tuple[Any, ...], dict[str, Any]]) -> tuple[float, ...]:
    """What each input is handed on, where constants have become inputs, too."""
    before = [path for path, item in parts((like.args, like.kwargs)) if type(item) is Ref]
    factors = dict(zip(before, like.straight, strict=True))
    return tuple(factors.get(path, 0.0) for path, item in parts(arguments) if type(item) is Ref)


def _copied(node: Node, arguments: tuple[tuple[Any, ...], dict[str, Any]]) -> Node:
    copy = made(node.op, node.fn, *arguments, node)
    copy.write = node.write
    return copy


def compared(found: Understanding, windows: list[list[int]], steps: list[Step], template: int) -> Loop:
    """Sort every operand of the template step by comparing it over all steps."""
    comparison = _Comparison(found, windows, template)
    nodes = {number: comparison.node(place) for place, number in enumerate(windows[template])}
    chains = set.intersection(*({move.chain for move in step.moves} for step in steps))
    moves = sorted((m for m in steps[template].moves if m.chain in chains), key=lambda m: m.chain)
    parameters = [_parameter(comparison, nodes, steps, move) for move in moves]
    return Loop(
        found.tape,
        nodes,
        comparison.carried,
        comparison.starts,
        parameters,
        comparison.slots,
        windows,
        steps,
        template,
        comparison.names,
    )


def _parameter(comparison: _Comparison, nodes: dict[int, Node], steps: list[Step], move: Move) -> Trained:
    """Every parameter is handed on; with a single recorded step that cannot be seen from the steps themselves."""
    if move.after not in nodes:
        raise NotReplayable("an update lies outside the recorded step")
    reads = [read for read, made in comparison.carried.items() if made == move.after]
    if reads:
        return Trained(move.chain, reads[0], move.after)
    if len(steps) > 1:
        raise NotReplayable("the recorded steps hand their parameters on in an irregular way")
    tape = comparison.tape
    read = next(
        (i for node in nodes.values() for i in node.inputs if alias(tape, i) == alias(tape, move.before)), move.before
    )
    comparison.carried[read], comparison.starts[read] = move.after, read
    return Trained(move.chain, read, move.after)
