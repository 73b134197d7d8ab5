"""Tasks to learn: small classics made here, digits, and MNIST from files that the user has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from annprobe.engine.architecture import Architecture, closest
from annprobe.engine.digits import digits
from annprobe.engine.layout import Array
from annprobe.engine.setup import Data
from annprobe.engine.steps import outputs


@dataclass(frozen=True, eq=False)
class Task:
    """Examples to learn.

    data      X (N, n_0), Y (N, n_L)
    kind      "classes" (one-hot), "binary" (0 or 1 each) or "values"
    hidden    widths of hidden layers that are enough, () where none is needed
    """

    name: str
    data: Data
    kind: str
    hidden: tuple[int, ...]

    @property
    def inputs(self) -> int:
        """Width of the input."""
        return int(self.data.X.shape[1])

    @property
    def outputs(self) -> int:
        """Width of the output."""
        return int(self.data.Y.shape[1])

    def architecture(self, hidden: tuple[int, ...] | None = None, activation: str = "sigmoid",
                     output: str = "sigmoid", cost: str = "squared error") -> Architecture:
        """An architecture that fits the task's widths; with the task's own hidden layers unless others are given."""
        widths = (self.inputs, *(self.hidden if hidden is None else hidden), self.outputs)
        return Architecture.of(widths, activation, output, cost)


def truth_table(inputs: int) -> Array:
    """All rows of 0 and 1, shape (2^inputs, inputs), counting upwards."""
    rows = np.arange(2**inputs)[:, None] >> np.arange(inputs)[::-1] & 1
    return rows.astype(np.float64)


def _column(values: ArrayLike) -> Array:
    return np.asarray(values, dtype=np.float64).reshape(-1, 1)


def logical_and(seed: int) -> Task:
    """AND of two inputs: one neuron learns it."""
    X = truth_table(2)
    return Task("and", Data(X, _column(X.all(axis=1))), "binary", ())


def logical_or(seed: int) -> Task:
    """OR of two inputs."""
    X = truth_table(2)
    return Task("or", Data(X, _column(X.any(axis=1))), "binary", ())


def xor(seed: int) -> Task:
    """XOR of two inputs: needs a hidden layer."""
    X = truth_table(2)
    return Task("xor", Data(X, _column(X.sum(axis=1) % 2)), "binary", (4,))


def parity(seed: int) -> Task:
    """Is the number of ones among four inputs odd."""
    X = truth_table(4)
    return Task("parity", Data(X, _column(X.sum(axis=1) % 2)), "binary", (8,))


def copy(seed: int) -> Task:
    """Three inputs, to be repeated at the output."""
    X = truth_table(3)
    return Task("copy", Data(X, X.copy()), "binary", (3,))


def sign(seed: int) -> Task:
    """Is the input positive: 16 numbers from -1 to 1, none of them 0."""
    X = _column(np.linspace(-1.0, 1.0, 16))
    return Task("sign", Data(X, _column(X > 0)), "binary", (4,))


def sine(seed: int) -> Task:
    """The sine over one period, scaled into 0 to 1; 24 points."""
    X = _column(np.linspace(-1.0, 1.0, 24))
    return Task("sine", Data(X, 0.5 + 0.4 * np.sin(np.pi * X)), "values", (6,))


def moons(seed: int) -> Task:
    """Two interleaved half circles of 20 points each, with noise 0.1."""
    rng = np.random.default_rng(seed)
    angle = np.linspace(0.0, np.pi, 20)
    upper = np.column_stack([np.cos(angle), np.sin(angle)])
    lower = np.column_stack([1.0 - np.cos(angle), 0.5 - np.sin(angle)])
    X = np.concatenate([upper, lower]) + rng.normal(0.0, 0.1, (40, 2))
    return Task("moons", Data(X, _column(np.repeat([0.0, 1.0], 20))), "binary", (8,))


def teacher(seed: int) -> Task:
    """What a random sigmoid network 3-3-3 with two outputs says about 20 random inputs."""
    rng = np.random.default_rng(seed)
    architecture = Architecture.of((3, 3, 3, 2))
    W = [rng.normal(0.0, 2.0, architecture.shape(layer)) for layer in (1, 2, 3)]
    X = rng.normal(0.0, 1.0, (20, 3))
    Y = outputs(architecture, W, X, np.zeros((20, 2))).a[3]
    return Task("teacher", Data(X, Y), "values", (3, 3))


def eight_by_eight(seed: int) -> Task:
    """Handwritten digits, 8 x 8 pixels of 0 to 16, ten classes."""
    return Task("digits", digits(), "classes", (16,))


TASKS: dict[str, Callable[[int], Task]] = {
    "and": logical_and,
    "or": logical_or,
    "xor": xor,
    "parity": parity,
    "copy": copy,
    "sign": sign,
    "sine": sine,
    "moons": moons,
    "teacher": teacher,
    "digits": eight_by_eight,
}


def make(name: str, seed: int = 0) -> Task:
    """The task of this name; ``seed`` matters where data are drawn. Raises :class:`BadArgument` for an unknown name."""
    return TASKS[closest("task", name, TASKS)](seed)
