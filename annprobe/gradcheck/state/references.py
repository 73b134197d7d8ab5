"""What a user's function or object leads to: closures, globals that it names, attributes, classes, methods."""

from __future__ import annotations

import functools
import sys
import types
from collections.abc import Iterator
from typing import Any

import numpy as np

ATOMS = (
    int,
    float,
    complex,
    str,
    bytes,
    bool,
    type(None),
    types.ModuleType,
    types.BuiltinFunctionType,
    np.generic,
)


def parts(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    """(name, value) of everything that ``value`` refers to directly."""
    if isinstance(value, types.MethodType):
        yield name, value.__self__
        yield name, value.__func__
    elif isinstance(value, functools.partial):
        yield name, value.func
        yield from parts([*value.args, *value.keywords.values()], name)
    elif isinstance(value, types.FunctionType):
        yield from _function_parts(value)
    elif isinstance(value, types.CellType):
        yield from [(name, value.cell_contents)] if is_filled(value) else []
    elif isinstance(value, dict):
        yield from ((f"{name}[{key!r}]" if name else str(key), item) for key, item in value.items())
    elif isinstance(value, (list, tuple, set, frozenset)):
        yield from ((f"{name}[{index}]", item) for index, item in enumerate(value))
    elif isinstance(value, type):
        yield from ((f"{value.__name__}.{key}", item) for key, item in class_data(value).items())
        yield from ((key, function) for key, item in vars(value).items() if (function := code_of(item)) is not None)
    elif is_users_object(value):
        yield from ((f"{name}.{key}" if name else key, item) for key, item in vars(value).items())
        yield from ((kind.__name__, kind) for kind in type(value).__mro__)


def class_data(kind: type) -> dict[str, Any]:
    """The values that a class holds for all its objects: no methods, properties or slots."""
    return {k: v for k, v in vars(kind).items() if k[:2] != "__" and not hasattr(type(v), "__get__")}


def code_of(item: Any) -> types.FunctionType | None:
    """The function behind a method, static method or property of a class."""
    inner = getattr(item, "__func__", None) or getattr(item, "fget", None) or item
    return inner if isinstance(inner, types.FunctionType) else None


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


def globals_written(function: types.FunctionType) -> list[str]:
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


NO_STATE = (type, types.FunctionType, types.MethodType, functools.partial)


def is_users_object(value: Any) -> bool:
    """An instance of a class that was not installed with Python or a library."""
    if not hasattr(value, "__dict__") or isinstance(value, NO_STATE):
        return False
    return is_users_module(type(value).__module__)


@functools.lru_cache(maxsize=512)
def is_users_module(module: str) -> bool:
    """Neither Python's own nor installed."""
    if module.partition(".")[0] in sys.stdlib_module_names and module != "__main__":
        return False
    return "site-packages" not in (getattr(sys.modules.get(module), "__file__", None) or "")
