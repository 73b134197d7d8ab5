"""The names and attributes that functions reach, remembered in microseconds and put back.

A complex step leaves complex arrays in the caches that a forward pass keeps, in attributes or global names. Only the
bindings are remembered: arrays themselves cannot take complex values; what writes into them is :mod:`guard`'s matter.
"""

from __future__ import annotations

import dis
import functools
import itertools
import operator
import types
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from annprobe.gradcheck.state.references import NO_STATE, class_data, code_of, is_filled, is_users_module

MOST_OBJECTS = 5_000
_NUMBERS = (np.ndarray, np.float64, np.float32, np.int64, np.bool_, np.complex128, int, float, complex, bool)
_FIXED = frozenset((types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type, np.ufunc))
_PLAIN = frozenset((*_NUMBERS, str, bytes, type(None), types.ModuleType, types.BuiltinFunctionType, type, np.ufunc))
_STORES = frozenset(("STORE_GLOBAL", "DELETE_GLOBAL"))
_GLOBAL_STEPS = _STORES | {"LOAD_GLOBAL", "LOAD_NAME"}
_ROWS = frozenset((tuple, list))
_Space = dict[str, Any]


class Bindings:
    """What the attributes of the user's objects and the global names of the user's functions are bound to."""

    def __init__(self, *functions: Any) -> None:
        self._whole: list[tuple[_Space, _Space]] = []  # attributes and dicts
        self._parts: list[tuple[_Space, _Space]] = []  # some names of a module
        self._cells: list[tuple[types.CellType, Any]] = []  # variables of enclosing functions
        self._shared: list[tuple[type, tuple[str, ...], list[Any]]] = []  # what classes hold for all their objects
        reached = list(functions)
        seen: set[int] = set()
        for value in reached:  # which grows meanwhile
            if id(value) in seen:
                continue
            seen.add(id(value))
            kind = type(value)
            if kind is types.FunctionType:
                if (names := _globals_named(value.__code__)) or value.__closure__:
                    reached += self._function(value, names)
            elif kind is types.MethodType:
                reached += (value.__self__, value.__func__)
            elif kind is tuple or kind is list:
                reached += _leading(value)
            elif kind is functools.partial:
                reached += (value.func, value.args, value.keywords)
            elif kind is dict:
                self._whole.append((value, value.copy()))
                reached += _leading(value.values())
            elif (classes := _users_classes(value.__class__)) is not None and hasattr(value, "__dict__"):
                reached += self._object(value.__dict__, classes)
            if len(seen) >= MOST_OBJECTS:
                break

    def restore(self) -> None:
        """Put every binding back."""
        for space, saved in self._whole:
            if not (space.keys() == saved.keys() and all(map(operator.is_, space.values(), saved.values()))):
                space.clear()
                space.update(saved)
        for space, saved in self._parts:
            space.update(saved)
        for cell, value in self._cells:
            cell.cell_contents = value
        for kind, names, values in self._shared:
            if not all(map(operator.is_, map(kind.__dict__.get, names), values)):
                for name, value in zip(names, values, strict=True):
                    setattr(kind, name, value)

    def _object(self, space: _Space, classes: _Classes) -> list[Any]:
        """What an object and its classes hold."""
        self._whole.append((space, space.copy()))
        held = [*space.values()]
        for base, names, written in classes:
            values = [*map(base.__dict__.get, names)]
            self._shared.append((base, names, values))
            held += values
            self._parts += [(module, {name: module[name]}) for module, name in written if name in module]
        return _leading(held)

    def _function(self, function: types.FunctionType, names: tuple[str, ...]) -> Iterable[Any]:
        """What a user's function closes over and mentions; its global variables are remembered."""
        space, closure = function.__globals__, function.__closure__
        mentioned = {name: space[name] for name in names if name in space and type(space[name]) is not types.ModuleType}
        if not (mentioned or closure) or not is_users_module(function.__module__ or "__main__"):
            return ()
        if variables := {name: value for name, value in mentioned.items() if type(value) not in _FIXED}:
            self._parts.append((space, variables))
        cells = [(cell, cell.cell_contents) for cell in closure or () if is_filled(cell)]
        self._cells += cells
        return _leading((*(value for _, value in cells), *mentioned.values()))


def _leading(values: Iterable[Any]) -> list[Any]:
    """Those that refer to something else: no numbers and names, and no rows of them or rows of such rows."""
    followed = [value for value in values if type(value) not in _PLAIN]
    return [value for value in followed if type(value) not in _ROWS or not _is_table(value)]


def _is_table(rows: Any) -> bool:
    """A row of numbers and names, or rows of such rows."""
    if _PLAIN.issuperset(map(type, rows)):
        return True
    entries = itertools.chain.from_iterable
    return _ROWS.issuperset(map(type, rows)) and _PLAIN.issuperset(map(type, entries(rows)))


_Classes = tuple[tuple[type, tuple[str, ...], tuple[tuple[_Space, str], ...]], ...]


@functools.lru_cache(maxsize=1024)
def _users_classes(kind: type) -> _Classes | None:
    """The user's classes among ``kind`` and those it derives from; the names of the values that each holds; the global
    variables that its methods write.

    None where ``kind`` itself is not the user's, or holds no state.
    """
    if issubclass(kind, NO_STATE) or not is_users_module(kind.__module__):
        return None
    bases = (base for base in kind.__mro__ if is_users_module(base.__module__))
    found = ((base, tuple(class_data(base)), tuple(_globals_written(base))) for base in bases)
    return tuple((base, names, written) for base, names, written in found if names or written)


def _globals_written(kind: type) -> Iterator[tuple[_Space, str]]:
    for function in filter(None, map(code_of, vars(kind).values())):
        for name in dict.fromkeys(_global_names(function.__code__, _STORES)):
            yield function.__globals__, name


def _globals_named(code: types.CodeType) -> tuple[str, ...]:
    """Global names that a function and the functions within it read or write."""
    known = _NAMED.get(id(code))  # by its address: to hash a code object is to hash all that is in it
    if known is None or known[0] is not code:
        if len(_NAMED) >= MOST_OBJECTS:
            _NAMED.clear()
        known = _NAMED[id(code)] = (code, tuple(dict.fromkeys(_global_names(code))))
    return known[1]


_NAMED: dict[int, tuple[types.CodeType, tuple[str, ...]]] = {}


def _global_names(code: types.CodeType, steps: frozenset[str] = _GLOBAL_STEPS) -> Iterator[str]:
    yield from (step.argval for step in dis.get_instructions(code) if step.opname in steps)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _global_names(constant, steps)
