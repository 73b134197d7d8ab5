"""Decisions on the tape: comparisons of numbers, and the numbers that are chosen by them.

A plain ``True`` has no thread. What a comparison of recorded numbers gives, where the module computes with it, is a
recorded one of the same looks; ``1 if z > 0 else 0`` is a recorded number. Comparisons that only decide where the
module goes on are left alone.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from annprobe.tape.nodes import Node
from annprobe.tape.plain import SEEN_CLASS, Active, Number, TracedArray, raw
from annprobe.tape.scalars import PLAIN_CLASS, Arithmetic, NumpyScalar

if TYPE_CHECKING:
    from annprobe.tape.recorder import Recorder

CHOSEN = "chosen"  # the operation of ``A if c else B``
# name of the operator in the syntax tree -> (operation on the tape, function)
_COMPARISONS: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "Gt": ("greater", operator.gt),
    "GtE": ("greater_equal", operator.ge),
    "Lt": ("less", operator.lt),
    "LtE": ("less_equal", operator.le),
}


def _bitwise(function: Callable[[Any, Any], Any]) -> tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]:
    return (lambda self, other: function(self._raw, raw(other))), (lambda self, other: function(other, self._raw))


class _Decision(Arithmetic):
    """Logic of plain truth values: its results have no thread."""

    __slots__ = ()

    __and__, __rand__ = _bitwise(operator.and_)
    __or__, __ror__ = _bitwise(operator.or_)
    __xor__, __rxor__ = _bitwise(operator.xor)

    def __invert__(self) -> Any:
        return operator.invert(self._raw)

    def __bool__(self) -> bool:
        return bool(self._raw)


class RecordedBool(_Decision, int):  # type: ignore[misc]  # annotations of int's methods are narrower
    """A Python bool on the tape."""

    __class__ = SEEN_CLASS

    def __new__(cls, *args: Any) -> Any:
        """A plain number."""
        return int(*args)


class RecordedNumpyBool(_Decision, NumpyScalar):
    """numpy's bool on the tape; numpy's own class cannot be a base."""

    __slots__ = ("_node", "_raw", "_tape")

    __class__ = SEEN_CLASS

    def __new__(cls, *args: Any) -> Any:
        """Without a value: :func:`make_number` gives it one."""
        return object.__new__(cls)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.asarray(self._raw, dtype)

    def __int__(self) -> int:
        return int(self._raw)

    def __float__(self) -> float:
        return float(self._raw)

    @property
    def dtype(self) -> Any:
        """That of numpy's bool."""
        return self._raw.dtype

    @property
    def shape(self) -> Any:
        """That of one number."""
        return ()

    @property
    def ndim(self) -> int:
        """That of one number."""
        return 0

    @property
    def size(self) -> int:
        """That of one number."""
        return 1


RecordedBool.__name__ = "bool"
RecordedNumpyBool.__name__ = f"numpy.{np.bool_.__name__}"
DECISIONS: dict[type, type] = {bool: RecordedBool, np.bool_: RecordedNumpyBool}
"""The recorded class of a plain truth value."""
PLAIN_CLASS.update({RecordedBool: int, RecordedNumpyBool: RecordedNumpyBool})


def compared(recorder: Recorder, name: str, a: Any, b: Any) -> Any:
    """``a > b`` and its like, on the tape when one of them is a recorded number."""
    op, function = _COMPARISONS[name]
    result = function(a, b)
    if type(result) in DECISIONS and Active.recorder is not None and (_is_number(a) or _is_number(b)):
        return recorder.scalar(op, function, (a, b), result)
    return result


def _is_number(value: Any) -> bool:
    """Whether a value is one recorded number."""
    return isinstance(value, Number) or (isinstance(value, TracedArray) and raw(value).ndim == 0)


def chosen(recorder: Recorder, test: Any, one: Any, other: Any) -> Any:
    """``one if test else other`` of two numbers, on the tape when the test is."""
    result = one if test else other
    if Active.recorder is None or not _decides(test):
        return result
    return recorder.scalar(CHOSEN, _choose, (test, one, other), raw(result))


def _decides(test: Any) -> bool:
    return isinstance(test, _Decision) or (isinstance(test, TracedArray) and raw(test).dtype.kind == "b")


def is_decision(node: Node) -> bool:
    """Whether a node is a comparison of single numbers."""
    return node.fn in _FUNCTIONS


_FUNCTIONS = frozenset(function for _, function in _COMPARISONS.values())


def _choose(test: Any, one: Any, other: Any) -> Any:
    return one if test else other
