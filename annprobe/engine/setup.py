"""How a network is trained, apart from what it is: a :class:`Setup`; and the steps that start from it."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annprobe.engine import initialisers
from annprobe.engine.architecture import Architecture, closest
from annprobe.engine.layout import Array
from annprobe.errors import BadArgument

Rows = NDArray[np.intp]

OPTIMISERS = ("gradient descent", "momentum", "adam")


@dataclass(frozen=True)
class Setup:
    """The settings of a training run.

    batch      examples a step; None for all of them (batch gradient descent)
    momentum   share of the velocity that is kept (optimiser "momentum")
    seed       of the start and of the order of the examples
    Raises :class:`BadArgument` for settings that make no sense.
    """

    learning_rate: float = 1.0
    iterations: int = 1000
    optimiser: str = "gradient descent"
    batch: int | None = None
    initialiser: str = "xavier"
    momentum: float = 0.9
    seed: int = 0

    def __post_init__(self) -> None:
        closest("optimiser", self.optimiser, OPTIMISERS)
        closest("initialiser", self.initialiser, initialisers.INITIALISERS)
        if self.batch is not None and self.batch < 1:
            raise BadArgument(f"batch must be a positive number of examples, or None for all; it is {self.batch}")
        if self.iterations < 0:
            raise BadArgument(f"iterations must not be negative; it is {self.iterations}")


@dataclass(frozen=True)
class Data:
    """Examples as they come: ``X`` (N, n_0) in units of ``unit`` (255 for raw pixels), ``Y`` (N, n_L)."""

    X: Array
    Y: Array
    unit: float = 1.0


def settings(architecture: Architecture, setup: Setup) -> tuple[Architecture, Setup]:
    """What is trained and how: as asked for."""
    return architecture, setup


def prepare(data: Data) -> tuple[Array, Array]:
    """X / unit (N, n_0) and Y (N, n_L), row i of one belonging to row i of the other."""
    return data.X / data.unit, data.Y


def initialise(architecture: Architecture, setup: Setup) -> list[Array]:
    """``W[1], ..., W[L]``, each (n_l, n_{l-1} + 1), drawn by the setup's initialiser from the setup's seed."""
    return initialisers.draw(architecture, setup.initialiser, np.random.default_rng(setup.seed))


def batch(setup: Setup, N: int, iteration: int) -> tuple[Rows, Rows]:
    """Rows of X and of Y that this iteration trains on, each (B,): every example once an epoch, in a new order."""
    size = min(setup.batch or N, N)
    batches = -(-N // size)
    epoch, place = divmod(iteration, batches)
    rows = _order(setup.seed, epoch, N)[place * size : (place + 1) * size] if size < N else np.arange(N)
    return rows, rows


@functools.lru_cache(maxsize=64)
def _order(seed: int, epoch: int, N: int) -> Rows:
    """The order of the examples in an epoch; all its batches are cut from it."""
    return np.random.default_rng((seed, epoch)).permutation(N)
