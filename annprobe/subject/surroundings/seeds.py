"""Generators of random numbers that the module does not seed: they are seeded, so that every run is the same."""

from __future__ import annotations

import contextlib
import itertools
import random
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np


class _Series:
    """What generators of the present run are seeded with; generators that outlive it go on with the next one's."""

    seeds: Iterator[int] = itertools.count(1_000_003)


@contextlib.contextmanager
def seeded_generators(seed: int) -> Iterator[None]:
    """While the block runs, ``default_rng()``, ``RandomState()`` and their like without a seed take one of a series."""
    before, _Series.seeds = _Series.seeds, itertools.count(1_000_003 * (seed + 1))
    places: list[tuple[Any, str]] = [
        *((np.random, name) for name in ("default_rng", "seed", "RandomState")),
        *((random, name) for name in ("seed", "Random")),
    ]
    real = [getattr(module, name) for module, name in places]
    for (module, name), function in zip(places, real, strict=True):
        setattr(module, name, _stand_in(function))
    try:
        yield
    finally:
        _Series.seeds = before
        for (module, name), function in zip(places, real, strict=True):
            setattr(module, name, function)


@cache
def _stand_in(real: Any) -> Any:
    """The same function or class, seeded; a class can be asked about its objects, and derived from."""
    make = _seeded(real)
    if not isinstance(real, type):
        return make

    class Meta(type(real)):  # type: ignore[misc]
        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            return make(*args, **kwargs) if cls is stand_in else super().__call__(*args, **kwargs)

        def __instancecheck__(cls, value: Any) -> bool:
            return isinstance(value, real) if cls is stand_in else super().__instancecheck__(value)

    stand_in = Meta(real.__name__, (real,), {"__module__": real.__module__})
    return stand_in


def _seeded(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        given = [*args, *kwargs.values()]
        if given and given[0] is not None:
            return function(*args, **kwargs)
        return function(next(_Series.seeds) % 2**32)

    call.__name__ = function.__name__
    call.__doc__ = function.__doc__
    return call
