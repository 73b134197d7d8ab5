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
    """While the block runs, ``default_rng()``, ``seed()`` and their like without a seed take the next of a series."""
    series = itertools.count()
    places: list[tuple[Any, str]] = [(np.random, "default_rng"), (np.random, "seed"), (random, "seed")]
    real = [getattr(module, name) for module, name in places]
    for (module, name), function in zip(places, real, strict=True):
        setattr(module, name, _seeded(function, seed, series))
    try:
        yield
    finally:
        for (module, name), function in zip(places, real, strict=True):
            setattr(module, name, function)


def _seeded(function: Callable[..., Any], seed: int, series: Iterator[int]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        given = [*args, *kwargs.values()]
        if given and given[0] is not None:
            return function(*args, **kwargs)
        return function(1_000_003 * (seed + 1) + next(series))

    call.__name__ = function.__name__
    call.__doc__ = function.__doc__
    return call
