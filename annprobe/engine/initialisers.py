"""Where training starts. Every initialiser draws from the generator it is given and from nothing else."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from annprobe.engine.architecture import Architecture, closest
from annprobe.engine.layout import Array

Draw = Callable[[np.random.Generator, int, int], Array]  # (generator, n_out, n_in) to weights (n_out, n_in)


def _normal(rng: np.random.Generator, n_out: int, n_in: int) -> Array:
    return rng.normal(0.0, 1.0, (n_out, n_in))


def _uniform(rng: np.random.Generator, n_out: int, n_in: int) -> Array:
    return rng.uniform(-1.0, 1.0, (n_out, n_in))


def _xavier(rng: np.random.Generator, n_out: int, n_in: int) -> Array:
    bound = np.sqrt(6.0 / (n_in + n_out))
    return rng.uniform(-bound, bound, (n_out, n_in))


def _he(rng: np.random.Generator, n_out: int, n_in: int) -> Array:
    return rng.normal(0.0, np.sqrt(2.0 / n_in), (n_out, n_in))


def _zeros(rng: np.random.Generator, n_out: int, n_in: int) -> Array:
    return np.zeros((n_out, n_in))


def _constant(rng: np.random.Generator, n_out: int, n_in: int) -> Array:
    return np.full((n_out, n_in), 0.5)


def _origin(rng: np.random.Generator, n_out: int, n_in: int) -> Array:
    return rng.normal(0.1, 0.1, (n_out, n_in))


# The name, the weights' distribution, and whether the bias is drawn like a weight (else it starts at 0).
INITIALISERS: dict[str, tuple[Draw, bool]] = {
    "normal": (_normal, True),  # N(0, 1)
    "uniform": (_uniform, True),  # U(-1, 1)
    "xavier": (_xavier, False),  # Glorot and Bengio (2010), eq. 16
    "he": (_he, False),  # He, Zhang, Ren, Sun (2015), eq. 10
    "zeros": (_zeros, True),
    "constant": (_constant, True),  # 0.5
    "origin": (_origin, True),  # N(0.1, 0.1), as in the network this project began with
}


def draw(architecture: Architecture, name: str, rng: np.random.Generator) -> list[Array]:
    """``W[1], ..., W[L]`` by the initialiser of this name. Raises :class:`BadArgument` for an unknown one."""
    weights, biases_too = INITIALISERS[closest("initialiser", name, INITIALISERS)]
    result = []
    for layer in range(1, architecture.L + 1):
        n_out, columns = architecture.shape(layer)
        if biases_too:
            result.append(weights(rng, n_out, columns))
        else:
            result.append(np.column_stack([np.zeros(n_out), weights(rng, n_out, columns - 1)]))
    return result
