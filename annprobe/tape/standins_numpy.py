"""The names of numpy that need more than "run and record": constructors, callbacks, index tricks, matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from annprobe.tape.arrays import NUMBERS, Active, Recorded, RecordedMatrix, is_recorded, raw
from annprobe.tape.standins import gather, make_array

if TYPE_CHECKING:
    from annprobe.tape.recorder import Recorder

_MADE = ("zeros", "ones", "empty", "eye", "identity", "arange", "linspace", "tri", "logspace", "indices")
_CONSTRUCTORS = ("array", "asarray", "asanyarray", "ascontiguousarray", "asfortranarray", "asarray_chkfinite")
# functions whose first argument is a sequence of arrays: the sequence stays a sequence
_SEQUENCES = (
    "concatenate",
    "vstack",
    "hstack",
    "dstack",
    "stack",
    "column_stack",
    "row_stack",
    "block",
    "meshgrid",
    "broadcast_arrays",
    "append",
    "insert",
    "einsum",
    "ix_",
    "select",
    "linalg.multi_dot",
)


def numpy_special(recorder: Recorder) -> dict[str, Any]:
    """Names of the module numpy and what stands in for them."""
    special: dict[str, Any] = {
        "vectorize": lambda *args, **kwargs: Vectorized(recorder, *args, **kwargs),
        "frompyfunc": lambda fn, nin, nout: Vectorized(recorder, fn),
        "apply_along_axis": _apply_along_axis,
        "fromiter": _fromiter(recorder),
        "ndenumerate": _ndenumerate,
        "nditer": _nditer,
        "c_": _Join(recorder, -1),
        "r_": _Join(recorder, 0),
        "fromfunction": _fromfunction,
        "matrix": _matrix(recorder),
        "mat": _matrix(recorder),
        "asmatrix": _matrix(recorder),
        "zeros_like": _like(recorder, "zeros_like", np.zeros_like),
        "ones_like": _like(recorder, "ones_like", np.ones_like),
        "empty_like": _like(recorder, "empty_like", np.zeros_like),
        "full_like": _full_like(recorder),
    }
    for name in _MADE:
        special[name] = _made(recorder, name, getattr(np, name))
    for name in _CONSTRUCTORS:
        if hasattr(np, name):
            special[name] = _constructor(recorder, name, getattr(np, name))
    for name in _SEQUENCES:
        if hasattr(np, name):
            special[name] = _sequence(recorder, name, getattr(np, name))
    for name in (
        "sum",
        "mean",
        "prod",
        "dot",
        "max",
        "min",
        "amax",
        "amin",
        "std",
        "var",
        "average",
        "outer",
        "inner",
        "transpose",
        "median",
        "cumsum",
        "reshape",
        "ravel",
        "squeeze",
        "atleast_2d",
        "clip",
        "where",
        "diag",
        "vdot",
        "tensordot",
        "kron",
        "tile",
        "repeat",
        "argsort",
        "round",
        "around",
        "flip",
        "expand_dims",
    ):
        if hasattr(np, name):
            special[name] = _gathering(recorder, name, getattr(np, name))
    return special


def _made(recorder: Recorder, name: str, fn: Callable[..., Any]) -> Callable[..., Any]:
    """Arrays made from sizes alone: leaves, also when the sizes are recorded numbers."""

    def call(*args: Any, **kwargs: Any) -> Any:
        result = fn(*raw(args), **raw(kwargs))
        return result if Active.recorder is None else recorder.leaf(name, result)

    call.__name__ = name
    call.__doc__ = fn.__doc__
    return call


def _constructor(recorder: Recorder, name: str, fn: Callable[..., Any]) -> Callable[..., Any]:
    def call(value: Any, *args: Any, **kwargs: Any) -> Any:
        if Active.recorder is None:
            return fn(raw(value), *args, **kwargs)
        if isinstance(value, Recorded):
            if name != "array" and not args and not kwargs and not isinstance(value, np.matrix):
                return value
            return recorder.function("copy" if name == "array" else name, _rebuilt(fn, args, kwargs), (value,), {})
        if isinstance(value, (map, filter, range, zip)) or hasattr(value, "__next__"):
            value = value if name == "array" and not hasattr(value, "__len__") else list(value)
        if is_recorded(value):
            return make_array(recorder, fn, "array", value, *args, **kwargs)
        return recorder.leaf(name, fn(value, *args, **kwargs))

    call.__name__ = name
    return call


def _rebuilt(fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Callable[[Any], Any]:
    return lambda value: fn(value, *args, **kwargs)


def _sequence(recorder: Recorder, name: str, fn: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        if Active.recorder is None:
            return fn(*raw(args), **raw(kwargs))
        args = tuple(list(x) if hasattr(x, "__next__") else x for x in args)
        if is_recorded(args) or is_recorded(kwargs):
            return recorder.function(name, fn, args, kwargs)
        return recorder.leaf(name, fn(*args, **kwargs))

    call.__name__ = name
    return call


def _gathering(recorder: Recorder, name: str, fn: Callable[..., Any]) -> Callable[..., Any]:
    """Functions of arrays that are also called with lists of recorded numbers."""

    def call(*args: Any, **kwargs: Any) -> Any:
        if Active.recorder is None:
            return fn(*raw(args), **raw(kwargs))
        args = tuple(_total(x) for x in args) if name == "sum" else args
        first = tuple(
            gather(x, recorder) if i == 0 or name in ("dot", "outer", "inner", "where") else x
            for i, x in enumerate(args)
        )
        if is_recorded(first) or is_recorded(kwargs):
            return recorder.function(name, fn, first, kwargs)
        return recorder.leaf(name, fn(*first, **kwargs))

    call.__name__ = name
    call.__doc__ = fn.__doc__
    return call


def _total(value: Any) -> Any:
    return sum(value) if hasattr(value, "__next__") else value  # numpy sums generators with Python's own sum


def _like(recorder: Recorder, name: str, fn: Callable[..., Any]) -> Callable[..., Any]:
    def call(value: Any, *args: Any, **kwargs: Any) -> Any:
        result = fn(raw(value), *args, **kwargs)
        return result if Active.recorder is None else recorder.leaf(name, result)

    return call


def _full_like(recorder: Recorder) -> Callable[..., Any]:
    def call(value: Any, fill: Any, *args: Any, **kwargs: Any) -> Any:
        result = np.full_like(raw(value), raw(fill), *args, **kwargs)
        return result if Active.recorder is None else recorder.leaf("full_like", result)

    return call


def _matrix(recorder: Recorder) -> Any:
    class MatrixMeta(type):
        def __call__(cls, value: Any, *args: Any, **kwargs: Any) -> Any:
            if Active.recorder is None:
                return np.matrix(raw(value), *args, **kwargs)
            if isinstance(value, RecordedMatrix) and not args:
                return value
            if is_recorded(value):
                return recorder.function("asmatrix", _rebuilt(np.matrix, args, kwargs), (gather(value, recorder),), {})
            return recorder.leaf("matrix", np.matrix(value, *args, **kwargs))

        def __instancecheck__(cls, value: Any) -> bool:
            return isinstance(value, np.matrix)

    return MatrixMeta("matrix", (), {})


class Vectorized:
    """``np.vectorize``: calls the user's function entry by entry, on recorded numbers."""

    def __init__(self, recorder: Recorder, pyfunc: Any = None, *args: Any, **kwargs: Any) -> None:
        self._recorder = recorder
        self._pyfunc = pyfunc
        self._args = args
        self._kwargs = kwargs

    def __call__(self, *values: Any, **kwargs: Any) -> Any:
        """Call the function for every entry of the broadcast arguments."""
        if self._pyfunc is None:  # used as a decorator with options
            return Vectorized(self._recorder, *values, **self._kwargs)
        if Active.recorder is None or kwargs or "signature" in self._kwargs:
            return np.vectorize(self._pyfunc, *self._args, **self._kwargs)(*raw(values), **raw(kwargs))
        arrays = np.broadcast_arrays(*(np.asarray(raw(v)) for v in values))
        shape = arrays[0].shape
        out = []
        for index in np.ndindex(*shape):
            out.append(self._pyfunc(*(_entry(v, index, shape) for v in values)))
        if not shape:
            return out[0]
        flat = (
            make_array(self._recorder, np.array, "array", out)
            if is_recorded(out)
            else self._recorder.leaf("vectorize", np.array(out))
        )
        return flat.reshape(shape)


def _entry(value: Any, index: tuple[int, ...], shape: tuple[int, ...]) -> Any:
    """The entry of a broadcast argument at ``index``, still on the tape."""
    if isinstance(value, NUMBERS) or np.ndim(value) == 0:
        return value
    own = np.shape(value)
    position = tuple(0 if n == 1 else i for i, n in zip(index[len(shape) - len(own) :], own, strict=True))
    if isinstance(value, np.ndarray):
        return value[position]
    for i in position:
        value = value[i]
    return value


def _apply_along_axis(fn: Callable[..., Any], axis: int, array: Any, *args: Any, **kwargs: Any) -> Any:
    if not isinstance(array, Recorded) or Active.recorder is None:
        return np.apply_along_axis(fn, axis, raw(array), *args, **kwargs)
    recorder = Active.recorder
    moved = recorder.function("moveaxis", np.moveaxis, (array, axis, -1), {})
    rows = [fn(moved[index], *args, **kwargs) for index in np.ndindex(*moved.shape[:-1])]
    result = make_array(recorder, np.array, "array", rows) if is_recorded(rows) else np.array(rows)
    result = result.reshape(moved.shape[:-1] + result.shape[1:])
    return recorder.function("moveaxis", np.moveaxis, (result, -1, axis), {}) if result.ndim == moved.ndim else result


def _fromfunction(fn: Callable[..., Any], shape: Any, **kwargs: Any) -> Any:
    return np.fromfunction(lambda *grids: raw(fn(*grids)), shape, **kwargs)


def _fromiter(recorder: Recorder) -> Callable[..., Any]:
    def call(values: Any, dtype: Any, **kwargs: Any) -> Any:
        items = list(values)
        return (
            make_array(recorder, np.array, "array", items, dtype=dtype)
            if is_recorded(items)
            else recorder.leaf("fromiter", np.array(items, dtype=dtype))
        )

    return call


def _ndenumerate(array: Any) -> Any:
    return ((index, array[index]) for index in np.ndindex(*np.shape(array)))


def _nditer(array: Any, *args: Any, **kwargs: Any) -> Any:
    return np.nditer(raw(array), *args, **kwargs)


class _Join:
    """``np.c_`` and ``np.r_``"""

    def __init__(self, recorder: Recorder, axis: int) -> None:
        self._recorder = recorder
        self._axis = axis

    def __getitem__(self, key: Any) -> Any:
        real: Any = np.c_ if self._axis == -1 else np.r_
        if Active.recorder is None or not is_recorded(key):
            value = real[raw(key)]
            return value if Active.recorder is None else self._recorder.leaf("c_" if self._axis else "r_", value)
        return self._recorder.function(
            "c_" if self._axis else "r_", _joined(real), key if isinstance(key, tuple) else (key,), {}
        )


def _joined(real: Any) -> Callable[..., Any]:
    def join(*parts: Any) -> Any:
        return real[parts]

    return join
