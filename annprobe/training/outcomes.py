"""Did it train? Judged against the best that any trial reached, so that noise in the targets is nobody's fault."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from annprobe.training.stack import Trace

Verdict = Literal["good", "bad", "between", "unfinished"]

_FEW_WRONG = 0.12  # of the constant predictor's wrong decisions: 94 % right where it has half
_LITTLE_LEFT = 0.05  # of the constant predictor's squared error
_BAD = 0.3  # of either: that is a failure, if something reached much better
_NOTHING = 0.8  # of the squared error: where the best of all leaves more, nothing was learned
_NOTHING_RIGHT = 0.4  # of the wrong decisions
_SEPARATED = 0.6  # of the squared error: right decisions that leave more are hardly decisions
_SLACK = 1.3


@dataclass(frozen=True)
class Yardstick:
    """What counts as trained.

    best  lowest badness that any network reached
    good  highest badness that still counts as trained; ``bad``: lowest that counts as failed
    """

    best: float
    good: float
    bad: float

    def verdict(self, trace: Trace) -> Verdict:
        """Of one network; "unfinished" when its time ran out before it was good."""
        value = trace.badness
        if value <= self.good and trace.left[-1] <= max(_SEPARATED, self.good):
            return "good"
        if trace.finite and not trace.complete:
            return "unfinished"
        return "bad" if value >= self.bad else "between"


def yardstick(traces: Iterable[Trace]) -> Yardstick:
    """From every network that was trained."""
    finished = [t for t in traces if t.finite and t.left]
    best = min((t.badness for t in finished), default=float("inf"))
    decisions = any(not np.isnan(t.wrong[-1]) for t in finished)
    if best >= (_NOTHING_RIGHT if decisions else _NOTHING):
        return Yardstick(best, -1.0, _BAD)
    good = max(_FEW_WRONG if decisions else _LITTLE_LEFT, _SLACK * best + 0.01)
    return Yardstick(best, good, max(_BAD, 2.0 * good))


@dataclass(frozen=True)
class Outcome:
    """Of all networks of a trial.

    good, bad, unfinished  how many; the rest is in between
    own                    verdict on the first network
    left, wrong            medians at the end (see :class:`annprobe.training.score.Score`)
    steps                  median of the steps after which the good ones were good
    """

    of: int
    good: int
    bad: int
    unfinished: int
    own: Verdict
    left: float
    wrong: float
    steps: float

    @property
    def trains(self) -> bool:
        """Most starts end well."""
        return self.of > 0 and self.good >= 0.6 * self.of

    @property
    def fails(self) -> bool:
        """Most starts end badly."""
        return self.of > 0 and self.bad >= 0.6 * self.of


def outcome(traces: Sequence[Trace], measure: Yardstick) -> Outcome:
    """Count the verdicts."""
    verdicts = [measure.verdict(t) for t in traces]
    ends = [t for t in traces if t.left]
    reached = [_reached(t, measure) for t, v in zip(traces, verdicts, strict=True) if v == "good"]
    return Outcome(
        len(traces),
        verdicts.count("good"),
        verdicts.count("bad"),
        verdicts.count("unfinished"),
        verdicts[0] if verdicts else "unfinished",
        _median([t.left[-1] for t in ends]),
        _median([t.wrong[-1] for t in ends]),
        _median(reached),
    )


def speed(before: Sequence[Trace], after: Sequence[Trace]) -> float:
    """How many times faster a changed training comes as far as the one before, median over the starts of both.

    As far: to the squared error at which the worse of the two ends.
    """
    pairs = [(b, a) for b, a in zip(before, after, strict=False) if b.finite and a.finite and b.left and a.left]
    levels = [max(b.left[-1], a.left[-1]) for b, a in pairs]
    ratios = [_first(b, level) / _first(a, level) for (b, a), level in zip(pairs, levels, strict=True)]
    return float(np.median(ratios)) if ratios else 1.0


def _first(trace: Trace, level: float) -> float:
    """Steps until the squared error stays at the level or below, between two moments in proportion; at least one."""
    above = [i for i, left in enumerate(trace.left) if left > level]
    if not above:
        return max(float(trace.steps[0]), 1.0)
    (s, left), (t, right) = ((trace.steps[i], trace.left[i]) for i in (above[-1], above[-1] + 1))
    return max(s + (t - s) * (left - level) / (left - right), 1.0)


def _reached(trace: Trace, measure: Yardstick) -> float:
    values = [left if np.isnan(wrong) else wrong for left, wrong in zip(trace.left, trace.wrong, strict=True)]
    return float(next(step for step, value in zip(trace.steps, values, strict=True) if value <= measure.good))


def _median(values: Sequence[float]) -> float:
    return float(np.median(values)) if len(values) else float("nan")
