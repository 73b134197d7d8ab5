"""The module ``math``: what it computes of recorded numbers is on the tape."""

from __future__ import annotations

import math
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from annprobe.tape.plain import Active, Traced, is_recorded, raw
from annprobe.tape.standins import StandIn, named

if TYPE_CHECKING:
    from annprobe.tape.recorder import Recorder

# functions whose operation has another name in numpy, the name that rules go by
_NAMES = {
    "pow": "power",
    "fabs": "absolute",
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
    "atan2": "arctan2",
    "dist": "dist",
    "fmod": "fmod",
}
_OF_LISTS = {"fsum": "sum", "prod": "prod"}


def math_module(recorder: Recorder) -> types.ModuleType:
    """The stand-in for ``math``."""
    special: dict[str, Any] = {}
    for name, function in vars(math).items():
        if callable(function) and not name.startswith("_"):
            make = _of_list if name in _OF_LISTS else _of_numbers
            special[name] = named(make(_NAMES.get(name, _OF_LISTS.get(name, name)), function, recorder), function)
    return StandIn("math", recorder, special)


def _of_numbers(op: str, function: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        result = function(*raw(args), **raw(kwargs))
        if Active.recorder is None or type(result) is bool or not is_recorded(args):
            return result
        return recorder.scalar(op, function, args, result)

    return call


def _of_list(op: str, function: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    def call(values: Any, **kwargs: Any) -> Any:
        items = values if isinstance(values, Traced) else list(values)
        result = function(raw(items), **raw(kwargs))
        if Active.recorder is None or kwargs or not is_recorded(items):
            return result
        return recorder.scalar(op, function, (items,), result)

    return call
