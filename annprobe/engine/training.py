"""Training: any number of runs at once, those of one shape as one stack."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from annprobe.engine.architecture import Architecture
from annprobe.engine.layout import Array
from annprobe.engine.passes import Pass
from annprobe.engine.setup import Data, Rows, Setup
from annprobe.engine.stacks import bind, differing, fault_of, order, stacked
from annprobe.engine.steps import REFERENCE, Steps, backward, forward, run, update

Record = Callable[[Pass], dict[str, Array]]


@dataclass(frozen=True, eq=False)
class Run:
    """One network to train. ``start`` are its parameters at the start; None draws them by the setup."""

    architecture: Architecture
    setup: Setup
    data: Data
    steps: Steps = REFERENCE
    start: tuple[Array, ...] | None = None


@dataclass(frozen=True, eq=False)
class Trace:
    """What a training run did, at T moments from the start to the end.

    iterations  (T,) how many updates had been made
    cost        (T,) on all examples, as the run's own steps show it
    outputs     (T, N, n_L) for all examples
    W           parameters at the end, like the start
    best        parameters kept as the best (empty when not asked for)
    recorded    whatever the caller's ``record`` returned, each (T, ...)
    fault       the error that stopped it before the first iteration; then everything else is empty
    architecture, setup   that were really trained
    """

    architecture: Architecture
    setup: Setup
    iterations: Array = field(default_factory=lambda: np.zeros(0))
    cost: Array = field(default_factory=lambda: np.zeros(0))
    outputs: Array = field(default_factory=lambda: np.zeros((0, 0, 0)))
    W: tuple[Array, ...] = ()
    best: tuple[Array, ...] = ()
    recorded: dict[str, Array] = field(default_factory=dict)
    fault: str | None = None


@dataclass(eq=False)
class _Ready:
    """A run whose settings, data and start have been made by its own steps."""

    index: int
    architecture: Architecture
    setup: Setup
    X: Array
    Y: Array
    W: tuple[Array, ...]
    steps: Steps
    writes: bool = False

    def key(self) -> tuple[object, ...]:
        """Runs with equal keys can share a stack."""
        setup = replace(self.setup, learning_rate=0.0, initialiser="zeros", seed=0)
        return self.architecture, self.X.shape, setup, self.steps.batch


def train(runs: Sequence[Run], every: int = 20, record: Record | None = None, best: bool = False) -> list[Trace]:
    """Train all runs; the traces come in the runs' order.

    every   iterations between two moments of the traces
    record  called at each moment with the pass over all examples (its arrays have the stack as first axis); what it
            returns, each value with the stack as first axis, is copied into the traces
    best    also keep the parameters of the lowest cost
    A run whose steps do not fit its shapes has a trace with a ``fault``.
    """
    traces: list[Trace | None] = [None] * len(runs)
    groups: dict[tuple[object, ...], list[_Ready]] = {}
    tried: dict[tuple[object, ...], tuple[str | None, bool]] = {}
    with np.errstate(all="ignore"):
        for index, each in enumerate(runs):
            ready = _made(index, each)
            shapes = (ready.steps, ready.architecture, ready.setup.optimiser, ready.X.shape)
            if shapes not in tried:
                tried[shapes] = fault_of(ready.architecture, ready.setup, ready.W, ready.X, ready.Y, ready.steps)
            fault, ready.writes = tried[shapes]
            if fault is not None:
                traces[index] = Trace(ready.architecture, ready.setup, fault=fault)
            else:
                groups.setdefault(ready.key(), []).append(ready)
        for group in groups.values():
            sorted_group = [group[i] for i in order([r.steps for r in group])]
            for ready, trace in zip(sorted_group, _Stack(sorted_group, record, best).train(every), strict=True):
                traces[ready.index] = trace
    return [trace for trace in traces if trace is not None]


def _made(index: int, each: Run) -> _Ready:
    architecture, setup = each.steps.settings(each.architecture, each.setup)
    X, Y = each.steps.prepare(each.data)
    start = each.start
    if start is None or architecture != each.architecture:
        start = tuple(each.steps.initialise(architecture, setup))
    return _Ready(index, architecture, setup, X, Y, start, each.steps)


class _Stack:
    """The runs of one group, in training."""

    def __init__(self, runs: list[_Ready], record: Record | None, best: bool) -> None:
        self.runs, self.record, self.keeps = runs, record, best
        self.tables = [r.steps for r in runs]
        self.setup = runs[0].setup
        self.N = len(runs[0].X)
        own = any(r.writes for r in runs)
        self.X, self.Y = stacked([r.X for r in runs], own), stacked([r.Y for r in runs], own)
        self.whole = self._pass(self.X, self.Y)
        self.whole.load([np.stack(w) for w in zip(*(r.W for r in runs), strict=True)])
        # Batches depend on the seed alone: one is drawn for each seed, not for each network.
        seeds = np.array([r.setup.seed for r in runs])
        _, self.first, self.draw = np.unique(seeds, return_index=True, return_inverse=True)
        self.small: dict[int, Pass] = {}
        self.before: Array = np.zeros(0)
        self.moments: list[int] = []
        self.cost: list[Array] = []
        self.outputs: list[Array] = []
        self.extra: list[dict[str, Array]] = []
        self.lowest = np.full(len(runs), np.inf)
        self.best: list[list[Array]] = [[] for _ in runs]

    def _pass(self, X: Array, Y: Array) -> Pass:
        first = self.runs[0]
        W = [np.zeros((len(self.runs), *w.shape)) for w in first.W]
        rates = np.array([r.setup.learning_rate for r in self.runs])
        p = Pass(first.architecture, W, X, Y, REFERENCE, self.setup, rates, alike=len(set(self.tables)) == 1)
        p.setups = tuple(r.setup for r in self.runs)
        return p

    def train(self, every: int) -> list[Trace]:
        iterations = self.setup.iterations
        bind(self.whole, self.tables)
        full = self.setup.batch is None or self.setup.batch >= self.N
        plain = full and self.tables[0].batch is REFERENCE.batch
        for t in range(iterations):
            self.whole.clock[0] = t
            moment = t % every == 0
            if plain or moment:
                forward(self.whole)
            if moment:
                self._note(t)
            p = self.whole if plain else self._minibatch(t)
            backward(p)
            update(p)
        forward(self.whole)
        self._note(iterations)
        return self._traces()

    def _minibatch(self, t: int) -> Pass:
        """The pass over this iteration's examples, its forward half done."""
        drawn = [self.runs[i].steps.batch(self.runs[i].setup, self.N, t) for i in self.first]
        X, Y = (self._rows(examples, np.stack(rows)[self.draw])
                for examples, rows in zip((self.X, self.Y), zip(*drawn, strict=True), strict=True))
        size = X.shape[-2]
        if size not in self.small:
            self.small[size] = self._pass(X, Y)
            self.small[size].share(self.whole)
            bind(self.small[size], self.tables)
        p = self.small[size]
        p.X[...], p.Y[...] = X, Y
        forward(p)
        return p

    @staticmethod
    def _rows(examples: Array, rows: Rows) -> Array:
        """Of each network's examples those in its rows (E, B): (E, B, n)."""
        if examples.ndim == 2:
            return np.asarray(examples[rows])
        return np.asarray(examples[np.arange(len(rows))[:, None], rows])

    def _note(self, t: int) -> None:
        """Record a moment; the forward pass over all examples has been run."""
        p = self.whole
        run(p, "cost")
        now = p.C.copy()
        before = self.before if self.before.size else now
        shown = now.copy()
        for function, networks in differing(self.tables, "monitor").items():
            shown[networks] = function(before[networks], now[networks])
        self.before = now
        self.moments.append(t)
        self.cost.append(shown)
        self.outputs.append(np.array(p.a[p.L], order="C"))
        if self.record is not None:
            self.extra.append({name: np.array(value, order="C") for name, value in self.record(p).items()})
        if self.keeps:
            self._keep(now)

    def _keep(self, cost: Array) -> None:
        for i in np.flatnonzero(cost < self.lowest):
            self.best[i] = self.tables[i].keep_best([w[i] for w in self.whole.W[1:]])
            self.lowest[i] = cost[i]

    def _traces(self) -> list[Trace]:
        iterations = np.array(self.moments, dtype=np.float64)
        cost, outputs = np.stack(self.cost), np.stack(self.outputs)
        extra = {name: np.stack([e[name] for e in self.extra]) for name in (self.extra[0] if self.extra else {})}
        W = self.whole.parameters()
        return [
            Trace(r.architecture, r.setup, iterations, cost[:, i], outputs[:, i], tuple(w[i] for w in W),
                  tuple(b.copy() for b in self.best[i]), {name: values[:, i] for name, values in extra.items()})
            for i, r in enumerate(self.runs)
        ]
