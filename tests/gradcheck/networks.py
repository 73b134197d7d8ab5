"""Small correct networks for the checker's tests, written like a textbook: weights (out, in + 1), bias in column 0."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def sigmoid(z: Array) -> Any:
    return 1 / (1 + np.exp(-z))


# name -> (activation, its derivative from z and a)
ACTIVATIONS: dict[str, tuple[Callable[[Array], Array], Callable[[Array, Array], Array]]] = {
    "sigmoid": (sigmoid, lambda z, a: a * (1 - a)),
    "tanh": (np.tanh, lambda z, a: 1 - a * a),
    "relu": (lambda z: np.maximum(z, 0), lambda z, a: (z > 0).astype(a.dtype)),
    "linear": (lambda z: z, lambda z, a: np.ones_like(a)),
}


@dataclass
class Network:
    """Halved squared error; ``cost`` and ``gradient`` take one flat vector, ``*_list`` the matrices."""

    widths: tuple[int, ...]
    X: Array
    Y: Array
    hidden: str = "sigmoid"
    output: str = "sigmoid"
    mean: bool = True
    offset: float = 0.0
    shapes: list[tuple[int, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.shapes = [(n, m + 1) for m, n in zip(self.widths, self.widths[1:], strict=False)]
        self.size = sum(a * b for a, b in self.shapes)
        self.scale = 1.0 / len(self.X) if self.mean else 1.0
        self.activations = [self.hidden] * (len(self.shapes) - 1) + [self.output]

    def split(self, theta: Array) -> list[Array]:
        out, start = [], 0
        for rows, columns in self.shapes:
            out.append(theta[start : start + rows * columns].reshape(rows, columns))
            start += rows * columns
        return out

    def forward(self, W: Sequence[Array]) -> list[tuple[Array, Array, Array]]:
        """(input, z, a) of every layer."""
        a, layers = self.X, []
        for weights, name in zip(W, self.activations, strict=True):
            z = a @ weights[:, 1:].T + weights[:, 0]
            layers.append((a, z, ACTIVATIONS[name][0](z)))
            a = layers[-1][2]
        return layers

    def cost_list(self, W: Sequence[Array]) -> Any:
        error = self.forward(W)[-1][2] - self.Y
        return (error * error).sum() * (0.5 * self.scale) + self.offset

    def gradient_list(self, W: Sequence[Array]) -> list[Array]:
        layers: list[Any] = self.forward(W)
        gradients: list[Array] = []
        delta = (layers[-1][2] - self.Y) * self.scale
        for (a, z, out), weights, name in zip(layers[::-1], W[::-1], self.activations[::-1], strict=True):
            delta = delta * ACTIVATIONS[name][1](z, out)
            gradients.append(np.column_stack([delta.sum(axis=0), delta.T @ a]))
            if a is not self.X:
                delta = delta @ weights[:, 1:]
        return gradients[::-1]

    def cost(self, theta: Array) -> Any:
        return self.cost_list(self.split(theta))

    def gradient(self, theta: Array) -> Array:
        return np.concatenate([g.ravel() for g in self.gradient_list(self.split(theta))])


def network(
    widths: tuple[int, ...], examples: int, seed: int = 0, *, scale: float = 1.0, inputs: str = "normal",
    dtype: type = np.float64, **options: Any,
) -> tuple[Network, Array]:  # fmt: skip
    """A network on random data and its parameters N(0, scale²/fan-in) as one vector."""
    rng = np.random.default_rng(seed)
    draw: dict[str, Callable[[tuple[int, int]], Array]] = {
        "normal": lambda size: rng.standard_normal(size),
        "uniform": lambda size: rng.random(size),
        "bits": lambda size: rng.integers(0, 2, size).astype(float),
    }
    X = draw[inputs]((examples, widths[0]))
    outputs = widths[-1]
    Y = np.eye(outputs)[rng.integers(0, outputs, examples)] if outputs > 1 else rng.integers(0, 2, (examples, 1))
    net = Network(widths, X.astype(dtype), Y.astype(dtype), **options)
    parts = [(rng.standard_normal(s) * scale / math.sqrt(s[1])).ravel() for s in net.shapes]
    return net, np.concatenate(parts).astype(dtype)


WIDTHS = [
    (2, 3, 1), (2, 4, 1), (3, 5, 2), (4, 6, 3), (2, 4, 4, 1), (3, 5, 4, 2), (5, 8, 3), (2, 2, 1), (6, 5, 5, 2),
    (8, 8, 1),
]  # fmt: skip
FAMILIES = ("sigmoid", "saturated", "relu", "relu on kinks", "float32", "big cost")


def member(family: str, seed: int) -> tuple[Network, Array]:
    """The ``seed``-th random network of a family."""
    widths, examples = WIDTHS[seed % len(WIDTHS)], (4, 8, 16)[seed // len(WIDTHS) % 3]
    if family == "sigmoid":
        return network(widths, examples, seed)
    if family == "saturated":
        return network(widths, examples, seed, scale=30.0)
    if family == "relu":
        return network(widths, examples, seed, hidden="relu", output="linear")
    if family == "float32":
        return network(widths, examples, seed, dtype=np.float32)
    if family == "big cost":
        return network(widths, examples, seed, hidden="tanh", output="linear", mean=False, offset=1e4)
    net, theta = network(widths, examples, seed, inputs="bits", hidden="relu")
    for weights in net.split(theta):
        weights[:, 0] = 0.0  # zero biases and an all-zero example: every hidden unit sits exactly on its kink
    net.X[0] = 0.0
    return net, theta
