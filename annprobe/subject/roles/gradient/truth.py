"""The true gradient, and what each parameter's change has to do with it.

The recorded forward pass is differentiated exactly. A change is right when it is the same constant times the gradient
at the module's own point and at other points: at one point alone, a single number is always a multiple of another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from annprobe.subject.roles.dependence import Dependence
from annprobe.subject.roles.frontier import Meeting
from annprobe.subject.roles.gradient.epsilons import Exact, without_epsilons
from annprobe.subject.roles.gradient.losses import LOSSES, SQUARED, seed
from annprobe.subject.roles.gradient.matches import Match, match
from annprobe.subject.roles.gradient.update_rule import entry_by_entry, rule_only, times_data
from annprobe.subject.roles.links import GIVEN
from annprobe.subject.roles.perceptron import decided, is_step
from annprobe.subject.roles.points import other_point
from annprobe.subject.roles.steps import Move, Step
from annprobe.tape.adjoint import Adjoints, adjoints
from annprobe.tape.nodes import Tape, Values
from annprobe.tape.replay import slice_of

_DRAWS, _STEP_DRAWS = 4, 20  # of a point, for each one that is wanted: every second one has a right step
_WINDOW = 4_000  # nodes of the step that are replayed besides those that lead to the update: unused gradients
_UPDATE_RULE = 40  # values of the parameter's shape between its gradient and its update; Adam has about 15
_CANCELLED = 1e-13  # of the largest entry: about 500 eps, for sums of as many terms
_RELATIVE = 1e-7  # of a factor between two points: 1e9 x eps leaves room for well-conditioned rounding, not for a bug


@dataclass(frozen=True)
class Judged:
    """One parameter's change against one hypothesis, at several points (the module's own point first).

    changes   ΔP against the gradient, one match a point (negative factor: descent)
    gradient  node in the backward pass that is proportional to the gradient at every point, when ΔP itself is not
    factor    the constant, where there is one
    """

    move: Move
    true: Any
    changes: tuple[Match, ...]
    gradient: int | None
    factor: float | None
    decay: float = 0.0  # ΔP also holds −decay · P: weight decay that the judged cost does not know

    @property
    def change(self) -> Match:
        """At the module's own point."""
        return self.changes[0]

    @property
    def untold(self) -> bool:
        """Whether both change and gradient were zero wherever it was looked: nothing can be said."""
        return all(m.no_gradient and m.equal for m in self.changes)

    @property
    def right(self) -> bool:
        """Whether the module computed the gradient, up to a constant factor (or nothing speaks against it)."""
        return self.factor is not None or self.untold


@dataclass
class Hypothesis:
    """A loss, and how the step's parameters fit it. ``cost`` is the node of the module's own cost, if it is that."""

    name: str
    points: list[Adjoints]
    judged: list[Judged] = field(default_factory=list)
    cost: int | None = None

    @property
    def adjoint(self) -> Adjoints:
        """∂C/∂v at the module's own point."""
        return self.points[0]

    @property
    def right(self) -> int:
        """How many parameters fit."""
        return sum(j.right for j in self.judged)

    @property
    def uniform(self) -> bool:
        """Whether all parameters that fit have one and the same factor."""
        found = [j.factor for j in self.judged if j.factor is not None and j.gradient is None]
        return not found or max(abs(f - found[0]) for f in found) <= 1e-6 * abs(found[0])

    @property
    def score(self) -> tuple[int, bool, float]:
        """Better is larger: first how many fit, then whether with one factor, then how close the others are."""
        cosines = [max(m.cosine**2 for m in j.changes) for j in self.judged]
        return self._fitting if self.told else 0, self.uniform, float(np.mean(cosines)) if cosines else 0.0

    @property
    def _fitting(self) -> int:
        """Those that fit; single numbers of which only some value on the way does, where they are no few.

        Of the errors of a network that is written number by number some are always the derivative of another loss.
        """
        near = sum(j.gradient is not None and np.ndim(j.true) == 0 for j in self.judged)
        return self.right if 2 * self.right > len(self.judged) else self.right - near

    @property
    def told(self) -> bool:
        """Whether a parameter fits of which something can be said: that 0 is 0 speaks for no loss."""
        return any(j.factor is not None for j in self.judged)


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
    largest = [_largest(point, adjoint, step) for point, adjoint in zip(points, hypothesis.points, strict=False)]
    for move in step.moves:
        shape = np.shape(points[0].value(move.before))
        swept = _of_its_errors(points, dependence, step, move, hypothesis)
        trues = [adjoint.of.get(move.before, np.zeros(shape)) for adjoint in swept]
        changes = tuple(
            _matched(move.change(p), t, noise(p, move), most)
            for p, t, most in zip(points, trues, largest, strict=False)
        )
        factor, gradient = _constant(changes), None
        decay = 0.0
        if factor is None:
            factor, decay = _decayed(points, move, trues)
        if factor is None and not all(m.zero for m in changes):
            gradient, factor = _computed(points, dependence, step, move, trues)
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


def _largest(point: Values, adjoint: Adjoints, step: Step) -> tuple[float, float]:
    """The largest entry of any change of the step, and of any gradient."""
    changes = [float(np.max(np.abs(np.asarray(m.change(point), dtype=float)), initial=0.0)) for m in step.moves]
    trues = (adjoint.of.get(m.before, 0.0) for m in step.moves)
    return max(changes), max(float(np.max(np.abs(np.asarray(t, dtype=float)), initial=0.0)) for t in trues)


def _matched(change: Any, true: Any, noise: float, largest: tuple[float, float]) -> Match:
    """:func:`match`; what both sums leave after terms that cancel (a bias that all classes share) is nothing."""
    sizes = [float(np.max(np.abs(np.asarray(x, dtype=float)), initial=0.0)) for x in (change, true)]
    if all(0.0 < size <= _CANCELLED * most for size, most in zip(sizes, largest, strict=True)):
        return Match(0.0, 0.0, 0.0, equal=True, zero=True, no_gradient=True)
    return match(change, true, noise)


def _decayed(points: Sequence[Values], move: Move, trues: list[Any]) -> tuple[float | None, float]:
    """``ΔP = factor * gradient - decay * P`` with the same two constants at every point, the second one shrinking P."""
    found: list[tuple[float, float]] = []
    for point, true in zip(points, trues, strict=True):
        change, gradient, value = (
            np.ravel(np.asarray(x, dtype=float)) for x in (move.change(point), true, point.value(move.before))
        )
        if not change.size == gradient.size == value.size >= 3:
            return None, 0.0
        value = value * _rows_moved(move.change(point))
        base = np.stack([gradient, value], axis=1)
        if not np.isfinite(change).all() or not np.isfinite(base).all():
            return None, 0.0
        coefficients = np.linalg.lstsq(base, change, rcond=None)[0]
        left = float(np.linalg.norm(base @ coefficients - change))
        if left > 1e-9 * float(np.linalg.norm(change)) + noise(point, move) * np.sqrt(change.size):
            return None, 0.0
        found.append((float(coefficients[0]), float(-coefficients[1])))
    factor, decay = found[-1]
    same = all(abs(f - factor) <= 1e-6 * abs(factor) and abs(d - decay) <= 1e-6 * abs(decay) for f, d in found)
    return (factor, decay) if same and len(found) > 1 and factor < 0.0 < decay else (None, 0.0)


def _rows_moved(change: Any) -> Any:
    """1 for the entries of rows that a step moves: of a table of embeddings only those decay that were looked up."""
    rows = np.asarray(change, dtype=float)
    if rows.ndim < 2:
        return 1.0
    moved = np.any(rows != 0.0, axis=tuple(range(1, rows.ndim)), keepdims=True)
    return np.ravel(np.broadcast_to(moved, rows.shape))


def _constant(matches: Sequence[Match]) -> float | None:
    """The factor that holds at every point; None where there is none.

    The module's own point may disagree (saturated there, or at a kink) when two healthy points agree.
    """
    telling = [m for m in matches if not (m.no_gradient and m.equal)]
    if not telling:
        return None
    for chosen in (telling, telling[1:] if matches[0] is telling[0] and len(telling) > 2 else []):
        if chosen and all(m.equal for m in chosen):
            factor = chosen[-1].factor
            if factor != 0.0 and all(abs(m.factor - factor) <= _RELATIVE * abs(factor) for m in chosen):
                return factor
    return None


def noise(point: Values, move: Move) -> float:
    """Rounding error of ΔP when it is only known as a difference of two versions."""
    if len(move.links) == 1 and not move.links[0].partial:
        return 0.0
    return 4.0 * np.finfo(float).eps * float(np.max(np.abs(np.asarray(point.value(move.before))), initial=0.0))


def _computed(
    points: Sequence[Values], dependence: Dependence, step: Step, move: Move, trues: list[Any]
) -> tuple[int | None, float | None]:
    """A value on the way to ΔP that is the gradient up to a factor (before momentum, Adam, clipping, decay)."""
    first = min(m.output for m in step.meetings)
    corrections = [link.correction for link in move.links if link.correction is not None]
    current = sum(1 << dependence.version_bits[m.before] for m in step.moves)
    way = [n for n in slice_of(points[0], corrections, stop=[move.before]) if n > first]
    size = np.size(trues[0])
    fitting = [n for n in way if np.size(points[0].value(n)) == size]
    for number in reversed(fitting[-_UPDATE_RULE:]):
        factor = _gradient_factor(points, number, trues)
        if (
            factor is not None
            and rule_only(points[0], dependence, current, number, way, move)
            and not times_data(points, number, way)
            and (any(link.partial for link in move.links) or entry_by_entry(points[0], number, way, corrections, size))
        ):
            return number, factor
    return None, None


def _gradient_factor(points: Sequence[Values], number: int, trues: list[Any]) -> float | None:
    """The constant between a node and the gradient; a matrix may only be turned where its shape says so."""
    value = points[0].value(number)
    shape = np.shape(trues[0])
    if isinstance(value, tuple) or np.size(value) != np.size(trues[0]):
        return None
    turned = np.ndim(value) == 2 and np.shape(value) != shape and np.shape(value)[::-1] == shape
    return _constant(
        [
            match(np.transpose(p.value(number)) if turned else p.value(number), t)
            for p, t in zip(points, trues, strict=True)
        ]
    )
