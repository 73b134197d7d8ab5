"""Recorded scalars: numbers that behave as Python's and numpy's own and carry the node that computed them.

Comparison, hash and text are those of the plain number. Their classes have the names of the plain ones, so that the
messages of errors read as they would without a recording.
"""

from __future__ import annotations

import math
import numbers
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from annprobe.tape.nodes import Tape
from annprobe.tape.plain import SEEN_CLASS, Active, Number, raw

_PLAIN = frozenset({float, int, bool, np.float64, np.int64, np.float32})


def _operand(other: Any) -> Any:
    """The plain number behind the other operand, or NotImplemented where it is no number."""
    kind = type(other)
    if kind in _PLAIN:
        return other
    if issubclass(kind, Number):
        return other._raw
    return other if isinstance(other, numbers.Number) and not isinstance(other, np.ndarray) else NotImplemented


def _binary(op: str, function: Callable[[Any, Any], Any], swapped: bool) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        value = _operand(other)
        if value is NotImplemented:
            return self._with(op, other, swapped)
        result = function(value, self._raw) if swapped else function(self._raw, value)
        recorder = Active.recorder
        if recorder is None:
            return result
        return recorder.scalar(op, function, (other, self) if swapped else (self, other), result)

    return method


def _unary(op: str, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def method(self: Any) -> Any:
        result = function(self._raw)
        recorder = Active.recorder
        return result if recorder is None else recorder.scalar(op, function, (self,), result)

    return method


def _power(self: Any, other: Any, modulus: Any = None) -> Any:
    if modulus is not None:
        return pow(self._raw, raw(other), raw(modulus))
    return _POWER(self, other)


def _comparison(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """numpy's own comparison of its scalars with subclasses reads foreign memory: compare plain values."""

    def method(self: Any, other: Any) -> Any:
        return NotImplemented if isinstance(other, np.ndarray) else function(self._raw, raw(other))

    return method


class Arithmetic(Number):
    """Arithmetic that is recorded."""

    __slots__ = ()

    def _with(self, op: str, other: Any, swapped: bool) -> Any:
        """An operation with something that is no number."""
        return NotImplemented

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        recorder = Active.recorder
        if recorder is None:
            return getattr(ufunc, method)(*raw(inputs), **raw(kwargs))
        return recorder.ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        recorder = Active.recorder
        if recorder is None:
            return func(*raw(args), **raw(kwargs))
        run = getattr(func, "_implementation", func)  # no second dispatch for what is hidden in the arguments
        return recorder.function(func.__name__, func, args, kwargs, run)

    def __pos__(self) -> Any:
        return self

    def __round__(self, digits: int | None = None) -> Any:
        function = _rounding(digits)
        result = function(self._raw)
        recorder = Active.recorder
        return result if recorder is None else recorder.scalar("round", round, (self, digits), result)

    def __repr__(self) -> str:
        return repr(self._raw)

    def __str__(self) -> str:
        return str(self._raw)

    def __format__(self, spec: str) -> str:
        return format(self._raw, spec)

    def __hash__(self) -> int:
        return hash(self._raw)

    def __reduce__(self) -> Any:
        return (type(self._raw), (self._raw,))

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self.__reduce__()

    def __deepcopy__(self, memo: Any) -> Any:
        return self

    def __copy__(self) -> Any:
        return self


def _rounding(digits: int | None) -> Callable[[Any], Any]:
    return round if digits is None else lambda value: round(value, digits)


for _name, _op in (
    ("add", "add"),
    ("sub", "subtract"),
    ("mul", "multiply"),
    ("truediv", "divide"),
    ("pow", "power"),
    ("floordiv", "floor_divide"),
    ("mod", "remainder"),
    ("divmod", "divmod"),
):
    _function = divmod if _name == "divmod" else getattr(operator, _name)
    setattr(Arithmetic, f"__{_name}__", _binary(_op, _function, swapped=False))
    setattr(Arithmetic, f"__r{_name}__", _binary(_op, _function, swapped=True))
_POWER = vars(Arithmetic)["__pow__"]
setattr(Arithmetic, "__pow__", _power)  # noqa: B010  # mypy knows no such method yet
for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    setattr(Arithmetic, f"__{_name}__", _comparison(getattr(operator, _name)))
for _name, _op, _function in (
    ("neg", "negative", operator.neg),
    ("abs", "absolute", operator.abs),
    ("trunc", "trunc", math.trunc),
    ("floor", "floor", math.floor),
    ("ceil", "ceil", math.ceil),
):
    setattr(Arithmetic, f"__{_name}__", _unary(_op, _function))


class RecordedFloat(Arithmetic, float):  # type: ignore[misc]  # annotations of float's methods are narrower
    """A Python float on the tape."""

    __slots__ = ("_node", "_raw", "_tape")

    __class__ = SEEN_CLASS

    def __new__(cls, value: Any = 0.0) -> Any:
        """A plain number: only :func:`make_number` makes recorded ones."""
        return float(value)

    @property
    def real(self) -> Any:
        """The number itself."""
        return self

    def conjugate(self) -> Any:
        """The number itself."""
        return self


class RecordedDatum(Arithmetic, int):  # type: ignore[misc]  # annotations of int's methods are narrower
    """A Python int inside data, on the tape."""

    __class__ = SEEN_CLASS

    def __new__(cls, *args: Any) -> Any:
        """A plain number."""
        return int(*args)


class RecordedInt(Number, int):
    """A Python int literal with a place; stays out of arithmetic, so that loop counters cost nothing."""

    __class__ = SEEN_CLASS

    def __new__(cls, *args: Any) -> Any:
        """A plain number."""
        return int(*args)

    def __deepcopy__(self, memo: Any) -> Any:
        return self

    def __copy__(self) -> Any:
        return self

    def __reduce_ex__(self, protocol: Any) -> Any:
        return (int, (self._raw,))


class NumpyScalar(Arithmetic):
    """What numpy's scalars have beside arithmetic; methods are installed beside those of arrays."""

    __slots__ = ()

    def _with(self, op: str, other: Any, swapped: bool) -> Any:
        if isinstance(other, (list, tuple)) and op != "multiply":  # numpy makes an array of it
            return getattr(np, op)(other, self) if swapped else getattr(np, op)(self, other)
        return NotImplemented

    def __getitem__(self, index: Any) -> Any:
        recorder = Active.recorder
        return raw(self)[index] if recorder is None else recorder.getitem(self, index)

    @property
    def T(self) -> Any:
        """The number itself, as numpy's scalars have it."""
        return self

    @property
    def real(self) -> Any:
        """The number itself."""
        return self

    def __iter__(self) -> Any:
        return iter(self._raw)  # raises as numpy does


def _subclass(kind: type) -> type:
    """The recorded class of one of numpy's scalar types.

    numpy's type must be the first base: with a mixin first, numpy's compiled code reads foreign memory.
    """
    inherited = {
        name: value
        for base in (Arithmetic, NumpyScalar)
        for name, value in vars(base).items()
        if name not in ("__slots__", "__module__", "__doc__", "__dict__", "__weakref__")
    }
    made = type(
        kind.__name__,
        (kind, NumpyScalar),
        {
            **inherited,
            "__class__": SEEN_CLASS,
            "__slots__": ("_node", "_raw", "_tape"),
            "__new__": lambda cls, *args: kind(*args),
        },
    )
    made.__name__ = f"numpy.{kind.__name__}"
    return made


_NUMPY = (
    np.float16,
    np.float32,
    np.float64,
    np.longdouble,
    np.int8,
    np.int16,
    np.int32,
    np.int64,
    np.uint8,
    np.uint16,
    np.uint32,
    np.uint64,
    np.longlong,
    np.ulonglong,
)  # bool cannot be a base class
SCALARS: dict[type, type] = {float: RecordedFloat, **{kind: _subclass(kind) for kind in _NUMPY}}
"""The recorded class of a plain number that an operation gave. Ints are left alone: most of them count or index."""

PLAIN_CLASS: dict[type, Any] = {made: plain for plain, made in SCALARS.items()}
PLAIN_CLASS |= {RecordedDatum: int, RecordedInt: int}

RecordedFloat.__name__ = "float"
RecordedDatum.__name__ = RecordedInt.__name__ = "int"


def make_number(kind: type, value: Any, node: int, tape: Tape) -> Any:
    """The number ``value`` as a recorded one of the class ``kind``."""
    number: Any = PLAIN_CLASS[kind].__new__(kind, value)
    number._node = node
    number._raw = value
    number._tape = tape
    return number
