"""The numerical gradient that annprobe trusts: all perturbed networks as one stack, each entry with an error bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from annprobe.engine.architecture import Architecture
from annprobe.engine.layout import Array
from annprobe.engine.steps import REFERENCE, Steps, outputs

ROUNDING = 8.0  # a cost of moderate depth is good to about so many units in the last place
STEP = 4e-4  # times max(1, |w|): balances the two errors of a fourth-order difference
ROUGH = 1e-4  # halving h changes a smooth difference by about h²; if by more than this, there is a kink in between
STACKED_NUMBERS = 2**17  # parameters of all perturbed networks at once: they should fit the cache


@dataclass(frozen=True)
class Numerical:
    """Gradient by differences, and how far each entry can be off (both lists like W)."""

    gradient: list[Array]
    bound: list[Array]


def numerical_gradient(architecture: Architecture, W: Sequence[Array], X: Array, Y: Array,
                       steps: Steps = REFERENCE) -> Numerical:
    """∂C/∂w for every parameter of one network, from the steps' own cost.

    Central differences with steps h and 2h, extrapolated to fourth order. The bound adds the rounding of the cost,
    divided by h, and h times the change from 2h to h, which is more than what the extrapolation leaves (h² times it);
    beside a kink (of relu and its kin) the whole change, four times.
    Source: Press et al., Numerical Recipes (2007), section 5.7.
    """
    flat = np.concatenate([np.ravel(w) for w in W])
    h = STEP * np.maximum(1.0, np.abs(flat))
    shifts = np.array([[1.0], [-1.0], [2.0], [-2.0]]) * h
    costs = _costs(architecture, W, flat, shifts.ravel(), X, Y, steps).reshape(4, flat.size)
    fine, coarse = (costs[0] - costs[1]) / (2.0 * h), (costs[2] - costs[3]) / (4.0 * h)
    gradient = (4.0 * fine - coarse) / 3.0
    rounding = ROUNDING * np.finfo(np.float64).eps * np.abs(costs).max(axis=0) / h
    change = np.abs(fine - coarse)
    kinked = any(architecture.activation(layer).kinked for layer in range(1, architecture.L + 1))
    rough = kinked & (change > ROUGH * np.maximum(np.abs(fine), np.abs(coarse)) + rounding)
    bound = rounding + change * np.where(rough, 4.0, STEP)
    return Numerical(_split(gradient, W), _split(bound, W))


def _costs(architecture: Architecture, W: Sequence[Array], flat: Array, shift: Array, X: Array, Y: Array,
           steps: Steps) -> Array:
    """Costs of networks in each of which one parameter is shifted, the parameters in turn; shaped like ``shift``."""
    parts = []
    at_once = max(1, STACKED_NUMBERS // flat.size)
    for start in range(0, shift.size, at_once):
        chosen = np.arange(start, min(start + at_once, shift.size))
        stack = np.repeat(flat[None, :], chosen.size, axis=0)
        stack[np.arange(chosen.size), chosen % flat.size] += shift[chosen]
        parts.append(outputs(architecture, _split(stack, W), X, Y, steps).C)
    return np.concatenate(parts)


def _split(flat: Array, like: Sequence[Array]) -> list[Array]:
    """The last axis cut into arrays shaped like ``like``."""
    ends = np.cumsum([w.size for w in like])
    pieces = np.split(flat, ends[:-1], axis=-1)
    return [piece.reshape(*flat.shape[:-1], *w.shape) for piece, w in zip(pieces, like, strict=True)]
