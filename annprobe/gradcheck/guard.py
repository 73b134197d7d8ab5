"""The mutable state that functions reach: remembered before a call, restored after it, and what the call changed."""

from __future__ import annotations

import functools
import random
import sys
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator, RandomState

MOST_OBJECTS = 20_000
MOST_BYTES = 1 << 28  # arrays beyond this are not copied before every call


@dataclass(frozen=True, slots=True)
class _Handle:
    """One mutable thing: how to remember, restore and compare it."""

    name: str
    save: Callable[[], Any]
    load: Callable[[Any], None]
    same: Callable[[Any], bool]
    random: bool = False
    identity: int = 0  # id of an array, to be recognised among the data


class Guard:
    """Remembers everything mutable that the given functions reach: closures, globals they name, attributes, generators.

    Modules, classes and objects of installed libraries are not entered; arrays beyond ``MOST_BYTES`` in total are
    skipped and listed in ``skipped``.
    """

    def __init__(self, *roots: Any) -> None:
        walk = _Walk()
        for root in roots:
            walk.enter(root, "")
        self._handles = [*walk.handles, *_global_generators()]
        self.skipped = tuple(walk.skipped)
        self._saved: list[Any] = []
        self.remember()

    def remember(self) -> None:
        """Take the present state as the one to go back to."""
        self._saved = [handle.save() for handle in self._handles]

    def restore(self) -> None:
        """Put everything back."""
        for handle, saved in zip(self._handles, self._saved, strict=True):
            handle.load(saved)

    def restore_generators(self) -> None:
        """Put only the random generators back, so that the next call draws the same numbers again."""
        for handle, saved in zip(self._handles, self._saved, strict=True):
            if handle.random:
                handle.load(saved)

    def changes(self) -> tuple[tuple[str, int | None], ...]:
        """(name, id) of everything that is no longer as remembered; the id is None for random generators."""
        pairs = zip(self._handles, self._saved, strict=True)
        return tuple((h.name, None if h.random else h.identity) for h, saved in pairs if not h.same(saved))


class _Walk:
    """Follows references from a root to every mutable thing of the user's."""

    def __init__(self) -> None:
        self.handles: list[_Handle] = []
        self.skipped: list[str] = []
        self._seen: set[int] = set()
        self._alive: list[Any] = []  # ids stay unique while their objects live
        self._bytes = 0

    def enter(self, value: Any, name: str) -> None:
        if id(value) in self._seen or len(self._seen) > MOST_OBJECTS or isinstance(value, _ATOMS):
            return
        self._seen.add(id(value))
        self._alive.append(value)
        if isinstance(value, np.ndarray):
            self._array(value, name)
        elif isinstance(value, (Generator, RandomState, random.Random)):
            self.handles.append(_generator(value, name))
        else:
            self._remember_container(value, name)
            for part_name, part in _parts(value, name):
                self.enter(part, part_name)

    def _array(self, array: np.ndarray[Any, Any], name: str) -> None:
        self._bytes += array.nbytes
        if self._bytes > MOST_BYTES:
            self.skipped.append(name)
        elif array.flags.writeable:
            self.handles.append(_array(array, name))
        if array.dtype == object:
            for index, item in enumerate(array.ravel()):
                self.enter(item, f"{name}[{index}]")

    def _remember_container(self, value: Any, name: str) -> None:
        if isinstance(value, list):
            self.handles.append(_list(value, name))
        elif isinstance(value, (dict, set)):
            self.handles.append(_keyed(value, name))
        elif isinstance(value, types.CellType):
            self.handles.append(_cell(value, name))
        elif isinstance(value, types.FunctionType) and (written := _globals_written(value)):
            self.handles.extend(_global(value.__globals__, key) for key in written)
        elif is_users_object(value):
            self.handles.append(_keyed(vars(value), name))


_ATOMS = (
    int,
    float,
    complex,
    str,
    bytes,
    bool,
    type(None),
    type,
    types.ModuleType,
    types.BuiltinFunctionType,
    np.generic,
)


def _parts(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    """(name, value) of everything that ``value`` refers to directly."""
    if isinstance(value, types.MethodType):
        yield name, value.__self__
        yield name, value.__func__
    elif isinstance(value, functools.partial):
        yield name, value.func
        yield from _parts([*value.args, *value.keywords.values()], name)
    elif isinstance(value, types.FunctionType):
        yield from _function_parts(value)
    elif isinstance(value, types.CellType):
        yield from [(name, value.cell_contents)] if is_filled(value) else []
    elif isinstance(value, dict):
        yield from ((f"{name}[{key!r}]" if name else str(key), item) for key, item in value.items())
    elif isinstance(value, (list, tuple, set, frozenset)):
        yield from ((f"{name}[{index}]", item) for index, item in enumerate(value))
    elif is_users_object(value):
        yield from ((f"{name}.{key}" if name else key, item) for key, item in vars(value).items())


def _function_parts(function: types.FunctionType) -> Iterator[tuple[str, Any]]:
    yield from zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    yield from ((function.__name__, default) for default in function.__defaults__ or ())
    yield from (function.__kwdefaults__ or {}).items()
    for name in names_used(function.__code__):
        if name in function.__globals__:
            yield name, function.__globals__[name]


def names_used(code: types.CodeType) -> Iterator[str]:
    """Global names and attributes that a function and the functions within it mention."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from names_used(constant)


def _globals_written(function: types.FunctionType) -> list[str]:
    """Names of module variables that the function's code mentions and that hold plain values (a counter, a cache)."""
    used = dict.fromkeys(names_used(function.__code__))
    space = function.__globals__
    return [n for n in used if n in space and not isinstance(space[n], (types.ModuleType, types.FunctionType, type))]


def is_filled(cell: types.CellType) -> bool:
    """Whether a closure's variable has a value yet."""
    try:
        cell.cell_contents  # noqa: B018  (an empty cell raises here)
    except ValueError:
        return False
    return True


_NO_STATE = (type, types.FunctionType, types.MethodType, functools.partial)


def is_users_object(value: Any) -> bool:
    """An instance of a class that was not installed with Python or a library."""
    if not hasattr(value, "__dict__") or isinstance(value, _NO_STATE):
        return False
    return is_users_module(type(value).__module__)


@functools.lru_cache(maxsize=512)
def is_users_module(module: str) -> bool:
    """Neither Python's own nor installed."""
    if module.partition(".")[0] in sys.stdlib_module_names and module != "__main__":
        return False
    return "site-packages" not in (getattr(sys.modules.get(module), "__file__", None) or "")


def _array(array: np.ndarray[Any, Any], name: str) -> _Handle:
    def load(saved: np.ndarray[Any, Any]) -> None:
        array[...] = saved

    return _Handle(name, array.copy, load, lambda saved: array.tobytes() == saved.tobytes(), identity=id(array))


def _list(value: list[Any], name: str) -> _Handle:
    def load(saved: list[Any]) -> None:
        value[:] = saved

    return _Handle(name, value.copy, load, lambda saved: _identical(value, saved))


def _keyed(value: Any, name: str) -> _Handle:
    """A dict, a set, or the attributes of an object."""

    def load(saved: Any) -> None:
        value.clear()
        value.update(saved)

    def same(saved: Any) -> bool:
        return _identical(list(value), list(saved)) and (
            not isinstance(value, dict) or _identical(list(value.values()), list(saved.values()))
        )

    return _Handle(name, value.copy, load, same)


def _cell(cell: types.CellType, name: str) -> _Handle:
    def save() -> Any:
        return (cell.cell_contents,) if is_filled(cell) else ()

    def load(saved: Any) -> None:
        if saved:
            cell.cell_contents = saved[0]

    return _Handle(name, save, load, lambda saved: _identical(save(), saved))


def _global(space: dict[str, Any], name: str) -> _Handle:
    def load(saved: Any) -> None:
        space[name] = saved

    return _Handle(name, lambda: space[name], load, lambda saved: _identical([space.get(name)], [saved]))


def _generator(value: Any, name: str) -> _Handle:
    if isinstance(value, Generator):
        bits = value.bit_generator
        return _Handle(
            name, lambda: bits.state, lambda s: setattr(bits, "state", s), lambda s: _equal(bits.state, s), True
        )
    if isinstance(value, RandomState):
        return _Handle(
            name,
            lambda: value.get_state(legacy=False),
            value.set_state,
            lambda s: _equal(value.get_state(legacy=False), s),
            True,
        )
    return _Handle(name, value.getstate, value.setstate, lambda s: bool(value.getstate() == s), True)


def _global_generators() -> list[_Handle]:
    """The hidden generators behind ``numpy.random.rand`` and ``random.random``."""
    numpy_state = functools.partial(np.random.get_state, legacy=False)
    return [
        _Handle("numpy.random", numpy_state, np.random.set_state, lambda s: _equal(numpy_state(), s), True),
        _Handle("random", random.getstate, random.setstate, lambda s: random.getstate() == s, True),
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
