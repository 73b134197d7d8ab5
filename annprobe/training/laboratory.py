"""Trials within a budget: which networks train together, how many there is time for, what came of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from annprobe.training.changes import own_start
from annprobe.training.data import Data
from annprobe.training.stack import Lane, Trace
from annprobe.training.trainer import Trainer
from annprobe.training.variants import Variant
from annprobe.training.work import WorkClock, price

Kind = Literal["learning rate", "start", "inputs", "targets", "one-hot", "steady rate", "gradient", "repair", "longer"]

# (share of the time, networks at once): a training is cut short where not even the first fit, and then so that the
# second do
_FEWEST, _ENOUGH = (0.8, 4), (0.3, 12)
_LEAST_STEPS = 4_000  # but no training is cut shorter
_UNKNOWN_STEPS = 5_000  # where the module does not say how long it trains


@dataclass(frozen=True)
class Change:
    """One thing that is changed; ``of`` says which: the rate's factor, the repair's name, the parameters' chains."""

    kind: Kind
    of: Any = None


@dataclass
class Trial:
    """What is changed together, the networks that train with it, and how that went.

    changes   () is the training as it is
    lanes     the networks
    own       how many of the first ones start where the module's own training starts (0 or 1)
    mirrored  whether the targets are turned upside down
    traces    one a lane; empty when there was no time
    """

    changes: tuple[Change, ...]
    lanes: list[Lane]
    own: int = 1
    mirrored: bool = False
    traces: list[Trace] = field(default_factory=list)


class Laboratory:
    """Runs trials of one module within a budget and remembers them.

    seconds  for everything, by ``clock``
    seeds    starts of the module's own kind besides its own
    may_cut  whether a long training may be compared over fewer steps; not where it shall show what a repair does
    steps    how many training steps a network gets (None: what the module plans, else a few thousand); fewer where so
             many would leave no time for a comparison, see ``cut``
    """

    def __init__(
        self,
        trainer: Trainer,
        seconds: float,
        steps: int | None = None,
        seed: int = 0,
        clock: WorkClock | None = None,
        seeds: int = 4,
        may_cut: bool = True,
    ) -> None:
        self.trainer = trainer
        self.clock = clock or WorkClock()
        self.deadline = self.clock() + seconds
        self.known = steps is not None or trainer.planned is not None
        self.steps = steps or trainer.planned or _UNKNOWN_STEPS
        self.rng = np.random.default_rng(seed)
        self.trials: list[Trial] = []
        self.plain = trainer.bench.plain()
        drawn = [own_start(trainer, self.rng) for _ in range(seeds)]
        self.starts: list[dict[int, Any]] = [{}, *(start for start in drawn if start is not None)]
        self._price = price(self.plain.step)
        self.planned = self.steps
        if may_cut and self.steps > self._fitting(*_FEWEST):
            self.steps = min(self.planned, max(self._fitting(*_ENOUGH), _LEAST_STEPS))

    def _fitting(self, share: float, lanes: int) -> int:
        """Steps that so many networks at once can make in a share of the time."""
        return int(share * self.left / (self._price.of(lanes)))

    @property
    def cut(self) -> bool:
        """Whether a network gets fewer steps than the module plans."""
        return self.steps < self.planned

    @property
    def left(self) -> float:
        """Seconds that remain."""
        return self.deadline - self.clock()

    def room(self, share: float, cost: float = 1.0) -> int:
        """How many networks can train in a share of the time that is left; ``cost``: of a step, relative to the plain
        one's. Zero when not even one can."""
        free = share * self.left / (self.steps * cost) - self._price.empty
        return max(0, int(free / self._price.each))

    @property
    def beside(self) -> int:
        """How many networks train together in half as much time again as one of them takes alone."""
        return 1 + int(0.5 * self._price.of(1) / self._price.each)

    def run(
        self,
        trials: Sequence[Trial],
        variant: Variant,
        data: Data | None = None,
        share: float = 1.0,
        steps: int | None = None,
        enough: int = 0,
    ) -> None:
        """Train all lanes of the trials as one stack; what was tried is remembered.

        enough  where so many of the first lanes have nothing left to learn, the others need not go on (0: they do)
        """
        lanes = [lane for trial in trials for lane in trial.lanes]
        if not lanes or self.left <= 0.0:
            return
        traces = iter(
            self.trainer.train(variant, lanes, steps or self.steps, share * self.left, data, self.clock, enough)
        )
        for trial in trials:
            trial.traces = [next(traces) for _ in trial.lanes]
            self.trials.append(trial)
