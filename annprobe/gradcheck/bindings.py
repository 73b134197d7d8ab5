"""The names and attributes that functions reach, remembered in microseconds and put back.

A complex step leaves complex arrays in the caches that a forward pass keeps, in attributes or global names. Only the
bindings are remembered: arrays themselves cannot take complex values; what writes into them is :mod:`guard`'s matter.
"""

from __future__ import annotations

import functools
import types
from typing import Any

import numpy as np

from annprobe.gradcheck.guard import is_filled, is_users_module, is_users_object, names_used

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
        stack = list(functions)
        seen: set[int] = set()
        while stack and len(seen) < MOST_OBJECTS:
            value = stack.pop()
            if id(value) in seen:
                continue
            kind = type(value)
            seen.add(id(value))
            if kind is list or kind is tuple:
                stack += [item for item in value if type(item) not in _PLAIN]
            elif kind is types.FunctionType:
                stack.extend(self._function(value))
            elif kind is types.MethodType:
                stack += (value.__self__, value.__func__)
            elif kind is functools.partial:
                parts = (value.func, *value.args, *value.keywords.values())
                stack += [part for part in parts if type(part) not in _PLAIN]
            elif kind is dict or is_users_object(value):
                space = value if kind is dict else vars(value)
                self._whole.append((space, space.copy()))
                stack += [item for item in space.values() if type(item) not in _PLAIN]

    def restore(self) -> None:
        """Put every binding back."""
        for space, saved in self._whole:
            if len(space) != len(saved):
                space.clear()
            if any(space.get(key, saved) is not value for key, value in saved.items()):
                space.update(saved)
        for space, saved in self._parts:
            space.update(saved)

    def _function(self, function: types.FunctionType) -> list[Any]:
        """What a user's function closes over and mentions; its global variables are remembered."""
        if not is_users_module(function.__module__ or "__main__"):
            return []
        space = function.__globals__
        mentioned = [(name, space[name]) for name in _names(function.__code__) if name in space]
        variables = {name: value for name, value in mentioned if type(value) not in _FIXED}
        if variables:
            self._parts.append((space, variables))
        cells = [cell.cell_contents for cell in function.__closure__ or () if is_filled(cell)]
        return [value for value in (*cells, *dict(mentioned).values()) if type(value) not in _PLAIN]


@functools.lru_cache(maxsize=1024)
def _names(code: types.CodeType) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names_used(code)))
