"""Names and habits that numpy, scipy and Python have dropped, so that modules written for older ones still run."""

from __future__ import annotations

import builtins
import functools
import time
import types
from collections.abc import Callable
from typing import Any

# removed name -> the present name of the same thing, looked up in the module itself
_NUMPY = {
    "float_": "float64", "int_": "int64", "complex_": "complex128", "unicode_": "str_", "string_": "bytes_",
    "Inf": "inf", "Infinity": "inf", "infty": "inf", "NaN": "nan", "NAN": "nan", "PINF": "inf",
    "product": "prod", "cumproduct": "cumprod", "sometrue": "any", "alltrue": "all", "round_": "round",
    "in1d": "isin", "trapz": "trapezoid", "row_stack": "vstack", "mat": "asmatrix", "rank": "ndim", "rand": "random",
}  # fmt: skip
_BUILTIN_TYPES = ("float", "int", "bool", "object", "str", "complex")
_SCIPY_FROM_NUMPY = (
    "exp", "log", "sqrt", "array", "zeros", "ones", "dot", "random", "mean", "sum", "tanh", "arange", "linspace",
    "where", "maximum", "abs", "eye", "sin", "cos", "pi", "power", "outer", "transpose", "max", "min", "concatenate",
)  # fmt: skip
_MODULES = {
    "cPickle": "pickle", "_pickle": "pickle", "Queue": "queue", "ConfigParser": "configparser", "StringIO": "io",
    "cStringIO": "io", "urllib2": "urllib.request", "Tkinter": "tkinter", "__builtin__": "builtins",
    "itertools.izip": "itertools", "sklearn.cross_validation": "sklearn.model_selection",
}  # fmt: skip

Note = Callable[[str], None]


def present_name(module: str) -> str:
    """The name that a module of Python 2 or of an older library has today."""
    return _MODULES.get(module, module)


class Mended(types.ModuleType):
    """A module in front of ``base`` that also knows what ``base`` no longer has; using such a name is noted."""

    def __init__(self, base: types.ModuleType, removed: dict[str, Any], note: Note, mended: dict[str, Any]) -> None:
        super().__init__(base.__name__, base.__doc__)
        for name in ("__file__", "__path__", "__spec__", "__version__", "__package__"):
            if hasattr(base, name):
                self.__dict__[name] = getattr(base, name)
        self.__dict__.update(mended, _base=base, _removed=removed, _note=note)

    def __getattr__(self, name: str) -> Any:
        try:
            value = getattr(self.__dict__["_base"], name)
        except AttributeError:
            if name not in self.__dict__["_removed"]:
                raise
            value = self.__dict__["_removed"][name]()
            self.__dict__["_note"](f"{self.__name__}.{name} no longer exists; what it was called was used")
        self.__dict__[name] = value
        return value

    def __dir__(self) -> list[str]:
        return dir(self.__dict__["_base"])


def mend_numpy(base: types.ModuleType, note: Note) -> types.ModuleType:
    """``numpy`` (or what records in its place) with the names it has dropped, and with arrays of unequal rows."""
    removed: dict[str, Any] = {old: functools.partial(getattr, base, new, None) for old, new in _NUMPY.items()}
    removed |= {name: functools.partial(getattr, builtins, name) for name in _BUILTIN_TYPES}
    removed["long"] = lambda: int
    removed["NINF"] = lambda: -base.inf
    removed["asfarray"] = lambda: lambda a, dtype=float: base.asarray(a, dtype=dtype)
    removed["asscalar"] = lambda: lambda a: a.item()
    removed["math"] = lambda: __import__("math")
    mended = {name: _ragged(getattr(base, name), note) for name in ("array", "asarray")}
    return Mended(base, removed, note, mended)


def mend_scipy(
    base: types.ModuleType, numpy: types.ModuleType, parts: dict[str, Any], note: Note
) -> types.ModuleType:
    """``scipy`` with the numpy functions that it used to pass on, and with ``parts`` in place of its own."""
    return Mended(base, {name: functools.partial(getattr, numpy, name) for name in _SCIPY_FROM_NUMPY}, note, parts)


def mend_time(note: Note) -> types.ModuleType:
    """``time`` without waiting, and with ``clock``."""
    return Mended(time, {"clock": lambda: time.perf_counter}, note, {"sleep": lambda seconds: None})


def _ragged(make: Callable[..., Any], note: Note) -> Callable[..., Any]:
    """``np.array`` with what newer versions refuse: rows of unequal lengths (1.24), ``copy=False`` (2.0)."""

    @functools.wraps(make)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return make(*args, **kwargs)
        except ValueError as error:
            if "Unable to avoid copy" in str(error):
                kwargs.pop("copy", None)
                return make(*args, **kwargs)
            if len(args) != 1 or "dtype" in kwargs or "inhomogeneous" not in str(error):
                raise
        note("an array of rows of unequal lengths was made an array of objects, as numpy did before 1.24")
        return make(*args, dtype=object, **kwargs)

    return call


PYTHON2_NAMES: dict[str, Callable[..., Any]] = {
    "xrange": range,
    "unicode": str,
    "long": int,
    "basestring": str,
    "reduce": functools.reduce,
    "unichr": chr,
    "cmp": lambda a, b: (a > b) - (a < b),
}
"""Builtins of Python 2 that also occur in modules which this Python can parse."""
