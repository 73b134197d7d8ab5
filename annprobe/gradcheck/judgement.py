"""What the verdicts at several points mean together: a bug, or the condition of one point.

A gradient that fails at a well-conditioned point is wrong, unless another point acquits it: one where the very entries
that failed have a gradient at least as much alive, and agree. Saturated sigmoids fail for rounding and are acquitted by
smaller weights; a unit that is dead at the other point acquits nobody.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annprobe.gradcheck.examining.examination import Examination, examine
from annprobe.gradcheck.examining.points import beside, healthy_point, nudged
from annprobe.gradcheck.functions.blackbox import BlackBox
from annprobe.gradcheck.localising.localise import SMALL_TERM, first_look, locate
from annprobe.gradcheck.localising.located import Letters, Located, suspect_entries
from annprobe.gradcheck.verdicts.result import Note, PointCheck, Verdict

Vector = NDArray[np.float64]

TAMER = (1 / 16, 1 / 256)  # inputs of unknown size may saturate the healthy point too: pixels 0..255 need 1/256
POWER = 1e-3  # a check that lets pass a relative error above this has judged nothing
BARELY = 1e-9  # relative; below it a gradient is as right as numerical ones are, whatever makes the difference
ROUNDED = 1e-8  # of the cost; a discrepancy below it at the user's point may be a saturated unit's rounding


@dataclass(frozen=True, slots=True)
class Visit:
    """A point, and what one random direction said there."""

    exam: Examination
    check: PointCheck

    @property
    def powerful(self) -> bool:
        """Whether a relative error of 0.1 % of everything would have been seen."""
        return 0 < self.check.tolerance <= POWER * max(self.exam.strength(), abs(self.check.derivative))


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict, the points it rests on, and what was located where."""

    verdict: Verdict
    points: tuple[PointCheck, ...]
    notes: tuple[Note, ...] = ()
    where: Examination | None = None
    own: Examination | None = None
    located: tuple[Located, ...] = ()


def judge(
    box: BlackBox, letters: Letters, seed: int, examples: int | None, *, noise: float = 0.0, gradient_noise: float = 0.0
) -> Judgement:
    """Judge the gradient at the user's point and at healthier ones.

    noise, gradient_noise  absolute spread of cost and gradient between calls at one point
    """
    panel = Panel(box, letters, seed, examples, noise, gradient_noise)
    own = panel.visit("own", box.layout.values)
    if box.given is not None:
        return panel.one_point(own)
    healthy = panel.visit("healthy", healthy_point(box.layout.values, box.layout, seed))
    healthy = healthy or panel.visit("healthy", nudged(box.layout.values, seed))
    if healthy is None:
        return panel.one_point(own)
    if not healthy.check.agrees:
        return panel.try_case(healthy, panel.tamer(healthy))
    if own is None:
        return panel.close("right elsewhere", Note("not finite", panel.what_is_not_finite()), where=healthy)
    if not healthy.powerful:
        return panel.powerless(healthy)
    own = panel.looked_at(own)
    if own.check.agrees and not own.check.kink:
        return panel.close("right", where=healthy)
    return panel.only_own_failed(own, healthy)


class Panel:
    """The points visited so far, and the rules that close the case."""

    def __init__(
        self, box: BlackBox, letters: Letters, seed: int, examples: int | None, noise: float, gradient_noise: float
    ) -> None:
        self.box, self.letters, self.seed, self.examples = box, letters, seed, examples
        self.noise, self.gradient_noise = noise, gradient_noise
        self.points: list[PointCheck] = []
        self.own: Examination | None = None

    def visit(self, name: str, at: Vector, like: Visit | None = None) -> Visit | None:
        """Examine a point, with the method of another if given; None where cost or gradient are not finite."""
        engine = like.exam.engine if like else None
        noises = {"noise": self.noise, "gradient_noise": self.gradient_noise}
        exam = examine(self.box, name, at, self.seed, **noises, like=engine)
        if exam is None:
            return None
        check = exam.check(self.examples)
        self.points.append(check)
        if name == "own":
            self.own = exam
        return Visit(exam, check)

    def looked_at(self, visit: Visit) -> Visit:
        """The same visit, asked for a kink where the verdict there is doubtful."""
        check = visit.exam.with_kink(visit.check)
        self.points[self.points.index(visit.check)] = check
        return Visit(visit.exam, check)

    def tamer(self, like: Visit) -> Iterator[Visit]:
        """Points with ever smaller parameters."""
        for shrink in TAMER:
            at = healthy_point(self.box.layout.values, self.box.layout, self.seed, shrink=shrink)
            visit = self.visit("tame", at, like)
            if visit is not None:
                yield visit

    def close(
        self, verdict: Verdict, *notes: Note, where: Visit | None = None, located: tuple[Located, ...] = ()
    ) -> Judgement:
        """The judgement."""
        return Judgement(verdict, tuple(self.points), notes, where.exam if where else None, self.own, located)

    def try_case(self, failed: Visit, witnesses: Iterator[Visit]) -> Judgement:
        """Wrong unless a witness acquits the entries that failed; located where the fewest are under suspicion."""
        look = first_look(failed.exam, self.letters)
        entries = suspect_entries(look, failed.exam.box.layout)
        name, gap = failed.check.point, failed.check.discrepancy
        clearest, most = failed, 0
        if gap <= BARELY * failed.exam.strength() and is_small(small := tuple(locate(failed.exam, self.letters, look))):
            return self.close("nearly right", where=failed, located=small)
        for witness in witnesses:
            acquitted = sum(_acquits(witness.exam, failed.exam, mask) for mask in entries)
            if entries and acquitted == len(entries) and witness.check.agrees:
                reason = Note("only here", name, gap) if name == "own" else Note("saturated", name, gap)
                return self.close("right elsewhere", reason, where=witness)
            if acquitted > most and not witness.check.agrees:
                clearest, most = witness, acquitted
        located = tuple(locate(clearest.exam, self.letters, look if clearest is failed else None))
        return self.close("nearly right" if is_small(located) else "wrong", where=clearest, located=located)

    def only_own_failed(self, own: Visit, healthy: Visit) -> Judgement:
        """The healthy point agrees: is the user's at a kink, saturated, or is something dead at the healthy one?"""
        if own.check.discrepancy <= BARELY * own.exam.strength() and not own.check.kink:
            return self.close("right", where=healthy)
        if own.check.kink:
            near = self.visit("beside", beside(self.box.layout.values, self.box.layout, self.seed))
            if near is None or near.check.agrees or self.looked_at(near).check.kink:
                return self.close("right elsewhere", Note("kink", "", own.check.kink), where=healthy)
            return self.try_case(near, iter((healthy,)))
        if own.check.discrepancy <= ROUNDED * abs(own.check.cost):
            return self.close("right elsewhere", Note("saturated", "own", own.check.discrepancy), where=healthy)
        return self.try_case(own, iter((healthy,)))

    def one_point(self, own: Visit | None) -> Judgement:
        """Nothing but the user's point can be judged."""
        notes = (Note("one point"),) if self.box.given is not None else ()
        if own is None:
            return self.close("undecided", *notes, Note("not finite", self.what_is_not_finite()))
        if own.check.agrees:
            return self.close("right", *notes, where=own) if own.powerful else self.powerless(own)
        own = self.looked_at(own)
        if own.check.kink:
            return self.close("undecided", *notes, Note("kink", "", own.check.kink), where=own)
        located = tuple(locate(own.exam, self.letters))
        return self.close("nearly right" if is_small(located) else "wrong", *notes, where=own, located=located)

    def powerless(self, visit: Visit) -> Judgement:
        """Agreement that means little: noise, or a cost that does not react."""
        check = visit.check
        if self.noise or self.gradient_noise or check.tolerance > 1e-6 * abs(check.cost):
            return self.close("undecided", where=visit)
        compared = any(visit.exam.reading.usable)
        return self.close("right", *([Note("no dependence")] if compared else []), where=visit)

    def what_is_not_finite(self) -> str:
        """``cost``, or the arrays of the gradient with one of the entries."""
        cost, reading = self.box.both(self.box.layout.values.copy())
        if not math.isfinite(cost):
            return "cost"
        bad = ~np.isfinite(reading.vector)
        leaves = [leaf for leaf in self.box.layout.leaves if bad[leaf.span].any()]
        if not leaves:
            return "gradient"
        last = leaves[-1]  # the nearest to the output: from there it spreads backwards
        index = np.unravel_index(int(np.argmax(bad[last.span])), last.shape) if last.shape else ()
        place = f"[{', '.join(map(str, index))}]" if index else "it"
        others = f" and {len(leaves) - 1} more" if len(leaves) > 1 else ""
        return f"gradient of {last.name} at {place}{others}"


def is_small(located: Sequence[Located]) -> bool:
    """Off by so little and so evenly that it is a small term of the cost which the gradient leaves out, or rounding."""
    failing = [item for item in located if item.check.agrees is False]
    return all(_relative(item) <= (SMALL_TERM if item.diffuse else BARELY) for item in failing)


def _relative(item: Located) -> float:
    return math.inf if item.check.relative_error is None else item.check.relative_error


def _acquits(witness: Examination, failed: Examination, mask: NDArray[np.bool_]) -> bool:
    """The same entries, at least as much alive, agree here with room to spare."""
    v = np.where(mask, witness.whole(), 0.0)
    contributions = np.abs(witness.reading.vector * v)
    alive = np.count_nonzero(contributions) >= np.count_nonzero(failed.reading.vector[mask])
    if not alive or not contributions.any():
        return False
    probe = witness.probe(v)
    return probe.explained and probe.allowed <= POWER * float(np.linalg.norm(contributions))
