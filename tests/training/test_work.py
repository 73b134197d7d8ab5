"""Work is counted: what is tried does not hang on how fast the machine is, as long as it is not far too slow."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from annprobe.training.interventions import Suspects, experiment
from annprobe.training.laboratory import Laboratory
from annprobe.training.swaps import true_gradient
from annprobe.training.trainer import Trainer
from annprobe.training.work import WorkClock, price
from tests.training.subjects import MOMENTUM, batch, understood


def test_another_watch_gives_the_same_experiments() -> None:
    tables = []
    for pace in (1.0, 1.9):
        trainer = Trainer(understood(batch(rate=0.01, steps=60_000)))
        lab = Laboratory(trainer, 0.6, clock=WorkClock(_watch(pace)))
        done = experiment(lab, Suspects(true_gradient(trainer)))
        tables.append([repr((t.changes, t.outcome)) for t in done.tried])
    assert tables[0] == tables[1]
    assert len(tables[0]) > 5


def test_where_work_takes_far_longer_than_counted_the_watch_counts() -> None:
    watch = iter([0.0, 1.0, 100.0])
    clock = WorkClock(lambda: next(watch))
    clock.spend(3.0)
    assert clock() == 3.0
    assert clock() == pytest.approx(40.0)


def test_a_larger_stack_costs_more_and_another_step_as_much_as_it_does_more() -> None:
    small, large = (Trainer(understood(text)).bench.plain().bare for text in (batch(), MOMENTUM))
    assert price(large).of(9) > price(large).of(1) > price(small).of(1) > 0.0
    assert price(small, anew=10).empty > price(small).empty


def _watch(pace: float) -> Callable[[], float]:
    looks = itertools.count()
    return lambda: pace * 1e-7 * next(looks)
