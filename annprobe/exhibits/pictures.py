"""What training makes of a mutant: the same runs with and without it, on the first task where they differ."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from annprobe.catalog.mutant import Mutant
from annprobe.engine.architecture import Architecture
from annprobe.engine.network import Network
from annprobe.engine.setup import Setup, initialise
from annprobe.engine.steps import REFERENCE
from annprobe.engine.tasks import Task, make
from annprobe.engine.training import Run, Trace, train
from annprobe.exhibits.store import Picture

SEEDS = 5
NOT_TRAINING = ("predict", "monitor", "keep_best", "check_point", "analytic_gradient", "numerical_gradient", "agree")
ENTROPY, CATEGORICAL = "binary cross-entropy", "categorical cross-entropy"


def _scenes() -> list[tuple[Task, Architecture, Setup]]:
    """Tasks with architectures and settings with which the reference learns, the plainest first."""
    xor, teacher, copy, moons, digits = (make(name) for name in ("xor", "teacher", "copy", "moons", "digits"))
    plain = Setup(learning_rate=4.0, iterations=3000)
    return [
        (xor, xor.architecture(), plain),
        (teacher, teacher.architecture(), plain),
        (copy, copy.architecture((3, 3)), plain),
        (xor, xor.architecture((4,), "tanh", "sigmoid", ENTROPY), Setup(learning_rate=0.5, iterations=2000)),
        (xor, xor.architecture((8,), "relu", "sigmoid", ENTROPY), Setup(learning_rate=0.3, iterations=2000)),
        (xor, xor.architecture((8,), "leaky relu", "sigmoid", ENTROPY), Setup(learning_rate=0.3, iterations=2000)),
        (digits, digits.architecture((12,), "tanh", "softmax", CATEGORICAL), Setup(learning_rate=1.0, iterations=200)),
        (digits, digits.architecture((12,), "tanh", "softmax"), Setup(learning_rate=1.0, iterations=400)),
        (moons, moons.architecture(), Setup(learning_rate=1.0, iterations=2000, batch=12)),
        (xor, xor.architecture(), Setup(learning_rate=0.5, iterations=2000, optimiser="momentum")),
        (xor, xor.architecture(), Setup(learning_rate=0.05, iterations=1000, optimiser="adam")),
        (xor, Architecture.of((2, 4, 1), l2=1e-3), plain),
    ]


def picture(mutant: Mutant) -> Picture | None:
    """The picture of a mutant; None where training does not run the step, or no scene differs.

    A scene that the mutant stops with an error is taken only if there is no other.
    """
    if mutant.step in NOT_TRAINING:
        return None
    stopped = None
    for task, architecture, setup in _scenes():
        drawn = None if _silent(mutant, task, architecture, setup) else _compared(mutant, task, architecture, setup)
        if drawn is not None and drawn.fault is None:
            return drawn
        stopped = stopped or drawn
    return stopped


def _silent(mutant: Mutant, task: Task, architecture: Architecture, setup: Setup) -> bool:
    data = task.data
    W = tuple(initialise(architecture, setup))
    return mutant.silent.holds(Network(architecture, W, data.X / data.unit, data.Y, data.unit, setup))


def _compared(mutant: Mutant, task: Task, architecture: Architecture, setup: Setup) -> Picture | None:
    starts = [replace(setup, seed=seed) for seed in range(SEEDS)]
    runs = [Run(architecture, s, task.data, steps) for steps in (REFERENCE, mutant.steps) for s in starts]
    trained = train(runs, every=max(1, setup.iterations // 20))
    right, wrong = trained[:SEEDS], trained[SEEDS:]
    fault = wrong[0].fault
    if fault is None and all(np.array_equal(a.outputs, b.outputs) for a, b in zip(right, wrong, strict=True)):
        return None
    costs = [[_cost(traces, task, architecture, moment) for moment in (0, -1)] for traces in (right, wrong)]
    words = f"{setup.optimiser}, learning rate {setup.learning_rate:g}, {setup.iterations} iterations"
    words += f", batches of {setup.batch}" if setup.batch else ""
    return Picture(task.name, str(architecture), words, costs[0], [] if fault else costs[1], fault)


def _cost(traces: list[Trace], task: Task, architecture: Architecture, moment: int) -> float | None:
    """Median of the right cost of the recorded outputs at one moment; None where it is not a number."""
    each = architecture.cost_function.per_example
    costs = [float(each(trace.outputs[moment], task.data.Y).mean()) for trace in traces if trace.fault is None]
    value = float(np.median(costs)) if costs else float("nan")
    return round(value, 6) if np.isfinite(value) else None
