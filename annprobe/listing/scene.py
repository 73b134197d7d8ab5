"""What is true of the values of a backward pass: which adjoints they are, which outputs they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from annprobe.listing.backward import Backward, Several
from annprobe.listing.joined import picked
from annprobe.listing.proportion import constant
from annprobe.listing.sweeps import of_same_examples, own_sweeps
from annprobe.tape.adjoint import Adjoints
from annprobe.tape.replay import slice_of

__all__ = ["Label", "Scene", "Several"]


@dataclass(frozen=True)
class Label:
    """A value that is ``factor`` times the adjoint of a forward value (of its transpose, when ``turned``)."""

    forward: int
    factor: float
    turned: bool = False


@dataclass
class Scene(Backward):
    """One judged step, its adjoints, and what was found out about it so far."""

    _labels: dict[int, Label | None] = field(default_factory=dict)
    _after: dict[int, set[int]] = field(default_factory=dict)
    derivatives: list[tuple[int, int, Several]] | None = None  # found once, see activations.py
    stretches: dict[tuple[str, int, int], bool] = field(default_factory=dict)  # asked once, see activations.py
    # mended statements -> the error that they start from, and what it should be the adjoint of, see mended.py
    mended: dict[int, tuple[int | None, int | None]] = field(default_factory=dict)
    looked: list[Any] | None = None  # looked once, see rounds.py
    accused: list[Any] | None = None  # found once, see accusing.py
    traced: dict[tuple[int, int | None, bytes], list[Any]] = field(default_factory=dict)  # followed once, see blame.py
    deadline: float = float("inf")  # processor time at which no further change of a line is looked for

    @cached_property
    def sweeps(self) -> Sequence[Adjoints]:
        """The adjoints of the step's own forward pass, one sweep a point."""
        outputs = [m.output for m in self.found.judged_step.meetings]
        return own_sweeps(self.points, self.hypothesis, outputs, self.versions)

    @cached_property
    def whole(self) -> Sequence[Adjoints]:
        """The adjoints of the whole cost, penalties included; of the step's examples where the cost has others."""
        cost = self.hypothesis.points
        return cost if of_same_examples(self.points, cost, self.sweeps, self.versions) else self.sweeps

    def adjoint(self, node: int) -> Several | None:
        """∂C/∂node at every point; None where the cost does not depend on it.

        For a parameter it is that of the whole cost, penalties included.
        """
        swept = self.whole if node in self.versions else self.sweeps
        if any(node not in a.of or isinstance(a.of[node], list) for a in swept):
            return None
        return [a.of[node] for a in swept]

    def parts(self, node: int) -> list[tuple[int, Several]]:
        """(consumer, its contribution to the adjoint at every point), where the tape is the same at every point.

        What a penalty on the parameters contributes has the consumer −1 when the cost has a forward pass of its own.
        """
        several = [a.parts.get(node, []) for a in self.sweeps]
        if len({tuple(consumer for consumer, _ in parts) for parts in several}) != 1:
            return []
        found = [(column[0][0], [part for _, part in column]) for column in zip(*several, strict=True)]
        whole = self.adjoint(node)
        if node not in self.versions or whole is None or any(node not in a.of for a in self.sweeps):
            return found
        rest = [w - a.of[node] for w, a in zip(whole, self.sweeps, strict=False)]
        return [*found, (-1, rest)] if self._is_penalty(node, rest) else found

    def _is_penalty(self, node: int, rest: Several) -> bool:
        """Whether a gradient is that of a penalty on a parameter, or on some of its entries: biases are left out."""
        held = np.asarray(rest[0]) != 0.0
        own = [np.asarray(v, dtype=float) * held for v in self.values(node)]
        return constant(rest, own) is not None or constant(rest, [np.sign(v) for v in own]) is not None

    @cached_property
    def reached(self) -> dict[int, int]:
        """Which meetings a node of the backward pass depends on, or a node of the forward pass leads to: a bit each."""
        masks: dict[int, int] = {}
        meetings = self.found.judged_step.meetings
        bits: dict[int, int] = {}
        met: dict[int, int] = {}  # the error may start from a copy of the output
        for k, meeting in enumerate(meetings):
            bits[meeting.output] = bits.get(meeting.output, 0) | 1 << k
            met[meeting.node] = met.get(meeting.node, 0) | 1 << k
        for number in sorted(self.forward, reverse=True):
            masks[number] = masks.get(number, 0) | bits.get(number, 0)
            if number not in self.versions:
                for source in picked(self.found.tape, number):
                    masks[source] = masks.get(source, 0) | masks[number]
        after: dict[int, int] = {}
        for number in sorted(self.error):
            mask = met.get(number, 0)
            for source in self.found.tape[number].inputs:
                mask |= after.get(source, 0) | bits.get(source, 0)
            after[number] = mask
        return {**masks, **after}

    def related(self, term: int, consumer: int) -> bool:
        """Whether a value of the backward pass depends on the very outputs that a forward value leads to."""
        theirs = self.reached.get(consumer)
        return theirs is None or self.reached.get(term, 0) == theirs

    def made_for(self, term: int, consumer: int) -> bool:
        """Whether a term is made from the adjoint of something that the consumer leads to."""
        made = [self.label(i) for i in self.outside(self.region(term)) if i in self.error]
        return any(label is not None and label.forward in self.descendants(consumer) for label in made)

    def leads_to(self, earlier: int, later: int) -> bool:
        """Whether all that a value of the forward pass leads to depends on an earlier one, too."""
        return self.descendants(later) - {later} <= self.descendants(earlier)

    def descendants(self, node: int) -> set[int]:
        """The values of the forward pass that depend on one of them, itself included."""
        if node not in self._after:
            after = {node}
            for number in self._ordered:
                if number > node and any(i in after for i in self.found.tape[number].inputs):
                    after.add(number)
            self._after[node] = after
        return self._after[node]

    @cached_property
    def _ordered(self) -> list[int]:
        return sorted(self.forward)

    def label(self, node: int) -> Label | None:
        """Which adjoint the node's value is, if it is one."""
        if node not in self._labels:
            self._labels[node] = self._find_label(node)
        return self._labels[node]

    def _find_label(self, node: int) -> Label | None:
        values = self.values(node)
        if any(isinstance(v, tuple) for v in values):
            return None
        shape, size = np.shape(values[0]), np.size(values[0])
        for candidate in self.quantities:
            if np.size(self.found.tape.value(candidate)) != size:
                continue
            adjoint = self.adjoint(candidate)
            if adjoint is None:
                continue
            factor = constant(values, adjoint)
            if factor is not None:
                return Label(candidate, factor)
            if len(shape) == 2 and np.shape(adjoint[0]) == shape[::-1] and 1 not in shape:
                factor = constant(values, [a.T for a in adjoint])
                if factor is not None:
                    return Label(candidate, factor, turned=True)
        return None

    @cached_property
    def good(self) -> set[int]:
        """Error-carrying nodes that lead to a parameter whose gradient is right."""
        corrections = [
            link.correction
            for judged in self.hypothesis.judged
            if judged.right
            for link in judged.move.links
            if link.correction is not None
        ]
        return set(slice_of(self.found.tape, corrections, stop=self.versions)) & self.error

    @cached_property
    def quantities(self) -> list[int]:
        """Forward values, output first: ends of statements, pieces, and last what is under a minus: ∂C/∂z is meant."""
        rank = {n: (self.found.tape[n].op == "negative", n not in self.finished, -n) for n in self.forward}
        return sorted((n for n in self.forward if not self._is_written(n)), key=rank.__getitem__)

    def _is_written(self, node: int) -> bool:
        """Whether a value is a number in a formula, as the 1.0 of ``1.0 / (1.0 + exp(-z))``: nobody asks for ∂C/∂1."""
        return self.found.tape[node].op == "literal" and node not in self.versions

    def likely(self, node: int) -> list[int]:
        """Forward values whose adjoint a node could be meant to be: of its own example first."""
        if len(self.found.judged_step.meetings) < 2:
            return self.quantities
        near = [q for q in self.quantities if self.related(node, q)]
        return near + [q for q in self.quantities if not self.related(node, q)] if len(self.quantities) < 300 else near
