"""How one gradient array differs from the true one: the relation, its constant, and the constant's name.

The convention everywhere in this room is ``user = c · true``: a pattern named ``1/N`` means that the user's gradient
is the true one divided by the number of examples.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annprobe.errors import BadArgument
from annprobe.gradcheck.verdicts.relations import Bias, Kind, Pair, Pattern, name_relation

__all__ = ["ROUNDING", "Kind", "Pattern", "compare"]

# Rounding of a gradient summed up in floating point, in units of eps · max|entry|. Measured against 80-bit arithmetic:
# below 4 up to 13 layers; the sums of whoever made the true gradient add as much again, and a margin of 8 is left.
ROUNDING = 64.0


def compare(
    user: ArrayLike,
    true: ArrayLike,
    *,
    error: ArrayLike | None = None,
    n_examples: int | None = None,
    outputs: int | None = None,
    bias: Bias = "unknown",
) -> Pattern:
    """Say how ``user`` differs from ``true``: the first relation in the order of :data:`Kind` that holds.

    user, true  gradients of one parameter, cost units per parameter unit; any shape
    error       bound on the absolute error of ``user − true`` that rounding alone makes, a number or one an entry;
                the rounding of sums in the narrower of the two dtypes is always added
    n_examples  N; and ``outputs``, K: without them constants are not named after them
    bias        (axis, index) of the biases within a matrix, None when it has none, ``"unknown"`` when any first or
                last row or column may be them

    Raises :class:`BadArgument` when an argument is not a real, rectangular array, or error does not fit true.
    """
    raw_user, raw_true = _numeric(user, "the user's gradient"), _numeric(true, "the true gradient")
    rounding = ROUNDING * max(_epsilon(raw_user), _epsilon(raw_true))
    u, t = raw_user.astype(np.float64), raw_true.astype(np.float64)
    if not u.size or not t.size:
        return _empty(u, t)
    if not (np.isfinite(u).all() and np.isfinite(t).all()):
        return Pattern("not-finite", "not finite", math.inf, wrong=int(np.sum(~np.isfinite(u))) or u.size)
    if u.size == t.size and u.squeeze().shape == t.squeeze().shape:  # (n,), (n, 1) and (1, n) hold the same numbers
        u = u.reshape(t.shape)
    pair = Pair(u, t, _error(t, error) + rounding * float(np.max(np.abs(t))), rounding, n_examples, outputs)
    return name_relation(pair, bias)


def _empty(u: NDArray[np.float64], t: NDArray[np.float64]) -> Pattern:
    if u.shape == t.shape:
        return Pattern("equal", "equal", 0.0, factor=1.0)
    return Pattern("shape", f"shape {u.shape} instead of {t.shape}", math.inf, wrong=u.size)


def _error(t: NDArray[np.float64], error: ArrayLike | None) -> NDArray[np.float64]:
    given = np.abs(np.asarray(0.0 if error is None else error, dtype=np.float64))
    try:
        return np.broadcast_to(given, t.shape)
    except ValueError:
        raise BadArgument(f"error has shape {given.shape}, the true gradient {t.shape}") from None


def _numeric(value: ArrayLike, what: str) -> NDArray[Any]:
    try:
        array = np.asarray(value)
        array = array.astype(np.float64) if array.dtype == object else array
    except (TypeError, ValueError):
        raise BadArgument(f"{what} is not a rectangular array of numbers") from None
    if array.dtype.kind == "c":
        raise BadArgument(f"{what} is complex; the gradient of a real cost is real")
    if array.dtype.kind not in "biuf":
        raise BadArgument(f"{what} holds {array.dtype} values, not numbers")
    return array


def _epsilon(array: NDArray[Any]) -> float:
    """Machine epsilon of what the array was computed in: its own, and never below that of float64."""
    return max(float(np.finfo(array.dtype).eps), 2.0**-52) if array.dtype.kind == "f" else 2.0**-52
