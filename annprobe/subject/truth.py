"""The true gradient: the recorded forward pass differentiated, and what each parameter's change has to do with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from annprobe.subject.dependence import Dependence
from annprobe.subject.frontier import Meeting
from annprobe.subject.losses import LOSSES, seed
from annprobe.subject.steps import Move, Step
from annprobe.tape.adjoint import Adjoints, adjoints
from annprobe.tape.nodes import Tape
from annprobe.tape.replay import slice_of

K = 64.0  # rounding errors of a proportional pair, in units of eps times the largest entry: see gradcheck's error model


@dataclass(frozen=True)
class Match:
    """How one array relates to a true gradient: ``array = factor * gradient`` within ``bound``.

    residual  norm of what is left, relative to the norm of the array
    cosine    between array and gradient; 0 when either is zero
    """

    factor: float
    residual: float
    cosine: float
    equal: bool
    zero: bool = False


def match(array: Any, gradient: Any, noise: float = 0.0) -> Match:
    """Fit ``array = factor * gradient``.

    array, gradient  same number of entries
    noise            absolute error that the array may have by itself (same unit as the array)
    """
    a = np.ravel(np.asarray(array, dtype=float))
    g = np.ravel(np.asarray(gradient, dtype=float))
    if a.size != g.size or not (np.isfinite(a).all() and np.isfinite(g).all()):
        return Match(0.0, 1.0, 0.0, equal=False)
    na, ng = float(np.linalg.norm(a)), float(np.linalg.norm(g))
    if ng == 0.0 or na == 0.0:
        return Match(0.0, 0.0 if na == ng else 1.0, 0.0, equal=na <= noise and ng == 0.0, zero=na == 0.0)
    factor = float(a @ g) / (ng * ng)
    left = float(np.linalg.norm(a - factor * g))
    bound = 1e-9 * na + noise * np.sqrt(a.size)
    return Match(factor, left / na, float(a @ g) / (na * ng), equal=left <= bound)


@dataclass(frozen=True)
class Judged:
    """One parameter in one step against one hypothesis.

    change    ΔP against the gradient (negative factor: descent)
    gradient  node in the backward pass that is proportional to the gradient, when ΔP itself is not, and its match
    """

    move: Move
    true: Any
    change: Match
    gradient: tuple[int, Match] | None = None

    @property
    def right(self) -> bool:
        """Whether the module computed the gradient, up to a factor."""
        return self.change.equal or self.gradient is not None


@dataclass
class Hypothesis:
    """A loss, and how the step's parameters fit it. ``cost`` is the node of the module's own cost, if it is that."""

    name: str
    adjoint: Adjoints
    judged: list[Judged] = field(default_factory=list)
    cost: int | None = None

    @property
    def right(self) -> int:
        """How many parameters fit."""
        return sum(j.right for j in self.judged)

    @property
    def score(self) -> tuple[int, float]:
        """Better is larger: first how many fit, then how close the others are."""
        return self.right, float(np.mean([j.change.cosine**2 for j in self.judged])) if self.judged else 0.0


def hypotheses(tape: Tape, dependence: Dependence, step: Step, costs: Iterable[int]) -> list[Hypothesis]:
    """The module's own costs first, then the losses of the catalogue; each judged for all parameters of the step."""
    stop = [move.before for move in step.moves]
    result = []
    for cost in costs:
        result.append(_judge(tape, step, Hypothesis("own cost", adjoints(tape, {cost: 1.0}, stop), cost=cost)))
    for loss in LOSSES:
        seeds = loss_seeds(tape, step, loss)
        if seeds is not None:
            result.append(_judge(tape, step, Hypothesis(loss, adjoints(tape, seeds, stop))))
    return result


def loss_seeds(tape: Tape, step: Step, loss: str) -> dict[int, Any] | None:
    """∂C/∂output at every output of the step."""
    seeds: dict[int, Any] = {}
    for meeting in step.meetings:
        value = seed(loss, tape.value(meeting.output), meeting.value)
        if value is None or not np.isfinite(value).all():
            return None
        seeds[meeting.output] = seeds.get(meeting.output, 0.0) + value
    return seeds


def _judge(tape: Tape, step: Step, hypothesis: Hypothesis) -> Hypothesis:
    for move in step.moves:
        true = hypothesis.adjoint.of.get(move.before, np.zeros(np.shape(tape.value(move.before))))
        change = match(_shaped(move.change(tape), true), true, _noise(tape, move))
        gradient = None if change.equal else _computed(tape, step, move, true)
        hypothesis.judged.append(Judged(move, true, change, gradient))
    return hypothesis


def _shaped(change: Any, true: Any) -> Any:
    return change if np.shape(change) == np.shape(true) or np.size(change) == np.size(true) else np.asarray(change)


def _noise(tape: Tape, move: Move) -> float:
    """Rounding error of ΔP when it is only known as a difference of two versions."""
    if len(move.links) == 1 and not move.links[0].partial:
        return 0.0
    return 4.0 * np.finfo(float).eps * float(np.max(np.abs(tape.value(move.before)), initial=0.0))


def _computed(tape: Tape, step: Step, move: Move, true: Any) -> tuple[int, Match] | None:
    """A value on the way to ΔP that is the gradient up to a factor (before momentum, Adam, clipping, decay)."""
    size = np.size(true)
    if not np.any(true):
        return None
    first = min(m.output for m in step.meetings)
    corrections = [link.correction for link in move.links if link.correction is not None]
    for number in reversed(slice_of(tape, corrections, stop=[move.before])):
        if number <= first:
            break
        value = tape.value(number)
        if isinstance(value, tuple) or np.size(value) != size or (size == 1 and tape[number].op == "multiply"):
            continue
        for array in [value, np.transpose(value)] if np.ndim(value) == 2 else [value]:
            found = match(array, true)
            if found.equal and (size > 1 or abs(abs(found.factor) - 1.0) < 1e-9):
                return number, found
    return None


def find_costs(tape: Tape, dependence: Dependence, step: Step, frontier: list[Meeting], limit: int = 6) -> list[int]:
    """Scalars that the module computed from this step's parameters and from the targets, for their own sake:
    neither the forward pass nor an update uses them."""
    versions = 0
    for move in step.moves:
        versions |= 1 << dependence.version_bits[move.before]
    roots = _roots(tape, {m.target for m in step.meetings if m.target is not None})
    consumed = set(
        slice_of(
            tape,
            [m.output for m in frontier]
            + [
                link.correction
                for chain in dependence.chains
                for link in chain.genuine()
                if link.correction is not None
            ],
        )
    )
    found: list[int] = []
    for number in range(len(tape) - 1, -1, -1):
        node = tape[number]
        mask = dependence.versions[number]
        if np.size(node.value) != 1 or isinstance(node.value, tuple) or node.kind != "op" or not mask:
            continue
        if mask & ~versions or mask.bit_count() < max(1, len(step.moves) // 2) or number in consumed:
            continue
        if np.asarray(node.value).dtype.kind != "f" or number in dependence.version_bits:
            continue
        if not _depends_on(tape, number, roots):
            continue
        found.append(number)
        consumed.update(slice_of(tape, [number], stop=dependence.version_bits))
    return found[:limit]


def _roots(tape: Tape, targets: Iterable[int]) -> set[int]:
    return {n for n in slice_of(tape, targets) if tape[n].kind != "op"} | set(targets)


def _depends_on(tape: Tape, number: int, roots: set[int]) -> bool:
    return not roots or bool(roots & set(slice_of(tape, [number])))


def best(found: Iterable[Hypothesis]) -> Hypothesis | None:
    """The hypothesis that explains most; among equals the first (the module's own cost before the catalogue)."""
    chosen: Hypothesis | None = None
    for hypothesis in found:
        if chosen is None or hypothesis.score > (chosen.score[0], chosen.score[1] + 1e-9):
            chosen = hypothesis
    return chosen


def factors(hypothesis: Hypothesis) -> Mapping[int, float]:
    """Chain -> factor between the parameter's change and the gradient."""
    return {j.move.chain: j.change.factor for j in hypothesis.judged if j.change.equal}
