"""How a survey's networks are trained: sensibly, and as the network that this project began with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annprobe.engine.architecture import Architecture
from annprobe.engine.setup import Data, Setup
from annprobe.engine.training import Run, train
from annprobe.survey.blueprints import Blueprint, sensible_initialiser

Array = NDArray[np.float64]

RATES = (0.1, 0.3, 1.0, 3.0, 10.0)
SWEEP_SEEDS, SWEEP_ITERATIONS = 3, 300
FIRST_SWEEP_SEED = 10_000  # other starts than those of the runs themselves
FASTER = {"gradient descent": 1.0, "momentum": 0.1, "adam": 0.03}  # rates of other optimisers, relative
ORIGIN_RATE = 0.01
SENSIBLE, ORIGIN = "sensible", "origin"


@dataclass(frozen=True)
class Setting:
    """name, learning rate and initialiser; each run adds its seed."""

    name: str
    learning_rate: float
    initialiser: str


def unexplained(outputs: Array, Y: Array) -> float:
    """Σ (P - Y)² / Σ (Y - mean Y)² of outputs and targets (N, K); infinite for what is not a number."""
    with np.errstate(all="ignore"):
        left = float(((outputs - Y) ** 2).sum()) / float(((Y - Y.mean(axis=0)) ** 2).sum())
    return left if np.isfinite(left) else float("inf")


def sensible(blueprint: Blueprint, architecture: Architecture, data: Data) -> Setting:
    """The rate that somebody would choose who tries five of them on the right network, for 300 iterations each.

    Of rates that get far, the smallest that gets half as far (in orders of magnitude) as the best: larger ones learn
    faster and now and then not at all.
    """
    N, initialiser = len(data.X), sensible_initialiser(blueprint)
    unit = FASTER[blueprint.optimiser] * (1.0 / N if blueprint.reduction == "sum" else 1.0)
    rates = [unit * rate for rate in RATES]
    runs = [Run(architecture, blueprint.setup(N, rate, SWEEP_ITERATIONS, initialiser, FIRST_SWEEP_SEED + s), data)
            for rate in rates for s in range(SWEEP_SEEDS)]
    left = [unexplained(t.outputs[-1], data.Y) for t in train(runs, SWEEP_ITERATIONS)]
    score = np.log10(np.clip(left, 1e-6, 1e2)).reshape(len(rates), SWEEP_SEEDS).mean(axis=1)
    enough = score <= 0.5 * score.min() if score.min() < 0.0 else score == score.min()
    return Setting(SENSIBLE, rates[int(np.argmax(enough))], initialiser)


def origin(blueprint: Blueprint, N: int) -> Setting:
    """Rate 0.01 on a gradient that is a mean over examples, start N(0.1, 0.1)."""
    return Setting(ORIGIN, ORIGIN_RATE / (N if blueprint.reduction == "sum" else 1.0), "origin")


def setup_of(blueprint: Blueprint, setting: Setting, N: int, iterations: int, seed: int) -> Setup:
    """The training of one run."""
    return blueprint.setup(N, setting.learning_rate, iterations, setting.initialiser, seed)
