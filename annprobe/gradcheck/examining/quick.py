"""The pass path: one complex step and one central difference settle the verdict when everything is in order.

Anything unusual, from a warning to a disagreement, returns None, and the thorough examination takes over.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from annprobe.errors import BadArgument
from annprobe.gradcheck.derivatives.differences import CROSS_STEP, EPSILON, NotAnalytic, central, one_sided
from annprobe.gradcheck.examining.points import beside, healthy_point, is_telling
from annprobe.gradcheck.examining.rays import Ray, ray
from annprobe.gradcheck.functions.blackbox import BlackBox
from annprobe.gradcheck.state.bindings import Bindings
from annprobe.gradcheck.verdicts.result import Method, PointCheck
from annprobe.gradcheck.verdicts.verdict import explained, limit, prove_rule, quantiles, tolerance

Vector = NDArray[np.float64]

BLUNT = 3e-6  # a one-sided difference whose rounding exceeds this share of the gradient would not see what is lost
ROUGHLY = 1e-3  # relative; a complex step that is confirmed to this share has not lost what the gradient lacks
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
    box.read_only = True  # functions that write into what they are given raise: not for this path
    try:
        agreed = _points_in_turn(box, seed, examples) or _points_in_turn(box, seed, examples, after_cost=True)
    finally:
        box.read_only = False
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


def _points_in_turn(
    box: BlackBox, seed: int, examples: int | None, *, after_cost: bool = False
) -> list[_Compared] | None:
    """The points where the gradient agrees; None as soon as it does not.

    after_cost  call the cost before each gradient: a backward pass may read what the forward pass has kept
    """
    values, layout = box.layout.values, box.layout
    at = beside(values, layout, seed)
    try:
        agreed = [_compare(box, at, seed, "beside", examples, after_cost)]
        _cross_check(box, at, ray(seed, at.size), agreed[0])
        if not is_telling(values, layout):
            agreed.append(_compare(box, values.copy(), seed, "own", examples, after_cost))
        if agreed[0].blind:
            healthy = healthy_point(values, layout, seed)
            agreed.append(_compare(box, healthy, seed, "healthy", examples, after_cost))
    except (BadArgument, NotAnalytic, _Unsettled):
        return None
    return agreed


class _Unsettled(ArithmeticError):
    """Something is unusual or disagrees: for the thorough examination."""


def _compare(box: BlackBox, at: Vector, seed: int, name: str, examples: int | None, after_cost: bool) -> _Compared:
    """One gradient against one complex step. Raises :class:`_Unsettled` unless they agree."""
    before = box.latest
    reading = box.both(at)[1] if after_cost else box.gradient(at)
    same = after_cost and before is not None and np.array_equal(before.vector, reading.vector)
    if same or not reading.plain:
        raise _Unsettled
    along = ray(seed, at.size)
    contributions = np.abs(reading.vector)
    total = float(contributions.dot(along.sizes))
    contributions *= along.sizes
    norm = math.sqrt(contributions.dot(contributions))
    if not 0.0 < norm < math.inf:
        raise _Unsettled
    claimed = float(reading.vector.dot(along.v))
    z, method, allowed = _agreeing_slope(box, at, along, claimed, total)
    prove_rule(z.imag, claimed, norm, allowed)
    low, tenth, middle = quantiles(contributions)
    limits = (limit(allowed, middle), limit(allowed, low))
    check = PointCheck(name, examples, z.real, z.imag, claimed, allowed, method)
    return _Compared(check, limits, tenth * WORTH_SEEING < allowed, norm, contributions)


def _agreeing_slope(
    box: BlackBox, at: Vector, along: Ray, claimed: float, total: float
) -> tuple[complex, Method, float]:
    """(C + i·v·∇C, method, tolerance) by the complex step, continued where the plain one does not pass or agree.

    The commonest cost ends in ``float()``; next come ``var``, ``abs`` and ``norm``.
    """
    try:
        z = box.step(at, along.imaginary)
    except NotAnalytic:
        pass
    else:
        allowed = tolerance(total, z.real, z.imag, EPSILON)
        if explained(z.imag, claimed, allowed):
            return z, "complex step", allowed
        if abs(one_sided(box.cost, at, along.v, along.h, z.real) - z.imag) <= ROUGHLY * abs(z.imag):
            raise _Unsettled  # the step is right, so the gradient is not
    z = box.step(at, along.imaginary, continued=True)
    allowed = tolerance(total, z.real, z.imag, EPSILON)
    if not explained(z.imag, claimed, allowed):
        raise _Unsettled
    return z, "continued complex step", allowed


def _cross_check(box: BlackBox, at: Vector, along: Ray, compared: _Compared) -> None:
    """A finite difference agrees with the complex step: nothing that is not analytic took part in the cost.

    One-sided where that is telling, from the complex step's own cost: were that another one, the difference, divided by
    the short step, would be far off. Central where the cost is large beside its slope, or bends. Raises
    :class:`_Unsettled` where it does not.
    """
    check, norm = compared.check, compared.norm
    truncation = 1e-6 * abs(check.derivative) + 1e-7 * norm
    rounding = 16 * EPSILON * abs(check.cost) / along.h
    if rounding <= BLUNT * norm:
        slope = (box.cost(np.add(at, along.short, out=compared.spare)) - check.cost) / along.h
        if box.epsilon <= EPSILON and abs(slope - check.derivative) <= truncation + rounding:
            return
    h = CROSS_STEP / along.length
    slope, cost = central(box.cost, at, along.v, h)
    another = not abs(cost - check.cost) <= 1e-6 * (abs(cost) + norm)
    if box.epsilon > EPSILON or another:
        raise _Unsettled
    if not abs(slope - check.derivative) <= truncation + 64 * EPSILON * abs(cost) / h:
        raise _Unsettled
