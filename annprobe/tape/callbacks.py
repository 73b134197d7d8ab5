"""numpy functions that call a function of the module, entry by entry or row by row: it is called on recorded values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from annprobe.tape.plain import Active, TracedArray, is_recorded, raw
from annprobe.tape.standins import named


class Vectorized:
    """``np.vectorize``: calls the module's function entry by entry, on recorded Python numbers."""

    __class__: Any = property(lambda self: np.vectorize)

    def __init__(
        self,
        pyfunc: Any = None,
        otypes: Any = None,
        doc: Any = None,
        excluded: Any = None,
        cache: bool = False,
        signature: Any = None,
    ) -> None:
        self.pyfunc = pyfunc
        self.otypes = otypes
        self._options = {"otypes": otypes, "doc": doc, "excluded": excluded, "cache": cache, "signature": signature}
        self._plain = excluded is not None or signature is not None or cache
        if pyfunc is not None:
            named(self, pyfunc)

    def __call__(self, *values: Any, **kwargs: Any) -> Any:
        """The function of every entry of the broadcast values."""
        if self.pyfunc is None:  # used as a decorator with options
            return Vectorized(*values, **{key: option for key, option in self._options.items() if option})
        recorder = Active.recorder
        plain = np.vectorize(self.pyfunc, **self._options)
        if recorder is None:
            return plain(*raw(values), **raw(kwargs))
        if kwargs or self._plain or np.broadcast(*map(_asarray, values)).size == 0:
            return recorder.function("vectorize", plain, values, kwargs)
        outputs = _map(self._typed(values), values)
        if isinstance(outputs, tuple):
            return tuple(_typed(output, dtype) for output, dtype in zip(outputs, self._dtypes, strict=False))
        return _typed(outputs, self._dtypes[0])

    def _typed(self, values: tuple[Any, ...]) -> Callable[..., Any]:
        """The function; what its first output is decides the type of all, as numpy has it."""
        if self.otypes is not None:
            kinds = list(self.otypes)
        else:
            first = self.pyfunc(*(_entry(value, (0,) * np.ndim(raw(value))) for value in values))
            kinds = [np.asarray(raw(part)).dtype for part in (first if isinstance(first, tuple) else (first,))]
        self._dtypes = [np.dtype(kind) for kind in kinds]
        function: Callable[..., Any] = self.pyfunc
        return function


class PythonUfunc:
    """``np.frompyfunc``: the results are arrays of objects, here of recorded numbers."""

    __class__: Any = property(lambda self: np.ufunc)

    def __init__(self, function: Callable[..., Any], nin: int, nout: int, **kwargs: Any) -> None:
        self._function = function
        self._real = np.frompyfunc(function, nin, nout, **kwargs)

    def __call__(self, *values: Any, **options: Any) -> Any:
        """The function of every entry of the broadcast values."""
        if Active.recorder is None or options or not is_recorded(values):
            return self._real(*raw(values), **raw(options))
        return _map(self._function, values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def _map(function: Callable[..., Any], values: tuple[Any, ...]) -> Any:
    """The function of every entry of the broadcast values: arrays of objects (of scalars alone: the result itself)."""
    shape = np.broadcast(*map(_asarray, values)).shape
    results = np.empty(shape, dtype=object)
    for index in np.ndindex(shape):
        results[index] = (function(*(_python(_entry(value, _own(value, index))) for value in values)),)
    count = next((len(r[0]) if isinstance(r[0], tuple) else 0 for r in results.reshape(-1)), 0)
    if not count:
        return _each(results, lambda result: result[0])
    return tuple([_each(results, lambda result, i=i: result[0][i]) for i in range(count)])


def _each(results: Any, part: Callable[..., Any]) -> Any:
    made = np.empty(results.shape, dtype=object)
    for index in np.ndindex(results.shape):
        made[index] = part(results[index])
    return made if made.shape else made[()]


def _typed(results: Any, dtype: Any) -> Any:
    """An array of objects as an array of numbers."""
    recorder = Active.recorder
    boxed = np.empty((), dtype=object)
    boxed[()] = results
    made = results if isinstance(results, np.ndarray) and results.dtype == object else boxed
    if recorder is None or not is_recorded(made):
        plain = made.astype(dtype)
        return plain if recorder is None else recorder.leaf("vectorize", plain)
    return recorder.made_of("array", _FromObjects(made.shape, dtype), made.reshape(-1).tolist())


class _FromObjects:
    """Numbers in a list as an array of a shape and type."""

    def __init__(self, shape: tuple[int, ...], dtype: Any) -> None:
        self._shape = shape
        self._dtype = dtype

    def __call__(self, values: Any) -> Any:
        return np.array(values, dtype=object).astype(self._dtype).reshape(self._shape)


def _asarray(value: Any) -> Any:
    return np.asarray(raw(value), dtype=object if isinstance(value, list) else None)


def _own(value: Any, index: tuple[int, ...]) -> tuple[int, ...]:
    """The position in a value that is broadcast to the position ``index``."""
    shape = np.shape(raw(value))
    return tuple(0 if n == 1 else i for i, n in zip(index[len(index) - len(shape) :], shape, strict=True))


def _entry(value: Any, index: tuple[int, ...]) -> Any:
    """An entry of an array, or of nested lists, still on the tape."""
    if isinstance(value, np.ndarray):
        return value[index] if value.ndim else value[()]
    for i in index:
        value = value[i]
    return value


def _python(value: Any) -> Any:
    """As numpy hands entries to functions: as Python numbers."""
    return value.item() if isinstance(value, (np.generic, np.ndarray)) else value


def from_iterable(iterable: Any, dtype: Any, count: int = -1, **kwargs: Any) -> Any:
    """``np.fromiter``"""
    recorder = Active.recorder
    items = [item for _, item in zip(range(count), iterable, strict=False)] if count >= 0 else list(iterable)
    if recorder is None or not is_recorded(items):
        made = np.fromiter(raw(items), dtype, count, **kwargs)
        return made if recorder is None else recorder.leaf("fromiter", made)
    return recorder.made_of("array", lambda values: np.fromiter(values, dtype, **kwargs), items)


def apply_along_axis(func1d: Callable[..., Any], axis: int, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """As numpy's, the function called on recorded rows."""
    recorder = Active.recorder
    if recorder is None or not _is_recorded_array(arr) or isinstance(arr, np.matrix) or arr.size == 0:
        return np.apply_along_axis(func1d, axis, raw(arr), *raw(args), **raw(kwargs))
    moved = recorder.function("moveaxis", np.moveaxis, (arr, axis, -1), {})
    outer = moved.shape[:-1]
    rows = [func1d(moved[index], *args, **kwargs) for index in np.ndindex(outer)]
    first = np.asarray(raw(rows[0]))
    result = _rows(rows, first.dtype, outer + first.shape)
    if first.ndim == 0:
        return result
    start = axis % arr.ndim
    own = list(range(-first.ndim, 0))
    return recorder.function("moveaxis", np.moveaxis, (result, own, list(range(start, start + first.ndim))), {})


def _is_recorded_array(value: Any) -> bool:
    return isinstance(value, TracedArray)


def _rows(rows: list[Any], dtype: Any, shape: tuple[int, ...]) -> Any:
    recorder = Active.recorder
    assert recorder is not None
    if not is_recorded(rows):
        return recorder.leaf("apply_along_axis", np.array(rows).astype(dtype).reshape(shape))
    return recorder.made_of("array", lambda values: np.array(values).astype(dtype).reshape(shape), rows)


def piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **kwargs: Any) -> Any:
    """As numpy's, the functions called on recorded entries."""
    recorder = Active.recorder
    if recorder is None or not _is_recorded_array(x):
        return np.piecewise(raw(x), raw(condlist), funclist, *raw(args), **raw(kwargs))
    plain = raw(condlist)
    if np.isscalar(plain) or (not isinstance(plain[0], (list, np.ndarray)) and x.ndim != 0):
        condlist = [condlist]
    conditions = [np.asarray(raw(c), dtype=bool) for c in condlist]
    if len(conditions) == len(funclist) - 1:
        conditions.append(~np.any(conditions, axis=0))
    result = recorder.leaf("zeros_like", np.zeros_like(raw(x)))
    for condition, function in zip(conditions, funclist, strict=True):
        if not callable(function):
            result[condition] = function
        elif condition.any():
            result[condition] = function(x[condition], *args, **kwargs)
    return result


def nditer(op: Any, flags: Any = None, op_flags: Any = None, *args: Any, **kwargs: Any) -> Any:
    """As numpy's; one array that is written to is iterated over by views of it that are on the tape."""
    writes = any(flag in str(op_flags) for flag in ("readwrite", "writeonly"))
    simple = _is_recorded_array(op) and not args and not kwargs and set(flags or ()) <= {"multi_index", "refs_ok"}
    if Active.recorder is None or not writes or not simple:
        return np.nditer(raw(op), flags or [], *(() if op_flags is None else (op_flags,)), *args, **kwargs)
    return _WritingIterator(op, list(flags or ()))


class _WritingIterator:
    """Iterates over one array in the order of ``np.nditer``; entries are arrays that may be written to."""

    __class__: Any = property(lambda self: np.nditer)

    def __init__(self, array: Any, flags: list[Any]) -> None:
        self._array = array
        self._order = np.nditer(raw(array), sorted({*flags, "multi_index"}))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._order, name)

    def __len__(self) -> int:
        return len(self._order)

    def __enter__(self) -> _WritingIterator:
        return self

    def __exit__(self, *exc: object) -> None: ...

    def __iter__(self) -> Iterator[Any]:
        while not self._order.finished:
            yield self[0]
            self._order.iternext()

    def __getitem__(self, which: int) -> Any:
        return self._array[(*self._order.multi_index, ...)]

    def __setitem__(self, which: int, value: Any) -> None:
        self._array[self._order.multi_index] = value

    @property
    def value(self) -> Any:
        """The present entry."""
        return self[0]

    @property
    def operands(self) -> tuple[Any, ...]:
        """The array."""
        return (self._array,)
