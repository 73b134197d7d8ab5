"""The user's gradient examined at one point: one number a question, each with what rounding may explain of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from annprobe.gradcheck.derivatives.differences import EPSILON
from annprobe.gradcheck.examining.engines import Engine, choose_engine
from annprobe.gradcheck.functions.blackbox import BlackBox
from annprobe.gradcheck.functions.gradients import Reading
from annprobe.gradcheck.functions.layout import Leaf
from annprobe.gradcheck.verdicts.result import PointCheck
from annprobe.gradcheck.verdicts.verdict import direction, explained, prove_rule, tolerance

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Probe:
    """v·∇C against v·g: ``gap = derivative − claimed``."""

    derivative: float
    claimed: float
    allowed: float
    cost: float

    @property
    def gap(self) -> float:
        """What the user's gradient lacks along v."""
        return self.derivative - self.claimed

    @property
    def explained(self) -> bool:
        """Whether rounding and the method's error explain the gap."""
        return explained(self.derivative, self.claimed, self.allowed)


@dataclass(frozen=True, slots=True)
class Examination:
    """A point, the user's gradient there, and the engine that gives the derivative of the user's cost there.

    gradient_noise  largest difference between two calls of the user's gradient at the same point
    slack           relative difference that is let pass, to see past a small term that the gradient leaves out
    """

    name: str
    at: Vector
    cost: float
    reading: Reading
    engine: Engine
    box: BlackBox
    seed: int
    gradient_noise: float = 0.0
    slack: float = 0.0

    def usable(self) -> list[Leaf]:
        """The leaves whose gradient can be compared."""
        pairs = zip(self.box.layout.leaves, self.reading.usable, strict=True)
        return [leaf for leaf, ok in pairs if ok]

    def whole(self) -> Vector:
        """A random direction over all leaves that can be compared."""
        v = direction(self.seed, self.at.size)
        if all(self.reading.usable):
            return v
        out = np.zeros_like(v)
        for leaf in self.usable():
            out[leaf.span] = v[leaf.span]
        return out

    def within(self, leaf: Leaf, part: Vector) -> Vector:
        """A direction that is ``part`` in one leaf and zero elsewhere."""
        v = np.zeros(self.at.size)
        v[leaf.span] = part.reshape(-1)
        return v

    def probe(self, v: Vector) -> Probe:
        """One question: one forward pass with a complex step, about seven without."""
        slope = self.engine.slope(v)
        contributions = self.reading.vector * v
        size = float(np.abs(contributions).sum())
        epsilon = max(self.box.epsilon, EPSILON)
        allowed = tolerance(size, self.cost, slope.value, epsilon, slope.error)
        allowed += 8 * self.gradient_noise * float(np.abs(v).sum())
        if self.slack:
            allowed += self.slack * (math.sqrt(float(contributions @ contributions)) + abs(slope.value))
        return Probe(slope.value, float(contributions.sum()), allowed, slope.cost)

    def check(self, examples: int | None) -> PointCheck:
        """The verdict of one random direction over everything."""
        v = self.whole()
        probe = self.probe(v)
        size = self.strength()
        if probe.explained and size:
            prove_rule(probe.derivative, probe.claimed, size, probe.allowed)
        return PointCheck(
            self.name, examples, self.cost, probe.derivative, probe.claimed, probe.allowed, self.engine.method
        )

    def with_kink(self, check: PointCheck) -> PointCheck:
        """The same verdict; where it is doubtful, also whether the point is at a kink."""
        if check.kink is not None or (check.agrees and check.tolerance <= 1e-3 * self.strength()):
            return check
        return check._replace(kink=self.engine.kink(self.whole()))

    def strength(self) -> float:
        """Norm of the contributions vᵢgᵢ: the size against which a gap is large or small."""
        contributions = self.reading.vector * self.whole()
        return math.sqrt(float(contributions @ contributions))


def examine(
    box: BlackBox,
    name: str,
    at: Vector,
    seed: int,
    *,
    noise: float = 0.0,
    gradient_noise: float = 0.0,
    like: Engine | None = None,
) -> Examination | None:
    """Evaluate cost and gradient at a point and choose the engine; None where either is not finite.

    like  an engine of the same cost at another point, whose method is then taken over
    """
    cost, reading = box.both(at)
    if not math.isfinite(cost) or not reading.finite:
        return None
    engine = choose_engine(box, at, cost, seed, noise) if like is None else replace(like, at=at)
    return Examination(name, at, cost, reading, engine, box, seed, gradient_noise)
