"""Generators of random numbers that the module does not seed: they are seeded, so that every run is the same."""

from __future__ import annotations

import contextlib
import itertools
import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np


@contextlib.contextmanager
def seeded_generators(seed: int) -> Iterator[None]:
    """While the block runs, ``default_rng()``, ``RandomState()`` and their like without a seed take one of a series."""
    series = itertools.count()
    places: list[tuple[Any, str]] = [
        *((np.random, name) for name in ("default_rng", "seed", "RandomState")),
        *((random, name) for name in ("seed", "Random")),
    ]
    real = [getattr(module, name) for module, name in places]
    for (module, name), function in zip(places, real, strict=True):
        make = _seeded_class if isinstance(function, type) else _seeded
        setattr(module, name, make(function, seed, series))
    try:
        yield
    finally:
        for (module, name), function in zip(places, real, strict=True):
            setattr(module, name, function)


def _seeded_class(real: Any, seed: int, series: Iterator[int]) -> Any:
    """A class that makes objects of the real one; it can be asked about them, and derived from."""
    make = _seeded(real, seed, series)

    class Meta(type(real)):  # type: ignore[misc]
        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            return make(*args, **kwargs) if cls is stand_in else super().__call__(*args, **kwargs)

        def __instancecheck__(cls, value: Any) -> bool:
            return isinstance(value, real) if cls is stand_in else super().__instancecheck__(value)

    stand_in = Meta(real.__name__, (real,), {"__module__": real.__module__})
    return stand_in


def _seeded(function: Callable[..., Any], seed: int, series: Iterator[int]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        given = [*args, *kwargs.values()]
        if given and given[0] is not None:
            return function(*args, **kwargs)
        return function((1_000_003 * (seed + 1) + next(series)) % 2**32)

    call.__name__ = function.__name__
    call.__doc__ = function.__doc__
    return call
