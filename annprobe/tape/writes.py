"""Functions that change their argument, as pure functions of the same arguments: for replay and for rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

# functions and methods that write to their first argument; "!" where a pure one has the name
MUTATORS = frozenset(
    {
        "copyto", "put", "place", "putmask", "fill_diagonal", "put_along_axis", "fill", "sort!", "partition!",
        "byteswap!", "flat!", "nan_to_num!",
    }
)  # fmt: skip

# where ``out`` stands when it is given by position
OUT_POSITIONS = {
    "dot": 2,
    "concatenate": 2,
    "sum": 3,
    "prod": 3,
    "mean": 3,
    "cumsum": 3,
    "cumprod": 3,
    "std": 3,
    "var": 3,
    "max": 2,
    "min": 2,
    "amax": 2,
    "amin": 2,
    "clip": 3,
    "take": 3,
    "compress": 3,
    "choose": 2,
    "round": 2,
    "around": 2,
    "argmax": 2,
    "argmin": 2,
    "any": 2,
    "all": 2,
    "trace": 5,
    "ptp": 2,
    "stack": 2,
    "outer": 2,
    "median": 2,
    "percentile": 3,
    "quantile": 3,
    "nansum": 3,
    "nanmean": 3,
    "nanmax": 2,
    "nanmin": 2,
}


class Changing:
    """A function that changes its first argument, made to change a copy and to return it."""

    def __init__(self, fn: Callable[..., Any]) -> None:
        self.fn = fn

    def __call__(self, array: Any, *args: Any, **kwargs: Any) -> Any:
        """The changed copy."""
        result = np.array(array, copy=True, subok=True)
        self.fn(result, *args, **kwargs)
        return result


class Into:
    """A function with ``out=``, made to return a new array of the same kind as the one that it wrote to.

    ``base`` among the keywords is what was there before, where the function leaves some entries alone.
    """

    def __init__(self, fn: Callable[..., Any], number: int, outs: list[Any]) -> None:
        self.fn = fn
        self.number = number  # which of the outputs
        self.makers = [None if out is None else _maker(out) for out in outs]

    def __call__(self, *args: Any, base: Any = None, **kwargs: Any) -> Any:
        """What was written."""
        made: list[Any] = [None if make is None else make() for make in self.makers]
        if base is not None:
            made[self.number][...] = base
        try:
            self.fn(*args, out=tuple(made) if isinstance(self.fn, np.ufunc) or len(made) > 1 else made[0], **kwargs)
        except ValueError:  # replayed with other shapes
            result = self.fn(*args, **kwargs)
            return result[self.number] if isinstance(result, tuple) else result
        return made[self.number]


def _maker(out: Any) -> Callable[[], Any]:
    """Makes arrays of the same shape, type and order."""
    shape, dtype, columns, kind = out.shape, out.dtype, bool(out.flags.fnc), type(out)
    return lambda: np.empty(shape, dtype=dtype, order="F" if columns else "C").view(kind)
