"""What recorded operations that numpy has no function for compute, and which operations need care."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from annprobe.tape.arrays import NUMERIC, SCALARS

VIEWS = {
    "getitem",
    "reshape",
    "ravel",
    "transpose",
    "squeeze",
    "expand_dims",
    "swapaxes",
    "moveaxis",
    "rollaxis",
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "diagonal",
    "diag",
    "flip",
    "fliplr",
    "flipud",
    "rot90",
    "asarray",
    "asanyarray",
    "asmatrix",
    "split",
    "array_split",
    "hsplit",
    "vsplit",
    "broadcast_to",
    "sliding_window_view",
    "as_strided",
    "view",
    "ascontiguousarray",
    "asfortranarray",
    "real",
    "nan_to_num",
    "astype",
    "pick",
}  # operations whose result may share memory with their first argument

MUTATORS = {"copyto", "put", "place", "putmask", "fill_diagonal", "put_along_axis", "fill", "sort!", "resize!"}


def is_numeric(value: Any) -> bool:
    """Whether a value is recorded at all: a number, or an array of numbers."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind in NUMERIC
    return type(value) in SCALARS


def elementwise(fn: Callable[..., Any], inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A ufunc over an array of objects: each entry is a recorded array of its own."""
    boxed = []
    for value in inputs:
        if isinstance(value, np.ndarray) and value.dtype == object:
            boxed.append(value)
        else:
            box = np.empty((), dtype=object)
            box[()] = value
            boxed.append(box)
    return np.frompyfunc(lambda *values: fn(*values, **kwargs), len(boxed), 1)(*boxed)


def owner_of(array: Any) -> Any:
    """The array that owns the memory."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def operator_getitem(array: Any, index: Any) -> Any:
    """``array[index]``"""
    return array[index]


def item(value: Any) -> Any:
    """The one entry of an array as a Python number."""
    return value.item() if isinstance(value, (np.ndarray, np.generic)) else float(value)


def pick(values: Any, i: int) -> Any:
    """One of several results."""
    return values[i]


def assign(array: Any, index: Any, value: Any) -> Any:
    """A copy of the array with ``copy[index] = value``."""
    result = np.array(array, copy=True)
    result[index] = value
    return result


def positions(shape: tuple[int, ...], view: tuple[str, Callable[..., Any], tuple[Any, ...], dict[str, Any]]) -> Any:
    """Flat positions in an array of ``shape`` that a view looks at."""
    _, fn, args, kwargs = view
    return fn(np.arange(math.prod(shape)).reshape(shape), *args, **kwargs)


def scatter(base: Any, part: Any, view: Any) -> Any:
    """A copy of ``base`` with what the view looks at replaced by ``part``."""
    result = np.array(base, copy=True)
    result.reshape(-1)[positions(result.shape, view)] = part
    return result
