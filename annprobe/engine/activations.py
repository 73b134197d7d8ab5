"""Activation functions with their derivatives, side by side.

A value function computes ``a = f(z)``, a slope function ``f'(z)``, both element by element and of any shape; the
slope is also given ``a``, because that is how most textbooks write it. Both take ``out``. They are accurate also
where the unit is saturated, which ``a (1 - a)`` is not: close to 1 the float ``a`` has forgotten how close.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from annprobe.engine.layout import Array, over_columns

Value = Callable[[Array, Array | None], Array]
Slope = Callable[[Array, Array, Array | None], Array]

LEAK = 0.01  # slope of leaky relu for z < 0 (Maas, Hannun, Ng 2013)
NEARLY = 0.999  # above this, 1 - a has lost more than three digits
GELU_CUBIC = 0.044715  # Hendrycks and Gimpel, "Gaussian error linear units" (2016), the tanh form
GELU_SCALE = float(np.sqrt(2.0 / np.pi))


@dataclass(frozen=True)
class Activation:
    """An activation function.

    name    the textbook's name
    value   f(z)
    slope   f'(z); of softmax the diagonal of its Jacobian only
    slope_from_output   f' in terms of a, as it is often pasted: a (1 - a); gelu, which has no such form, gives f'
    low, high   the outputs lie strictly between them, but for ``reaches_low``
    reaches_low the output can be exactly ``low`` (relu)
    coupled     each output depends on all units of its example (softmax)
    kinked      f' jumps at z = 0
    """

    name: str
    value: Value
    slope: Slope
    slope_from_output: Callable[[Array], Array]
    low: float = -np.inf
    high: float = np.inf
    reaches_low: bool = False
    coupled: bool = False
    kinked: bool = False


def _positive(a: Array) -> Array:
    return (a > 0.0).astype(np.float64)


def _copied(z: Array, out: Array | None) -> Array:
    if out is None:
        return z.copy()
    np.copyto(out, z)
    return out


def _ones(z: Array, a: Array, out: Array | None) -> Array:
    result = np.empty_like(z) if out is None else out
    result.fill(1.0)
    return result


def sigmoid(z: Array, out: Array | None = None) -> Array:
    """1 / (1 + exp(-z)). Where exp overflows the quotient is 0, which is right."""
    out = np.negative(z, out=out)
    np.exp(out, out=out)
    np.add(out, 1.0, out=out)
    return np.divide(1.0, out, out=out)


def sigmoid_slope(z: Array, a: Array, out: Array | None = None) -> Array:
    """a (1 - a); where that cancels, the same as σ(z) σ(-z)."""
    out = np.subtract(1.0, a, out=out)
    np.multiply(out, a, out=out)
    saturated = a > NEARLY
    if saturated.any():
        out[saturated] = a[saturated] / (1.0 + np.exp(z[saturated]))
    return out


def tanh(z: Array, out: Array | None = None) -> Array:
    """Hyperbolic tangent."""
    return np.tanh(z, out=out)


def tanh_slope(z: Array, a: Array, out: Array | None = None) -> Array:
    """1 - a²; where that cancels, the same as 1 / cosh(z)²."""
    out = np.multiply(a, a, out=out)
    np.subtract(1.0, out, out=out)
    saturated = np.abs(a) > NEARLY
    if saturated.any():
        out[saturated] = (1.0 / np.cosh(z[saturated])) ** 2
    return out


def relu(z: Array, out: Array | None = None) -> Array:
    """max(z, 0)."""
    return np.maximum(z, 0.0, out=out)


def relu_slope(z: Array, a: Array, out: Array | None = None) -> Array:
    """1 where z > 0, else 0; at z = 0 itself 0, as every textbook has it."""
    return _copied(_positive(z), out)


def leaky_relu(z: Array, out: Array | None = None) -> Array:
    """z where z > 0, else 0.01 z."""
    out = np.multiply(z, LEAK, out=out)
    return np.maximum(z, out, out=out)


def leaky_relu_slope(z: Array, a: Array, out: Array | None = None) -> Array:
    """1 where z > 0, else 0.01."""
    return _copied(np.where(z > 0.0, 1.0, LEAK), out)


def elu(z: Array, out: Array | None = None) -> Array:
    """z where z > 0, else exp(z) - 1."""
    return _copied(np.where(z > 0.0, z, np.expm1(np.minimum(z, 0.0))), out)


def elu_slope(z: Array, a: Array, out: Array | None = None) -> Array:
    """1 where z > 0, else exp(z)."""
    return np.exp(np.minimum(z, 0.0), out=out)


def softplus(z: Array, out: Array | None = None) -> Array:
    """log(1 + exp(z)), without overflow."""
    return np.logaddexp(0.0, z, out=out)


def softplus_slope(z: Array, a: Array, out: Array | None = None) -> Array:
    """The sigmoid."""
    return sigmoid(z, out)


def gelu(z: Array, out: Array | None = None) -> Array:
    """½ z (1 + tanh(√(2/π) (z + 0.044715 z³))): the tanh form."""
    return np.multiply(z, sigmoid(2.0 * GELU_SCALE * (z + GELU_CUBIC * z**3)), out=out)


def gelu_slope(z: Array, a: Array, out: Array | None = None) -> Array:
    """Derivative of the tanh form: s + z s (1 - s) u', where gelu(z) = z s and s = σ(u)."""
    u = 2.0 * GELU_SCALE * (z + GELU_CUBIC * z**3)
    s = sigmoid(u)
    inner = 2.0 * GELU_SCALE * (1.0 + 3.0 * GELU_CUBIC * z**2)
    return np.add(s, z * sigmoid_slope(u, s) * inner, out=out)


def softmax(z: Array, out: Array | None = None) -> Array:
    """exp(z) / Σ exp(z) over the units (last axis); the largest is subtracted first, so nothing overflows."""
    out = np.subtract(z, over_columns(np.maximum, z)[..., None], out=out)
    np.exp(out, out=out)
    return np.divide(out, over_columns(np.add, out)[..., None], out=out)


def softmax_slope(z: Array, a: Array, out: Array | None = None) -> Array:
    """The diagonal of the Jacobian, a (1 - a), with 1 - a as the sum of the other units."""
    return np.multiply(a, others(a), out=out)


def others(values: Array) -> Array:
    """For each unit the sum over all *other* units of its example; exact where 1 - a would cancel."""
    return np.asarray(values @ _all_but_own(values.shape[-1]))


@functools.cache
def _all_but_own(units: int) -> Array:
    return np.ones((units, units)) - np.eye(units)


def softmax_vjp(a: Array, error: Array) -> Array:
    """∂C/∂z of softmax from ``error = ∂C/∂a``: a_k Σ_j a_j (error_k - error_j), shapes (..., N, units)."""
    return np.asarray(a * (error * others(a) - others(a * error)))


ACTIVATIONS: dict[str, Activation] = {
    f.name: f
    for f in (
        Activation("identity", _copied, _ones, np.ones_like),
        Activation("sigmoid", sigmoid, sigmoid_slope, lambda a: a * (1.0 - a), low=0.0, high=1.0),
        Activation("tanh", tanh, tanh_slope, lambda a: 1.0 - a * a, low=-1.0, high=1.0),
        Activation("relu", relu, relu_slope, _positive, low=0.0, reaches_low=True, kinked=True),
        Activation("leaky relu", leaky_relu, leaky_relu_slope, lambda a: np.where(a > 0.0, 1.0, LEAK), kinked=True),
        # elu is smooth: its left derivative at 0 is exp(0) = 1
        Activation("elu", elu, elu_slope, lambda a: np.where(a > 0.0, 1.0, a + 1.0), low=-1.0),
        Activation("softplus", softplus, softplus_slope, lambda a: -np.expm1(-a), low=0.0),
        Activation("gelu", gelu, gelu_slope, lambda a: gelu_slope(a, a)),
        Activation("softmax", softmax, softmax_slope, lambda a: a * (1.0 - a), low=0.0, high=1.0, coupled=True),
    )
}
