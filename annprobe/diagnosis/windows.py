"""The recorded training loop, cut into its steps and laid over each other: what is the same, what is handed on, what differs.

Every step runs the same operations; so the operations of one step are a template. An operand of the template is made in
the step itself, or is one and the same array in every step, or was made by the step before (parameters, velocities,
running means), or differs from step to step (rows of data, drawn masks, counters): then it is a slot.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from annprobe.subject.steps import Move, Step
from annprobe.subject.understanding import Understanding
from annprobe.tape.nodes import Node, Ref, Tape
from annprobe.tape.replay import slice_of

Path = tuple[int | str, ...]
Signature = tuple[object, ...]


class NotReplayable(Exception):
    """The recorded steps cannot stand for the module's training; the text says why, in words for the reader."""


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


@dataclass
class Loop:
    """One training step as a template, and how the recorded steps fill it.

    nodes     the template's operations by number (of the tape; slots have numbers beyond it), in order
    carried   number read -> number of the template's node that makes it for the next step
    starts    number read -> node that held it when the first aligned step began
    moves     the template's parameters, in the order of their chains
    windows   nodes of each aligned step; ``windows[k][i]`` corresponds to ``windows[template][i]``
    steps     the aligned steps themselves
    """

    tape: Tape
    nodes: dict[int, Node]
    carried: dict[int, int]
    starts: dict[int, int]
    moves: list[Move]
    slots: list[Slot]
    windows: list[list[int]]
    steps: list[Step]
    template: int
    names: dict[int, int] = field(default_factory=dict)  # node that filled a slot in the template step -> the slot

    @property
    def step(self) -> Step:
        """The step that the template was made of."""
        return self.steps[self.template]


def find_loop(found: Understanding) -> Loop:
    """Lay the recorded steps over each other; raises :class:`NotReplayable` with the reason when they do not fit."""
    steps = _regular(found)
    windows = _windows(found, steps)
    if len(windows) > 2 and len(windows[-1]) < len(windows[-2]):  # the recording ended in it
        windows, steps = windows[:-1], steps[:-1]
    windows, steps = _aligned(found, windows, steps)
    template = next((i for i, step in enumerate(steps) if step is found.judged_step), 0)
    return _compared(found, windows, steps, template)


def _regular(found: Understanding) -> list[Step]:
    """The steps that move the same parameters as most do (a first one may move optimiser state besides)."""
    kinds = Counter(frozenset(move.chain for move in step.moves) for step in found.steps)
    usual = max(kinds, key=lambda kind: (kinds[kind], len(kind)))
    result = []
    for step in found.steps:
        if usual <= {move.chain for move in step.moves}:
            result.append(step)
    return result


def _windows(found: Understanding, steps: list[Step]) -> list[list[int]]:
    """The nodes between one step's end and the next that any update or output depends on."""
    wanted = [n for step in found.steps for n in _results(step)]
    needed = slice_of(found.tape, wanted)
    windows = []
    for step in steps:
        end = step.last
        start = max((other.last for other in found.steps if other.last < end), default=-1)
        windows.append([n for n in needed if start < n <= end])
    return windows


def _results(step: Step) -> list[int]:
    return [move.after for move in step.moves] + [n for m in step.meetings for n in (m.output, m.node)]


def _aligned(found: Understanding, windows: list[list[int]], steps: list[Step]) -> tuple[list[list[int]], list[Step]]:
    """Each window cut to the end that it has in common with the others."""
    if len(windows) == 1:
        return [_touched(found, windows[0], steps[0])], steps
    marks = [[_signature(found, n) for n in window] for window in windows]
    reference = marks[1]
    common = min(_suffix(reference, other) for other in marks[1:])
    first = _suffix(reference[-common:] if common else [], marks[0])
    keep = [(window[len(window) - common:], step) for window, step in zip(windows[1:], steps[1:], strict=True)]
    if first == common:
        keep.insert(0, (windows[0][len(windows[0]) - common:], steps[0]))
    for window, step in keep:
        if not set(_touched(found, windows[steps.index(step)], step)) <= set(window):
            raise NotReplayable("the recorded steps do not run the same operations (the program branches on its values)")
    return [window for window, _ in keep], [step for _, step in keep]


def _touched(found: Understanding, window: list[int], step: Step) -> list[int]:
    """The nodes that were computed from this step's parameters."""
    dependence = found.dependence
    assert dependence is not None
    current = sum(1 << dependence.version_bits[move.before] for move in step.moves)
    made = {link.new for move in step.moves for link in move.links}
    given = {move.before for move in step.moves}
    return [n for n in window if n in made or (dependence.versions[n] & current and n not in given)]


def _signature(found: Understanding, number: int) -> Signature:
    node = found.tape[number]
    return node.op, node.kind, found.places.span(number), len(node.inputs)


def _suffix(left: list[Signature], right: list[Signature]) -> int:
    count = 0
    while count < min(len(left), len(right)) and left[-1 - count] == right[-1 - count]:
        count += 1
    return count


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
            if type(leaf) is Ref:
                self._reference(own, path, [ref.node for ref in column], new)
            elif not all(_same(item, leaf) for item in column):
                new[path] = Ref(self._slot(own, path, "raw", column))
        if nodes[0].kind != "op" and not all(_same(self._value(n), self._value(nodes[0])) for n in nodes):
            self.names[own] = self._slot(own, (), "leaf", [self._value(n) for n in nodes])
        return _copied(self.tape[own], rebuilt((self.tape[own].args, self.tape[own].kwargs), new))

    @staticmethod
    def _value(node: Node) -> Any:
        return node.value

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


def _copied(node: Node, arguments: tuple[tuple[Any, ...], dict[str, Any]]) -> Node:
    copy = Node(node.op, node.fn, arguments[0], arguments[1], node.value, node.kind, node.site, node.turn)
    copy.write = node.write
    return copy


def _compared(found: Understanding, windows: list[list[int]], steps: list[Step], template: int) -> Loop:
    comparison = _Comparison(found, windows, template)
    nodes = {number: comparison.node(place) for place, number in enumerate(windows[template])}
    chains = set.intersection(*({move.chain for move in step.moves} for step in steps))
    moves = sorted((m for m in steps[template].moves if m.chain in chains), key=lambda m: m.chain)
    for move in moves:
        _carry_parameter(comparison, nodes, steps, move)
    return Loop(found.tape, nodes, comparison.carried, comparison.starts, moves, comparison.slots, windows, steps,
                template, comparison.names)


def _carry_parameter(comparison: _Comparison, nodes: dict[int, Node], steps: list[Step], move: Move) -> None:
    """Every parameter is handed on; with a single recorded step that cannot be seen from the steps themselves."""
    if move.after not in nodes:
        raise NotReplayable("an update lies outside the recorded step")
    if comparison.carried.get(move.before, move.after) != move.after:
        raise NotReplayable("the recorded steps hand their parameters on in an irregular way")
    first = next(m for m in steps[0].moves if m.chain == move.chain)
    comparison.carried[move.before] = move.after
    comparison.starts[move.before] = first.before
