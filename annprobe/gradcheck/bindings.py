"""The names and attributes that functions reach, remembered in microseconds and put back.

A complex step leaves complex arrays in the caches that a forward pass keeps, in attributes or global names. Only the
bindings are remembered: arrays themselves cannot take complex values; what writes into them is :mod:`guard`'s matter.
"""

from __future__ import annotations

import functools
import operator
import types
from collections.abc import Iterable
from typing import Any

import numpy as np

from annprobe.gradcheck.references import class_data, is_filled, is_users_module, is_users_object, names_used

MOST_OBJECTS = 5_000
_NUMBERS = (np.ndarray, np.float64, np.float32, np.int64, np.bool_, np.complex128, int, float, complex, bool)
_FIXED = frozenset((types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type, np.ufunc))
_PLAIN = frozenset((*_NUMBERS, str, bytes, type(None), types.ModuleType, types.BuiltinFunctionType, type, np.ufunc))
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
            if kind is tuple or kind is list:
                reached += _leading(value)
            elif kind is types.MethodType:
                reached += (value.__self__, value.__func__)
            elif kind is types.FunctionType:
                reached += self._function(value)
            elif kind is functools.partial:
                reached += (value.func, value.args, value.keywords)
            elif kind is dict or is_users_object(value):
                space = value if kind is dict else value.__dict__
                self._whole.append((space, space.copy()))
                reached += _leading(space.values())
                if kind is not dict:
                    for base, names in _class_data(value.__class__):
                        values = [base.__dict__.get(name) for name in names]
                        self._shared.append((base, names, values))
                        reached += _leading(values)
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
            for name, value in zip(names, values, strict=True):
                if kind.__dict__.get(name) is not value:
                    setattr(kind, name, value)

    def _function(self, function: types.FunctionType) -> list[Any]:
        """What a user's function closes over and mentions; its global variables are remembered."""
        space, closure = function.__globals__, function.__closure__
        mentioned = {name: space[name] for name in _names(function.__code__) if name in space}
        if not (mentioned or closure) or not is_users_module(function.__module__ or "__main__"):
            return []
        if variables := {name: value for name, value in mentioned.items() if type(value) not in _FIXED}:
            self._parts.append((space, variables))
        cells = [(cell, cell.cell_contents) for cell in closure or () if is_filled(cell)]
        self._cells += cells
        return _leading((*(value for _, value in cells), *mentioned.values()))


def _leading(values: Iterable[Any]) -> list[Any]:
    """Those that refer to something else: no numbers and names, and no rows of them."""
    return [
        value
        for value in values
        if (kind := type(value)) not in _PLAIN
        and not ((kind is tuple or kind is list) and _PLAIN.issuperset(map(type, value)))
    ]


@functools.lru_cache(maxsize=1024)
def _class_data(kind: type) -> tuple[tuple[type, tuple[str, ...]], ...]:
    """The user's classes among ``kind`` and those it derives from, with the names of the values that each holds."""
    bases = (base for base in kind.__mro__ if is_users_module(base.__module__))
    return tuple((base, names) for base in bases if (names := tuple(class_data(base))))


@functools.lru_cache(maxsize=1024)
def _names(code: types.CodeType) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names_used(code)))
