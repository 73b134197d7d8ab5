"""The pass path: one complex step and one central difference settle the verdict when everything is in order.

Anything unusual, from a warning to a disagreement, returns None, and the thorough examination takes over.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from annprobe.errors import BadArgument
from annprobe.gradcheck.bindings import Bindings
from annprobe.gradcheck.blackbox import BlackBox
from annprobe.gradcheck.differences import CROSS_STEP, EPSILON, SHORT_STEP, NotAnalytic, central, one_sided
from annprobe.gradcheck.points import beside, healthy_point, is_telling
from annprobe.gradcheck.result import Method, PointCheck
from annprobe.gradcheck.verdict import direction, explained, length, limit, prove_rule, quantiles, tolerance

Vector = NDArray[np.float64]

BLUNT = 3e-6  # a one-sided difference whose rounding exceeds this share of the gradient would not see what is lost
WORTH_SEEING = 1e-3  # where an error of this size would pass in a tenth of the entries, another point must be seen too


class Quick(NamedTuple):
    """Points at which the gradient was found right, and (typical, 95 %) detection limits."""

    checks: tuple[PointCheck, ...]
    limits: tuple[float, float]


def quick_pass(box: BlackBox, seed: int, examples: int | None) -> Quick | None:
    """The verdict "right", or None when it is not that simple.

    Beside the user's point, off its kinks and exact zeros, where a gradient left over from the user's point shows. The
    point itself is looked at where it holds zeros or equal entries, a healthy one where many gradients are blind.
    """
    bindings = Bindings(*box.functions)
    try:
        agreed = _points_in_turn(box, seed, examples)
    except (BadArgument, NotAnalytic):
        return None
    finally:
        bindings.restore()
    if agreed is None:
        return None
    limits = agreed[-1].limits if agreed[0].blind else agreed[0].limits
    return Quick(tuple([item.check for item in agreed]), limits)


class _Compared(NamedTuple):
    """A point where the gradient agrees: detection limits, are a tenth of the entries blind, norm of contributions.

    spare  a vector that is no longer needed
    """

    check: PointCheck
    limits: tuple[float, float]
    blind: bool
    norm: float
    spare: Vector


def _points_in_turn(box: BlackBox, seed: int, examples: int | None) -> list[_Compared] | None:
    """The points where the gradient agrees; None as soon as it does not."""
    values, layout = box.layout.values, box.layout
    at = beside(values, layout, seed)
    first = _compare(box, at, seed, "beside", examples)
    if first is None or not _cross_check(box, at, seed, first):
        return None
    agreed = [first]
    if not is_telling(values, layout):
        own = _compare(box, values.copy(), seed, "own", examples)
        if own is None:
            return None
        agreed.append(own)
    if first.blind:
        healthy = _compare(box, healthy_point(values, layout, seed), seed, "healthy", examples)
        if healthy is None:
            return None
        agreed.append(healthy)
    return agreed


def _compare(box: BlackBox, at: Vector, seed: int, name: str, examples: int | None) -> _Compared | None:
    """One gradient against one complex step; None unless they agree."""
    at.flags.writeable = False  # a gradient that writes into what it is given raises: not for this path
    reading = box.gradient(at)
    if not reading.plain:
        return None
    v = direction(seed, at.size)
    contributions = reading.vector * v
    claimed = float(reading.vector.dot(v))
    norm = math.sqrt(contributions.dot(contributions))
    if not 0.0 < norm < math.inf:
        return None
    np.abs(contributions, out=contributions)
    z, method = _slope(box, at, v)
    allowed = tolerance(float(np.add.reduce(contributions)), z.real, z.imag, EPSILON)
    if not explained(z.imag, claimed, allowed):
        return None
    prove_rule(z.imag, claimed, norm, allowed)
    low, tenth, middle = quantiles(contributions)
    limits = (limit(allowed, middle), limit(allowed, low))
    check = PointCheck(name, examples, z.real, z.imag, claimed, allowed, method)
    return _Compared(check, limits, tenth * WORTH_SEEING < allowed, norm, contributions)


def _slope(box: BlackBox, at: Vector, v: Vector) -> tuple[complex, Method]:
    """The complex step, continued where the plain one does not pass: the commonest cost ends in ``float()``."""
    try:
        return box.slope(at, v), "complex step"
    except NotAnalytic:
        return box.slope(at, v, continued=True), "continued complex step"


def _cross_check(box: BlackBox, at: Vector, seed: int, compared: _Compared) -> bool:
    """A finite difference agrees with the complex step: nothing that is not analytic took part in the cost.

    One-sided where that is telling, from the complex step's own cost: were that another one, the difference, divided by
    the short step, would be far off. Central where the cost is large beside its slope, or bends.
    """
    v, check, norm = direction(seed, at.size), compared.check, compared.norm
    truncation = 1e-6 * abs(check.derivative) + 1e-7 * norm
    h = SHORT_STEP / length(seed, at.size)
    rounding = 16 * EPSILON * abs(check.cost) / h
    if rounding <= BLUNT * norm:
        slope = one_sided(box.cost, at, v, h, check.cost, step=compared.spare)
        if box.epsilon <= EPSILON and abs(slope - check.derivative) <= truncation + rounding:
            return True
    h = CROSS_STEP / length(seed, at.size)
    slope, cost = central(box.cost, at, v, h)
    if box.epsilon > EPSILON or abs(cost - check.cost) > 1e-6 * (abs(cost) + norm):
        return False
    return abs(slope - check.derivative) <= truncation + 64 * EPSILON * abs(cost) / h
