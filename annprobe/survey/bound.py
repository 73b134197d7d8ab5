"""A stack of networks with their own steps, to be asked outside training: cost, gradient, first step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from annprobe.engine.architecture import Architecture
from annprobe.engine.passes import LAYERED, Pass
from annprobe.engine.setup import Setup
from annprobe.engine.stacks import bind
from annprobe.engine.steps import REFERENCE, Steps, backward, forward, run, update

Array = NDArray[np.float64]

EDGE = 1e-12  # how near to the end of its range an output may be asked for


class Bound:
    """Networks of one architecture, those of equal steps next to each other.

    X (E, N, n_0), Y (E, N, n_L)
    rates  (E,)
    """

    def __init__(self, architecture: Architecture, setup: Setup, X: Array, Y: Array, tables: Sequence[Steps],
                 rates: Array) -> None:
        E = len(tables)
        self.architecture = architecture
        self.X, self.Y = X, Y
        W = [np.zeros((E, *architecture.shape(layer))) for layer in range(1, architecture.L + 1)]
        self.p = Pass(architecture, W, X, Y, REFERENCE, setup, rates, alike=len(set(tables)) == 1)
        bind(self.p, tables)

    def _fresh(self, W: Sequence[Array]) -> Pass:
        """The pass as if nothing had been run yet, with these parameters."""
        p = self.p
        for name in LAYERED:
            for buffer in getattr(p, name)[1:]:
                buffer[...] = 0.0
        for part in [part for parts in p.patches.values() for part, _ in parts]:
            part.memory.clear()
        p.memory.clear()
        p.clock[0] = 0
        p.X[...], p.Y[...] = self.X, self.Y
        p.load(W)
        return p

    def cost(self, W: Sequence[Array]) -> Array:
        """(E,) costs at the parameters W, each (E, n_l, n_{l-1} + 1)."""
        with np.errstate(all="ignore"):
            p = self._fresh(W)
            forward(p)
            run(p, "cost")
        return p.C.copy()

    def gradient(self, W: Sequence[Array]) -> list[Array]:
        """The networks' own gradients there."""
        with np.errstate(all="ignore"):
            p = self._fresh(W)
            forward(p)
            run(p, "cost")
            backward(p)
        return p.gradient()

    def first_step(self, W: Sequence[Array]) -> tuple[list[Array], list[Array]]:
        """(gradient, change of the parameters) of a first iteration over all examples."""
        G = self.gradient(W)
        with np.errstate(all="ignore"):
            update(self.p)
        return G, [after - before for after, before in zip(self.p.parameters(), W, strict=True)]

    def constant_cost(self) -> Array:
        """(E,) what the networks' own cost says of outputs that are the mean of Y in each column."""
        p = self._fresh([np.zeros_like(w) for w in self.p.W[1:]])
        mean = self.Y.mean(axis=-2, keepdims=True)
        p.a[p.L][...] = mean
        p.z[p.L][...] = preactivation_of(self.architecture.activations[-1], mean)
        with np.errstate(all="ignore"):
            run(p, "cost")
        return p.C.copy()


def preactivation_of(activation: str, a: Array) -> Array:
    """Some z with f(z) = a, kept off the ends of the activation's range."""
    if activation == "sigmoid":
        a = np.clip(a, EDGE, 1.0 - EDGE)
        return np.asarray(np.log(a / (1.0 - a)))
    if activation == "tanh":
        return np.asarray(np.arctanh(np.clip(a, -1.0 + EDGE, 1.0 - EDGE)))
    if activation == "softmax":
        return np.asarray(np.log(np.maximum(a, EDGE)))
    return np.asarray(a)
