"""A forward pass by hand: plain Python numbers, one unit after the other, sharing no formula with the engine."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from annprobe.engine.layout import Array
from annprobe.engine.network import Network


def _sigmoid(z: float) -> float:
    return 1.0 / (1.0 + math.exp(-z)) if z > -700.0 else math.exp(z)


def _gelu(z: float) -> float:
    return 0.5 * z * (1.0 + math.tanh(math.sqrt(2.0 / math.pi) * (z + 0.044715 * z**3)))


ONE_UNIT: dict[str, Callable[[float], float]] = {
    "identity": lambda z: z,
    "sigmoid": _sigmoid,
    "tanh": math.tanh,
    "relu": lambda z: max(z, 0.0),
    "leaky relu": lambda z: z if z > 0.0 else 0.01 * z,
    "elu": lambda z: z if z > 0.0 else math.expm1(z),
    "softplus": lambda z: z + math.log1p(math.exp(-z)) if z > 0.0 else math.log1p(math.exp(z)),
    "gelu": _gelu,
}


def _softmax(z: Sequence[float]) -> list[float]:
    highest = max(z)
    exponentials = [math.exp(value - highest) for value in z]
    return [value / math.fsum(exponentials) for value in exponentials]


def outputs(network: Network) -> Array:
    """The outputs (N, n_L) of a network, computed example by example and unit by unit."""
    return np.array([_example(network, list(map(float, x))) for x in network.X])


def _example(network: Network, a: list[float]) -> list[float]:
    for w, name in zip(network.W, network.architecture.activations, strict=True):
        z = [float(row[0]) + math.fsum(float(v) * x for v, x in zip(row[1:], a, strict=True)) for row in w]
        a = _softmax(z) if name == "softmax" else [ONE_UNIT[name](value) for value in z]
    return a
