"""Looks into stacks while they train: parameters, gradient and units at a few moments."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from annprobe.engine.passes import Pass
from annprobe.engine.training import Trace

Array = NDArray[np.float64]

MOMENTS = 11


@functools.cache
def evenly(count: int, wanted: int) -> NDArray[np.intp]:
    """At most ``wanted`` of the numbers 0 .. count - 1, evenly spread, both ends among them."""
    return np.unique(np.linspace(0, count - 1, wanted).round().astype(np.intp))


@dataclass(eq=False)
class Watched:
    """What was seen of one stack; lists have an entry for each wanted moment.

    W, G   for each moment the list of layers' arrays (E, n_l, n_{l-1} + 1)
    z, a   for the first, the middle and the last wanted moment: lists of layers' (E, N, n_l)
    """

    of: Pass
    wanted: list[int]  # numbers of the moments
    calls: int = 0
    moments: list[int] = field(default_factory=list)
    W: list[list[Array]] = field(default_factory=list)
    G: list[list[Array]] = field(default_factory=list)
    z: list[list[Array]] = field(default_factory=list)
    a: list[list[Array]] = field(default_factory=list)

    def look(self, iteration: int) -> None:
        """Copy what is wanted at this moment."""
        p = self.of
        if self.calls in self.wanted:
            self.moments.append(iteration)
            self.W.append(p.parameters())
            self.G.append(p.gradient())
            if self.calls in (self.wanted[0], self.wanted[len(self.wanted) // 2], self.wanted[-1]):
                self.z.append([np.array(z, order="C") for z in p.z[1:]])
                self.a.append([np.array(a, order="C") for a in p.a[1:]])
        self.calls += 1


class Watcher:
    """To be given to :func:`annprobe.engine.training.train` as ``record``."""

    def __init__(self, every: int) -> None:
        self.every = every
        self.stacks: list[Watched] = []

    def __call__(self, p: Pass) -> dict[str, Array]:
        """Look; each run is told the number of its stack and its row in it."""
        assert p.setup is not None
        if not self.stacks or self.stacks[-1].of is not p:
            count = -(-p.setup.iterations // self.every) + 1
            self.stacks.append(Watched(p, evenly(count, MOMENTS).tolist()))
        stack = self.stacks[-1]
        stack.look(min(stack.calls * self.every, p.setup.iterations))
        rows = np.arange(len(p.C), dtype=np.float64)
        return {"stack": np.full(len(rows), float(len(self.stacks) - 1)), "row": rows}

    def place(self, trace: Trace) -> tuple[int, int]:
        """Stack and row of a run."""
        return int(trace.recorded["stack"][0]), int(trace.recorded["row"][0])
