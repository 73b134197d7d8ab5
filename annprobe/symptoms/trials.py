"""Symptoms that take training runs to see: each changes one thing and looks what happens."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from annprobe.engine.architecture import Architecture
from annprobe.engine.setup import Data, Setup
from annprobe.engine.training import Run, train
from annprobe.symptoms.reading import Measured, grade
from annprobe.symptoms.trace import LEARNED

FACTORS = (1e-3, 1e-2, 1e-1, 1.0, 1e1, 1e2, 1e3)
FITTED = 0.01
RESTARTS = 20


def learning_rate_sweep(train_with: Callable[[float], float], factors: Sequence[float] = FACTORS) -> Measured:
    """S35 `lr-sweep`: another learning rate cures the run.

    ``train_with`` takes a factor for the learning rate and says what the run leaves unexplained (1: as a constant
    predictor). Evidence is the factor nearest to 1 that cures, NaN if none does. Present if that is not 1 itself.
    """
    cures = [factor for factor in factors if train_with(factor) <= LEARNED]
    nearest = min(cures, key=lambda factor: abs(np.log(factor)), default=np.nan)
    present = bool(cures) and 1.0 not in cures
    return Measured(np.asarray(float(present)), {"factor": nearest})


def overfit_fails(train_with: Callable[[float], float],
                  factors: Sequence[float] = (1.0, 10.0, 100.0, 1000.0)) -> Measured:
    """S41 `overfit-fails`: with no learning rate can the network learn two to four distinct examples by heart.

    ``train_with`` takes a factor for the learning rate and gives the lowest cost reached, over the constant
    predictor's. Any network with the capacity and a right gradient can do this.
    """
    best = min((value for value in map(train_with, factors) if not np.isnan(value)), default=np.inf)
    return Measured(grade(best, FITTED, 0.5), {"lowest cost / constant predictor's": best})


def capacity(architecture: Architecture, data: Data, iterations: int = 2000, restarts: int = RESTARTS) -> Measured:
    """S25c `capacity`: the reference engine cannot learn this task with this architecture either.

    It tries 20 starts at each of four learning rates and two initialisers, as one stack. That is a proof by attempt
    only: it shows that the task is out of reach of this kind of training, not that no weights exist.
    """
    setups = [Setup(rate, iterations, initialiser=name, seed=seed)
              for rate in (0.3, 1.0, 4.0, 16.0) for name in ("xavier", "normal") for seed in range(restarts)]
    Y = data.Y
    total = float(((Y - Y.mean(axis=0)) ** 2).sum())
    if total == 0.0:
        return Measured(np.asarray(np.nan), {})
    left = [((t.outputs[-1] - Y) ** 2).sum() / total for t in train([Run(architecture, s, data) for s in setups], 100)]
    best = float(np.nanmin([np.inf, *left]))
    return Measured(np.asarray(float(best > LEARNED)), {"best run leaves unexplained": best,
                                                       "runs": len(setups)})
