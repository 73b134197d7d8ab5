"""Analytic continuations of the real functions that NumPy does not continue analytically, one short rule each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from annprobe.gradcheck.derivatives.differences import NotAnalytic

Rule = Callable[..., Any]


def _negative(x: Any) -> Any:
    """x < 0 along the step: by real part, at zero by the side to which the step leads."""
    return np.less(x, np.zeros((), np.asarray(x).dtype))


def _sign(x: Any) -> Any:
    return np.where(_negative(x), -1.0, np.where(np.equal(x, 0), 0.0, 1.0)) + 0j


def _absolute(x: Any) -> Any:
    return np.where(_negative(x), -np.asarray(x), x)


def _step(function: Any) -> Rule:
    """Piecewise constant functions: value of the real part, derivative 0."""
    return lambda *xs: function(*(np.real(x) for x in xs)) + 0j


def _chain(function: Any, derivative: Callable[[Any, Any], Any]) -> Rule:
    """f(x + ih) = f(x) + ih f'(x), exact for an infinitesimal step; ``derivative(x, f(x))``."""

    def rule(x: Any) -> Any:
        at = np.real(x)
        value = function(at)
        return value + 1j * derivative(at, value) * np.imag(x)

    return rule


def _linear(factor: float) -> Rule:
    return lambda x: np.asarray(x) * factor


def _logaddexp(x: Any, y: Any) -> Any:
    top = np.maximum(np.real(x), np.real(y))
    return top + np.log(np.exp(x - top) + np.exp(y - top))


def _logaddexp2(x: Any, y: Any) -> Any:
    log2 = np.log(2.0)
    return _logaddexp(x * log2, y * log2) / log2


def _arctan2(y: Any, x: Any) -> Any:
    a, b = np.real(y), np.real(x)
    return np.arctan2(a, b) + 1j * (np.imag(y) * b - a * np.imag(x)) / (a * a + b * b)


def _remainder(function: Any) -> Rule:
    """x − n·y with the integer n of the real parts."""

    def rule(x: Any, y: Any) -> Any:
        whole = np.floor(np.real(x) / np.real(y)) if function is np.remainder else np.trunc(np.real(x) / np.real(y))
        return np.asarray(x) - whole * np.asarray(y)

    return rule


def _expit(x: Any) -> Any:
    """σ(x) = (1 + tanh(x/2)) / 2 in the form that overflows nowhere."""
    at = np.real(x)
    small = np.exp(-np.abs(at))
    value = np.where(at >= 0, 1 / (1 + small), small / (1 + small))
    slope = small / (1 + small) ** 2
    return value + 1j * slope * np.imag(x)


UFUNCS: dict[str, Rule] = {
    "absolute": _absolute,
    "fabs": _absolute,
    "conjugate": lambda x: x,
    "positive": lambda x: x,
    "sign": _sign,
    "signbit": _negative,
    "copysign": lambda x, y: _absolute(x) * np.where(_negative(y), -1.0, 1.0),
    "floor": _step(np.floor),
    "ceil": _step(np.ceil),
    "rint": _step(np.rint),
    "trunc": _step(np.trunc),
    "floor_divide": _step(np.floor_divide),
    "heaviside": lambda x, y: np.where(np.equal(x, 0), y, np.where(_negative(x), 0.0, 1.0)) + 0j,
    "logaddexp": _logaddexp,
    "logaddexp2": _logaddexp2,
    "hypot": lambda x, y: np.sqrt(x * x + y * y),
    "cbrt": _chain(np.cbrt, lambda x, f: 1 / (3 * f * f)),
    "arctan2": _arctan2,
    "remainder": _remainder(np.remainder),
    "fmod": _remainder(np.fmod),
    "deg2rad": _linear(np.pi / 180),
    "radians": _linear(np.pi / 180),
    "rad2deg": _linear(180 / np.pi),
    "degrees": _linear(180 / np.pi),
    "expit": _expit,
    "log_expit": lambda x: -_logaddexp(np.zeros_like(x), -np.asarray(x)),
    "logit": lambda x: np.log(x) - np.log(1 - np.asarray(x)),
}


def _variance(
    x: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: float = 0, keepdims: bool = False
) -> Any:
    """Σ(x − x̄)² / (n − ddof)."""
    array = np.asarray(x)
    centred = array - array.mean(axis=axis, keepdims=True)
    count = array.size // centred.mean(axis=axis, keepdims=True).size
    return (centred * centred).sum(axis=axis, keepdims=keepdims) / (count - ddof)


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """The 1, 2, maximum and Frobenius norms; others need singular values and raise."""
    array = np.asarray(x)
    vector = isinstance(axis, int) or (axis is None and array.ndim == 1)
    if ord is None or ord == "fro" or (ord == 2 and vector):
        return np.sqrt((array * array).sum(axis=axis, keepdims=keepdims))
    if vector and ord == 1:
        return _absolute(array).sum(axis=axis, keepdims=keepdims)
    if vector and ord == np.inf:
        return np.max(_absolute(array), axis=axis, keepdims=keepdims)
    raise TypeError(f"norm of order {ord!r} has no continuation here")


def _vdot(x: Any, y: Any) -> Any:
    return np.dot(np.ravel(x), np.ravel(y))


def _round(x: Any, decimals: int = 0, out: Any = None) -> Any:
    """To whole numbers, constant between the steps; what is rounded to a few decimals is meant as it was before.

    NumPy's own asks a complex array for its real part, which here is the array itself.
    """
    if decimals > 0:
        raise NotAnalytic("the cost is rounded to a few decimals")
    return np.round(np.real(np.asarray(x)), decimals) + 0j


def _nan_to_num(x: Any, *args: Any, **kwargs: Any) -> Any:
    array = np.asarray(x)
    return np.where(np.isfinite(array), array, np.nan_to_num(array.real, *args, **kwargs))


FUNCTIONS: dict[str, Rule] = {
    "var": _variance,
    "std": lambda x, *args, **kwargs: np.sqrt(_variance(x, *args, **kwargs)),
    "norm": _norm,
    "vector_norm": lambda x, **kwargs: _norm(x, **({"ord": 2} | kwargs)),
    "vdot": _vdot,
    "round": _round,
    "around": _round,
    "fix": _step(np.trunc),
    "real": lambda x: x,
    "real_if_close": lambda x, *args: x,
    "imag": lambda x: np.zeros_like(np.real(x)),
    "iscomplexobj": lambda x: False,
    "isrealobj": lambda x: True,
    "nan_to_num": _nan_to_num,
}
