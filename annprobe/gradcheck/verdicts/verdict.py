"""When a discrepancy counts: the error model, what a check would have seen, and the proof that the rule can fail."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from annprobe.errors import ToolFault

Vector = NDArray[np.float64]

# Rounding of backpropagation and of the complex step together, in units of eps · (Σ|vᵢgᵢ| + |C| + |v·∇C|): measured at
# most 3.5 over 4,000 networks (ReLU, float32 and pixels 0..255 included), and it does not grow with their size.
ROUNDINGS = 16.0
ERROR_MARGIN = 8.0  # on the estimated error of a finite difference; measured to cover the true one in every case
SAMPLED = 256  # entries from which detection limits are read off


@lru_cache(maxsize=32)
def direction(seed: int, size: int, draw: int = 0) -> Vector:
    """Random sign times a magnitude in [0.5, 1.5]: no coefficient is tiny, and equal errors do not cancel exactly."""
    u = np.random.default_rng((seed, draw)).random(size) * 2 - 1
    v = u + np.copysign(0.5, u)
    v.flags.writeable = False
    return v


def tolerance(contributions: float, cost: float, derivative: float, epsilon: float, error: float = 0.0) -> float:
    """Largest |v·∇C − v·g| that rounding and the method's own error explain.

    contributions  Σ|vᵢgᵢ|; cost C; derivative v·∇C; error: of the derivative; all in cost units
    epsilon        machine epsilon of the narrowest dtype involved
    """
    return ROUNDINGS * epsilon * (contributions + abs(cost) + abs(derivative)) + ERROR_MARGIN * error


def detection_limits(contributions: Vector, allowed: float) -> tuple[float, float]:
    """(median, 95 %) over entries of the relative error in that one entry which exceeds ``allowed``.

    contributions  |vᵢgᵢ|, entries with a zero gradient included (their limit is infinite)
    """
    low, _, middle = quantiles(contributions)
    return limit(allowed, middle), limit(allowed, low)


def quantiles(contributions: Vector) -> tuple[float, float, float]:
    """5 %, 10 % and 50 % of the contributions, from a sample of them."""
    size = contributions.size
    if size > SAMPLED:
        contributions = contributions[:: -(-size // SAMPLED)]
        size = contributions.size
    ordered = contributions.copy()
    ordered.sort()
    return ordered.item(size // 20), ordered.item(size // 10), ordered.item((size - 1) // 2)


def limit(allowed: float, contribution: float) -> float:
    """Relative error in one entry that its contribution makes as large as ``allowed``."""
    return allowed / contribution if contribution else math.inf


def explained(derivative: float, claimed: float, allowed: float) -> bool:
    """The rule. Written so that a NaN is never explained."""
    return abs(derivative - claimed) <= allowed


def prove_rule(derivative: float, claimed: float, size: float, allowed: float) -> None:
    """Plant one error and require the rule to see it: 1e-6 of ``size``, the norm of the contributions, or more.

    Raises :class:`ToolFault` when the planted error passes, whatever the reason.
    """
    planted = max(1e-6 * size, 2 * allowed + abs(derivative - claimed))
    if explained(derivative, claimed + planted, allowed) or explained(derivative, claimed - planted, allowed):
        raise ToolFault(f"a planted error of {planted:.1e} in a derivative of {derivative:.1e} was not seen")
