"""Stand-ins for numpy, math, random and scipy.special: the same names, and what they return is on the tape."""

from __future__ import annotations

import importlib
import importlib.util
import math
import operator
import random
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from annprobe.tape.arrays import (
    NUMBERS,
    Active,
    Number,
    Recorded,
    RecordedDatum,
    RecordedFloat,
    RecordedInt,
    is_recorded,
    make_number,
    raw,
)
from annprobe.tape.methods import install_methods
from annprobe.tape.plain_names import PLAIN

if TYPE_CHECKING:
    from annprobe.tape.recorder import Recorder

_SUBMODULES = {"numpy.random", "numpy.linalg", "numpy.fft", "numpy.lib", "numpy.testing", "numpy.matlib", "numpy.core"}


class StandIn(types.ModuleType):
    """A module whose functions record; names resolve on first use."""

    def __init__(self, real: types.ModuleType, recorder: Recorder, special: dict[str, Any] | None = None) -> None:
        super().__init__(real.__name__, real.__doc__)
        self.__dict__["_real"] = real
        self.__dict__["_recorder"] = recorder
        for name in ("__file__", "__path__", "__spec__", "__version__", "__loader__", "__package__"):
            if hasattr(real, name):
                self.__dict__[name] = getattr(real, name)
        self.__dict__.update(special or {})

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.__dict__["_real"], name)
        made = self._stand_in(name, value)
        self.__dict__[name] = made
        return made

    def __dir__(self) -> list[str]:
        return dir(self.__dict__["_real"])

    def _stand_in(self, name: str, value: Any) -> Any:
        recorder = self.__dict__["_recorder"]
        if isinstance(value, types.ModuleType):
            return StandIn(value, recorder) if value.__name__ in _SUBMODULES else value
        if isinstance(value, np.ufunc):
            return UfuncStandIn(value, recorder)
        if isinstance(value, type) or not callable(value):
            return value
        return plain_function(value) if name in PLAIN else recording_function(name, value, recorder)


class LateStandIn(types.ModuleType):
    """A stand-in whose real module is imported when the first name is asked for: scipy alone takes a second."""

    def __init__(self, name: str, recorder: Recorder) -> None:
        super().__init__(name)
        self.__dict__["_recorder"] = recorder
        self.__dict__["__path__"] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if "_stand_in" not in self.__dict__:
            real = importlib.import_module(self.__name__)
            self.__dict__["_stand_in"] = StandIn(real, self.__dict__["_recorder"])
        return getattr(self.__dict__["_stand_in"], name)


class UfuncStandIn:
    """A ufunc that also records when its arguments are lists of recorded numbers, or nothing recorded at all."""

    def __init__(self, real: np.ufunc, recorder: Recorder) -> None:
        self._real = real
        self._recorder = recorder
        self.__name__ = real.__name__
        self.__doc__ = real.__doc__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The ufunc of the arguments."""
        if Active.recorder is None:
            return self._real(*raw(args), **kwargs)
        return self._real(*[gather(x, self._recorder) for x in args], **kwargs)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._real, name)
        if callable(value) and name in ("reduce", "accumulate", "outer", "at", "reduceat"):
            return lambda *args, **kwargs: value(gather(args[0], self._recorder), *args[1:], **kwargs)
        return value

    def __repr__(self) -> str:
        return repr(self._real)


def gather(value: Any, recorder: Recorder) -> Any:
    """A list of recorded numbers or arrays as one recorded array; literals alone become a leaf; the rest as it is."""
    if isinstance(value, (list, tuple)) and is_recorded(value):
        return make_array(recorder, np.array, "array", value)
    if type(value) is RecordedInt:
        return value
    return value


def make_array(recorder: Recorder, fn: Callable[..., Any], name: str, value: Any, *args: Any, **kwargs: Any) -> Any:
    """``np.array(value)`` for a structure with recorded entries."""
    result = fn(raw(value), *args, **kwargs)
    if result.dtype == object:
        return _objects(value, result)
    if all(
        recorder.tape.nodes[node].kind == "leaf" and recorder.tape.nodes[node].op == "literal"
        for node in _numbers(recorder.refs(value))
    ):
        return recorder.leaf(name, result)
    node = recorder.push(name, _rebuild(fn, args, kwargs), (value,), {}, result)
    return recorder.wrap(result, node)


def _objects(value: Any, result: Any) -> Any:
    """An array of objects holds the recorded arrays themselves."""
    filled = np.empty(result.shape, dtype=object)
    for index in np.ndindex(*result.shape):
        item = value
        for i in index:
            item = item[i]
        filled[index] = item
    return filled


def _rebuild(fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Callable[[Any], Any]:
    def rebuilt(value: Any) -> Any:
        return fn(value, *args, **kwargs)

    return rebuilt


def _numbers(structure: Any) -> list[int]:
    from annprobe.tape.nodes import references

    return list(references(structure))


def plain_function(fn: Callable[..., Any]) -> Callable[..., Any]:
    """Run on plain values, record nothing."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return fn(*raw(args), **raw(kwargs))

    call.__name__ = getattr(fn, "__name__", "function")
    return call


def recording_function(name: str, fn: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    """Run on plain values; the result is an operation when an argument is recorded, else a leaf."""

    def call(*args: Any, **kwargs: Any) -> Any:
        if Active.recorder is None:
            return fn(*raw(args), **raw(kwargs))
        if is_recorded(args) or is_recorded(kwargs):
            return recorder.function(name, fn, args, kwargs)
        out = kwargs.get("out")
        return fn(*args, **kwargs) if out is not None else recorder.leaf(name, fn(*args, **kwargs))

    call.__name__ = name
    call.__doc__ = fn.__doc__
    return call


def make_modules(recorder: Recorder) -> dict[str, types.ModuleType]:
    """The stand-in modules by import name."""
    from annprobe.tape.standins_numpy import numpy_special
    from annprobe.tape.standins_random import python_random, random_special

    install_methods()
    numpy_random = StandIn(np.random, recorder, random_special(recorder))
    linalg = StandIn(np.linalg, recorder)
    main = StandIn(np, recorder, {**numpy_special(recorder), "random": numpy_random, "linalg": linalg})
    modules: dict[str, types.ModuleType] = {
        "numpy": main,
        "numpy.random": numpy_random,
        "numpy.linalg": linalg,
        "numpy.matlib": main,
        "math": _math(recorder),
        "random": python_random(recorder),
        "cmath": importlib.import_module("cmath"),
    }
    if importlib.util.find_spec("scipy") is not None:
        modules["scipy.special"] = LateStandIn("scipy.special", recorder)
    return modules


_MATH: dict[str, tuple[str, Callable[..., Any]]] = {
    "exp": ("exp", math.exp),
    "log": ("log", math.log),
    "tanh": ("tanh", math.tanh),
    "sqrt": ("sqrt", math.sqrt),
    "pow": ("power", math.pow),
    "fabs": ("absolute", math.fabs),
    "sin": ("sin", math.sin),
    "cos": ("cos", math.cos),
    "tan": ("tan", math.tan),
    "atan": ("arctan", math.atan),
    "sinh": ("sinh", math.sinh),
    "cosh": ("cosh", math.cosh),
    "log1p": ("log1p", math.log1p),
    "expm1": ("expm1", math.expm1),
    "log2": ("log2", math.log2),
    "log10": ("log10", math.log10),
    "erf": ("erf", math.erf),
    "atan2": ("arctan2", math.atan2),
    "hypot": ("hypot", math.hypot),
    "asin": ("arcsin", math.asin),
    "acos": ("arccos", math.acos),
    "asinh": ("arcsinh", math.asinh),
    "acosh": ("arccosh", math.acosh),
    "atanh": ("arctanh", math.atanh),
}


def _math(recorder: Recorder) -> types.ModuleType:
    special: dict[str, Any] = {}
    for name, (op, fn) in _MATH.items():
        special[name] = _math_function(op, fn, recorder)
    special["fsum"] = lambda values: sum(values)
    special["prod"] = _product
    return StandIn(
        math,
        recorder,
        {
            **special,
            **{
                name: plain_function(value)
                for name, value in vars(math).items()
                if callable(value) and name not in special and not name.startswith("_")
            },
        },
    )


def _math_function(op: str, fn: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    def call(*args: Any) -> Any:
        result = fn(*raw(args))
        if Active.recorder is None or not any(isinstance(x, (Number, Recorded, RecordedInt)) for x in args):
            return result
        return recorder.scalar(op, fn, args, result)

    return call


def _product(values: Any, start: Any = 1) -> Any:
    for value in values:
        start = start * value
    return start


def make_builtins(recorder: Recorder) -> dict[str, Any]:
    """Names that instrumented code calls instead of literals and of ``float(...)``."""

    def literal(value: Any) -> Any:
        if Active.recorder is None:
            return value
        node = recorder.push("literal", None, (), {}, value, "leaf")
        return make_number(RecordedFloat if type(value) is float else RecordedDatum, value, node)

    def constant(value: int) -> Any:
        if Active.recorder is None:
            return value
        return make_number(RecordedInt, value, recorder.push("literal", None, (), {}, value, "leaf"))

    def to_float(*args: Any) -> Any:
        if len(args) == 1 and Active.recorder is not None and isinstance(args[0], (Recorded, *NUMBERS)):
            float(raw(args[0]))  # the error, if there is one, is Python's own
            return recorder.plain(args[0]) if type(args[0]) is not RecordedFloat else args[0]
        return float(*args)

    return {"__annprobe_literal__": literal, "__annprobe_constant__": constant, "__annprobe_float__": to_float}


OPERATORS: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
}
RANDOM = random
