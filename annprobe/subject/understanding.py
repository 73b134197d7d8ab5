"""What a recorded run turned out to be: parameters, targets, output, cost, update, rate; and the gradient's verdict."""

from __future__ import annotations

from dataclasses import dataclass, field

from annprobe.subject.roles.chains import Chain
from annprobe.subject.roles.dependence import Dependence
from annprobe.subject.roles.frontier import Meeting
from annprobe.subject.roles.gradient.judged import Hypothesis
from annprobe.subject.roles.gradient.truth import beside
from annprobe.subject.roles.links import Link
from annprobe.subject.roles.names import Rate
from annprobe.subject.roles.perceptron import is_step
from annprobe.subject.roles.steps import Step
from annprobe.tape.nodes import Tape, Values
from annprobe.tape.places import Places


@dataclass
class Understanding:
    """Everything read off one tape. ``missing`` says which role could not be found ('' when all were)."""

    tape: Tape
    places: Places
    chains: list[Chain] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    dependence: Dependence | None = None
    frontier: list[Meeting] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    step: int = 0  # the step that was judged
    points: list[Values] = field(default_factory=list)
    costs: list[int] = field(default_factory=list)
    tried: list[Hypothesis] = field(default_factory=list)
    hypothesis: Hypothesis | None = None
    rates: list[Rate | None] = field(default_factory=list)
    missing: str = ""
    links: list[Link] = field(default_factory=list)  # whatever may correct a value, of a parameter or not

    @property
    def judged_step(self) -> Step:
        """The training step that the verdict is about."""
        return self.steps[self.step]


def describe_loss(found: Understanding) -> tuple[str, bool]:
    """Name of the loss that the gradient was judged against, and whether it is an assumption."""
    hypothesis = found.hypothesis
    if hypothesis is None:
        return "unknown", True
    if any(is_step(found.tape, m) for m in found.judged_step.meetings):
        return "perceptron criterion", False
    if hypothesis.cost is None:
        return hypothesis.name, not beside(found.tape, found.judged_step)
    same = [h.name for h in found.tried if h.cost is None and h.right == hypothesis.right == len(h.judged)]
    return (same[0] if same else found.places.text(hypothesis.cost)), False
