"""Symptoms that take training to see."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from annprobe import catalog
from annprobe.engine.setup import Setup
from annprobe.engine.tasks import Task, make
from annprobe.engine.training import Run, train
from annprobe.symptoms import trials

XOR = make("xor")


def left_by(rate: float, mutant: str | None = None, task: Task = XOR) -> float:
    run = Run(task.architecture(), Setup(rate, 2000), task.data)
    if mutant is not None:
        run = replace(run, steps=catalog.get(mutant).steps)
    P, Y = train([run], 2000)[0].outputs[-1], task.data.Y
    return float(((P - Y) ** 2).sum() / ((Y - Y.mean()) ** 2).sum())


def test_a_rate_too_small_is_cured_by_a_larger_one() -> None:
    swept = trials.learning_rate_sweep(lambda factor: left_by(0.02 * factor))
    assert swept.strength > 0.0
    assert swept.evidence["factor"] == 100.0


def test_a_right_rate_needs_no_cure_and_a_wrong_gradient_has_none() -> None:
    assert trials.learning_rate_sweep(lambda factor: left_by(4.0 * factor)).strength == 0.0
    hopeless = trials.learning_rate_sweep(lambda factor: left_by(0.1 * factor, "ld-sign"))
    assert hopeless.strength == 0.0
    assert np.isnan(float(hopeless.evidence["factor"]))  # type: ignore[arg-type]


def test_overfitting_a_few_examples() -> None:
    assert trials.overfit_fails(lambda factor: left_by(0.1 * factor)).strength == 0.0
    assert trials.overfit_fails(lambda factor: left_by(0.1 * factor, "ld-sign")).strength > 0.0
    assert trials.overfit_fails(lambda factor: float("nan")).strength > 0.0


def test_capacity() -> None:
    assert trials.capacity(XOR.architecture(()), XOR.data, 400).strength > 0.0
    assert trials.capacity(XOR.architecture((4,)), XOR.data, 800).strength == 0.0
