"""Random numbers: the same draws as without recording; what is drawn is a leaf, data in a drawn order keep theirs."""

from __future__ import annotations

import copy
import random
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from annprobe.tape.plain import NUMERIC, Active, TracedArray, raw
from annprobe.tape.standins import named
from annprobe.tape.views import read_item

if TYPE_CHECKING:
    from annprobe.tape.recorder import Recorder

_PLAIN = {"seed", "get_state", "set_state", "bytes", "bit_generator", "spawn", "jumped"}
_ORDERING = {"shuffle", "permutation", "permuted"}


def random_special(recorder: Recorder) -> dict[str, Any]:
    """Names of ``numpy.random`` and what stands in for them."""
    functions = {
        name: value
        for name, value in vars(np.random).items()
        if not name.startswith("_") and callable(value) and not isinstance(value, type)
    }
    special: dict[str, Any] = {name: draws(name, value, np.random, recorder) for name, value in functions.items()}
    special["seed"] = _current(np.random, "seed")
    for name in ("RandomState", "Generator"):
        special[name] = _generator_class(getattr(np.random, name), recorder)
    special["default_rng"] = lambda *args, **kwargs: Generator(
        np.random.default_rng(*raw(args), **raw(kwargs)), recorder
    )
    return special


def _generator_class(real: Any, recorder: Recorder) -> Any:
    class Meta(type):
        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            seeded = getattr(np.random, real.__name__)  # whoever runs the recording may have replaced it
            return Generator(seeded(*raw(args), **raw(kwargs)), recorder)

        def __instancecheck__(cls, value: Any) -> bool:
            return isinstance(value, real)

    return Meta(real.__name__, (), {})


def _current(module: types.ModuleType, name: str) -> Callable[..., Any]:
    """A function of a module, looked up when it is called: whoever runs the recording may have replaced it."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return getattr(module, name)(*raw(args), **raw(kwargs))

    return named(call, getattr(module, name))


class Generator:
    """A random generator whose draws are on the tape."""

    __class__: Any = property(lambda self: type(self._real))

    def __init__(self, real: Any, recorder: Recorder) -> None:
        self._real = real
        self._recorder = recorder

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._real, name)
        return draws(name, value, self._real, self._recorder) if callable(value) else value

    def __deepcopy__(self, memo: Any) -> Generator:
        return Generator(copy.deepcopy(self._real, memo), self._recorder)

    def __reduce__(self) -> Any:
        return self._real.__reduce__()

    def __repr__(self) -> str:
        return repr(self._real)


def draws(name: str, fn: Callable[..., Any], owner: Any, recorder: Recorder) -> Callable[..., Any]:
    """A method of a generator (or of ``numpy.random``) that records what it returns."""

    def call(*args: Any, **kwargs: Any) -> Any:
        if Active.recorder is None or name in _PLAIN:
            return fn(*raw(args), **raw(kwargs))
        data = _data(args[0], recorder) if args else None
        if data is not None and name in _ORDERING:
            return _ordered(name, fn, owner, recorder, data, args[1:], kwargs)
        if data is not None and name == "choice":
            return _chosen(fn, recorder, data, args[1:], kwargs)
        if name == "shuffle":
            return fn(*args, **kwargs)  # a list: its entries are moved, whatever they are
        if isinstance(kwargs.get("out"), TracedArray):
            return _drawn_into(name, fn, recorder, raw(args), kwargs)
        return recorder.leaf(f"random.{name}", fn(*raw(args), **raw(kwargs)))

    return named(call, fn)


def _data(value: Any, recorder: Recorder) -> Any:
    """The recorded array that is to be put in order or chosen from, None where there is none."""
    if isinstance(value, TracedArray):
        return value if np.ndim(raw(value)) else None
    if type(value) is np.ndarray and value.dtype.kind in NUMERIC and value.ndim:
        return recorder.outsider(value)
    return None


def _drawn_into(name: str, fn: Callable[..., Any], recorder: Recorder, args: Any, kwargs: dict[str, Any]) -> Any:
    out = kwargs["out"]
    drawn = fn(*args, **{**raw(kwargs), "out": np.empty_like(raw(out))})
    out[...] = recorder.leaf(f"random.{name}", drawn)
    return out


def _ordered(
    name: str, fn: Callable[..., Any], owner: Any, recorder: Recorder, array: Any, args: Any, kwargs: dict[str, Any]
) -> Any:
    """Recorded data in the order that the generator gives them: where the entries went shows on their positions."""
    plain = raw(array)
    before = _state(owner)
    result = plain.copy()
    drawn = fn(result if name == "shuffle" else plain, *raw(args), **raw(kwargs))
    after = _state(owner)
    _set_state(owner, before)
    marks = np.arange(plain.size).reshape(plain.shape)
    moved = fn(marks, *raw(args), **raw(kwargs))
    _set_state(owner, after)
    if name == "shuffle":
        array[...] = _moved(recorder, array, marks, result)
        return drawn
    return _moved(recorder, array, moved, drawn)


def _moved(recorder: Recorder, array: Any, marks: Any, result: Any) -> Any:
    row = array.size // max(len(array), 1)
    if not np.array_equal(np.take(raw(array), marks), result, equal_nan=True):
        return recorder.leaf("random.permutation", result)
    order = marks.reshape(len(array), -1)[:, 0] // max(row, 1)
    if np.array_equal(np.arange(array.size).reshape(array.shape)[order], marks):
        return recorder.function("getitem", read_item, (array, order), {})
    return recorder.function("take", np.take, (array, marks), {})


def _state(owner: Any) -> Any:
    return owner.get_state() if hasattr(owner, "get_state") else copy.deepcopy(owner.bit_generator.state)


def _set_state(owner: Any, state: Any) -> None:
    if hasattr(owner, "get_state"):
        owner.set_state(state)
    else:
        owner.bit_generator.state = state


def _chosen(fn: Callable[..., Any], recorder: Recorder, array: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Entries or rows of recorded data."""
    options = {key: value for key, value in kwargs.items() if key != "axis"}
    axis = kwargs.get("axis", args[3] if len(args) > 3 else 0)
    if array.ndim != 1 and "axis" not in _options(fn):
        return fn(raw(array), *raw(args), **raw(kwargs))  # raises
    order = fn(array.shape[axis], *raw(args[:3]), *args[4:], **raw(options))
    if axis in (0, -array.ndim):
        return recorder.getitem(array, order)
    return recorder.function("take", np.take, (array, order), {"axis": axis})


def _options(fn: Any) -> str:
    return str(fn.__doc__ or "").split("\n\n")[0]


_DRAWS = (
    "random",
    "uniform",
    "gauss",
    "normalvariate",
    "triangular",
    "betavariate",
    "expovariate",
    "lognormvariate",
    "vonmisesvariate",
    "gammavariate",
    "paretovariate",
    "weibullvariate",
)


def python_random(recorder: Recorder) -> types.ModuleType:
    """The module ``random``: floats that it draws are leaves."""
    module = types.ModuleType("random", random.__doc__)
    for name, value in vars(random).items():
        if not name.startswith("__"):
            setattr(module, name, value)
    setattr(module, "seed", _current(random, "seed"))  # noqa: B010  # mypy knows no such attribute
    for name in _DRAWS:
        setattr(module, name, _draw(name, getattr(random, name), recorder))

    class Random(random.Random):
        """A generator whose floats are leaves."""

        def __getattribute__(self, name: str) -> Any:
            value = super().__getattribute__(name)
            return _draw(name, value, recorder) if name in _DRAWS and name != "random" else value

        def random(self) -> Any:
            return _draw("random", super().random, recorder)()

    module.Random = Random  # type: ignore[attr-defined]
    return module


def _draw(name: str, fn: Callable[..., float], recorder: Recorder) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        value = fn(*raw(args), **raw(kwargs))
        if Active.recorder is None:
            return raw(value)
        return recorder.leaf(f"random.{name}", raw(value))

    return named(call, fn)
