"""The gradient's verdict: which recorded step is judged, at which points, and by which loss."""

from __future__ import annotations

from annprobe.subject.roles.costs import find_costs
from annprobe.subject.roles.gradient.choice import best
from annprobe.subject.roles.gradient.healthy_points import own_and_other_points
from annprobe.subject.roles.gradient.meant import meant_losses
from annprobe.subject.roles.gradient.truth import hypotheses
from annprobe.subject.roles.perceptron import decided, is_step, other_mistake, pass_further
from annprobe.subject.roles.steps import Step, parameters_moved
from annprobe.subject.understanding import Understanding
from annprobe.tape.replay import slice_of


def judge(found: Understanding, seed: int) -> None:
    """The first full step; where another recorded step has the module's own cost, that one."""
    assert found.dependence is not None
    fullest, last = found.step, min(found.step + 4, len(found.steps))
    counted = any(is_step(found.tape, m) for m in found.judged_step.meetings)  # a number of mistakes has no slope
    for number in () if counted else range(fullest, last):
        costs = find_costs(found.tape, found.dependence, found.steps[number], found.frontier)
        if costs and len(found.steps[number].moves) == len(found.steps[fullest].moves):
            found.step, found.costs = number, costs
            break
    _judge_step(found, seed)
    if counted and not _all_right(found):
        _judge_further(found, seed)
    if counted and _all_right(found):
        other = other_mistake(found.tape, found.steps, found.step)
        if other is not None:
            _judge_other(found, other, seed)
    if not counted and _all_right(found):
        _judge_later(found, seed)
    if found.hypothesis is None:
        found.missing = "cost"


def _judge_step(found: Understanding, seed: int) -> None:
    """The hypotheses about one step, and the best of them.

    Decisions between numbers stay as they were recorded at other points, for branches do; where the backward pass alone
    decides (a list of ``z > 0`` beside ``np.maximum``), it does so anew.
    """
    assert found.dependence is not None
    _judge_points(found, seed, anew=False)
    step = found.judged_step
    before = found.points, found.tried, found.hypothesis
    if _all_right(found) or before[-1] is None or not decided(found.tape, range(step.meetings[0].node, step.last)):
        return
    _judge_points(found, seed, anew=True)
    if found.hypothesis is None or found.hypothesis.right <= before[-1].right:
        found.points, found.tried, found.hypothesis = before


def _judge_points(found: Understanding, seed: int, *, anew: bool) -> None:
    assert found.dependence is not None
    step = found.judged_step
    found.points = own_and_other_points(found.tape, found.dependence, step, found.costs, seed, anew=anew)
    found.tried = hypotheses(found.points, found.dependence, step, found.costs)
    meant = meant_losses(source.tree for source in found.places.sources.values())
    found.hypothesis = best(found.tried, step, found.tape, found.points, meant)


def _all_right(found: Understanding) -> bool:
    return found.hypothesis is not None and all(j.right for j in found.hypothesis.judged)


def _judge_further(found: Understanding, seed: int) -> None:
    """The step of a sigmoid of z taken for a step of z, where more of the rule is right then."""
    assert found.dependence is not None
    marked = pass_further(found.tape, found.dependence, found.frontier)
    if not marked:
        return
    before = found.points, found.tried, found.hypothesis
    _judge_step(found, seed)
    fits = [h.right if h is not None else 0 for h in (before[2], found.hypothesis)]
    if fits[0] >= fits[1]:
        found.points, found.tried, found.hypothesis = before
        for number in marked:
            found.tape[number].straight = ()


def _judge_other(found: Understanding, number: int, seed: int) -> None:
    """A step with the opposite mistake, where the rule is another one there: it is no function of the error."""
    before = found.step, found.points, found.tried, found.hypothesis
    found.step = number
    _judge_step(found, seed)
    factors = [[j.factor for j in h.judged if j.factor is not None] for h in (before[3], found.hypothesis) if h]
    alike = len(factors) == 2 and all(f * first > 0.0 for (first, *_) in [factors[0] or [0.0]] for f in factors[1])
    if found.hypothesis is None or (alike and all(j.right for j in found.hypothesis.judged)):
        found.step, found.points, found.tried, found.hypothesis = before


def _judge_later(found: Understanding, seed: int) -> None:
    """The last full step, where the first is right and that is not: it may use what was left over from the first."""
    moves = [move.chain for move in found.judged_step.moves]
    later = (i for i in range(len(found.steps) - 1, found.step, -1) if _same_moves(found.steps[i], moves))
    number = next((i for i in later if parameters_moved(found.tape, found.steps[i]) == len(moves)), None)
    if number is None or not _goes_wrong(found, number):
        return
    before = found.step, found.costs, found.points, found.tried, found.hypothesis
    found.step, found.costs = number, _costs(found, number)
    _judge_step(found, seed)
    kinds = [h.cost is None for h in (before[-1], found.hypothesis) if h is not None]
    if kinds != [kinds[0]] * 2 or _all_right(found):
        found.step, found.costs, found.points, found.tried, found.hypothesis = before


def _same_moves(step: Step, chains: list[int]) -> bool:
    return [move.chain for move in step.moves] == chains


def _costs(found: Understanding, number: int) -> list[int]:
    assert found.dependence is not None
    return find_costs(found.tape, found.dependence, found.steps[number], found.frontier)


def _goes_wrong(found: Understanding, number: int) -> bool:
    """Whether a parameter that was simply moved against its gradient is not, by the same loss at a later step."""
    assert found.dependence is not None
    assert found.hypothesis is not None
    judged = found.hypothesis.judged
    plain = [k for k, j in enumerate(judged) if j.gradient is None and not j.decay and not j.untold]
    plain = [k for k in plain if not _made_of_earlier_errors(found, number, k)]
    own = found.hypothesis.cost is not None
    tried = hypotheses([found.tape], found.dependence, found.steps[number], _costs(found, number) if own else [])
    same = [h for h in tried if h.name == found.hypothesis.name]
    return bool(same) and all(any(not h.judged[k].change.equal for k in plain) for h in same)


def _made_of_earlier_errors(found: Understanding, number: int, parameter: int) -> bool:
    """Whether a step of a parameter also holds what earlier ones did, as momentum does."""
    assert found.dependence is not None
    corrections = [k.correction for k in found.steps[number].moves[parameter].links if k.correction is not None]
    errors = {m.node for step in found.steps[:number] for m in step.meetings}
    return not errors.isdisjoint(slice_of(found.tape, corrections, stop=found.dependence.version_bits))
