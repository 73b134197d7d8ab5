"""Tasks of a survey: those of the engine, and four of one shape, which can therefore share a stack."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from annprobe.engine import tasks
from annprobe.engine.architecture import closest
from annprobe.engine.setup import Data
from annprobe.engine.tasks import Task, truth_table

Array = NDArray[np.float64]

BITS = 3  # inputs of the four; 2³ examples, two classes


def _classes(name: str, yes: Array, hidden: tuple[int, ...]) -> Task:
    """The eight rows of three bits in two classes, one-hot."""
    return Task(name, Data(truth_table(BITS), np.column_stack([1.0 - yes, yes])), "classes", hidden)


def majority() -> Task:
    """Are two of the three bits set: one neuron could tell."""
    X = truth_table(BITS)
    return _classes("majority", (X.sum(axis=1) > 1).astype(np.float64), ())


def either() -> Task:
    """Is exactly one of the first two bits set; the third does not matter. XOR in other clothes."""
    X = truth_table(BITS)
    return _classes("either", (X[:, 0] != X[:, 1]).astype(np.float64), (4,))


def choice() -> Task:
    """The first bit says which of the other two is the answer."""
    X = truth_table(BITS)
    return _classes("choice", np.where(X[:, 0] > 0, X[:, 1], X[:, 2]), (4,))


def shares() -> Task:
    """Two numbers that add up to 1; the first is a weighted sum of the bits, between 0.15 and 0.85."""
    X = truth_table(BITS)
    first = 0.15 + X @ np.array([0.35, 0.2, 0.15])
    return Task("shares", Data(X, np.column_stack([first, 1.0 - first])), "shares", ())


OWN: dict[str, Callable[[], Task]] = {"majority": majority, "either": either, "choice": choice, "shares": shares}
KNOWN: tuple[str, ...] = (*OWN, *tasks.TASKS)
DEFAULT: tuple[str, ...] = tuple(OWN)


def make(name: str) -> Task:
    """The task of this name. Raises :class:`~annprobe.errors.BadArgument` for an unknown one."""
    return OWN[name]() if name in OWN else tasks.make(closest("task", name, KNOWN))
