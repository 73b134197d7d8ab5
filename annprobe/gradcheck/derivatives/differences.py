"""Directional derivatives of a cost, each with a bound on its own error: complex step, and differences extrapolated."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
RealCost = Callable[[Vector], float]

EPSILON = 2.0**-52
COMPLEX_STEP = 1e-20  # nothing is subtracted, so it may be this small; h² then vanishes beside 1
FIRST_STEP = 2.0**-6  # length of the longest step θ ± h·v of the extrapolation
MOST_LEVELS = 14
WIDER = 2.0**7
SHORT_STEP = 5e-7  # length of the step of a single one-sided difference: truncation 3e-7·C'', rounding 1e-9·|C|
CROSS_STEP = 1e-5  # length of the step of a single central difference: truncation about 1e-10, rounding 2e-11·|C|


@dataclass(frozen=True, slots=True)
class Slope:
    """A directional derivative v·∇C, in cost units.

    value  the derivative
    error  bound on its own error
    cost   C at the point
    kink   the one-sided derivatives seem to differ
    """

    value: float
    error: float
    cost: float
    kink: bool = False


class NotAnalytic(ArithmeticError):
    """The complex step does not pass through the function; the text says how that was noticed."""


def complex_value(result: Any) -> complex:
    """The complex number in what a cost function returned for complex parameters. Raises :class:`NotAnalytic`."""
    if type(result) is np.complex128 and cmath.isfinite(result):
        return complex(result)
    if isinstance(result, np.ndarray):
        if result.size != 1:
            raise NotAnalytic(f"the cost is an array of shape {result.shape}")
        result = result.reshape(-1).view(np.ndarray)[0]
    if not isinstance(result, (complex, np.complexfloating)):
        raise NotAnalytic("the cost came out real")
    value = complex(result)
    if not cmath.isfinite(value):
        raise NotAnalytic("the cost came out infinite or undefined")
    return value


def one_sided(cost: RealCost, at: Vector, v: Vector, h: float, base: float) -> float:
    """``(f₊ − f₀) / h``: slope along v with error O(h), from one value; ``base`` is f₀."""
    return (cost(at + h * v) - base) / h


def central(cost: RealCost, at: Vector, v: Vector, h: float) -> tuple[float, float]:
    """``((f₊ − f₋) / 2h, (f₊ + f₋) / 2)``: slope along v with error O(h²), and the cost with error O(h²)."""
    step = h * v
    above, below = cost(at + step), cost(at - step)
    return (above - below) / (2 * h), (above + below) / 2


def richardson(cost: RealCost, at: Vector, v: Vector, *, noise: float = 0.0, levels: int = MOST_LEVELS) -> Slope:
    """Central differences at h, h/2, h/4, ..., extrapolated twice to h = 0 (Press et al., Numerical Recipes, 5.7).

    at, v   point and direction, (P,)
    noise   absolute error of one value of the cost beyond the rounding of its result, e.g. from :func:`computed_noise`
    Stops when the truncation falls below the rounding error; a kink within the step would look perfectly converged, so
    the second difference S(h) = (f₊ − 2f₀ + f₋)/h is watched: it halves with h where the cost is smooth.
    """
    length = math.sqrt(float(v @ v))
    h = 2.0 ** round(math.log2(FIRST_STEP / length)) if length else FIRST_STEP
    base = cost(at)
    table = _Table(base, noise)
    for _ in range(levels):
        step = h * v
        if table.add(h, cost(at + step), cost(at - step)):
            break
        h /= 2
    return table.slope()


class _Table:
    """The extrapolation table, row by row, with the best entry so far."""

    def __init__(self, base: float, noise: float) -> None:
        self.base, self.noise, self.size = base, noise, abs(base)
        self.plain: list[float] = []
        self.once: list[float] = []
        self.twice: list[float] = []
        self.bends: list[float] = []
        self.best, self.error, self.kink = math.nan, math.inf, False

    def add(self, h: float, above: float, below: float) -> bool:
        """Enter one pair of values; true when a smaller step can only add rounding."""
        self.size = max(self.size, abs(above), abs(below))
        self.plain.append((above - below) / (2 * h))
        self.bends.append(abs(above - 2 * self.base + below) / h)
        if len(self.plain) > 1:
            self.once.append((4 * self.plain[-1] - self.plain[-2]) / 3)
        if len(self.once) < 2:
            return False
        self.twice.append((16 * self.once[-1] - self.once[-2]) / 15)
        rounding = (2 * EPSILON * self.size + self.noise) / h
        bent = self.bends[-1] > 0.7 * self.bends[-2] and self.bends[-1] > 8 * rounding
        truncation = self._truncation()
        error = truncation + rounding + (self.bends[-1] / 2 if bent else 0.0)
        if not error >= self.error:  # also replaces infinity; a NaN never wins
            self.best, self.error = self.twice[-1], error
        self.kink = bent  # of the smallest step so far: a kink further away is no kink here
        return truncation <= 2 * rounding and not bent

    def _truncation(self) -> float:
        last = abs(self.twice[-1] - self.once[-1])
        return last if len(self.twice) < 2 else max(abs(self.twice[-1] - self.twice[-2]), last / 8)

    def slope(self) -> Slope:
        return Slope(self.best, self.error, self.base, self.kink)


def computed_noise(
    f: Callable[[float], float], *, spacing: float = 2.0**-40, widest: float = 2.0**-5, points: int = 7
) -> float:
    """Noise of a computed function of one number near 0, absolute, from a difference table of nearby values.

    Differences of order k of independent noise have variance (2k)!/(k!)² times that of the noise, while those of a
    smooth function vanish with the spacing. Where most values are equal the spacing grows, up to ``widest``: a cost
    that is rounded to a few decimals changes in steps.
    Moré & Wild, Estimating computational noise, SIAM J. Sci. Comput. 33 (2011) 1292.
    """
    while True:
        differences = np.array([f((i - points // 2) * spacing) for i in range(points)])
        if spacing >= widest or 2 * np.count_nonzero(np.diff(differences)) >= points:
            break
        spacing *= WIDER
    levels = []
    for order in range(1, points):
        differences = np.diff(differences)
        scale = math.factorial(order) ** 2 / math.factorial(2 * order)
        levels.append(math.sqrt(scale * float(np.mean(differences**2))))
    return max(levels[2:5]) if all(map(math.isfinite, levels)) else 0.0
