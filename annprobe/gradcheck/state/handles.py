"""Mutable things one by one: how each is remembered, put back, and compared with what was remembered."""

from __future__ import annotations

import functools
import random
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator, RandomState

from annprobe.gradcheck.state.references import class_data, is_filled


@dataclass(frozen=True, slots=True)
class Handle:
    """One mutable thing: how to remember, restore and compare it."""

    name: str
    save: Callable[[], Any]
    load: Callable[[Any], None]
    same: Callable[[Any], bool]
    random: bool = False
    identity: int = 0  # id of an array, to be recognised among the data


def array_handle(array: np.ndarray[Any, Any], name: str) -> Handle:
    """The values of an array."""

    def load(saved: np.ndarray[Any, Any]) -> None:
        array[...] = saved

    return Handle(name, array.copy, load, lambda saved: array.tobytes() == saved.tobytes(), identity=id(array))


def list_handle(value: list[Any], name: str) -> Handle:
    """What a list holds, not what that holds in turn."""

    def load(saved: list[Any]) -> None:
        value[:] = saved

    return Handle(name, value.copy, load, lambda saved: _identical(value, saved))


def keyed_handle(value: Any, name: str) -> Handle:
    """A dict, a set, or the attributes of an object."""

    def load(saved: Any) -> None:
        value.clear()
        value.update(saved)

    def same(saved: Any) -> bool:
        return _identical(list(value), list(saved)) and (
            not isinstance(value, dict) or _identical(list(value.values()), list(saved.values()))
        )

    return Handle(name, value.copy, load, same)


def class_handle(kind: type, name: str) -> Handle:
    """What a class holds for all its objects."""

    def load(saved: dict[str, Any]) -> None:
        now = class_data(kind)
        for key in now.keys() - saved.keys():
            delattr(kind, key)
        for key, value in saved.items():
            if now.get(key) is not value:
                setattr(kind, key, value)

    def same(saved: dict[str, Any]) -> bool:
        now = class_data(kind)
        return _identical(list(now), list(saved)) and _identical(list(now.values()), list(saved.values()))

    return Handle(name, functools.partial(class_data, kind), load, same)


def cell_handle(cell: types.CellType, name: str) -> Handle:
    """The variable of an enclosing function."""

    def save() -> Any:
        return (cell.cell_contents,) if is_filled(cell) else ()

    def load(saved: Any) -> None:
        if saved:
            cell.cell_contents = saved[0]

    return Handle(name, save, load, lambda saved: _identical(save(), saved))


def global_handle(space: dict[str, Any], name: str) -> Handle:
    """One name of a module."""

    def load(saved: Any) -> None:
        space[name] = saved

    return Handle(name, lambda: space[name], load, lambda saved: _identical([space.get(name)], [saved]))


def generator_handle(value: Any, name: str) -> Handle:
    """The state of a random generator."""
    if isinstance(value, Generator):
        bits = value.bit_generator
        return Handle(
            name, lambda: bits.state, lambda s: setattr(bits, "state", s), lambda s: _equal(bits.state, s), True
        )
    if isinstance(value, RandomState):
        return Handle(
            name,
            lambda: value.get_state(legacy=False),
            value.set_state,
            lambda s: _equal(value.get_state(legacy=False), s),
            True,
        )
    return Handle(name, value.getstate, value.setstate, lambda s: bool(value.getstate() == s), True)


def global_generators() -> list[Handle]:
    """The hidden generators behind ``numpy.random.rand`` and ``random.random``."""
    numpy_state = functools.partial(np.random.get_state, legacy=False)
    return [
        Handle("numpy.random", numpy_state, np.random.set_state, lambda s: _equal(numpy_state(), s), True),
        Handle("random", random.getstate, random.setstate, lambda s: random.getstate() == s, True),
    ]


def _identical(now: Any, saved: Any) -> bool:
    """The same objects in the same order; equal numbers count as the same object."""
    if len(now) != len(saved):
        return False
    plain = (int, float, str, np.generic)
    pairs = zip(now, saved, strict=True)
    return all(a is b or (isinstance(a, plain) and type(a) is type(b) and bool(a == b)) for a, b in pairs)


def _equal(now: Any, saved: Any) -> bool:
    """Equality of generator states: nested dicts that hold arrays."""
    if isinstance(now, dict):
        return all(_equal(now[key], saved[key]) for key in now)
    return bool(np.array_equal(now, saved))
