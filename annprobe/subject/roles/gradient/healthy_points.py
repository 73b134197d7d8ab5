"""The points at which a step is judged: the module's own, and drawn ones where the outputs depend on something."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from annprobe.subject.roles.dependence import Dependence
from annprobe.subject.roles.frontier import Meeting
from annprobe.subject.roles.perceptron import decided, is_step
from annprobe.subject.roles.points import other_point
from annprobe.subject.roles.steps import Step
from annprobe.tape.adjoint import adjoints
from annprobe.tape.nodes import Tape, Values

_DRAWS, _STEP_DRAWS = 4, 20  # of a point, for each one that is wanted: every second one has a right step
_WINDOW = 4_000  # nodes of the step that are replayed besides those that lead to the update: unused gradients


def own_and_other_points(
    tape: Tape,
    dependence: Dependence,
    step: Step,
    costs: Sequence[int],
    seed_: int,
    wanted: int = 2,
    *,
    anew: bool = False,
) -> list[Values]:
    """The module's own point, then drawn ones; where the outputs are hard steps, those that are decided as recorded.

    anew  decisions between numbers are taken anew, for a backward pass that has them where the forward pass has none
    """
    points: list[tuple[int, Values]] = []
    rng = np.random.default_rng(seed_)
    window = [n for n in range(min(m.output for m in step.meetings), step.last) if dependence.touched(n)]
    decisions = list(decided(tape, window)) if any(is_step(tape, m) for m in step.meetings) else []
    for _ in range((_STEP_DRAWS if decisions else _DRAWS) * wanted):
        point = other_point(tape, dependence, step, rng, [*costs, *window[:_WINDOW]], anew=anew)
        if point is not None and _alive(point, step):
            points.append((sum(bool(point.value(n) != tape.value(n)) for n in decisions), point))
        if sum(others == 0 for others, _ in points) >= wanted:
            break
    return [tape, *(point for _, point in sorted(points, key=lambda item: item[0])[:wanted])]


def _alive(point: Values, step: Step) -> bool:
    """Whether the outputs depend on anything there: a dead ReLU output tells nothing, nor does a step that is right."""
    if all(point[m.output].straight and _met(point, m) for m in step.meetings):
        return False
    seeds = {m.output: np.ones(np.shape(point.value(m.output))) for m in step.meetings}
    gradient = adjoints(point, seeds, [move.before for move in step.moves])
    return sum(bool(np.any(gradient.of.get(move.before, 0.0))) for move in step.moves) > 0.7 * len(step.moves)


def _met(point: Values, meeting: Meeting) -> bool:
    """Whether the output is the target."""
    target = meeting.value if meeting.target is None or meeting.indexed else point.value(meeting.target)
    return bool(np.all(np.asarray(point.value(meeting.output)) == np.asarray(target)))
