"""Recorded values: arrays and numbers that behave as numpy's and Python's own, and leave a trace.

An array's current contents are a node of the tape. Writing to it, or to anything that shares its memory, advances the
version of its buffer; other views learn their new node when they are read next.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from annprobe.tape.recorder import Recorder

NUMERIC = "fiub"  # kinds of dtype that are recorded


class Active:
    """The recorder that is listening, or None."""

    recorder: Recorder | None = None


class Buffer:
    """Memory shared by an array and its views."""

    __slots__ = ("version",)

    def __init__(self) -> None:
        self.version = 0


class Recorded(np.ndarray[Any, Any]):
    """An ndarray whose contents are on the tape."""

    _node: int | None = None
    _version: int = 0
    _buffer: Buffer | None = None
    _parent: Recorded | None = None
    _view: tuple[str, Callable[..., Any], tuple[Any, ...], dict[str, Any]] | None = None

    def __array_finalize__(self, obj: Any) -> None:
        self._node = None
        self._buffer = None
        self._parent = None
        self._view = None

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return apply_ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        recorder = Active.recorder
        if recorder is None:
            return func(*raw(args), **raw(kwargs))
        return recorder.function(func.__name__, func, args, kwargs)

    def __getitem__(self, index: Any) -> Any:
        recorder = Active.recorder
        if recorder is None:
            return raw(self)[raw(index)]
        return recorder.getitem(self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        recorder = Active.recorder
        if recorder is None:
            raw(self)[raw(index)] = raw(value)
        else:
            recorder.setitem(self, index, value)

    def __iter__(self) -> Iterator[Any]:
        if self.ndim == 0:
            raise TypeError("iteration over a 0-d array")
        return (self[i] for i in range(len(self)))

    def __deepcopy__(self, memo: Any) -> Any:
        return self.copy()

    def __copy__(self) -> Any:
        return self.copy()

    def __reduce__(self) -> Any:
        return raw(self).__reduce__()

    def __repr__(self) -> str:
        return repr(raw(self))

    def __str__(self) -> str:
        return str(raw(self))

    def __format__(self, spec: str) -> str:
        return format(raw(self), spec)

    def __round__(self, digits: int = 0) -> Any:
        return round(raw(self), digits)

    @property
    def T(self) -> Any:  # numpy's own name
        """The transpose."""
        return self.transpose()

    @property
    def flat(self) -> Any:
        """The entries in a row."""
        return self.reshape(-1) if self.flags.c_contiguous else raw(self).flat

    @property
    def A(self) -> Any:
        """Of a matrix: its entries as an ordinary array."""
        return np.asarray(self)

    @property
    def A1(self) -> Any:
        """Of a matrix: its entries as a flat array."""
        return np.asarray(self).ravel()


class RecordedMatrix(Recorded, np.matrix):
    """A ``numpy.matrix`` on the tape: its ``*`` is a matrix product."""

    def __mul__(self, other: Any) -> Any:
        return np.matrix.__mul__(self, other)

    def __rmul__(self, other: Any) -> Any:
        return np.matrix.__rmul__(self, other)

    def __imul__(self, other: Any) -> Any:
        self[:] = self * other
        return self

    def __pow__(self, other: Any) -> Any:  # type: ignore[override]  # a matrix has another power
        return np.matrix.__pow__(self, other)

    def __array_finalize__(self, obj: Any) -> None:
        Recorded.__array_finalize__(self, obj)
        np.matrix.__array_finalize__(self, obj)


class Number:
    """Mixin: arithmetic of a scalar that is on the tape. Comparison, hash, formatting stay the base class's own."""

    _node: int
    _raw: Any  # the same number as a plain one

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return apply_ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        recorder = Active.recorder
        if recorder is None:
            return func(*raw(args), **raw(kwargs))
        return recorder.function(func.__name__, func, args, kwargs)

    def __neg__(self) -> Any:
        return _scalar("negative", operator.neg, (self,))

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return _scalar("absolute", operator.abs, (self,))

    def __round__(self, digits: int | None = None) -> Any:
        return round(raw(self), digits)

    def __reduce__(self) -> Any:
        return (type(raw(self)), (raw(self),))

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self.__reduce__()

    def __deepcopy__(self, memo: Any) -> Any:
        return self

    def __copy__(self) -> Any:
        return self

    def item(self, *args: Any) -> Any:
        """The same number as a Python number, still on the tape."""
        return Active.recorder.plain(self) if Active.recorder is not None else raw(self).item()

    def tolist(self) -> Any:
        """As :meth:`item`."""
        return self.item()


def _binary(op: str, function: Callable[[Any, Any], Any], swapped: bool) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        if isinstance(other, np.ndarray):
            return NotImplemented
        return _scalar(op, function, (other, self) if swapped else (self, other))

    return method


for _name, _op in (
    ("add", "add"),
    ("sub", "subtract"),
    ("mul", "multiply"),
    ("truediv", "divide"),
    ("pow", "power"),
    ("floordiv", "floor_divide"),
    ("mod", "remainder"),
):
    _function = getattr(operator, _name)
    setattr(Number, f"__{_name}__", _binary(_op, _function, swapped=False))
    setattr(Number, f"__r{_name}__", _binary(_op, _function, swapped=True))


def _comparison(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """numpy's own comparison of a float64 with a subclass of float reads foreign memory: compare plain values."""

    def method(self: Any, other: Any) -> Any:
        return NotImplemented if isinstance(other, np.ndarray) else function(self._raw, raw(other))

    return method


for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    setattr(Number, f"__{_name}__", _comparison(getattr(operator, _name)))
setattr(Number, "__hash__", lambda self: hash(self._raw))  # noqa: B010  # a class that defines == loses its hash


class RecordedFloat(Number, float):  # type: ignore[misc]  # __round__ without digits gives a float here
    """A Python float on the tape."""

    __str__ = float.__repr__


class RecordedDatum(Number, int):  # type: ignore[misc]
    """A Python int inside a literal of data, on the tape."""


class RecordedInt(int):
    """A Python int literal with a place; stays out of integer arithmetic, so loop counters cost nothing."""

    _node: int
    _raw: int


def _tracked(kind: type) -> type:
    """Give a subclass of a numpy scalar the arithmetic of :class:`Number`.

    numpy must be its first base: with the mixin first, numpy's compiled code reads foreign memory.
    """
    for name, value in vars(Number).items():
        if name not in ("__dict__", "__weakref__", "__doc__", "__module__", "__annotations__"):
            setattr(kind, name, value)
    return kind


@_tracked
class RecordedFloat64(np.float64, Number):  # type: ignore[misc]
    """A numpy scalar on the tape."""


@_tracked
class RecordedFloat32(np.float32, Number):  # type: ignore[misc]
    """A numpy scalar on the tape."""


@_tracked
class RecordedInt64(np.int64, Number):  # type: ignore[misc]
    """A numpy scalar on the tape."""


SCALARS: dict[type, type] = {
    float: RecordedFloat,
    np.float64: RecordedFloat64,
    np.float32: RecordedFloat32,
    np.int64: RecordedInt64,
}
NUMBERS = (RecordedFloat, RecordedFloat64, RecordedFloat32, RecordedInt64, RecordedDatum, RecordedInt)
RECORDED = (Recorded, *NUMBERS)
_KINDS = frozenset(NUMBERS)


def make_number(kind: type, value: Any, node: int) -> Any:
    """The number ``value`` as a recorded one of the class ``kind``."""
    number = kind(value)
    number._node = node
    number._raw = value
    return number


def raw(value: Any) -> Any:
    """The same value (or structure of values) as plain numpy and Python objects."""
    if isinstance(value, Recorded):
        return value.view(np.matrix if isinstance(value, np.matrix) else np.ndarray)
    kind = type(value)
    if kind in _KINDS:
        return value._raw
    if kind is list:
        return [raw(item) for item in value]
    if kind is tuple:
        return tuple(raw(item) for item in value)
    if kind is dict:
        return {key: raw(item) for key, item in value.items()}
    if kind is slice:
        return slice(raw(value.start), raw(value.stop), raw(value.step))
    return value


def is_recorded(value: Any, depth: int = 6) -> bool:
    """Whether anything in the structure is on the tape."""
    if isinstance(value, RECORDED):
        return True
    if type(value) in (list, tuple) and depth:
        return any(is_recorded(item, depth - 1) for item in value)
    if type(value) is dict and depth:
        return any(is_recorded(item, depth - 1) for item in value.values())
    return False


def _scalar(op: str, function: Callable[..., Any], operands: tuple[Any, ...]) -> Any:
    result = function(*(raw(x) for x in operands))
    recorder = Active.recorder
    if recorder is None or result is NotImplemented:
        return result
    return recorder.scalar(op, function, operands, result)


def apply_ufunc(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run a ufunc on plain values, record it, and give back recorded ones."""
    recorder = Active.recorder
    if recorder is None:
        plain = raw(kwargs)
        return getattr(ufunc, method)(*raw(inputs), **plain)
    return recorder.ufunc(ufunc, method, inputs, kwargs)
