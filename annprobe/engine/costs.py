"""Costs of one example, with their derivatives, side by side.

``per_example`` adds over the outputs and leaves the examples apart: (..., N, n_L) to (..., N). ``derivative`` is
∂C/∂a of that sum, before any reduction over examples. ``delta`` is ∂C/∂z[L] where activation and cost belong
together (sigmoid with binary, softmax with categorical cross-entropy): the textbook's ``a - y``, written so that
nothing cancels in saturation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from annprobe.engine.activations import others, sigmoid
from annprobe.engine.layout import Array, over_columns

TINY = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True)
class Cost:
    """A cost function.

    name         the textbook's name
    per_example  (a, y) to the cost of each example
    derivative   (a, y) to ∂C/∂a
    partner      the output activation it belongs with, if any, and then, from the pre-activation:
    from_z       (z, y) to the cost of each example, free of log(0)
    delta        (z, a, y) to ∂C/∂z
    low, high    outputs must lie between them
    one_hot      the targets are one-hot rows (or distributions over the outputs)
    """

    name: str
    per_example: Callable[[Array, Array], Array]
    derivative: Callable[[Array, Array], Array]
    partner: str | None = None
    from_z: Callable[[Array, Array], Array] | None = None
    delta: Callable[[Array, Array, Array], Array] | None = None
    low: float = -np.inf
    high: float = np.inf
    one_hot: bool = False
    binary: bool = False


def _sum(values: Array) -> Array:
    return over_columns(np.add, values)


def _log(values: Array) -> Array:
    """Logarithm that is finite at 0: the smallest normal number stands for it."""
    return np.log(np.maximum(values, TINY))


def squared_error(a: Array, y: Array) -> Array:
    """Σ (a - y)²."""
    return _sum((a - y) ** 2)


def squared_error_derivative(a: Array, y: Array) -> Array:
    """2 (a - y)."""
    return 2.0 * (a - y)


def halved_squared_error(a: Array, y: Array) -> Array:
    """½ Σ (a - y)²."""
    return 0.5 * squared_error(a, y)


def halved_squared_error_derivative(a: Array, y: Array) -> Array:
    """(a - y)."""
    return a - y


def binary_cross_entropy(a: Array, y: Array) -> Array:
    """-Σ (y log a + (1 - y) log(1 - a))."""
    return -_sum(y * _log(a) + (1.0 - y) * _log(1.0 - a))


def binary_cross_entropy_derivative(a: Array, y: Array) -> Array:
    """(a - y) / (a (1 - a)) as (1 - y) / (1 - a) - y / a."""
    return (1.0 - y) / np.maximum(1.0 - a, TINY) - y / np.maximum(a, TINY)


def binary_cross_entropy_from_z(z: Array, y: Array) -> Array:
    """Σ (y log(1 + exp(-z)) + (1 - y) log(1 + exp(z)))."""
    return _sum(y * np.logaddexp(0.0, -z) + (1.0 - y) * np.logaddexp(0.0, z))


def binary_cross_entropy_delta(z: Array, a: Array, y: Array) -> Array:
    """a - y, as (1 - y) σ(z) - y σ(-z)."""
    return (1.0 - y) * a - y * sigmoid(-z)


def _logits_delta(z: Array, y: Array) -> Array:
    return binary_cross_entropy_delta(z, sigmoid(z), y)


def categorical_cross_entropy(a: Array, y: Array) -> Array:
    """-Σ y log a."""
    return -_sum(y * _log(a))


def categorical_cross_entropy_derivative(a: Array, y: Array) -> Array:
    """-y / a."""
    return -y / np.maximum(a, TINY)


def categorical_cross_entropy_from_z(z: Array, y: Array) -> Array:
    """Σ y (log Σ exp(z) - z); the largest z is subtracted first."""
    shifted = z - over_columns(np.maximum, z)[..., None]
    return _sum(y * (np.log(_sum(np.exp(shifted)))[..., None] - shifted))


def categorical_cross_entropy_delta(z: Array, a: Array, y: Array) -> Array:
    """a Σ y - y, which is a - y for one-hot targets, as a_k Σ_{j≠k} y_j - y_k Σ_{j≠k} a_j."""
    return a * others(y) - y * others(a)


def _softmax_delta(z: Array, y: Array) -> Array:
    exponentials = np.exp(z - z.max(axis=-1, keepdims=True))
    return categorical_cross_entropy_delta(z, exponentials / exponentials.sum(axis=-1, keepdims=True), y)


COSTS: dict[str, Cost] = {
    c.name: c
    for c in (
        Cost("squared error", squared_error, squared_error_derivative),
        Cost("halved squared error", halved_squared_error, halved_squared_error_derivative),
        Cost("binary cross-entropy", binary_cross_entropy, binary_cross_entropy_derivative, partner="sigmoid",
             from_z=binary_cross_entropy_from_z, delta=binary_cross_entropy_delta, low=0.0, high=1.0, binary=True),
        Cost("categorical cross-entropy", categorical_cross_entropy, categorical_cross_entropy_derivative,
             partner="softmax", from_z=categorical_cross_entropy_from_z, delta=categorical_cross_entropy_delta,
             low=0.0, one_hot=True),
        Cost("binary cross-entropy from logits", binary_cross_entropy_from_z, _logits_delta, binary=True),
        Cost("categorical cross-entropy from logits", categorical_cross_entropy_from_z, _softmax_delta, one_hot=True),
    )
}
