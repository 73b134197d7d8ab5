"""Which hypothesis about the cost is meant: the one that explains most, the module's own where it has one."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from annprobe.subject.roles.gradient.judged import Hypothesis
from annprobe.subject.roles.gradient.matches import match
from annprobe.subject.roles.gradient.truth import loss_seeds, tape_targets
from annprobe.subject.roles.steps import Step
from annprobe.tape.adjoint import Adjoints, adjoints
from annprobe.tape.nodes import Ref, Tape, Values
from annprobe.tape.replay import slice_of


def _without_decay(found: Sequence[Hypothesis], point: Values) -> None:
    """Where the module's own cost has a penalty, a decay that it does not have is no excuse."""
    catalogue = [h for h in found if h.cost is None]
    if any(_penalised(own, plain, point) for own in found if own.cost is not None for plain in catalogue):
        for hypothesis in found:
            hypothesis.judged = [replace(j, factor=None, decay=0.0) if j.decay else j for j in hypothesis.judged]


def _penalised(own: Hypothesis, plain: Hypothesis, point: Values) -> bool:
    """Whether the own cost is this loss and a multiple of squared parameters besides, of all of them or of some."""
    a, b, p = (
        np.concatenate([np.ravel(np.asarray(x, dtype=float)) for x in parts])
        for parts in (
            [j.true for j in own.judged],
            [j.true for j in plain.judged],
            [point.value(j.move.before) for j in own.judged],
        )
    )
    if not a.size == b.size == p.size or not np.isfinite([a, b, p]).all():
        return False
    for scale in _scales(a, b, p):
        rest = a - scale * b
        there = np.abs(rest) > 1e-9 * np.abs(a)
        if there.sum() > 1 and np.all(p[there] != 0.0):
            weight = rest[there] / p[there]
            if weight[0] > 0.0 and np.ptp(weight) <= 1e-6 * weight[0]:
                return True
    return False


def _scales(a: Any, b: Any, p: Any) -> list[float]:
    """Constants c for ``a = c b + d p``: with d the same for all entries, or 0 for some (biases are not penalised)."""
    full = np.linalg.lstsq(np.stack([b, p], axis=1), a, rcond=None)[0]
    with np.errstate(all="ignore"):
        ratio = a / b
    ratio = ratio[np.isfinite(ratio)]
    values, counts = np.unique(np.round(ratio, 10), return_counts=True)
    most = values[np.argmax(counts)] if values.size and counts.max() > 1 else full[0]
    near = ratio[np.abs(ratio - most) <= 1e-9 * max(1.0, abs(float(most)))]
    return [float(full[0]), float(np.median(near)) if near.size else float(most)]


def best(
    found: Sequence[Hypothesis], step: Step, tape: Tape, points: Sequence[Values], meant: Container[str] = ()
) -> Hypothesis | None:
    """The hypothesis that explains most; among equals the first (the module's own cost before the catalogue).

    Where the module computes one loss of the catalogue and its gradient is that of another, its own is what it means.
    Where no loss of the catalogue is better than the others, those are preferred that its text speaks of (``meant``).
    """
    found = [h for h in found if _sloped(h)] or found
    _without_decay(found, points[0])
    chosen: Hypothesis | None = None
    for hypothesis in found:
        if chosen is None or _better(hypothesis, chosen):
            chosen = hypothesis
    if chosen is not None and chosen.cost is None:
        own = (h for h in found if _is_meant(h, step, tape) and _other_loss(h, chosen, step, points))
        others = (h for h in found if h.cost is not None and _has_other_targets(h.cost, step, tape))
        partly = chosen.right < len(step.moves)  # else only a cost that some of the gradients are those of
        meant_one = next(own, None) or next((h for h in others if partly or h.told), None)
        if meant_one is not None or chosen.right == len(step.moves):
            return meant_one or chosen
    if chosen is not None and chosen.cost is None and chosen.name not in meant:
        equal = [h for h in found if h.cost is None and h.name in meant and h.score[:2] == chosen.score[:2]]
        return max(equal, key=lambda h: h.score, default=chosen)
    return chosen


def _sloped(hypothesis: Hypothesis) -> bool:
    """Whether a cost moves with any parameter at all: ``1/2 * error ** 2`` does not where whole numbers are divided."""
    return hypothesis.cost is None or any(not m.no_gradient for j in hypothesis.judged for m in j.changes)


def _is_meant(own: Hypothesis, step: Step, tape: Tape) -> bool:
    """Whether the cost has a function of its own; a number computed where the training runs may be a mere report."""
    if own.cost is None:
        return False
    sites = [tape.sites[tape[link.new].site] for move in step.moves for link in move.links]
    training = {code for site in sites for code, _ in site}
    stack = tape.sites[tape[own.cost].site]
    return bool(stack) and stack[0][0] not in training


def _has_other_targets(cost: int, step: Step, tape: Tape) -> bool:
    """Whether the module's cost compares some of the outputs with what the errors do, and others with other targets."""
    outputs = {m.output: m for m in step.meetings}
    same: list[bool] = []
    for node in slice_of(tape, [cost], stop=outputs):
        operation = tape[node]
        met = [outputs[i] for i in operation.inputs if i in outputs] if node not in outputs else []
        if operation.op == "subtract" and len(met) == 1 and len(operation.args) == len(_DIFFERENCE):
            target = next((a for a in operation.args if not isinstance(a, Ref) or a.node != met[0].output), None)
            value = tape.value(target.node) if isinstance(target, Ref) else target
            own = met[0].value if met[0].target is None or met[0].indexed else tape.value(met[0].target)
            same.append(bool(np.array_equal(np.asarray(value), np.asarray(own))))
    return any(same) and not all(same)


_DIFFERENCE = ("output", "target")


def _other_loss(own: Hypothesis, chosen: Hypothesis, step: Step, points: Sequence[Values]) -> bool:
    """Whether a cost of the module is a loss of the catalogue (up to a constant), and not the chosen one."""

    def is_loss(loss: str) -> bool:
        factors = [_factor(swept, point, loss, step) for swept, point in zip(own.points, points, strict=False)]
        return min(factors) > 0.0 and max(factors) - min(factors) <= _SMALL * max(factors)

    return not is_loss(chosen.name) and any(is_loss(loss) for loss in _COSTS if loss != chosen.name)


_COSTS = ("squared error", "binary cross-entropy", "cross-entropy")  # what is minimised; other measures are reported
_SMALL = 1e-5  # a constant inside the logarithm, as in log(p + 1e-8), is no other loss


def _factor(own: Adjoints, point: Values, loss: str, step: Step) -> float:
    """The constant between a cost's gradient and that of a loss; 0 where there is none."""
    seeds = loss_seeds(point, tape_targets(step), loss)
    if seeds is None:
        return 0.0
    versions = [move.before for move in step.moves]
    theirs = adjoints(point, seeds, versions)
    mine = np.concatenate([np.ravel(own.of.get(v, np.zeros(np.shape(point.value(v))))) for v in versions])
    same = np.concatenate([np.ravel(theirs.of.get(v, np.zeros(np.shape(point.value(v))))) for v in versions])
    found = match(mine, same)
    return found.factor if found.residual <= _SMALL else 0.0


def _better(new: Hypothesis, old: Hypothesis) -> bool:
    if new.score[:2] != old.score[:2]:
        return new.score[:2] > old.score[:2]
    return new.score[2] > old.score[2] + (0.25 if old.cost is not None else 1e-9)
