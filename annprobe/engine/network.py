"""A network with everything that is needed to run it: an example of its architecture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from annprobe.engine.architecture import Architecture
from annprobe.engine.layout import Array
from annprobe.engine.setup import Data, Setup
from annprobe.errors import BadArgument


@dataclass(frozen=True, eq=False)
class Network:
    """An architecture, its parameters, examples, and how it would be trained.

    W      W[1], ..., W[L] as a tuple, each (n_l, n_{l-1} + 1), the bias in column 0
    X, Y   (N, n_0), (N, n_L)
    unit   what the data's owner counts X in: raw data would be ``X * unit``
    setup  of a training run
    Raises :class:`BadArgument` when the shapes do not fit together.
    """

    architecture: Architecture
    W: tuple[Array, ...]
    X: Array
    Y: Array
    unit: float = 1.0
    setup: Setup = field(default_factory=Setup)

    def __post_init__(self) -> None:
        wanted = [self.architecture.shape(layer) for layer in range(1, self.architecture.L + 1)]
        given = [w.shape for w in self.W]
        if given != wanted:
            raise BadArgument(f"parameters of {self.architecture} have shapes {wanted}; these have {given}")
        widths = self.architecture.widths
        N = len(self.X)
        if N == 0 or self.X.shape != (N, widths[0]) or self.Y.shape != (N, widths[-1]):
            raise BadArgument(f"X must be (N, {widths[0]}) and Y (N, {widths[-1]}) with N >= 1; "
                              f"they are {self.X.shape} and {self.Y.shape}")

    @property
    def N(self) -> int:
        """Number of examples."""
        return len(self.X)

    @property
    def raw(self) -> Data:
        """The examples as they come, before they are prepared."""
        return Data(self.X * self.unit, self.Y, self.unit)


def random_network(architecture: Architecture, examples: int, rng: np.random.Generator, setup: Setup | None = None,
                   unit: float = 1.0) -> Network:
    """A generic network: weights N(0, 1/√n_in) with biases alike, inputs N(0, 1), targets in the cost's domain."""
    W = []
    for layer in range(1, architecture.L + 1):
        n_out, columns = architecture.shape(layer)
        W.append(rng.normal(0.0, 1.0 / np.sqrt(max(columns - 1, 1)), (n_out, columns)))
    X = rng.normal(0.0, 1.0, (examples, architecture.widths[0]))
    return Network(architecture, tuple(W), X, _targets(architecture, examples, rng), unit, setup or Setup())


def _targets(architecture: Architecture, examples: int, rng: np.random.Generator) -> Array:
    outputs, cost = architecture.widths[-1], architecture.cost_function
    if cost.one_hot:
        return np.asarray(np.eye(outputs)[rng.integers(0, outputs, examples)])
    if cost.binary:
        return rng.integers(0, 2, (examples, outputs)).astype(np.float64)
    return rng.uniform(0.0, 1.0, (examples, outputs))


def same(left: Sequence[Array], right: Sequence[Array], tolerance: float = 1e-9) -> bool:
    """Are two lists of arrays equal up to rounding, each against its own largest entry? NaN equals NaN."""
    if len(left) != len(right) or any(a.shape != b.shape for a, b in zip(left, right, strict=True)):
        return False
    return all(_close(a, b, tolerance) for a, b in zip(left, right, strict=True))


def _close(a: Array, b: Array, tolerance: float) -> bool:
    if a.size == 0:
        return True
    finite = np.abs(b[np.isfinite(b)])
    scale = float(finite.max()) if finite.size else 1.0
    return bool(np.allclose(a, b, rtol=tolerance, atol=tolerance * max(scale, 1e-300), equal_nan=True))
