"""What this machine can do, to set measured times against: machines differ, and what else they do at the moment."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from annprobe.engine.architecture import Architecture

EXPONENTIAL = ("sigmoid", "tanh", "softmax", "softplus", "elu", "gelu")  # activations that need one for each unit


def best(function: Callable[[], object], repeats: int = 5) -> float:
    """Fastest of several times, seconds of processor time."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    return min(times)


@dataclass(frozen=True)
class Rates:
    """Seconds of a multiplication with addition in a large matrix product, and of an exponential."""

    product: float
    exponential: float

    def floor(self, architecture: Architecture, N: int) -> float:
        """Seconds of a training iteration of one network, were there nothing but its products and exponentials."""
        widths, pairs = architecture.widths, list(itertools.pairwise(architecture.widths))
        products = N * (2 * sum((i + 1) * o for i, o in pairs) + sum(i * o for i, o in pairs[1:]))
        units = sum(n for n, name in zip(widths[1:], architecture.activations, strict=True) if name in EXPONENTIAL)
        return products * self.product + N * units * self.exponential

    def __str__(self) -> str:
        return (f"{1e-9 / self.product:.1f} thousand million multiplications with addition a second in a large matrix "
                f"product, {1e9 * self.exponential:.1f} ns an exponential")


def rates() -> Rates:
    """Those of this machine, now."""
    A = np.random.default_rng(0).normal(size=(600, 600))
    product = best(lambda: A @ A) / 600**3
    z, out = A.ravel()[:10_000], np.empty(10_000)
    return Rates(product, best(lambda: [np.exp(z, out=out) for _ in range(100)]) / 1e6)
