"""How one array looks into another: operations on positions, and writing back through a view."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from annprobe.tape.memory import View, geometry


def read_item(array: Any, index: Any) -> Any:
    """``array[index]``"""
    return array[index]


def assign(array: Any, index: Any, value: Any) -> Any:
    """A copy of the array with ``copy[index] = value``."""
    result = np.array(array, copy=True, subok=True)
    result[index] = value
    return result


def positions(shape: tuple[int, ...], view: View) -> Any:
    """Flat positions in an array of ``shape`` that a view looks at."""
    _, fn, args, kwargs = view
    marks = fn(np.arange(math.prod(shape)).reshape(shape), *args, **kwargs)
    return np.asarray(marks).astype(np.int64, copy=False)


def scatter(base: Any, part: Any, view: View) -> Any:
    """A copy of ``base`` with what the view looks at replaced by ``part``."""
    result = np.array(base, copy=True, subok=True)
    np.put(result, positions(result.shape, view), part)
    return result


def pick(values: Any, i: int) -> Any:
    """One of several results."""
    return values[i]


class Picked:
    """A function of several results, of which one is wanted; the base is its argument number ``position``."""

    def __init__(self, fn: Callable[..., Any], i: int | None, position: int) -> None:
        self.fn = fn
        self.i = i
        self.position = position

    def __call__(self, base: Any, *args: Any, **kwargs: Any) -> Any:
        """The wanted result."""
        before, after = args[: self.position], args[self.position :]
        result = self.fn(*before, base, *after, **kwargs)
        return result if self.i is None else result[self.i]


def view_between(base: Any, array: Any) -> View | None:
    """How ``array`` looks into ``base``, both plain, from where their entries lie; None if it sees more than base."""
    if geometry(base.T) == geometry(array):
        return "transpose", np.transpose, (), {}
    if base.dtype != array.dtype:
        return None
    marks = _marks(base)
    start = array.__array_interface__["data"][0] - _start(base)
    if start % base.itemsize:
        return None
    first = start // base.itemsize
    reach = [np.arange(n) * (stride // base.itemsize) for n, stride in zip(array.shape, array.strides, strict=True)]
    offsets = np.full(array.shape, first)
    for axis, steps in enumerate(reach):
        offsets = offsets + steps.reshape([-1 if i == axis else 1 for i in range(array.ndim)])
    if offsets.size and (offsets.min() < 0 or offsets.max() >= marks.size):
        return None
    flat = marks[offsets]
    if (flat < 0).any():
        return None
    if flat.size == base.size and np.array_equal(flat.reshape(-1), np.arange(base.size)):
        return "reshape", np.reshape, (array.shape,), {}
    return "take", np.take, (flat,), {}


def _start(base: Any) -> int:
    """Address of the lowest entry."""
    low = sum(min(stride * (n - 1), 0) for n, stride in zip(base.shape, base.strides, strict=True))
    return int(base.__array_interface__["data"][0] + low)


def _marks(base: Any) -> Any:
    """For every place in the memory of ``base``, counted in entries: which of its entries lies there, or -1."""
    places = np.zeros(base.shape, dtype=np.int64)
    for axis, (n, stride) in enumerate(zip(base.shape, base.strides, strict=True)):
        steps = np.arange(n) * (stride // base.itemsize)
        places = places + steps.reshape([-1 if i == axis else 1 for i in range(base.ndim)])
    places = places - places.min() if places.size else places
    marks = np.full(int(places.max()) + 1 if places.size else 0, -1, dtype=np.int64)
    marks[places.reshape(-1)] = np.arange(base.size)
    return marks
