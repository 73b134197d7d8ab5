"""What a recorded run turned out to be: parameters, targets, output, cost, update, rate; and the gradient's verdict."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from annprobe.subject.roles.chains import Chain, find_chains
from annprobe.subject.roles.costs import find_costs
from annprobe.subject.roles.dependence import Dependence, find_dependence
from annprobe.subject.roles.frontier import Meeting, find_frontier
from annprobe.subject.roles.gradient.choice import best
from annprobe.subject.roles.gradient.meant import meant_losses
from annprobe.subject.roles.gradient.truth import Hypothesis, hypotheses, own_and_other_points
from annprobe.subject.roles.links import Link, candidates
from annprobe.subject.roles.lookahead import without_lookahead
from annprobe.subject.roles.perceptron import decided, is_step, other_mistake, pass_further, pass_straight
from annprobe.subject.roles.steps import Step, find_steps
from annprobe.tape.nodes import Ref, Tape, Values
from annprobe.tape.places import Places
from annprobe.tape.replay import slice_of

_FIRST_STEPS = 8
_UPDATES = 3  # of every parameter, after which enough was seen
_SINGLE = {"literal", "chosen", "where"}  # how numbers come about that stand in no array
_EPOCH = 64  # examples with one and the same target, after which it is taken for the only one
_INDEX = r"\[[^\[\]]*\]$"  # the last index of a name, as in ``self.weights[i]``


@dataclass(frozen=True)
class Rate:
    """The constant factor between gradient and update; ``line`` is where it stands in the source, if it does."""

    value: float
    line: int | None
    node: int | None


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


def understand(tape: Tape, places: Places, seed: int = 0) -> Understanding:
    """Read the roles off the tape and judge the gradient."""
    links = candidates(tape, places)
    chains, state = without_lookahead(tape, find_chains(tape, links))
    found = Understanding(tape, places, chains, links=links)
    if not found.chains:
        found.missing = "update"
        return found
    found.dependence = find_dependence(tape, found.chains, state)
    found.names = _names(tape, places, found.chains)
    found.rates = [_rate(tape, places, found.dependence, chain) for chain in found.chains]
    found.frontier = find_frontier(tape, found.dependence, places)
    found.steps = find_steps(tape, found.dependence, found.frontier)
    if not found.frontier or not found.steps:
        found.missing = "targets" if not found.frontier else "step"
        return found
    pass_straight(tape, found.dependence, found.frontier)
    found.step = _fullest(tape, found.steps)
    _judge(found, seed)
    return found


def _judge(found: Understanding, seed: int) -> None:
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
    number = next((i for i in later if _moves(found.tape, found.steps[i]) == len(moves)), None)
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


def _fullest(tape: Tape, steps: list[Step]) -> int:
    """Among the first steps that move the most parameters, the one that moves the most of them by more than nothing."""
    most = max(len(step.moves) for step in steps)
    full = [i for i, step in enumerate(steps) if len(step.moves) == most]
    moved = (i for i in full[_FIRST_STEPS:] if _moves(tape, steps[i]))
    first = full[:_FIRST_STEPS]
    return max(
        first if any(_moves(tape, steps[i]) for i in first) else [*first, *itertools.islice(moved, 1)],
        key=lambda i: (_moves(tape, steps[i]), -i),
    )


def _moves(tape: Tape, step: Step) -> int:
    """How many parameters a step moves by more than nothing: a perceptron that is right moves none."""
    return sum(bool(np.any(move.change(tape))) for move in step.moves)


def enough(tape: Tape, places: Places) -> bool:
    """Whether three updates of every parameter are on the tape, or three lost ones, and the targets were met."""
    chains, state = without_lookahead(tape, find_chains(tape, candidates(tape, places)))
    kept = [len(chain.genuine()) >= _UPDATES for chain in chains]
    if not chains or not all(k or _never_taken_over(tape, chain) for k, chain in zip(kept, chains, strict=True)):
        return False
    dependence = find_dependence(tape, chains, state)
    steps = find_steps(tape, dependence, find_frontier(tape, dependence, places))
    least = _UPDATES if any(kept) else 1  # where all updates are lost, every pass starts from the same parameters
    return len(steps) >= least and _telling(tape, steps) and any(_moves(tape, step) for step in steps)


def _never_taken_over(tape: Tape, chain: Chain) -> bool:
    """Whether turn after turn of the outermost loop a new value was computed, and the old one used again."""
    return len({tape.turns[tape[link.new].turn][:1] for link in chain.lost}) > _UPDATES


def _telling(tape: Tape, steps: list[Step]) -> bool:
    """Whether the steps show what is to be learned: one target for all does not, where the tape shows no others.

    Examples in lists of plain numbers are seen when they are met, and often come in the order of their classes.
    """
    meetings = [meeting for step in steps for meeting in step.meetings]
    if any(np.size(m.value) != 1 or (m.target is not None and tape[m.target].op not in _SINGLE) for m in meetings):
        return True
    return len(steps) >= _EPOCH or len({float(np.ravel(m.value)[0]) for m in meetings}) > 1


def _names(tape: Tape, places: Places, chains: list[Chain]) -> list[str]:
    """The user's names; members of one list are numbered in the order in which the forward pass uses them."""
    plain = [_name(tape, places, chain) for chain in chains]
    counts = Counter(plain)
    first = {i: _first_use(tape, chain) for i, chain in enumerate(chains)}
    order: dict[str, int] = {}
    names = list(plain)
    for i in sorted(range(len(chains)), key=lambda k: first[k]):
        if counts[plain[i]] > 1:
            number = order.get(plain[i], 0)
            order[plain[i]] = number + 1
            names[i] = f"{re.sub(_INDEX, '', plain[i])}[{number}]"
    return names


def _name(tape: Tape, places: Places, chain: Chain) -> str:
    for node in [chain.genuine()[-1].new, chain.origin]:
        name = places.name(node)
        if name:
            return name
    return places.text(chain.origin)[:30] or f"parameter of line {places.line(chain.genuine()[0].new)}"


def _first_use(tape: Tape, chain: Chain) -> int:
    return next((n for n in range(chain.origin + 1, len(tape)) if chain.origin in tape[n].inputs), chain.origin)


def _rate(tape: Tape, places: Places, dependence: Dependence, chain: Chain) -> Rate | None:
    """The outermost constant factor of the correction."""
    node = chain.genuine()[0].correction
    for _ in range(6):
        if node is None:
            return None
        operation = tape[node]
        if operation.op == "negative":
            node = operation.inputs[0]
            continue
        if operation.op != "multiply":
            return None
        for factor, other in (operation.args, operation.args[::-1]):
            if isinstance(factor, Ref):
                if dependence.touched(factor.node) or np.size(tape.value(factor.node)) != 1:
                    continue
                return Rate(
                    float(np.asarray(tape.value(factor.node)).reshape(())),
                    _literal_line(tape, places, factor.node),
                    factor.node,
                )
            if isinstance(factor, (int, float, np.number)) and isinstance(other, Ref):
                return Rate(float(factor), places.line(node), None)
        node = next((i for i in operation.inputs if dependence.touched(i)), None)
    return None


def _literal_line(tape: Tape, places: Places, node: int) -> int | None:
    literals = [n for n in slice_of(tape, [node]) if tape[n].op == "literal"]
    return places.line(literals[-1]) if literals else places.line(node)


def describe_loss(found: Understanding) -> tuple[str, bool]:
    """Name of the loss that the gradient was judged against, and whether it is an assumption."""
    hypothesis = found.hypothesis
    if hypothesis is None:
        return "unknown", True
    if any(is_step(found.tape, m) for m in found.judged_step.meetings):
        return "perceptron criterion", False
    if hypothesis.cost is None:
        return hypothesis.name, True
    same = [h.name for h in found.tried if h.cost is None and h.right == hypothesis.right == len(h.judged)]
    return (same[0] if same else found.places.text(hypothesis.cost)), False
