"""The true gradient, and what each parameter's change has to do with it.

The recorded forward pass is differentiated exactly. A change is right when it is the same constant times the gradient
at the module's own point and at other points: at one point alone, a single number is always a multiple of another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from annprobe.subject.roles.dependence import Dependence
from annprobe.subject.roles.gradient.changes import computed, constant, decayed, largest, matched, noise
from annprobe.subject.roles.gradient.epsilons import Exact, without_epsilons
from annprobe.subject.roles.gradient.judged import Hypothesis, Judged
from annprobe.subject.roles.gradient.losses import LOSSES, SQUARED, seed
from annprobe.subject.roles.links import GIVEN
from annprobe.subject.roles.steps import Move, Step
from annprobe.tape.adjoint import Adjoints, adjoints
from annprobe.tape.nodes import Values
from annprobe.tape.replay import slice_of


def hypotheses(points: Sequence[Values], dependence: Dependence, step: Step, costs: Sequence[int]) -> list[Hypothesis]:
    """The module's own costs first, then the losses of the catalogue; each judged for all parameters of the step."""
    stop = [move.before for move in step.moves]
    result = []
    for cost in costs:
        exact = without_epsilons(points[0], cost)
        for seen in (points, [Exact(point, exact) for point in points] if exact else []):
            swept = [adjoints(point, {cost: 1.0}, stop) for point in seen]
            if swept:
                result.append(rejudged(points, dependence, step, Hypothesis("own cost", swept, cost=cost)))
    for loss in [SQUARED] if beside(points[0], step) else LOSSES:
        seeds = [loss_seeds(point, tape_targets(step), loss) for point in points]
        if all(s is not None for s in seeds):
            result.append(
                rejudged(
                    points,
                    dependence,
                    step,
                    Hypothesis(
                        loss, [adjoints(p, s, stop) for p, s in zip(points, seeds, strict=True) if s is not None]
                    ),
                )
            )
            if result[-1].right == len(step.moves) and result[-1].uniform and result[-1].told:
                break
    return result


def beside(tape: Values, step: Step) -> bool:
    """Whether layers run side by side, each on arrays of annprobe's, by the squared error that it wrote itself."""
    return any(m.target is not None and tape[m.target].op == GIVEN for m in step.meetings)


def tape_targets(step: Step) -> list[tuple[int, Any]]:
    """Output node and target value of every meeting of the step."""
    return [(m.output, m.value if m.target is None or m.indexed else m.target) for m in step.meetings]


def loss_seeds(point: Values, targets: list[tuple[int, Any]], loss: str) -> dict[int, Any] | None:
    """∂C/∂output at every output of the step."""
    seeds: dict[int, Any] = {}
    for output, target in targets:
        value = seed(loss, point.value(output), point.value(target) if isinstance(target, int) else target)
        if value is None or not np.isfinite(value).all():
            return None
        seeds[output] = seeds.get(output, 0.0) + value
    return seeds


def rejudged(points: Sequence[Values], dependence: Dependence, step: Step, hypothesis: Hypothesis) -> Hypothesis:
    """The hypothesis with the verdict on every parameter of the step."""
    sizes = [largest(point, adjoint, step) for point, adjoint in zip(points, hypothesis.points, strict=False)]
    for move in step.moves:
        shape = np.shape(points[0].value(move.before))
        swept = _of_its_errors(points, dependence, step, move, hypothesis)
        trues = [adjoint.of.get(move.before, np.zeros(shape)) for adjoint in swept]
        changes = tuple(
            matched(move.change(p), t, noise(p, move), most)
            for p, t, most in zip(points, trues, sizes, strict=False)
        )
        factor, gradient = constant(changes), None
        decay = 0.0
        if factor is None:
            factor, decay = decayed(points, move, trues)
        if factor is None and not all(m.zero for m in changes):
            gradient, factor = computed(points, dependence, step, move, trues)
        hypothesis.judged.append(Judged(move, trues[0], changes, gradient, factor, decay))
    return hypothesis


def _of_its_errors(
    points: Sequence[Values], dependence: Dependence, step: Step, move: Move, hypothesis: Hypothesis
) -> list[Adjoints]:
    """The adjoints of the errors that a parameter's correction was made of.

    Where a hard step is computed anew between the parameters' corrections, each has an error of its own.
    """
    tape = points[0]
    if len(step.meetings) < 2 or not all(tape[m.output].straight for m in step.meetings):
        return hypothesis.points
    corrections = [k.correction for k in move.links if k.correction is not None]
    way = set(slice_of(tape, corrections, stop=dependence.version_bits))
    own = Step([m for m in step.meetings if m.node in way])
    if hypothesis.cost is not None or not own.meetings or len(own.meetings) == len(step.meetings):
        return hypothesis.points
    seeds = [loss_seeds(point, tape_targets(own), hypothesis.name) for point in points]
    stop = dependence.version_bits
    return [adjoints(p, s, stop) for p, s in zip(points, seeds, strict=True) if s is not None]


