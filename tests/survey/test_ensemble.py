"""Hundreds of networks in one stack train like each alone."""

from __future__ import annotations

import numpy as np
import pytest

from annprobe.engine.setup import Setup
from annprobe.engine.tasks import make
from annprobe.engine.training import Run, Trace, train
from annprobe.survey.campaign import all_that_train
from annprobe.survey.measure import HEALTHY, steps_of

FIRST = 4  # iterations: chaotic mutants part later


def same(together: Trace, alone: Trace) -> bool:
    if together.fault is not None or alone.fault is not None:
        return together.fault == alone.fault
    gaps = [(together.cost, alone.cost), (together.outputs, alone.outputs),
            *zip(together.W, alone.W, strict=True)]
    return all(np.allclose(a, b, rtol=1e-12, atol=1e-12 * np.nanmax(np.abs(b), initial=1e-3), equal_nan=True)
               for a, b in gaps)


@pytest.mark.parametrize(("hidden", "batch"), [((5,), None), ((4, 4), None), ((4,), 3)])
def test_the_stack_agrees_with_one_at_a_time(hidden: tuple[int, ...], batch: int | None) -> None:
    task = make("copy")
    setups = [Setup(rate, FIRST, batch=batch, initialiser=start, seed=seed)
              for rate, start, seed in ((1.0, "xavier", 0), (0.3, "origin", 1))]
    runs = [Run(task.architecture(hidden), setup, task.data, steps_of(variant))
            for variant in (HEALTHY, *all_that_train()) for setup in setups]
    together = train(runs, 1)
    parted = [i for i, run in enumerate(runs) if not same(together[i], train([run], 1)[0])]
    assert parted == []
    assert sum(trace.fault is None for trace in together) > len(runs) / 2
