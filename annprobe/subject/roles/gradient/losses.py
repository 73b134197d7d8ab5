"""The catalogue of losses: ∂C/∂output for a given output and target, up to a constant factor.

Source: Bishop, Pattern Recognition and Machine Learning (2006), sections 3.1.1, 4.3.2 and 4.3.4.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Seed = Callable[[Any, Any], Any]


def _squared(output: Any, target: Any) -> Any:
    return output - target


def _binary(output: Any, target: Any) -> Any:
    return (output - target) / (output * (1.0 - output))


def _categorical(output: Any, target: Any) -> Any:
    return -target / output


def _absolute(output: Any, target: Any) -> Any:
    return np.sign(output - target)


def _logits(output: Any, target: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-output)) - target


def _softmax_logits(output: Any, target: Any) -> Any:
    exponent = np.exp(output - output.max(axis=-1, keepdims=True))
    return exponent / exponent.sum(axis=-1, keepdims=True) - target


def _log_probabilities(output: Any, target: Any) -> Any:
    return -target


# name -> (∂C/∂output, where it makes sense)
SQUARED = "squared error"
LOSSES: dict[str, tuple[Seed, Callable[[Any, Any], bool]]] = {
    SQUARED: (_squared, lambda o, y: True),
    "binary cross-entropy": (_binary, lambda o, y: bool(np.all((o > 0) & (o < 1)) and np.all((y >= 0) & (y <= 1)))),
    "cross-entropy": (
        _categorical,
        lambda o, y: bool(np.all(o > 0) and np.all(o <= 1) and np.all(y >= 0) and np.all(y <= 1) and o.size > 1),
    ),
    "absolute error": (_absolute, lambda o, y: True),
    "binary cross-entropy of logits": (_logits, lambda o, y: bool(np.all((y >= 0) & (y <= 1)))),
}


def seed(loss: str, output: Any, target: Any) -> Any | None:
    """∂C/∂output, or None where the loss makes no sense for these values or the shapes do not fit.

    output  array of any shape
    target  array that broadcasts to the output's shape
    """
    o = np.asarray(output, dtype=float)
    try:
        y = np.broadcast_to(np.asarray(target, dtype=float), o.shape)
    except ValueError:
        y = np.asarray(target, dtype=float)
        if y.size != o.size:
            return None
        y = y.reshape(o.shape)
    derivative, applies = LOSSES[loss]
    if not applies(o, y):
        return None
    with np.errstate(all="ignore"):
        return derivative(o, y)
