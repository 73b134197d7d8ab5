"""The gradient check of the textbooks, entry by entry, as four steps that can be bugged like any others.

This is the checker that students write, and it is here to be a subject. What annprobe itself trusts is
:mod:`annprobe.engine.numerical` with its error bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from annprobe.engine.layout import Array
from annprobe.engine.network import Network
from annprobe.engine.setup import Rows

STEP = 1e-5  # of the central difference
TOLERANCE = 1e-4  # relative
NOISE = 1e-8  # absolute: what rounding does to a difference quotient with this step

Parameters = Sequence[Array]


@dataclass(frozen=True)
class Probe:
    """What a gradient check is given.

    network   where it checks
    cost      (W, rows of the examples or None for all) to the cost
    outputs   W to the outputs (N, n_L)
    gradient  W to the analytic gradient, a list like W
    """

    network: Network
    cost: Callable[[Parameters, Rows | None], float]
    outputs: Callable[[Parameters], Array]
    gradient: Callable[[Parameters], list[Array]]


def check_point(network: Network, rng: np.random.Generator) -> Network:
    """The network that is checked: this architecture at parameters N(0, 1/√n_in), where nothing vanishes."""
    W = tuple(rng.normal(0.0, 1.0 / np.sqrt(w.shape[1]), w.shape) for w in network.W)
    return replace(network, W=W)


def analytic_gradient(q: Probe) -> list[Array]:
    """The column "backpropagation" of the check."""
    return q.gradient(q.network.W)


def numerical_gradient(q: Probe) -> list[Array]:
    """The column "numerical": (C(w + ε) - C(w - ε)) / 2ε for every parameter w. Source: Nielsen (2015), chapter 2."""
    return differences(lambda W: q.cost(W, None), q.network.W, STEP)


def differences(f: Callable[[Parameters], float], W: Parameters, step: float) -> list[Array]:
    """Central differences of ``f`` at ``W``, a list like W; works on copies."""
    W = [w.copy() for w in W]
    result = []
    for w in W:
        column = np.empty_like(w)
        for place in np.ndindex(w.shape):
            kept = w[place]
            w[place] = kept + step
            above = f(W)
            w[place] = kept - step
            below = f(W)
            w[place] = kept
            column[place] = (above - below) / (2.0 * step)
        result.append(column)
    return result


def agree(analytic: Parameters, numerical: Parameters) -> bool:
    """Is every entry within 1e-4, relative to the larger of the two, or below the noise? NaN never agrees."""
    return all(
        bool(np.all(np.abs(a - n) <= TOLERANCE * np.maximum(np.abs(a), np.abs(n)) + NOISE))
        for a, n in zip(analytic, numerical, strict=True)
    )
