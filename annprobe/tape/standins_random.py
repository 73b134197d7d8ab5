"""Random numbers: the same draws as without recording; a permutation of data keeps its thread."""

from __future__ import annotations

import random
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from annprobe.tape.arrays import Active, Recorded, raw
from annprobe.tape.recorder import operator_getitem

if TYPE_CHECKING:
    from annprobe.tape.recorder import Recorder

_PLAIN = {"seed", "get_state", "set_state", "bytes", "bit_generator", "spawn"}


def random_special(recorder: Recorder) -> dict[str, Any]:
    """Names of ``numpy.random`` and what stands in for them."""
    special: dict[str, Any] = {
        name: draws(name, getattr(np.random, name), np.random, recorder)
        for name in dir(np.random)
        if not name.startswith("_")
        and callable(getattr(np.random, name))
        and not isinstance(getattr(np.random, name), type)
    }
    for name in ("RandomState", "Generator"):
        special[name] = _generator_class(getattr(np.random, name), recorder)
    special["default_rng"] = lambda *args, **kwargs: Generator(np.random.default_rng(*raw(args), **kwargs), recorder)
    return special


def _generator_class(real: Any, recorder: Recorder) -> Any:
    class Meta(type):
        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            return Generator(real(*raw(args), **raw(kwargs)), recorder)

        def __instancecheck__(cls, value: Any) -> bool:
            return isinstance(value, real) or (isinstance(value, Generator) and isinstance(value._real, real))

    return Meta(real.__name__, (), {})


class Generator:
    """A random generator whose draws are on the tape."""

    def __init__(self, real: Any, recorder: Recorder) -> None:
        self._real = real
        self._recorder = recorder

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._real, name)
        return draws(name, value, self._real, self._recorder) if callable(value) else value

    def __deepcopy__(self, memo: Any) -> Generator:
        import copy

        return Generator(copy.deepcopy(self._real, memo), self._recorder)


def draws(name: str, fn: Callable[..., Any], owner: Any, recorder: Recorder) -> Callable[..., Any]:
    """A method of a generator (or of ``numpy.random``) that records what it returns."""

    def call(*args: Any, **kwargs: Any) -> Any:
        if Active.recorder is None or name in _PLAIN:
            return fn(*raw(args), **raw(kwargs))
        if args and isinstance(args[0], Recorded) and name in ("shuffle", "permutation", "permuted", "choice"):
            return _rearranged(name, owner, recorder, args, kwargs)
        if name == "shuffle":
            return fn(*args, **kwargs)
        return recorder.leaf(f"random.{name}", fn(*raw(args), **raw(kwargs)))

    call.__name__ = name
    return call


def _rearranged(name: str, owner: Any, recorder: Recorder, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Rows of recorded data in the order that the generator would have given them."""
    array = args[0]
    order = np.arange(len(array))
    if name == "choice":
        order = owner.choice(len(array), *raw(args[1:]), **raw(kwargs))
        return recorder.getitem(array, order)
    owner.shuffle(order)
    if name == "shuffle":
        recorder.setitem(array, slice(None), recorder.getitem(array, order))
        return None
    return recorder.function("getitem", operator_getitem, (array, order), {})


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
)


def python_random(recorder: Recorder) -> types.ModuleType:
    """The module ``random``: floats that it draws are leaves."""
    module = types.ModuleType("random", random.__doc__)
    for name, value in vars(random).items():
        if not name.startswith("__"):
            setattr(module, name, value)
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

    return call
