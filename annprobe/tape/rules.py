"""Reverse-mode rules, elementwise operations: one entry an operation.

A rule takes the cotangent ``g`` = ∂C/∂value, the recorded ``value``, the arguments and keywords of the operation, and
gives one cotangent per argument (None where the argument is constant or the operation is flat there). Results may still
have the broadcast shape; the caller sums them down.

Source: Griewank and Walther, Evaluating Derivatives (2008), table 3.1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

Rule = Callable[[Any, Any, tuple[Any, ...], dict[str, Any]], tuple[Any, ...]]
RULES: dict[str, Rule] = {}


def rule(*names: str) -> Callable[[Rule], Rule]:
    """Enter a function in the table under the operations' names."""

    def enter(function: Rule) -> Rule:
        for name in names:
            RULES[name] = function
        return function

    return enter


def elementwise(derivative: Callable[[Any, Any], Any]) -> Rule:
    """The rule of a function of one variable, from ``derivative(x, value)``."""

    def apply(g: Any, value: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        return (g * derivative(args[0], value), *(None for _ in args[1:]))

    return apply


_SQRT_PI = math.sqrt(math.pi)
_UNARY: dict[str, Callable[[Any, Any], Any]] = {
    "negative": lambda x, v: -1.0,
    "positive": lambda x, v: 1.0,
    "exp": lambda x, v: v,
    "exp2": lambda x, v: v * math.log(2.0),
    "expm1": lambda x, v: v + 1.0,
    "log": lambda x, v: 1.0 / np.asarray(x),
    "log2": lambda x, v: 1.0 / (np.asarray(x) * math.log(2.0)),
    "log10": lambda x, v: 1.0 / (np.asarray(x) * math.log(10.0)),
    "log1p": lambda x, v: 1.0 / (1.0 + np.asarray(x)),
    "sqrt": lambda x, v: 0.5 / np.asarray(v),
    "square": lambda x, v: 2.0 * np.asarray(x),
    "cbrt": lambda x, v: 1.0 / (3.0 * np.asarray(v) ** 2),
    "reciprocal": lambda x, v: -np.square(v),
    "absolute": lambda x, v: np.sign(x),
    "fabs": lambda x, v: np.sign(x),
    "sin": lambda x, v: np.cos(x),
    "cos": lambda x, v: -np.sin(x),
    "tan": lambda x, v: 1.0 + np.square(v),
    "arcsin": lambda x, v: 1.0 / np.sqrt(1.0 - np.square(x)),
    "arccos": lambda x, v: -1.0 / np.sqrt(1.0 - np.square(x)),
    "arctan": lambda x, v: 1.0 / (1.0 + np.square(x)),
    "sinh": lambda x, v: np.cosh(x),
    "cosh": lambda x, v: np.sinh(x),
    "tanh": lambda x, v: 1.0 - np.square(v),
    "arcsinh": lambda x, v: 1.0 / np.sqrt(np.square(x) + 1.0),
    "arccosh": lambda x, v: 1.0 / np.sqrt(np.square(x) - 1.0),
    "arctanh": lambda x, v: 1.0 / (1.0 - np.square(x)),
    "expit": lambda x, v: v * (1.0 - v),
    "logit": lambda x, v: 1.0 / (np.asarray(x) * (1.0 - np.asarray(x))),
    "log_expit": lambda x, v: 1.0 - np.exp(v),
    "erf": lambda x, v: 2.0 / _SQRT_PI * np.exp(-np.square(x)),
    "conj": lambda x, v: 1.0,
    "conjugate": lambda x, v: 1.0,
    "real": lambda x, v: 1.0,
    "copy": lambda x, v: 1.0,
    "astype": lambda x, v: 1.0,
    "asarray": lambda x, v: 1.0,
    "asanyarray": lambda x, v: 1.0,
    "ascontiguousarray": lambda x, v: 1.0,
    "asfortranarray": lambda x, v: 1.0,
    "asmatrix": lambda x, v: 1.0,
    "view": lambda x, v: 1.0,
    "item": lambda x, v: 1.0,
    "nan_to_num": lambda x, v: np.isfinite(x) * 1.0,
    "sinc": lambda x, v: np.where(
        np.asarray(x) == 0, 0.0, (np.cos(np.pi * np.asarray(x)) - np.asarray(v)) / np.where(np.asarray(x) == 0, 1.0, x)
    ),
}
for _name, _derivative in _UNARY.items():
    RULES[_name] = elementwise(_derivative)

# flat almost everywhere: the cotangent stops here
FLAT = frozenset(
    {
        "greater", "greater_equal", "less", "less_equal", "equal", "not_equal", "logical_and", "logical_or",
        "logical_not", "logical_xor", "sign", "floor", "ceil", "rint", "int", "trunc", "fix", "heaviside", "isnan",
        "isfinite", "isinf", "floor_divide", "signbit", "argmax", "argmin", "argsort", "bitwise_and", "bitwise_or",
        "invert", "bitwise_xor", "zeros_like", "ones_like", "full_like", "left_shift", "right_shift", "any", "all",
        "chosen", "searchsorted", "bincount", "unique", "nonzero", "eye", "identity", "arange", "shape", "ndim", "size",
    }
)  # fmt: skip


def keyword(args: tuple[Any, ...], kwargs: dict[str, Any], position: int, name: str, default: Any = None) -> Any:
    """An argument given by position or by name."""
    return args[position] if len(args) > position else kwargs.get(name, default)


@rule("round", "around")
def _round(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    """Rounding to so many decimals is meant for the eye: the slope is that of what is rounded."""
    decimals = keyword(args, kwargs, 1, "decimals", 0) or 0
    return g * (1.0 if decimals > 0 else 0.0), *(None for _ in args[1:])


@rule("add")
def _add(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    return g, g


@rule("subtract")
def _subtract(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    return g, -g


@rule("multiply")
def _multiply(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    x, y = np.asarray(args[0]), np.asarray(args[1])
    return g * y, g * x


@rule("divide")
def _divide(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    x, y = np.asarray(args[0]), np.asarray(args[1])
    return g / y, -g * x / (y * y)


@rule("power", "float_power")
def _power(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    x, p = np.asarray(args[0], float), np.asarray(args[1], float)
    base = g * p * np.where(p == 0, 0.0, np.power(np.where((x == 0) & (p < 1), 1.0, x), np.where(p == 0, 1.0, p) - 1.0))
    return base, g * value * np.log(np.where(x > 0, x, 1.0))


@rule("maximum", "fmax")
def _maximum(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    x, y = np.asarray(args[0]), np.asarray(args[1])
    return g * (x > y), g * (y > x)  # at a tie (a kink) the slope 0 of a ReLU


@rule("minimum", "fmin")
def _minimum(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    x, y = np.asarray(args[0]), np.asarray(args[1])
    return g * (x < y), g * (y < x)


@rule("remainder")
def _remainder(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    return g, -g * np.floor_divide(args[0], args[1])


@rule("fmod")
def _fmod(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    return g, -g * np.trunc(np.asarray(args[0]) / np.asarray(args[1]))


@rule("arctan2")
def _arctan2(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    y, x = np.asarray(args[0]), np.asarray(args[1])
    return g * x / (x * x + y * y), -g * y / (x * x + y * y)


@rule("hypot")
def _hypot(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    return g * np.asarray(args[0]) / value, g * np.asarray(args[1]) / value


@rule("logaddexp")
def _logaddexp(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    return g * np.exp(args[0] - value), g * np.exp(args[1] - value)


@rule("xlogy")
def _xlogy(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    return g * np.log(args[1]), g * np.asarray(args[0]) / args[1]


@rule("where")
def _where(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    if len(args) == 1:
        return (None,)
    return None, np.where(args[0], g, 0.0), np.where(args[0], 0.0, g)


@rule("clip")
def _clip(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    x = np.asarray(args[0])
    low = args[1] if len(args) > 1 else kwargs.get("a_min", kwargs.get("min"))
    high = args[2] if len(args) > 2 else kwargs.get("a_max", kwargs.get("max"))
    below = np.zeros(x.shape, bool) if low is None else x < low
    above = np.zeros(x.shape, bool) if high is None else x > high
    return (g * ~(below | above), *(g * part for part in (below, above)[: len(args) - 1]))
