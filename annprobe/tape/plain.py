"""Recorded values and what they are without the tape: plain numpy arrays and Python numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from annprobe.tape.nodes import Tape

if TYPE_CHECKING:
    from annprobe.tape.memory import Window
    from annprobe.tape.recorder import Recorder

NUMERIC = "fiub"  # kinds of dtype that are recorded
ARRAYS = frozenset({np.ndarray, np.matrix, np.memmap})  # classes of arrays that are recorded; others are left alone


class Active:
    """The recorder that is listening, or None."""

    recorder: Recorder | None = None


class Traced:
    """Mixin of everything that is on the tape. ``_raw`` is the same value as a plain one."""

    __slots__ = ()

    _raw: Any


SEEN_CLASS: Any = property(lambda value: type(value._raw))
"""``x.__class__`` of everything that is on the tape: what it would be without a recording."""


class TracedArray(Traced):
    """Mixin of recorded arrays. ``_window`` is missing on arrays that numpy made out of our sight."""

    __slots__ = ()

    _window: Window


class Number(Traced):
    """Mixin of recorded scalars."""

    __slots__ = ()

    _node: int
    _tape: Tape


_ATOMS = frozenset({float, int, bool, str, type(None), type, type(...), np.float64, np.int64})


def raw(value: Any) -> Any:
    """The same value (or structure of values) as plain numpy and Python objects."""
    kind = type(value)
    if kind in _ATOMS:
        return value
    if issubclass(kind, Traced):
        return value._raw
    if kind is tuple:
        return tuple([raw(item) for item in value])
    if kind is list:
        return [raw(item) for item in value]
    if kind is dict:
        return {key: raw(item) for key, item in value.items()}
    if kind is slice:
        return slice(raw(value.start), raw(value.stop), raw(value.step))
    if kind is np.ndarray and value.dtype == object:
        return _raw_objects(value)
    return value


def _raw_objects(array: Any) -> Any:
    """The array itself, unless something in it is on the tape."""
    if not is_recorded(array):
        return array
    plain = np.empty(array.shape, dtype=object)
    for index in np.ndindex(array.shape):
        plain[index] = raw(array[index])
    return plain


def is_recorded(value: Any, depth: int = 6) -> bool:
    """Whether anything in the structure is on the tape."""
    kind = type(value)
    if kind in _ATOMS:
        return False
    if issubclass(kind, Traced):
        return True
    if not depth:
        return False
    return any(type(item) not in _ATOMS and is_recorded(item, depth - 1) for item in _parts(value, kind))


def _parts(value: Any, kind: type) -> Iterable[Any]:
    """What a structure is made of."""
    if kind is tuple or kind is list:
        return cast(Iterable[Any], value)
    if kind is dict:
        return cast(Iterable[Any], value.values())
    return cast(Iterable[Any], value.flat) if kind is np.ndarray and value.dtype == object else ()


def is_data(value: Any, depth: int = 6) -> bool:
    """Whether anything in the structure is on the tape, or is an array of numbers."""
    kind = type(value)
    if kind in _ATOMS:
        return False
    if issubclass(kind, Traced):
        return True
    if kind is np.ndarray and value.dtype != object:
        return value.dtype.kind in NUMERIC
    if not depth:
        return False
    return any(type(item) not in _ATOMS and is_data(item, depth - 1) for item in _parts(value, kind))
