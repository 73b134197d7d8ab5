"""Where the gradient is judged: the user's point, a healthy one, tamer ones; and what their verdicts mean together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annprobe.gradcheck.blackbox import BlackBox
from annprobe.gradcheck.examination import Examination, examine
from annprobe.gradcheck.points import healthy_point, nudged
from annprobe.gradcheck.result import Note, PointCheck, Verdict

Vector = NDArray[np.float64]

TAMER = (1 / 16, 1 / 256)  # inputs of unknown size may saturate the healthy point too: pixels 0..255 need 1/256
POWER = 1e-3  # a check that lets pass a relative error above this has judged nothing
SMOOTH = 1e3 * 2.0**-52  # one-sided derivatives that differ by more sit at a kink
ROUGH = 1e-2  # the same where finite differences must tell


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict, the points it rests on, and the examination at which to look for the cause."""

    verdict: Verdict
    points: tuple[PointCheck, ...]
    notes: tuple[Note, ...] = ()
    where: Examination | None = None
    own: Examination | None = None


def judge(box: BlackBox, seed: int, examples: int | None, noise: float, gradient_noise: float) -> Judgement:
    """What fails at a well-conditioned point is a bug; what fails at the user's only is the condition of that point."""
    panel = _Panel(box, seed, examples, noise, gradient_noise)
    own = panel.visit("own", box.layout.values)
    if box.given is not None:
        return panel.from_own_point_alone(own)
    healthy = panel.visit("healthy", healthy_point(box.layout.values, box.layout, seed))
    if healthy is None:
        healthy = panel.visit("healthy", nudged(box.layout.values, seed))
    if own is None and healthy is None:
        return panel.verdict("undecided", Note("not finite", panel.what_is_not_finite()))
    if own is not None and healthy is None:
        return panel.from_own_point_alone(own)
    assert healthy is not None
    if healthy[1].agrees:
        return panel.where_healthy_agrees(own, healthy)
    return panel.where_healthy_fails(own, healthy)


_Visit = tuple[Examination, PointCheck]


class _Panel:
    """The points visited so far, and the rules that turn them into a verdict."""

    def __init__(self, box: BlackBox, seed: int, examples: int | None, noise: float, gradient_noise: float) -> None:
        self.box, self.seed, self.examples = box, seed, examples
        self.noise, self.gradient_noise = noise, gradient_noise
        self.points: list[PointCheck] = []
        self.own: Examination | None = None

    def visit(self, name: str, at: Vector) -> _Visit | None:
        """Examine a point; None where cost or gradient are not finite."""
        exam = examine(self.box, name, at, self.seed, noise=self.noise, gradient_noise=self.gradient_noise)
        if exam is None:
            return None
        check = exam.check(self.examples)
        self.points.append(check)
        if name == "own":
            self.own = exam
        return exam, check

    def verdict(self, verdict: Verdict, *notes: Note, where: Examination | None = None) -> Judgement:
        return Judgement(verdict, tuple(self.points), notes, where, self.own)

    def where_healthy_agrees(self, own: _Visit | None, healthy: _Visit) -> Judgement:
        if not self._is_powerful(healthy):
            return self._without_power(healthy)
        if own is None:
            return self.verdict("right elsewhere", Note("not finite", self.what_is_not_finite()), where=healthy[0])
        if own[1].agrees:
            return self.verdict("right", where=healthy[0])
        return self.verdict("right elsewhere", self._why_only_here(own), where=healthy[0])

    def where_healthy_fails(self, own: _Visit | None, healthy: _Visit) -> Judgement:
        """Confirmed at tamer points: the disagreement must not shrink away where saturation does."""
        worst = healthy
        for shrink in TAMER:
            at = healthy_point(self.box.layout.values, self.box.layout, self.seed, shrink=shrink)
            tame = self.visit("tame", at)
            if tame is None or not self._could_see(tame, healthy):
                continue
            if tame[1].agrees:
                reason = Note("saturated", "healthy", healthy[1].discrepancy)
                return self.verdict("right elsewhere", reason, where=tame[0])
            if _clarity(tame) > 1e6 * _clarity(worst):
                worst = tame
        return self.verdict("wrong", where=worst[0])

    def from_own_point_alone(self, own: _Visit | None) -> Judgement:
        one_point = Note("one point")
        if own is None:
            return self.verdict("undecided", one_point, Note("not finite", self.what_is_not_finite()))
        if own[1].agrees:
            return (
                self.verdict("right", one_point, where=own[0]) if self._is_powerful(own) else self._without_power(own)
            )
        if self._at_kink(own[1]):
            return self.verdict("undecided", one_point, Note("kink", "", own[1].kink), where=own[0])
        return self.verdict("wrong", one_point, where=own[0])

    def _without_power(self, visit: _Visit) -> Judgement:
        exam, check = visit
        if self.noise or self.gradient_noise or check.tolerance > 1e-6 * abs(check.cost):
            return self.verdict("undecided", where=exam)
        return self.verdict("right", Note("no dependence"), where=exam)

    def _is_powerful(self, visit: _Visit) -> bool:
        exam, check = visit
        return check.tolerance <= POWER * max(exam.strength(), abs(check.derivative)) and check.tolerance > 0

    def _could_see(self, tame: _Visit, failed: _Visit) -> bool:
        """Would the failed point's relative disagreement be plain at the tame point?"""
        size = max(failed[0].strength(), abs(failed[1].derivative))
        relative = failed[1].discrepancy / size if size else 1.0
        return tame[1].tolerance <= 0.1 * min(relative, 1.0) * max(tame[0].strength(), abs(tame[1].derivative))

    def _why_only_here(self, own: _Visit) -> Note:
        exam, check = own
        if self._at_kink(check):
            return Note("kink", "", check.kink)
        share = np.mean(np.abs(exam.reading.vector * exam.whole()) <= check.tolerance)
        if check.discrepancy <= 1e-8 * abs(check.cost) or share > 0.5:
            return Note("saturated", "own", check.discrepancy)
        return Note("only here", "", check.discrepancy)

    def _at_kink(self, check: PointCheck) -> bool:
        limit = ROUGH if check.method == "extrapolated differences" else SMOOTH
        return check.kink is not None and check.kink > limit

    def what_is_not_finite(self) -> str:
        finite = np.isfinite(self.box.cost(self.box.layout.values.copy()))
        return "gradient" if finite else "cost"


def _clarity(visit: _Visit) -> float:
    return visit[1].discrepancy / visit[1].tolerance if visit[1].tolerance else float("inf")
