"""The frontier: where the network's output first meets the targets.

Targets are values that depend on no parameter and first meet, entry by entry, a value that depends on (nearly) all of
them: that value is the output. Class indices meet it as an index: ``p[range(N), y] -= 1``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from annprobe.subject.roles.dependence import Dependence
from annprobe.subject.roles.links import COPIES, GIVEN, SHAPES, alias
from annprobe.subject.roles.no_targets import corrects, is_constant, is_drawn, is_only_moved, written_here
from annprobe.tape.nodes import Ref, Tape, substitute
from annprobe.tape.places import Places
from annprobe.tape.replay import slice_of

_MEETS = {"subtract", "multiply", "divide", "add", "power", "xlogy", "equal", "not_equal", "where"}
_USUAL = {"subtract", "divide", "setitem"}  # a mask of dropout multiplies, noise is added


@dataclass(frozen=True)
class Meeting:
    """Output and target in one operation.

    node    the operation
    output  the node of the output
    target  the node of the target, or None when it is a plain number or an index
    value   the target as an array that has (or broadcasts to) the output's shape
    indexed true when the target is a class index
    """

    node: int
    output: int
    target: int | None
    value: Any
    indexed: bool = False


def find_frontier(tape: Tape, dependence: Dependence, places: Places) -> list[Meeting]:
    """All meetings of one kind, over all recorded steps, in order; [] when the target never meets the output."""
    corrections = [link.correction for chain in dependence.chains for link in chain.genuine() if link.correction]
    backward = set(slice_of(tape, corrections))
    meetings = [m for n in range(len(tape)) for m in _meetings(tape, dependence, places, n)]
    meetings = meetings or [m for n in sorted(backward) for m in _chosen(tape, dependence, n)]
    inside = [m for m in meetings if m.node in backward]
    return _first_ones(tape, dependence, inside or meetings)


def _meetings(tape: Tape, dependence: Dependence, places: Places, number: int) -> list[Meeting]:
    node = tape[number]
    if node.kind != "op" or not dependence.touched(number):
        return []
    if node.op == "setitem":
        indexed = _indexed(tape, dependence, number)
        return [indexed] if indexed else []
    if node.op not in _MEETS or len(node.args) < 2 or number in dependence.version_bits:
        return []
    found: list[Meeting] = []
    pairs = [(node.args[0], node.args[1]), (node.args[1], node.args[0])]
    if node.op == "where":  # ``np.where(y == 1, p, 1 - p)``
        drawn = isinstance(node.args[0], Ref) and is_drawn(tape, dependence, node.args[0].node)
        pairs = [] if drawn else [(mine, node.args[0]) for mine in node.args[1:]]
    for mine, other in pairs:
        meeting = _meeting(tape, dependence, places, number, mine, other)
        if meeting is not None:
            found.append(meeting)
    return found


def _meeting(tape: Tape, dependence: Dependence, places: Places, number: int, mine: Any, other: Any) -> Meeting | None:
    if not isinstance(mine, Ref) or not dependence.touched(mine.node):
        return None
    beside = isinstance(other, Ref) and tape[other.node].op == GIVEN  # a layer may only choose or turn its input
    if not beside and alias(tape, mine.node, COPIES | SHAPES | {"getitem"}) in dependence.version_bits:
        return None
    op = tape[number].op
    if op == "multiply" and np.asarray(tape.value(mine.node)).dtype.kind == "b":
        return None  # a mask of what is above 0 is no output
    if not beside and (is_only_moved(tape, dependence, mine.node) or corrects(tape, places, number, other)):
        return None
    if not isinstance(other, Ref):
        if (
            op != "subtract"
            or not isinstance(other, (int, float, np.number))
            or written_here(places, number, float(other))
        ):
            return None
        return Meeting(number, _output(tape, mine.node), None, np.asarray(float(other)))
    if dependence.touched(other.node) or is_constant(tape, places, number, other.node, op):
        return None
    value = np.asarray(tape.value(other.node), dtype=float)
    if op == "add" and _turns_sign(tape, other.node):  # out + (-y)
        at = tape[other.node].inputs[0] if tape[other.node].op == "negative" else None
        return Meeting(number, _output(tape, mine.node), at, -value)
    turned = op == "divide" and tape[mine.node].op == "negative"  # y / -a is -y / a
    return Meeting(number, _output(tape, tape[mine.node].inputs[0] if turned else mine.node), other.node, value)


def _turns_sign(tape: Tape, node: int) -> bool:
    """Whether what is added is a target with its sign turned: in the recording, or before, as a plain number."""
    return tape[node].op == "negative" or (tape[node].op == "literal" and np.size(tape.value(node)) == 1)


def _output(tape: Tape, node: int) -> int:
    return alias(tape, node, COPIES)


def _indexed(tape: Tape, dependence: Dependence, number: int) -> Meeting | None:
    """``p[rows, y] -= 1``: the error of a softmax output with class indices."""
    base, _, part = tape[number].args
    if not isinstance(base, Ref) or not isinstance(part, Ref) or not dependence.touched(base.node):
        return None
    inner = tape[part.node]
    if inner.op not in ("subtract", "add") or not isinstance(inner.args[0], Ref):
        return None
    if base.node in dependence.version_bits:
        return None
    if isinstance(inner.args[1], Ref) and dependence.touched(inner.args[1].node):
        return None
    read = alias(tape, inner.args[0].node)
    first = base.node
    while tape[first].op == "scatter" and tape[first].inputs:  # ``p[k] -= 1`` writes through a view, then once more
        first = tape[first].inputs[0]
    if tape[read].op != "getitem" or alias(tape, tape[read].inputs[0]) != alias(tape, first):
        return None
    turned = tape[alias(tape, first)].op == "negative"  # ``d = -p; d[rows, y] += 1`` is y - p
    if turned == (inner.op == "subtract"):
        return None
    before = np.asarray(tape.value(first), dtype=float)
    target = before - np.asarray(tape.value(number), dtype=float)
    labels = next(iter(sorted(i for i in tape[number].inputs if i not in (base.node, part.node))), None)
    if turned:
        return Meeting(number, tape[alias(tape, first)].inputs[0], labels, -target, indexed=True)
    return Meeting(number, _output(tape, first), labels, target, indexed=True)


def _chosen(tape: Tape, dependence: Dependence, number: int) -> list[Meeting]:
    """``s[rows, y]``: the scores of the right classes, that a hinge loss compares the others with."""
    node = tape[number]
    if node.op != "getitem" or not isinstance(node.args[0], Ref) or len(node.args) < 2:
        return []
    base, index = node.args[0].node, node.args[1]
    labels = [i for i in node.inputs[1:] if not dependence.touched(i)]
    table = np.asarray(tape.value(base))
    if len(labels) != len(node.inputs) - 1 or not labels or table.ndim != 2 or base in dependence.version_bits:
        return []
    if not dependence.touched(base) or not isinstance(index, tuple) or np.ndim(node.value) != 1:
        return []
    target = np.zeros(table.shape)
    target[substitute(index, tape.value)] = 1.0
    return [Meeting(number, _output(tape, base), labels[-1], target, indexed=True)]


def _first_ones(tape: Tape, dependence: Dependence, meetings: list[Meeting]) -> list[Meeting]:
    """Meetings with the widest output that do not come after, or before, the first of them."""
    if not meetings:
        return []
    widest = max(dependence.breadth(m.output) for m in meetings)
    usual = [m for m in meetings if tape[m.node].op in _USUAL and 2 * dependence.breadth(m.output) >= widest]
    lead = usual[0] if usual else next(m for m in meetings if dependence.breadth(m.output) == widest)
    kept: list[Meeting] = []
    outputs: set[int] = set()
    after = _Reach(tape, dependence)
    ancestors = set(slice_of(tape, [lead.output], stop=dependence.version_bits))
    for meeting in meetings:
        if meeting.output in outputs and _one_more(tape, meeting, kept):
            kept.append(meeting)
            continue
        if meeting.output in outputs or after.hit(meeting.output):
            continue
        ours = meeting.target is not None and tape[meeting.target].op == GIVEN
        same_site = ours or tape.sites[tape[meeting.node].site][:1] == tape.sites[tape[lead.node].site][:1]
        if not same_site and (meeting.output in ancestors or 2 * dependence.breadth(meeting.output) < widest):
            continue
        if not same_site and tape[meeting.node].op != tape[lead.node].op:
            continue
        kept.append(meeting)
        outputs.add(meeting.output)
        after.add(meeting)
    return kept


def _one_more(tape: Tape, meeting: Meeting, kept: list[Meeting]) -> bool:
    """Whether one output has several targets, met one after the other by one expression, as the words around a word."""
    others = [m for m in kept if m.output == meeting.output]
    return tape[meeting.node].op == "subtract" and meeting.target is not None and all(
        tape[m.node].site == tape[meeting.node].site and m.target is not None and m.target != meeting.target
        for m in others
    )  # fmt: skip


class _Reach:
    """Whether a node depends, within its own step, on an output or error that was kept already."""

    def __init__(self, tape: Tape, dependence: Dependence) -> None:
        self._tape = tape
        self._cut = dependence.version_bits
        self._state = dependence.state
        self._marks: set[int] = set()
        self._reached = bytearray(len(tape))
        self._done = 0

    def add(self, meeting: Meeting) -> None:
        """Everything computed from this output or from its error comes after it."""
        self._marks.update((meeting.node, meeting.output))
        for number in (meeting.output, meeting.node):
            self._reached[number] = 1
        self._done = min(self._done, meeting.output)

    def hit(self, node: int) -> bool:
        """Whether the node comes after a kept meeting."""
        for number in range(self._done, node + 1):
            if number in self._cut or number in self._state:
                continue
            if number in self._marks or any(self._reached[i] for i in self._tape[number].inputs):
                self._reached[number] = 1
        self._done = max(self._done, node + 1)
        return bool(self._reached[node])
