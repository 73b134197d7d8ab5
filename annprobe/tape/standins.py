"""Stand-ins for numpy, scipy, math and random: the same names, and what they return is on the tape."""

from __future__ import annotations

import importlib
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from annprobe.tape.plain import Active, is_data, is_recorded, raw

if TYPE_CHECKING:
    from annprobe.tape.recorder import Recorder

# functions that only inspect, set, write or format: they are run on plain values and nothing is recorded
PLAIN = frozenset(
    {
        "seterr", "geterr", "seterrcall", "setbufsize", "set_printoptions", "get_printoptions", "printoptions", "shape",
        "ndim", "size", "save", "savez", "savez_compressed", "savetxt", "array2string", "array_str", "array_repr",
        "format_float_positional", "format_float_scientific", "base_repr", "binary_repr", "isscalar", "iscomplexobj",
        "isrealobj", "may_share_memory", "shares_memory", "result_type", "can_cast", "issubdtype", "unravel_index",
        "ravel_multi_index", "set_string_function", "info", "who", "test", "show_config", "broadcast_shapes",
        "einsum_path", "promote_types", "min_scalar_type", "common_type", "allclose", "array_equal", "array_equiv",
        "iterable", "get_include", "typename",
    }
)  # fmt: skip
# functions whose first argument is a sequence of arrays: it stays a sequence
SEQUENCES = frozenset(
    {
        "concatenate", "concat", "vstack", "hstack", "dstack", "stack", "column_stack", "row_stack", "block",
        "meshgrid", "broadcast_arrays", "einsum", "ix_", "select", "multi_dot", "atleast_1d", "atleast_2d",
        "atleast_3d", "lexsort",
    }
)  # fmt: skip
_PLAIN_MODULES = {"numpy.testing", "numpy.ma", "numpy.typing", "numpy.dtypes", "numpy.exceptions", "numpy.version"}
_SCIPY = ("special", "signal", "linalg", "stats", "ndimage", "spatial", "spatial.distance")


class StandIn(types.ModuleType):
    """A module whose functions record; it is imported, and its names resolve, on first use."""

    def __init__(self, name: str, recorder: Recorder, special: dict[str, Any] | None = None) -> None:
        super().__init__(name)
        self.__dict__["_recorder"] = recorder
        self.__dict__.update(special or {})

    def __getattr__(self, name: str) -> Any:
        value = getattr(importlib.import_module(self.__name__), name)
        made = _stand_in(name, value, self.__dict__["_recorder"])
        self.__dict__[name] = made
        return made

    def __dir__(self) -> list[str]:
        return dir(importlib.import_module(self.__name__))


def _stand_in(name: str, value: Any, recorder: Recorder) -> Any:
    """What takes the place of one name of a module."""
    if isinstance(value, types.ModuleType):
        plain = value.__name__ in _PLAIN_MODULES or not value.__name__.startswith(("numpy.", "scipy."))
        return value if plain else StandIn(value.__name__, recorder)
    if isinstance(value, np.ufunc):
        return UfuncStandIn(value, recorder)
    if isinstance(value, type) or not callable(value):
        return value
    if not isinstance(value, _FUNCTIONS):
        return ObjectStandIn(value, recorder)
    return plain_function(value) if name in PLAIN else recording_function(name, value, recorder)


_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, type(np.sum), type(np.dot))


class UfuncStandIn:
    """A ufunc that also records when its arguments are lists of recorded numbers."""

    __class__: Any = property(lambda self: np.ufunc)

    def __init__(self, real: np.ufunc, recorder: Recorder) -> None:
        self._real = real
        self._recorder = recorder
        self.__name__ = real.__name__
        self.__doc__ = real.__doc__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """As numpy's."""
        return self._run("__call__", args, kwargs)

    def reduce(self, *args: Any, **kwargs: Any) -> Any:
        """As numpy's."""
        return self._run("reduce", args, kwargs)

    def accumulate(self, *args: Any, **kwargs: Any) -> Any:
        """As numpy's."""
        return self._run("accumulate", args, kwargs)

    def reduceat(self, *args: Any, **kwargs: Any) -> Any:
        """As numpy's."""
        return self._run("reduceat", args, kwargs)

    def outer(self, *args: Any, **kwargs: Any) -> Any:
        """As numpy's."""
        return self._run("outer", args, kwargs)

    def at(self, *args: Any, **kwargs: Any) -> Any:
        """As numpy's."""
        return self._run("at", args, kwargs)

    def _run(self, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        function = self._real if method == "__call__" else getattr(self._real, method)
        if Active.recorder is None:
            return function(*raw(args), **raw(kwargs))
        made = [self._recorder.gathered(value) for value in args]
        if not is_recorded(made) and not is_recorded(kwargs):
            if not is_data(made):
                result = function(*made, **kwargs)  # of plain numbers: sizes, factors
                return self._recorder.leaf(self.__name__, result) if isinstance(result, np.ndarray) else result
            first = next(i for i, value in enumerate(made) if is_data(value))
            made[first] = self._recorder.outsider(np.asarray(made[first]))
        return function(*made, **kwargs)  # numpy hands it to the recorder

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def __repr__(self) -> str:
        return repr(self._real)


class ObjectStandIn:
    """An object of a library, such as a distribution: what its methods return is on the tape."""

    def __init__(self, real: Any, recorder: Recorder) -> None:
        self._real = real
        self._recorder = recorder

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the object gives when it is called: again an object, unless these are numbers."""
        result = self._real(*raw(args), **raw(kwargs))
        return (
            result
            if isinstance(result, (np.ndarray, np.generic, int, float))
            else ObjectStandIn(result, self._recorder)
        )

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._real, name)
        return recording_function(name, value, self._recorder) if callable(value) else value


def plain_function(fn: Callable[..., Any]) -> Callable[..., Any]:
    """Run on plain values, record nothing."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return fn(*raw(args), **raw(kwargs))

    return named(call, fn)


def recording_function(name: str, fn: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    """Run on plain values; the result is an operation when an argument is recorded, else a leaf."""

    def call(*args: Any, **kwargs: Any) -> Any:
        if Active.recorder is None:
            return fn(*raw(args), **raw(kwargs))
        if is_data(args) or is_data(kwargs):
            made = args if name in SEQUENCES or not args else (recorder.gathered(args[0]), *args[1:])
            return recorder.function(name, fn, made, kwargs)
        return recorder.leaf(name, fn(*args, **kwargs))

    return named(call, fn)


def named(call: Callable[..., Any], fn: Any) -> Callable[..., Any]:
    """Give a stand-in the name and the description of what it stands for."""
    call.__name__ = getattr(fn, "__name__", "function")
    call.__qualname__ = getattr(fn, "__qualname__", call.__name__)
    call.__doc__ = getattr(fn, "__doc__", None)
    return call


def make_modules(recorder: Recorder) -> dict[str, types.ModuleType]:
    """The stand-in modules by import name."""
    from annprobe.tape.standins_math import math_module
    from annprobe.tape.standins_numpy import numpy_special
    from annprobe.tape.standins_random import python_random, random_special

    numpy_random = StandIn("numpy.random", recorder, random_special(recorder))
    main = StandIn("numpy", recorder, {**numpy_special(recorder), "random": numpy_random})
    modules: dict[str, types.ModuleType] = {
        "numpy": main,
        "numpy.random": numpy_random,
        "numpy.linalg": main.linalg,
        "numpy.matlib": main,
        "numpy.lib": main.lib,
        "math": math_module(recorder),
        "random": python_random(recorder),
    }
    return {**modules, **{f"scipy.{name}": StandIn(f"scipy.{name}", recorder) for name in _SCIPY}}
