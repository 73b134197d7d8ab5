"""Reading the roles off a recorded run: parameters, targets, output, cost, update, rate; and the gradient's verdict."""

from __future__ import annotations

import itertools

import numpy as np

from annprobe.subject.judging import judge
from annprobe.subject.roles.chains import Chain, find_chains
from annprobe.subject.roles.dependence import find_dependence
from annprobe.subject.roles.frontier import find_frontier
from annprobe.subject.roles.links import candidates
from annprobe.subject.roles.lookahead import without_lookahead
from annprobe.subject.roles.names import parameter_names, rate_of
from annprobe.subject.roles.perceptron import pass_straight
from annprobe.subject.roles.steps import Step, find_steps, parameters_moved
from annprobe.subject.understanding import Understanding
from annprobe.tape.nodes import Tape
from annprobe.tape.places import Places

_FIRST_STEPS = 8
_UPDATES = 3  # of every parameter, after which enough was seen
_SINGLE = {"literal", "chosen", "where"}  # how numbers come about that stand in no array
_STILL = 256  # steps without any change, after which none is waited for: a perceptron moves at mistakes only
_EPOCH = 64  # examples with one and the same target, after which it is taken for the only one


def understand(tape: Tape, places: Places, seed: int = 0) -> Understanding:
    """Read the roles off the tape and judge the gradient."""
    links = candidates(tape, places)
    chains, state = without_lookahead(tape, find_chains(tape, links))
    found = Understanding(tape, places, chains, links=links)
    if not found.chains:
        found.missing = "update"
        return found
    found.dependence = find_dependence(tape, found.chains, state)
    found.names = parameter_names(tape, places, found.chains)
    found.rates = [rate_of(tape, places, found.dependence, chain) for chain in found.chains]
    found.frontier = find_frontier(tape, found.dependence, places)
    found.steps = find_steps(tape, found.dependence, found.frontier)
    if not found.frontier or not found.steps:
        found.missing = "targets" if not found.frontier else "step"
        return found
    pass_straight(tape, found.dependence, found.frontier)
    found.step = _fullest(tape, found.steps)
    judge(found, seed)
    return found


def _fullest(tape: Tape, steps: list[Step]) -> int:
    """Among the first steps that move the most parameters, the one that moves the most of them by more than nothing."""
    most = max(len(step.moves) for step in steps)
    full = [i for i, step in enumerate(steps) if len(step.moves) == most]
    moved = (i for i in full[_FIRST_STEPS:] if parameters_moved(tape, steps[i]))
    first = full[:_FIRST_STEPS]
    return max(
        first if any(parameters_moved(tape, steps[i]) for i in first) else [*first, *itertools.islice(moved, 1)],
        key=lambda i: (parameters_moved(tape, steps[i]), -i),
    )


def enough(tape: Tape, places: Places) -> bool:
    """Whether three updates of every parameter are on the tape, or three lost ones, and the targets were met."""
    chains, state = without_lookahead(tape, find_chains(tape, candidates(tape, places)))
    kept = [len(chain.genuine()) >= _UPDATES for chain in chains]
    if not chains or not all(k or _never_taken_over(tape, chain) for k, chain in zip(kept, chains, strict=True)):
        return False
    dependence = find_dependence(tape, chains, state)
    steps = find_steps(tape, dependence, find_frontier(tape, dependence, places))
    least = _UPDATES if any(kept) else 1  # where all updates are lost, every pass starts from the same parameters
    moving = len(steps) >= _STILL or any(parameters_moved(tape, step) for step in steps)
    return len(steps) >= least and _telling(tape, steps) and moving


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
