"""What instrumented code calls: literals become leaves, and builtins that would lose a thread are replaced."""

from __future__ import annotations

import builtins
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from annprobe.tape.decisions import RecordedBool, chosen, compared
from annprobe.tape.methods import RECORDED
from annprobe.tape.plain import NUMERIC, Active, Number, Traced, TracedArray, is_recorded, raw
from annprobe.tape.scalars import SCALARS, RecordedDatum, RecordedFloat, RecordedInt, make_number

if TYPE_CHECKING:
    from annprobe.tape.recorder import Recorder

_MOST_PARSED = 20_000  # numbers read from text that become leaves; a larger table of data is no tape's business
_PYTHON_NUMBERS = {int, float, bool, RecordedFloat, RecordedDatum, RecordedInt, RecordedBool}


def make_builtins(recorder: Recorder) -> dict[str, Any]:
    """Names that instrumented code calls, see :mod:`annprobe.tape.instrument`."""
    replaced = _Replacements(recorder)

    def literal(value: Any) -> Any:
        if Active.recorder is None:
            return value
        node = recorder.append("literal", None, (), {}, value, "leaf", ())
        return make_number(RecordedFloat if type(value) is float else RecordedDatum, value, node, recorder.tape)

    def constant(value: int) -> Any:
        if Active.recorder is None:
            return value
        node = recorder.append("literal", None, (), {}, value, "leaf", ())
        return make_number(RecordedInt, value, node, recorder.tape)

    return {
        "__annprobe_literal__": literal,
        "__annprobe_constant__": constant,
        "__annprobe_callee__": replaced.callee,
        "__annprobe_compared__": lambda op, a, b: compared(recorder, op, a, b),
        "__annprobe_chosen__": lambda test, a, b: chosen(recorder, test, a, b),
        "__annprobe_plain__": raw,
    }


class _Replacements:
    """What is called instead of builtins, numpy's scalar types and methods of plain arrays."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._parsed = 0
        self._by_id: dict[int, Callable[..., Any]] = {
            id(float): self._float,
            id(int): self._int,
            id(type): seen_type,
            id(sum): self._sum,
            id(max): self._largest(max, "maximum", "max"),
            id(min): self._largest(min, "minimum", "min"),
        }
        for kind in SCALARS:
            if issubclass(kind, np.generic):
                self._by_id[id(kind)] = self._scalar_type(kind)

    def callee(self, function: Any) -> Any:
        """``function`` itself, or what keeps the thread in its place."""
        if Active.recorder is None:
            return function
        replaced = self._by_id.get(id(function))
        if replaced is not None:
            return replaced
        if type(function) is types.BuiltinMethodType and type(function.__self__) is np.ndarray:
            return self._method(function)
        return function

    def _method(self, function: Any) -> Any:
        """A method of a plain array, on the tape."""
        array, name = function.__self__, function.__name__
        if array.dtype.kind in NUMERIC and name in RECORDED:
            return getattr(self._recorder.outsider(array), name)
        if name == "astype" and array.dtype == object:
            return lambda *args, **kwargs: self._typed(array, function, args, kwargs)
        if name == "astype":
            return lambda *args, **kwargs: self._recorder.leaf("astype", function(*raw(args), **raw(kwargs)))
        return function

    def _typed(self, array: Any, astype: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """An array of objects as an array of numbers."""
        if not is_recorded(array):
            return astype(*args, **kwargs)
        return self._recorder.made_of(
            "array",
            lambda value: np.asarray(value, dtype=object).reshape(array.shape).astype(*args, **kwargs),
            array.tolist(),
        )

    def _float(self, *args: Any) -> Any:
        if len(args) != 1 or Active.recorder is None:
            return float(*args)
        value = args[0]
        if type(value) is RecordedFloat:
            return value
        if isinstance(value, Traced):
            float(raw(value))  # the error, if there is one, is Python's own
            return self._recorder.plain(value, float)
        number = float(value)
        return self._read(number) if isinstance(value, str) else number

    def _read(self, number: float) -> Any:
        """A number read from text: one that was written there before, or data."""
        found = self._recorder.lost.number(number)
        if found is not None:
            self._recorder.tape.reattached.append(found)
            return make_number(RecordedFloat, number, found, self._recorder.tape)
        self._parsed += 1
        return self._recorder.leaf("float", number) if self._parsed < _MOST_PARSED else number

    def _int(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs and Active.recorder is not None and isinstance(args[0], Traced):
            return self._recorder.scalar("int", int, args, int(raw(args[0])))
        return int(*args, **kwargs)

    def _scalar_type(self, kind: Any) -> Callable[..., Any]:
        op = "item" if issubclass(kind, np.floating) else "int"

        def make(*args: Any, **kwargs: Any) -> Any:
            if len(args) != 1 or Active.recorder is None or not is_recorded(args):
                return kind(*raw(args), **kwargs)
            value = kind(*raw(args))
            name = "astype" if isinstance(value, np.ndarray) else op
            return self._recorder.scalar(name, kind, (self._recorder.gathered(args[0]),), value)

        return make

    def _sum(self, values: Any, /, start: Any = 0) -> Any:
        if Active.recorder is None or isinstance(values, TracedArray):
            return sum(values, start)
        items = list(values)
        terms = items if type(start) is int and start == 0 else [start, *items]
        if not {type(item) for item in terms} <= _PYTHON_NUMBERS or not any(isinstance(x, Number) for x in terms):
            return sum(items, start)
        return self._recorder.scalar("sum", builtins.sum, (terms,), sum(raw(items), raw(start)))

    def _largest(self, function: Callable[..., Any], of_two: str, of_many: str) -> Callable[..., Any]:
        def largest(*args: Any, **kwargs: Any) -> Any:
            if kwargs or Active.recorder is None or not args:
                return function(*args, **kwargs)
            items = list(args[0]) if len(args) == 1 else list(args)
            plain = [raw(item) for item in items]
            if not any(isinstance(item, Number) for item in items) or not all(map(_is_scalar, plain)):
                return function(items) if items else function(*args)
            if len(items) == 2:
                return self._recorder.scalar(of_two, function, tuple(items), function(plain))
            return self._recorder.scalar(of_many, function, (items,), function(plain))

        return largest


def _is_scalar(value: Any) -> bool:
    return isinstance(value, (int, float, np.generic))


def seen_type(*args: Any) -> Any:
    """``type``, as the module should see it."""
    return type(*args) if len(args) != 1 else args[0].__class__ if isinstance(args[0], Traced) else type(args[0])
