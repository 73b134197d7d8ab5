"""Few examples are enough to judge a gradient, and one alone shows what averaging hides."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

ENOUGH = 8


class Batch(NamedTuple):
    """Data arguments for the user's functions, and the number of examples in them (None if not known)."""

    data: tuple[Any, ...]
    examples: int | None


def batches_of(data: tuple[Any, ...]) -> list[Batch]:
    """At most 8 examples, then one; the data as they are when no common axis of examples can be told."""
    axis = _examples_axis(data) if data else None
    if axis is None:
        return [Batch(data, None)]
    count = next(array.shape[axis] for array in data if _is_data(array))
    sizes = [min(count, ENOUGH)] + ([1] if count > 1 else [])
    return [Batch(tuple(_first(array, size, axis) for array in data), size) for size in sizes]


def _examples_axis(data: tuple[Any, ...]) -> int | None:
    """The axis along which all data arrays have the same length: the first, or else the last."""
    arrays = [array for array in data if _is_data(array)]
    if not arrays:
        return None
    for axis in (0, -1):
        if len({array.shape[axis] for array in arrays}) == 1:
            return axis
    return None


def _is_data(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.ndim > 0


def _first(value: Any, count: int, axis: int) -> Any:
    return value.take(range(count), axis) if _is_data(value) else value
