"""The step of a user's difference quotient, told from the errors that it leaves in the numerical gradient."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from annprobe.gradcheck.functions.layout import lay_out

Array = NDArray[np.float64]
StepBug = Literal["one-sided difference", "step too large", "step too small", "single precision"]


def step_bugs(
    numerical: Array, true: Array, cost: float | None, second: Any, third: Any
) -> tuple[tuple[StepBug, ...], float | None]:
    """The error of the numerical column as an effect of its step."""
    error = numerical - true
    curvatures: list[tuple[StepBug, Any]] = [("one-sided difference", second), ("step too large", third)]
    for bug, derivative in curvatures:
        if derivative is None:
            continue
        d = lay_out(derivative).values
        share = float(error @ d) / float(d @ d) if d.any() else 0.0
        left = np.linalg.norm(error - share * d)
        if left <= 0.1 * np.linalg.norm(error) and d.size > 2:
            step = 2 * abs(share) if bug == "one-sided difference" else float(np.sqrt(6 * abs(share)))
            return (bug,), step
    if cost is None:
        return (), None
    if (single := step_of_differences(numerical, cost, np.float32)) is not None:
        return ("single precision",), single
    found = step_of_differences(numerical, cost)
    if found is not None and np.max(np.abs(error)) <= 8 * np.spacing(abs(cost)) / found:
        return ("step too small",), found
    return (), found


def step_of_differences(numerical: Array, cost: float, dtype: type[np.floating[Any]] = np.float64) -> float | None:
    """The power of ten ε for which every entry, times 2ε, is a whole number of last places of the cost, if one is.

    Differences of floating-point numbers near C are multiples of half the spacing at C, so the division by 2ε can be
    undone; a multiple of the right ε fits too, which is why the smallest is taken.

    dtype  in which the cost was evaluated
    """
    quantum = float(np.spacing(dtype(abs(cost)))) / 2
    for exponent in range(17, 1, -1):
        step = 10.0**-exponent
        counts = numerical * (2 * step / quantum)
        if np.max(np.abs(counts)) >= 1 and np.all(np.abs(counts - np.round(counts)) <= 1e-3):
            return step
    return None


def diagonal_derivatives(cost: Any, parameters: Any, *, step: float = 1e-3) -> tuple[Array, Array]:
    """∂²C/∂w² and ∂³C/∂w³ for every single parameter, by differences of five values: two flat arrays, (P,) each.

    cost  takes parameters in the same nest; step: absolute, about a thousandth of a typical weight
    """
    layout = lay_out(parameters)
    second, third = np.empty(layout.size), np.empty(layout.size)
    for index in range(layout.size):
        f = [float(cost(layout.build(_moved(layout.values, index, k * step)))) for k in (-2, -1, 0, 1, 2)]
        second[index] = (-f[0] + 16 * f[1] - 30 * f[2] + 16 * f[3] - f[4]) / (12 * step**2)
        third[index] = (-f[0] + 2 * f[1] - 2 * f[3] + f[4]) / (2 * step**3)
    return second, third


def _moved(values: Array, index: int, by: float) -> Array:
    out = values.copy()
    out[index] += by
    return out
