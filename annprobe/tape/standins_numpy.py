"""The names of numpy that need more than "run and record": constructors, index tricks, matrices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from annprobe.tape.arrays import RecordedMatrix
from annprobe.tape.callbacks import PythonUfunc, Vectorized, apply_along_axis, from_iterable, nditer, piecewise
from annprobe.tape.nodes import Ref
from annprobe.tape.plain import NUMERIC, Active, Traced, TracedArray, is_recorded, raw
from annprobe.tape.standins import named

if TYPE_CHECKING:
    from annprobe.tape.recorder import Recorder

_MADE = (
    "zeros",
    "ones",
    "eye",
    "identity",
    "arange",
    "linspace",
    "tri",
    "logspace",
    "geomspace",
    "indices",
    "hamming",
    "hanning",
    "blackman",
    "bartlett",
    "kaiser",
    "vander",
    "tril_indices",
    "triu_indices",
    "diag_indices",
)
_CONSTRUCTORS = (
    "array",
    "asarray",
    "asanyarray",
    "ascontiguousarray",
    "asfortranarray",
    "asarray_chkfinite",
    "copy",
    "require",
)


def numpy_special(recorder: Recorder) -> dict[str, Any]:
    """Names of the module numpy and what stands in for them."""
    special: dict[str, Any] = {
        "vectorize": lambda *args, **kwargs: Vectorized(*args, **kwargs),
        "frompyfunc": PythonUfunc,
        "apply_along_axis": apply_along_axis,
        "fromiter": from_iterable,
        "piecewise": piecewise,
        "nditer": nditer,
        "ndenumerate": lambda array: ((index, array[index]) for index in np.ndindex(np.shape(array))),
        "fromfunction": lambda function, shape, *, dtype=float, **kwargs: function(
            *recorder.leaf("indices", np.indices(shape, dtype=dtype)), **kwargs
        ),
        "c_": _Joining("c_", np.c_, recorder),
        "r_": _Joining("r_", np.r_, recorder),
        "mgrid": _Joining("mgrid", np.mgrid, recorder),
        "ogrid": _Joining("ogrid", np.ogrid, recorder),
        "matrix": _matrix(recorder, "matrix"),
        "asmatrix": _matrix(recorder, "asmatrix"),
        "bmat": _matrix(recorder, "bmat"),
        "empty": _made(recorder, "empty", _cleared(np.empty)),
        "empty_like": _made(recorder, "empty_like", _cleared(np.empty_like)),
        "zeros_like": _made(recorder, "zeros_like", np.zeros_like),
        "ones_like": _made(recorder, "ones_like", np.ones_like),
        "full": _filled(recorder, "full", np.full),
        "full_like": _filled(recorder, "full_like", np.full_like),
    }
    if hasattr(np, "mat"):  # before numpy 2
        special["mat"] = special["asmatrix"]
    special |= {name: _made(recorder, name, getattr(np, name)) for name in _MADE if hasattr(np, name)}
    special |= {name: _constructor(recorder, name, getattr(np, name)) for name in _CONSTRUCTORS if hasattr(np, name)}
    return special


def _made(recorder: Recorder, name: str, fn: Callable[..., Any]) -> Callable[..., Any]:
    """Arrays made from sizes alone: leaves, also when the sizes are recorded numbers."""

    def call(*args: Any, **kwargs: Any) -> Any:
        result = fn(*raw(args), **raw(kwargs))
        return result if Active.recorder is None else recorder.leaf(name, result)

    return named(call, getattr(np, name))


def _cleared(fn: Callable[..., Any]) -> Callable[..., Any]:
    """``np.empty`` without what was in that memory before: it would be another number in every run."""

    def call(*args: Any, **kwargs: Any) -> Any:
        result = fn(*args, **kwargs)
        if result.dtype.kind in NUMERIC:
            result.fill(0)
        return result

    return call


def _filled(recorder: Recorder, name: str, fn: Callable[..., Any]) -> Callable[..., Any]:
    """Arrays of one value: leaves, unless the value was computed."""

    def call(shape: Any, fill_value: Any, *args: Any, **kwargs: Any) -> Any:
        result = fn(raw(shape), raw(fill_value), *raw(args), **raw(kwargs))
        if Active.recorder is None:
            return result
        inputs: list[int] = []
        recorder.refs(fill_value, inputs)
        if all(recorder.tape[number].op == "literal" for number in inputs):
            return recorder.leaf(name, result)
        return recorder.function(name, fn, (raw(shape), fill_value, *args), kwargs)

    return named(call, fn)


def _constructor(recorder: Recorder, name: str, fn: Callable[..., Any]) -> Callable[..., Any]:
    op = "copy" if name == "array" else name

    def call(value: Any, *args: Any, **kwargs: Any) -> Any:
        if Active.recorder is None:
            return fn(raw(value), *raw(args), **raw(kwargs))
        made = _listed(value)
        construct = _Construct(fn, raw(args), raw(kwargs))
        if type(made) is np.ndarray and made.dtype.kind in NUMERIC:
            made = recorder.outsider(made)
        if isinstance(made, TracedArray):
            result = construct(raw(made))
            if result is raw(made):
                return made
            if result.dtype == object:
                return _objects_of(made, result)
            return recorder.function(op, construct, (made,), {})
        if is_recorded(made):
            return recorder.made_of("array", construct, made)
        return _from_plain(recorder, name, construct(made))

    return named(call, fn)


class _Construct:
    """A constructor with its options."""

    def __init__(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._fn = fn
        self._args = args
        self._kwargs = kwargs

    def __call__(self, value: Any) -> Any:
        return self._fn(value, *self._args, **self._kwargs)


def _listed(value: Any) -> Any:
    """Sequences that are no lists, such as a deque, as lists; what numpy reads as one object stays."""
    if isinstance(value, (Traced, np.ndarray, list, tuple, str, bytes, range)) or not isinstance(value, Sequence):
        if hasattr(value, "base") and hasattr(value, "copy") and type(value).__name__ == "Flat":
            return value.copy()
        return value
    return list(value)


def _objects_of(array: Any, result: Any) -> Any:
    """The array as one of objects: its entries as Python numbers, each on the tape."""
    for index in np.ndindex(result.shape):
        result[index] = array.item(index)
    return result


def _from_plain(recorder: Recorder, name: str, result: Any) -> Any:
    """An array made of plain numbers: a leaf, unless they are the values of an array that was lost."""
    found = recorder.lost.array(result) if result.dtype.kind == "f" else None
    if found is None:
        return recorder.leaf(name, result)
    recorder.tape.reattached.append(found)
    return recorder.wrap(result, recorder.append("copy", np.array, (Ref(found),), {}, result, "op", (found,)))


class _MatrixMeta(type):
    """Makes ``isinstance(x, np.matrix)`` true of what the stand-in for it gives."""

    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, np.matrix)

    def __subclasscheck__(cls, kind: type) -> bool:
        return issubclass(kind, np.matrix)


def _matrix(recorder: Recorder, name: str) -> Any:
    real: Any = getattr(np, name)

    def make(cls: Any, value: Any, *args: Any, **kwargs: Any) -> Any:
        if Active.recorder is None:
            return real(raw(value), *args, **kwargs)
        if isinstance(value, RecordedMatrix) and name == "asmatrix" and not args and not kwargs:
            return value
        construct = _Construct(real, raw(args), raw(kwargs))
        if type(value) is np.ndarray and value.dtype.kind in NUMERIC:
            value = recorder.outsider(value)
        if isinstance(value, TracedArray):
            return recorder.function("asmatrix" if name == "asmatrix" else "copy", construct, (value,), {})
        if is_recorded(value):
            return recorder.made_of("array", construct, value)
        return recorder.leaf(name, construct(value))

    meta = type("meta", (_MatrixMeta,), {"__call__": make})
    return meta(name, (), {})


class _Joining:
    """``np.c_``, ``np.r_`` and the grids."""

    def __init__(self, name: str, real: Any, recorder: Recorder) -> None:
        self._name = name
        self._real = real
        self._recorder = recorder

    def __getitem__(self, key: Any) -> Any:
        if Active.recorder is None:
            return self._real[raw(key)]
        if not is_recorded(key):
            return self._recorder.leaf(self._name, self._real[key])
        parts = key if isinstance(key, tuple) else (key,)
        return self._recorder.function(self._name, _Joined(self._real), parts, {})


class _Joined:
    """``np.c_[...]`` as a function of the parts."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def __call__(self, *parts: Any) -> Any:
        return self._real[parts]
