"""Typed building blocks: pieces with a forward and a backward, a stack of them, a loop that trains it."""
from dataclasses import dataclass, field
from typing import Callable, Iterator, Protocol

import numpy as np

Array = np.ndarray


class Piece(Protocol):
    def forward(self, x: Array) -> Array: ...

    def backward(self, slope: Array) -> Array: ...

    def knobs(self) -> Iterator[tuple[Array, Array]]: ...


@dataclass
class Dense:
    n_in: int
    n_out: int
    seed: int = 0
    w: Array = field(init=False)
    b: Array = field(init=False)

    def __post_init__(self) -> None:
        self.w = np.random.default_rng(self.seed).normal(0.0, self.n_in ** -0.5, (self.n_in, self.n_out))
        self.b = np.zeros(self.n_out)

    def forward(self, x: Array) -> Array:
        self.seen = x
        return x @ self.w + self.b

    def backward(self, slope: Array) -> Array:
        self.w_slope = self.seen.T @ slope
        self.b_slope = slope.sum(axis=0)
        return slope @ self.w.T

    def knobs(self) -> Iterator[tuple[Array, Array]]:
        yield self.w, self.w_slope
        yield self.b, self.b_slope


@dataclass
class Bend:
    """An elementwise function with its derivative."""

    f: Callable[[Array], Array] = np.tanh
    df: Callable[[Array], Array] = lambda z: 1 / np.cosh(z) ** 2

    def forward(self, x: Array) -> Array:
        self.seen = x
        return self.f(x)

    def backward(self, slope: Array) -> Array:
        return slope * self.df(self.seen)

    def knobs(self) -> Iterator[tuple[Array, Array]]:
        yield from ()


@dataclass
class Stack:
    pieces: list[Piece]

    def forward(self, x: Array) -> Array:
        for piece in self.pieces:
            x = piece.forward(x)
        return x

    def backward(self, slope: Array) -> None:
        for piece in self.pieces[::-1]:
            slope = piece.backward(slope)

    def knobs(self) -> Iterator[tuple[Array, Array]]:
        for piece in self.pieces:
            yield from piece.knobs()


def train(net: Stack, inputs: Array, targets: Array, epochs: int = 100, lr: float = 0.01, size: int = 32) -> float:
    loss = 0.0
    for _ in range(epochs):
        loss = 0.0
        for start in range(0, len(inputs), size):
            part = slice(start, start + size)
            predicted = net.forward(inputs[part])
            miss = predicted - targets[part]
            loss += float(np.sum(miss ** 2))
            net.backward(2 * miss)
            for value, slope in net.knobs():
                value -= lr * slope
    return loss
