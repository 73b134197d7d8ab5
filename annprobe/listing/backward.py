"""The backward pass of one training step: which values carry the error, and which statements made them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from annprobe.listing.growth import grows
from annprobe.subject.roles.gradient.judged import Hypothesis
from annprobe.subject.roles.links import GIVEN
from annprobe.subject.understanding import Understanding
from annprobe.tape.nodes import Node, Values, substitute
from annprobe.tape.replay import evaluate, slice_of

Several = list[Any]  # one array per point


@dataclass
class Backward:
    """One judged step.

    forward   nodes of the forward pass, outputs included
    error     nodes of the backward pass that depend on the targets
    """

    found: Understanding
    hypothesis: Hypothesis

    @cached_property
    def versions(self) -> set[int]:
        """The parameter versions that the step used."""
        return {move.before for move in self.found.judged_step.moves}

    @cached_property
    def forward(self) -> list[int]:
        """Nodes that the outputs were computed from, in order, parameters included."""
        return slice_of(self.found.tape, [m.output for m in self.found.judged_step.meetings], stop=self.versions)

    @cached_property
    def forward_nodes(self) -> set[int]:
        """The same as a set."""
        return set(self.forward)

    @cached_property
    def way(self) -> list[int]:
        """All nodes that lead to the step's corrections."""
        corrections = [
            link.correction
            for move in self.found.judged_step.moves
            for link in move.links
            if link.correction is not None
        ]
        return slice_of(self.found.tape, corrections, stop=self.versions)

    @cached_property
    def alone(self) -> bool:
        """Whether annprobe runs layers without a network: targets, errors and updates are its own, and right."""
        targets = [m.target for m in self.found.judged_step.meetings if m.target is not None]
        return any(self.found.tape[target].op == GIVEN for target in targets)

    @cached_property
    def way_nodes(self) -> set[int]:
        """The same as a set."""
        return set(self.way)

    @cached_property
    def error(self) -> set[int]:
        """Nodes on the way that come after a meeting of output and target."""
        meetings = self.found.judged_step.meetings
        starts = {m.node for m in meetings}
        pairs = [(m.output, m.target) for m in meetings if m.target is not None]
        after: set[int] = set()
        for number in self.way:
            inputs = self.found.tape[number].inputs
            again = any(o in inputs and t in inputs for o, t in pairs)  # the same difference, formed once more
            if number in starts or again or any(i in after for i in self.found.tape[number].inputs):
                after.add(number)
        return after - self.versions

    @cached_property
    def idle(self) -> set[int]:
        """What was computed after a meeting, for the corrections but without any error: as if there were one in it."""
        first = min(m.node for m in self.found.judged_step.meetings)
        return {n for n in self.backward - self.error if n > first}

    def is_backward(self, node: int) -> bool:
        """Whether a value carries the error, or was computed after a meeting as if it did."""
        return node in self.error or node in self.idle

    def carrying(self, node: int) -> list[int]:
        """The inputs that bring the error into a node; where none does, those that may have been taken for it."""
        inputs = list(dict.fromkeys(self.found.tape[node].inputs))
        return [i for i in inputs if i in self.error or (node not in self.error and i in self.idle)]

    @cached_property
    def points(self) -> Sequence[Values]:
        """The module's own point and the drawn ones."""
        return self.found.points

    def values(self, node: int) -> Several:
        """The node's value at every point."""
        return [point.value(node) for point in self.points]

    def statement(self, node: int) -> tuple[Any, ...]:
        """What tells one execution of one statement from all others: call path, statement, loop turn."""
        stack = self.found.tape.sites[self.found.tape[node].site]
        statement = self.found.places.statement(node)
        place = (statement.lineno, statement.col_offset) if statement is not None else (node, 0)
        return stack[1:], stack[0][0] if stack else None, place, self.found.tape[node].turn

    @cached_property
    def ends(self) -> dict[tuple[Any, ...], int]:
        """The last error-carrying node of every execution of a statement."""
        return {self.statement(n): n for n in sorted(self.error)}

    @cached_property
    def finished(self) -> set[int]:
        """Parameters, and what the statements of the forward pass end with."""
        return {*{self.statement(n): n for n in self.forward}.values(), *self.versions}

    @cached_property
    def _consumers(self) -> dict[int, list[int]]:
        users: dict[int, list[int]] = {}
        for number in sorted(self.error):
            for source in self.found.tape[number].inputs:
                users.setdefault(source, []).append(number)
        return users

    def users(self, node: int) -> list[int]:
        """The error-carrying nodes that consume a node."""
        return self._consumers.get(node, [])

    def region(self, node: int) -> list[int]:
        """The backward nodes of the node's own statement that it was computed from, itself last."""
        key = self.statement(node)
        inside = {node}
        stack = [node]
        while stack:
            for source in self.found.tape[stack.pop()].inputs:
                if source not in inside and source in self.backward and self.statement(source) == key:
                    inside.add(source)
                    stack.append(source)
        return sorted(inside)

    @cached_property
    def backward(self) -> set[int]:
        """Everything on the way to the corrections that the forward pass did not compute."""
        return self.way_nodes - set(self.forward) - self.versions

    def outside(self, region: list[int]) -> list[int]:
        """The inputs of a region, in order of use."""
        inside = set(region)
        return list(dict.fromkeys(i for n in region for i in self.found.tape[n].inputs if i not in inside))

    def recomputed(
        self,
        region: list[int],
        changed: dict[int, Several],
        points: int | None = None,
        within: frozenset[int] | None = None,
    ) -> Several | None:
        """The last node of a region with other values at some nodes, at every point; None where it raises.

        within  the consumers that see the other values; all where not given
        """
        result = []
        for k, point in enumerate(self.points[:points]):
            given: dict[int, Any] = {n: several[k] for n, several in changed.items()}
            values: dict[int, Any] = dict(given) if within is None else {}

            def value(number: int, values: dict[int, Any] = values, point: Values = point) -> Any:
                return values[number] if number in values else point.value(number)

            for number in region:
                operation: Node = self.found.tape[number]
                seen = {**values, **given} if within is not None and number in within else values
                if number in values or not any(i in seen for i in operation.inputs):
                    continue

                def looked(i: int, seen: dict[int, Any] = seen, point: Values = point) -> Any:
                    return seen[i] if i in seen else point.value(i)

                arguments = substitute(operation.args, looked)
                try:
                    if grows(operation, arguments):
                        return None
                    with np.errstate(all="ignore"):
                        values[number] = evaluate(operation, arguments, substitute(operation.kwargs, looked))
                except (ValueError, TypeError, IndexError, ZeroDivisionError, OverflowError, AttributeError):
                    return None
            result.append(value(region[-1]))
        return result
