"""Training steps: from one used version of the parameters to the next, with everything that was computed in between."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from annprobe.subject.roles.dependence import Dependence
from annprobe.subject.roles.frontier import Meeting
from annprobe.subject.roles.links import GIVEN, Link
from annprobe.tape.nodes import Tape, Values


@dataclass(frozen=True)
class Move:
    """What one step did to one parameter.

    before, after  nodes of the version that the forward pass used and of the one that the step left behind
    links          the corrections in between, in order
    """

    chain: int
    before: int
    after: int
    links: tuple[Link, ...]

    def change(self, tape: Values) -> Any:
        """ΔP, same shape as the parameter: exact where it was one plain sum, else the difference of the versions."""
        if len(self.links) == 1 and not self.links[0].partial and self.links[0].correction is not None:
            link = self.links[0]
            shape = np.shape(tape.value(self.before))
            assert link.correction is not None
            correction: Any = link.sign * np.asarray(tape.value(link.correction), dtype=float)
            if tape[link.new].op != "multiply" and not _decayed(tape, link):
                return (
                    correction
                    if correction.shape == shape
                    else np.broadcast_to(correction, np.broadcast_shapes(correction.shape, shape))
                )
        return np.asarray(tape.value(self.after), float) - np.asarray(tape.value(self.before), float)


def _decayed(tape: Values, link: Link) -> bool:
    """Whether the old value was scaled on its way into the sum."""
    kept = [i for i in tape[link.new].inputs if i != link.correction]
    return bool(kept) and not np.array_equal(tape.value(kept[0]), tape.value(link.old))


@dataclass
class Step:
    """One training step: the meetings that its parameters' versions led to, and what moved."""

    meetings: list[Meeting] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)

    @property
    def last(self) -> int:
        """The last node of the step."""
        return max(move.after for move in self.moves)


def find_steps(tape: Tape, dependence: Dependence, frontier: list[Meeting]) -> list[Step]:
    """The recorded training steps, in order; [] when nothing connects the frontier with an update."""
    met = _met(dependence, frontier)
    used = [[k for k, version in enumerate(chain.versions) if dependence.version_bits[version] in met]
            for chain in dependence.chains]  # fmt: skip
    steps: dict[tuple[int, ...], Step] = {}
    for number, chain in enumerate(dependence.chains):
        for position, version in enumerate(used[number]):
            end = used[number][position + 1] if position + 1 < len(used[number]) else len(chain.versions) - 1
            links = tuple(chain.links[version:end])
            if not any(link.genuine for link in links):
                continue  # a perturbed and restored entry, as a gradient checker makes it
            bit = dependence.version_bits[chain.versions[version]]
            meetings = [m for m in met[bit] if m.node < chain.versions[end]]
            if not meetings:
                continue
            step = steps.setdefault(tuple(m.node for m in meetings), Step(meetings))
            step.moves.append(Move(number, chain.versions[version], chain.versions[end], links))
    found = _merged(sorted(steps.values(), key=lambda s: s.last))
    given = any(m.target is not None and tape[m.target].op == GIVEN for m in frontier)
    return _side_by_side(tape, found) if given else found


def _side_by_side(tape: Tape, steps: list[Step]) -> list[Step]:
    """Layers that annprobe runs beside each other: what happens in one turn is one step."""
    turns: dict[object, Step] = {}
    for step in steps:
        whole = turns.setdefault(tape[step.meetings[0].node].turn, Step())
        whole.meetings = sorted([*whole.meetings, *step.meetings], key=lambda m: m.node)
        whole.moves.extend(step.moves)
    return list(turns.values())


def _met(dependence: Dependence, frontier: list[Meeting]) -> dict[int, list[Meeting]]:
    """For the bit of each version that an output was computed from: the meetings of such outputs, in order."""
    met: dict[int, list[Meeting]] = defaultdict(list)
    for meeting in frontier:
        mask = dependence.versions[meeting.output]
        while mask:
            lowest = mask & -mask
            met[lowest.bit_length() - 1].append(meeting)
            mask ^= lowest
    return met


def _merged(steps: list[Step]) -> list[Step]:
    """Parameters that see only some of the outputs (separate output units) belong to the step of the others."""
    result: list[Step] = []
    holding: dict[int, list[int]] = defaultdict(list)  # node of a meeting -> the results that have it
    for step in steps:
        nodes = {m.node for m in step.meetings}
        chains = {m.chain for m in step.moves}
        sharing = sorted({i for node in nodes for i in holding[node]})
        place = next((i for i in sharing if chains.isdisjoint(m.chain for m in result[i].moves)), len(result))
        if place == len(result):
            result.append(step)
        else:
            other = result[place]
            other.meetings = sorted({m.node: m for m in other.meetings + step.meetings}.values(), key=lambda m: m.node)
            other.moves.extend(step.moves)
        for node in nodes:
            holding[node].append(place)
    return result if len(result) == len(steps) else _merged(result)  # two heads meet in what they share


def parameters_moved(tape: Tape, step: Step) -> int:
    """How many parameters a step moves by more than nothing: a perceptron that is right moves none."""
    return sum(bool(np.any(move.change(tape))) for move in step.moves)
