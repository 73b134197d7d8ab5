"""The names and attributes that functions reach, remembered in microseconds and put back.

A complex step leaves complex arrays in the caches that a forward pass keeps, in attributes or global names. Only the
bindings are remembered: arrays themselves cannot take complex values; what writes into them is :mod:`guard`'s matter.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Iterator
from typing import Any

import numpy as np

from annprobe.gradcheck.guard import is_filled, is_users_module, is_users_object, names_used

MOST_OBJECTS = 5_000
_PLAIN = (np.ndarray, int, float, str, bytes, type(None), np.generic, type, types.ModuleType, types.BuiltinFunctionType)


class Bindings:
    """What the attributes of the user's objects and the global names of the user's functions are bound to."""

    def __init__(self, *functions: Any) -> None:
        self._saved: list[tuple[dict[str, Any], dict[str, Any], bool]] = []
        self._seen: set[int] = set()
        for function in functions:
            self._enter(function)

    def restore(self) -> None:
        """Put every binding back."""
        for space, saved, whole in self._saved:
            if whole and len(space) != len(saved):
                space.clear()
            if any(space.get(key, saved) is not value for key, value in saved.items()):
                space.update(saved)

    def _enter(self, value: Any) -> None:
        if isinstance(value, _PLAIN) or id(value) in self._seen or len(self._seen) > MOST_OBJECTS:
            return
        self._seen.add(id(value))
        if isinstance(value, types.FunctionType):
            if is_users_module(value.__module__ or "__main__"):
                self._function(value)
        elif isinstance(value, types.MethodType):
            self._enter(value.__self__)
            self._enter(value.__func__)
        else:
            self._remember(value)
            for part in _parts(value):
                self._enter(part)

    def _function(self, function: types.FunctionType) -> None:
        for cell in function.__closure__ or ():
            if is_filled(cell):
                self._enter(cell.cell_contents)
        space = function.__globals__
        mentioned = {name: space[name] for name in names_used(function.__code__) if name in space}
        bound = {n: v for n, v in mentioned.items() if not isinstance(v, (types.ModuleType, types.FunctionType, type))}
        if bound:
            self._saved.append((space, bound, False))
        for value in mentioned.values():
            self._enter(value)

    def _remember(self, value: Any) -> None:
        if isinstance(value, dict):
            self._saved.append((value, value.copy(), True))
        elif is_users_object(value):
            self._saved.append((vars(value), vars(value).copy(), True))


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, functools.partial):
        yield from (value.func, *value.args, *value.keywords.values())
    elif isinstance(value, (list, tuple)):
        yield from value
    elif isinstance(value, dict):
        yield from value.values()
    elif is_users_object(value):
        yield from vars(value).values()
