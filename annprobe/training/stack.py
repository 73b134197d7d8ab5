"""Networks in training: a stack of them takes one step after the other, and is looked at now and then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from annprobe.training.data import Data
from annprobe.training.layout import Layout
from annprobe.training.score import Judge
from annprobe.training.template import Trained
from annprobe.training.variants import Variant
from annprobe.training.work import WorkClock, price

_MOMENTS = 24
_REMEMBERED = 4096  # rows whose values are held in readiness


@dataclass(frozen=True)
class Lane:
    """One network of a stack.

    start   number read -> value at the start (what is missing starts as recorded)
    factor  times every update, or chain -> factor; 0 keeps a parameter as it is
    watched whether what is handed on from step to step is remembered at each moment
    """

    start: Mapping[int, Any] = field(default_factory=dict)
    factor: float | Mapping[int, float] = 1.0
    watched: bool = False


@dataclass
class Trace:
    """How one network's training went.

    steps    step numbers of the moments
    left     squared error relative to the best constant predictor's, at each moment
    wrong    wrong decisions relative to its, NaN where there are no decisions
    finite   whether every output stayed a number
    outputs  (examples, units) at the last moment
    path     what was handed on, at each moment (number read -> value); for networks that are watched only
    """

    steps: list[int] = field(default_factory=list)
    left: list[float] = field(default_factory=list)
    wrong: list[float] = field(default_factory=list)
    finite: bool = True
    complete: bool = False
    outputs: Any = None
    path: list[dict[int, Any]] = field(default_factory=list)

    @property
    def badness(self) -> float:
        """At the last moment."""
        if not self.finite or not self.left:
            return float("inf")
        return self.left[-1] if np.isnan(self.wrong[-1]) else self.wrong[-1]

    @property
    def solved(self) -> bool:
        """Whether there is nothing left to learn."""
        return self.finite and bool(self.left) and _solved(self.left[-1], self.wrong[-1])


def _solved(left: float, wrong: float) -> bool:
    return left < 0.02 if np.isnan(wrong) else wrong == 0.0 and left < 0.25


@dataclass(frozen=True)
class Setting:
    """What all networks of a stack share.

    data        the rows of an epoch
    judge       compares outputs with targets
    layout      brings outputs into a table
    evaluated   rows whose outputs are judged
    parameters  what is trained
    starts      number read -> recorded value at the start
    """

    data: Data
    judge: Judge
    layout: Layout
    evaluated: Sequence[int]
    parameters: Sequence[Trained]
    starts: Mapping[int, Any]
    seed: int = 0


class Stack:
    """Networks in training."""

    def __init__(self, setting: Setting, variant: Variant, lanes: Sequence[Lane]) -> None:
        data = setting.data
        self.setting, self.variant = setting, variant
        self.data = data if data.graph is variant.graph else Data(data.loop, variant.graph, data.rows, data.changes)
        self.traces = [Trace() for _ in lanes]
        self.watched = [lane.watched for lane in lanes]
        self.alive = list(range(len(lanes)))
        starts = setting.starts
        self.values = [_column(lane.start.get(read, starts[read]) for lane in lanes) for read in variant.reads]
        scaled = setting.parameters[: len(variant.rates)]
        usual = all(_factor(lane, p.chain) == 1.0 for lane in lanes for p in scaled)
        self.rates = [] if usual else [_column(_factor(lane, p.chain) for lane in lanes) for p in scaled]
        self.first: Any = None
        program = variant.bare if usual else variant.step
        self.plan, self.inputs = program.plan, program.inputs
        timed = self.data.timed(self.inputs)
        self.seen: dict[int, list[Any]] | None = None if timed else {}
        self.price = price(program, len(self.data.graph.needed(self.inputs)) if timed else 0)
        self.rng = np.random.default_rng(setting.seed)

    def train(self, steps: int, deadline: float, clock: WorkClock, enough: int = 0) -> list[Trace]:
        """See :meth:`Trainer.train`."""
        moments = iter(_moments(steps))
        moment = next(moments)
        order: list[int] = []
        look = price(self.variant.forward)
        with np.errstate(all="ignore"):
            for step in range(steps + 1):
                late = clock() > deadline
                if step == moment or late:
                    clock.spend(len(self.setting.evaluated) * look.of(len(self.alive)))
                    self._note(step)
                    moment = next(moments, steps)
                    if not self.alive or late or (enough and all(t.solved for t in self.traces[:enough])):
                        break
                if step < steps:
                    order = order or self._order()
                    self.advance(order.pop(), step)
                    clock.spend(self.price.of(len(self.alive)))
        for i in self.alive:
            self.traces[i].complete = self.traces[i].steps[-1:] == [steps]
        return self.traces

    def _order(self) -> list[int]:
        """The rows of one epoch, last first."""
        rows = self.data.rows
        return self.rng.permutation(rows.count).tolist() if rows.shuffled else list(range(rows.count - 1, -1, -1))

    def advance(self, row: int, step: int) -> None:
        """One training step on a row of the epoch."""
        shared = self.seen.get(row) if self.seen is not None else None
        if shared is None:
            shared = self.data.values(row, self.inputs, step)
            if self.seen is not None and len(self.seen) < _REMEMBERED:
                self.seen[row] = shared
        self.values = self.plan([*self.values, *self.rates], shared)

    def _outputs(self) -> Any:
        """(networks, examples, units) on the rows that training is judged on."""
        sees = [self.values[self.variant.reads.index(n)] for n in self.variant.sees]
        tables = []
        with np.errstate(all="ignore"):
            for row in self.setting.evaluated:
                outputs = self.variant.forward(sees, self.data.values(row, self.variant.forward.inputs))
                tables.append(self.setting.layout.table(outputs))
        return np.concatenate(tables, 1)

    def _note(self, step: int) -> None:
        """Judge every network that still trains; take out those that are done."""
        if not self.alive:
            return
        outputs = self._outputs()
        if self.first is None:
            self.first = self.setting.judge.squared(outputs)
        score = self.setting.judge(outputs, self.first)
        keep = np.ones(len(self.alive), bool)
        for place, lane in enumerate(self.alive):
            trace = self.traces[lane]
            trace.finite = bool(np.isfinite(outputs[place]).all())
            trace.steps.append(step)
            trace.left.append(float(score.left[place]))
            trace.wrong.append(float(score.wrong[place]))
            trace.outputs = outputs[place]
            if self.watched[lane]:
                trace.path.append(
                    {n: np.array(value[place]) for n, value in zip(self.variant.reads, self.values, strict=True)}
                )
            keep[place] = trace.finite and not trace.solved
        if not keep.all():
            self.alive = [lane for lane, kept in zip(self.alive, keep, strict=True) if kept]
            self.values = [value[keep] for value in self.values]
            self.rates = [rate[keep] for rate in self.rates]
            self.first = self.first[keep]


def _column(values: Iterable[Any]) -> Any:
    return np.stack([np.asarray(value) for value in values])


def _factor(lane: Lane, chain: int) -> float:
    return lane.factor.get(chain, 1.0) if isinstance(lane.factor, Mapping) else lane.factor


def _moments(steps: int) -> list[int]:
    """When outputs are judged: at the start, then denser first, at the end."""
    spread = np.geomspace(1, steps, _MOMENTS // 2) if steps > 1 else np.array([1.0])
    even = np.linspace(0, steps, _MOMENTS // 2 + 1)
    return sorted({0, steps, *(int(m) for m in spread), *(int(m) for m in even)})
