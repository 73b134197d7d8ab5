"""Functions that take no parameters argument: how they are recognised, and where they read the parameters."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from annprobe.gradcheck.functions.layout import Layout
from annprobe.gradcheck.state.references import is_filled, is_users_module, names_used

Where = Literal["containers", "names", "values"]


class Placement:
    """Writes points where functions without a parameters argument read them.

    In the containers or attributes given; or under the names (global, or of an enclosing function) by which functions
    know the arrays; or into the arrays themselves, which takes real values only.
    """

    def __init__(self, parameters: Any, layout: Layout, functions: tuple[Any, ...]) -> None:
        self._parameters, self._layout = parameters, layout
        self._arrays = _arrays(parameters)
        self._original = _shallow(parameters)
        self._names = _names_of(self._arrays, functions)
        first: list[Where] = [] if _is_bare(parameters) else ["containers"]
        self._left: list[Where] = [*first, "names", "values"] if self._names else [*first, "values"]
        self.where: Where = self._left.pop(0)

    @property
    def writes_values(self) -> bool:
        """Only real values can be placed."""
        return self.where == "values"

    def move_on(self) -> bool:
        """Try the next place; false when there is none."""
        self.restore()
        if self._left:
            self.where = self._left.pop(0)
            return True
        return False

    def put(self, vector: NDArray[Any]) -> None:
        """Make the user's functions see these values."""
        if self.where == "containers":
            _replace(self._parameters, self._layout.build(vector))
        elif self.where == "names":
            self._bind(_arrays(self._layout.build(vector)))
        else:
            for array, values in zip(self._arrays, _arrays(self._layout.build(np.real(vector))), strict=True):
                array[...] = values

    def restore(self) -> None:
        """Put back the user's own arrays with their own values."""
        if self.where == "containers":
            _replace(self._parameters, self._original)
            self._layout.put_back()
        elif self.where == "names":
            self._bind(self._arrays)
        else:
            self.put(self._layout.values)

    def _bind(self, arrays: list[NDArray[Any]]) -> None:
        for setters, array in zip(self._names, arrays, strict=True):
            for setter in setters:
                setter(array)


Setter = Callable[[Any], None]


def _names_of(arrays: list[NDArray[Any]], functions: tuple[Any, ...]) -> list[list[Setter]]:
    """For each array, what binds the names by which the functions know it; empty unless all are known by a name."""
    found: dict[int, list[Setter]] = {id(array): [] for array in arrays}
    stack, seen = list(functions), set[int]()
    while stack:
        function = stack.pop()
        function = function.__func__ if isinstance(function, types.MethodType) else function
        if (
            id(function) in seen
            or not isinstance(function, types.FunctionType)
            or not is_users_module(function.__module__)
        ):
            continue
        seen.add(id(function))
        for value, setter in _variables(function):
            if id(value) in found:
                found[id(value)].append(setter)
            else:
                stack.append(value)
    return [found[id(array)] for array in arrays] if all(found.values()) else []


def _variables(function: types.FunctionType) -> Iterator[tuple[Any, Setter]]:
    """(value, what binds it anew) of the names that a function reads from outside itself."""
    for cell in function.__closure__ or ():
        if is_filled(cell):
            yield cell.cell_contents, partial(setattr, cell, "cell_contents")
    space = function.__globals__
    for name in names_used(function.__code__):
        if name in space:
            yield space[name], partial(space.__setitem__, name)


def _arrays(nest: Any) -> list[NDArray[Any]]:
    """The arrays of a nest themselves, in order."""
    if isinstance(nest, np.ndarray) and nest.dtype != object:
        return [nest] if nest.size else []
    items = nest.values() if isinstance(nest, dict) else nest if isinstance(nest, (list, tuple, np.ndarray)) else ()
    return [array for item in items for array in _arrays(item)]


def _is_bare(nest: Any) -> bool:
    """Whether a part of it lies in no list, dict or attribute into which another one could be put."""
    if isinstance(nest, tuple):
        return any(map(_is_bare, nest))
    return isinstance(nest, (np.ndarray, np.generic, int, float))


def _shallow(nest: Any) -> Any:
    """The nest's own containers copied, its arrays kept."""
    if isinstance(nest, dict):
        return {key: _shallow(item) for key, item in nest.items()}
    if isinstance(nest, list):
        return [_shallow(item) for item in nest]
    return tuple(map(_shallow, nest)) if isinstance(nest, tuple) and not _is_bare(nest) else nest


def _replace(nest: Any, built: Any) -> None:
    """Put the parts of ``built`` into the containers of ``nest``."""
    if isinstance(nest, dict):
        pairs = [(key, nest[key], built[key]) for key in nest]
    elif isinstance(nest, (list, tuple)):
        pairs = [(index, nest[index], built[index]) for index in range(len(nest))]
    else:
        return
    for key, old, new in pairs:
        if isinstance(old, (dict, list, tuple)) and isinstance(new, (dict, list, tuple)) and not _is_bare(old):
            _replace(old, new)
        elif new is not old:
            nest[key] = new


def needs_only(function: Callable[..., Any], given: int) -> bool:
    """Whether ``given`` arguments are all that the function requires, so that it takes no parameters argument."""
    bound = isinstance(function, types.MethodType)
    inner: Any = function.__func__ if isinstance(function, types.MethodType) else function
    if type(inner) is types.FunctionType:
        code, defaults = inner.__code__, inner.__defaults__ or ()
        return not code.co_flags & inspect.CO_VARARGS and code.co_argcount - bound - len(defaults) <= given
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return False
    required = [
        p for p in parameters if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    return len(required) <= given
