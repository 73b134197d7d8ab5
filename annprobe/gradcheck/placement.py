"""Functions that take no parameters argument: how they are recognised, and where they read the parameters."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annprobe.gradcheck.layout import Layout


class Placement:
    """Writes points where functions without a parameters argument read them: containers, attributes, or arrays."""

    def __init__(self, parameters: Any, layout: Layout) -> None:
        self._parameters, self._layout = parameters, layout
        self._arrays = _arrays(parameters)
        self._original = _shallow(parameters)
        self.writes_values = isinstance(parameters, (np.ndarray, tuple))

    def put(self, vector: NDArray[Any]) -> None:
        """Make the user's functions see these values."""
        if self.writes_values:
            built = _arrays(self._layout.build(np.real(vector)))
            for array, values in zip(self._arrays, built, strict=True):
                array[...] = values
        else:
            _replace(self._parameters, self._layout.build(vector))

    def write_values(self) -> None:
        """From now on write into the arrays themselves, because the functions hold on to them."""
        self.restore()
        self.writes_values = True

    def restore(self) -> None:
        """Put back the user's own arrays with their own values."""
        if self.writes_values:
            self.put(self._layout.values)
        else:
            _replace(self._parameters, self._original)
            self._layout.put_back()


def _arrays(nest: Any) -> list[NDArray[Any]]:
    """The arrays of a nest themselves, in order."""
    if isinstance(nest, np.ndarray) and nest.dtype != object:
        return [nest] if nest.size else []
    items = nest.values() if isinstance(nest, dict) else nest if isinstance(nest, (list, tuple, np.ndarray)) else ()
    return [array for item in items for array in _arrays(item)]


def _shallow(nest: Any) -> Any:
    """The nest's own containers copied, its arrays kept."""
    if isinstance(nest, dict):
        return {key: _shallow(item) for key, item in nest.items()}
    if isinstance(nest, list):
        return [_shallow(item) for item in nest]
    return nest


def _replace(nest: Any, built: Any) -> None:
    """Put the parts of ``built`` into the containers of ``nest``."""
    if isinstance(nest, dict):
        pairs = [(key, nest[key], built[key]) for key in nest]
    elif isinstance(nest, list):
        pairs = [(index, nest[index], built[index]) for index in range(len(nest))]
    else:
        return
    for key, old, new in pairs:
        if isinstance(old, (dict, list)) and isinstance(new, (dict, list)):
            _replace(old, new)
        else:
            nest[key] = new


def needs_only(function: Callable[..., Any], given: int) -> bool:
    """Whether ``given`` arguments are all that the function requires, so that it takes no parameters argument."""
    bound = isinstance(function, types.MethodType)
    code = getattr(function, "__code__", None)
    if code is not None:
        defaults = getattr(function, "__defaults__", None) or ()
        variadic = bool(code.co_flags & inspect.CO_VARARGS)
        return not variadic and code.co_argcount - int(bound) - len(defaults) <= given
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
