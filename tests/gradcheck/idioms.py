"""48 ways to write a cost in NumPy, each with its derivative; many of them do not survive a complex step."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special
from numpy.typing import NDArray

Array = NDArray[Any]
Cost = Callable[[Any], Any]

SYSTEM = np.random.default_rng(0).standard_normal((3, 3))
AT = np.array([0.3, 0.7, 1.2])


def sigmoid(a: Any) -> Any:
    return 1 / (1 + np.exp(-a))


def in_place_relu(t: Array) -> Any:
    z = (t - 0.5).copy()
    z[z < 0] = 0
    return z.sum()


def like_buffer(t: Array) -> Any:
    out = np.zeros_like(t)
    out[:] = t**2
    return out.sum()


def float_buffer(t: Array) -> Any:
    out = np.zeros(3)
    out[:] = t**2
    return out.sum()


def float_buffer_by_entry(t: Array) -> Any:
    out = np.zeros(3)
    for i in range(3):
        out[i] = t[i] ** 2
    return out.sum()


def accumulated(t: Array) -> Any:
    out = np.zeros(3)
    out += t**2
    return out.sum()


def added_at(t: Array) -> Any:
    out = np.zeros(3)
    np.add.at(out, [0, 1, 2], t)
    return (out * out).sum()


def softmax_rows(t: Array) -> Any:
    z = t[None]
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return (e / e.sum(axis=1, keepdims=True))[0, 0]


def layer(t: Array) -> Any:
    return sigmoid(np.dot(np.concatenate((np.ones((1, 1)), t[None]), 1), np.ones((4, 2)))).sum()


IDIOMS: dict[str, Cost] = {
    "dot, concatenate, exp": layer,
    "tanh log sqrt power": lambda t: np.mean(np.tanh(t) + np.log(t) + np.sqrt(t) + t**1.5) + np.prod(t),
    "cumsum einsum": lambda t: np.cumsum(t)[1] * t[2] + np.einsum("i,i->", t, t),
    "maximum": lambda t: (np.maximum(t - 0.5, 0) ** 2).sum(),
    "mask times": lambda t: ((t - 0.5) ** 2 * ((t - 0.5) > 0)).sum(),
    "where": lambda t: np.where(t - 0.5 > 0, t * t, 0).sum(),
    "assign by mask": in_place_relu,
    "clip": lambda t: -np.log(np.clip(t / t.sum(), 1e-12, 1 - 1e-12)).sum(),
    "softmax": lambda t: (np.exp(t - np.max(t)) / np.exp(t - np.max(t)).sum())[0],
    "softmax by rows": softmax_rows,
    "scipy logsumexp softmax": lambda t: scipy.special.logsumexp(t) + scipy.special.softmax(t)[0],
    "item of the cost": lambda t: (t**2).sum().item(),
    "zeros_like buffer": like_buffer,
    "tolist": lambda t: sum(a * a for a in t.tolist()),
    "vectorize": lambda t: np.vectorize(sigmoid)(t).sum(),
    "python max": lambda t: sum(max(0, a - 0.5) ** 2 for a in t),
    "argmax pick": lambda t: t[np.argmax(t)] ** 2,
    "solve": lambda t: np.linalg.solve(SYSTEM + np.diag(t), np.ones(3)).sum(),
    "abs": lambda t: np.abs(t - 0.5).sum() * t[0],
    "python abs": lambda t: sum(abs(a - 0.5) * a for a in t),
    "abs squared": lambda t: (np.abs(t - 0.5) ** 2).sum(),
    "fabs": lambda t: np.fabs(t - 0.5).sum() * t[1],
    "norm": np.linalg.norm,
    "norm squared": lambda t: 0.1 * np.linalg.norm(np.outer(t, t)) ** 2,
    "var": lambda t: np.var(t),
    "std": lambda t: t.std(),
    "vdot": lambda t: np.vdot(t, t),
    "conj transpose": lambda t: t.conj().T @ t,
    "matrix H": lambda t: (np.asmatrix(t) * np.asmatrix(t).H)[0, 0],
    "sign times": lambda t: (np.sign(t - 0.5) * (t - 0.5) * t).sum(),
    "real of the cost": lambda t: np.real((t**2).sum()),
    "heaviside": lambda t: (np.heaviside(t - 0.5, 0) * (t - 0.5) ** 2).sum(),
    "logaddexp": lambda t: np.logaddexp(0, t).sum(),
    "expit": lambda t: scipy.special.expit(t).sum(),
    "hypot": lambda t: np.hypot(t[0], t[1]),
    "arctan2": lambda t: np.arctan2(t[0], t[1]) + t[2],
    "cbrt": lambda t: np.cbrt(t).sum(),
    "floor": lambda t: (t - np.floor(t)).sum() ** 2,
    "float of the cost": lambda t: float((t**2).sum()),
    "math exp": lambda t: math.exp(t[0]) + t[1] * t[2],
    "astype float": lambda t: (t.astype(float) ** 2).sum(),
    "astype float32": lambda t: (t.astype(np.float32) ** 2).sum(),
    "float buffer": float_buffer,
    "float buffer by entry": float_buffer_by_entry,
    "accumulate into floats": accumulated,
    "add.at into floats": added_at,
    "array of a list": lambda t: np.array([a * a for a in t], dtype=float).sum(),
    "out= a float buffer": lambda t: np.multiply(t, t, out=np.zeros(3)).sum(),
}


def derivative(cost: Cost, at: Array) -> Array:
    """Sixth-order central differences: an oracle apart from the checker, good to about 1e-11."""
    weights = np.array([-1, 9, -45, 0, 45, -9, 1]) / 60
    h = 1e-2 if cost is not IDIOMS["astype float32"] else 5e-2
    g = np.empty(at.size)
    for i in range(at.size):
        steps = [at + k * h * np.eye(at.size)[i] for k in range(-3, 4)]
        g[i] = sum(w * float(np.real(cost(s))) for w, s in zip(weights, steps, strict=True)) / h
    return g
