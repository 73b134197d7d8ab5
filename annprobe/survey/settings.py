"""How a survey's networks are trained: sensibly, and as the network that this project began with."""

from __future__ import annotations

from collections.abc import Sequence
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


def sensible(blueprint: Blueprint, completed: Sequence[tuple[Architecture, Data]]) -> list[Setting]:
    """For each task the rate that somebody would choose who tries five of them on the right network, for 300
    iterations each.

    Of rates that get far, the smallest that gets half as far (in orders of magnitude) as the best: larger ones learn
    faster and now and then not at all.
    """
    initialiser = sensible_initialiser(blueprint)
    rates = [[rate * _unit(blueprint, len(data.X)) for rate in RATES] for _, data in completed]
    runs = [Run(architecture, blueprint.setup(len(data.X), rate, SWEEP_ITERATIONS, initialiser, FIRST_SWEEP_SEED + s),
                data)
            for (architecture, data), tried in zip(completed, rates, strict=True)
            for rate in tried for s in range(SWEEP_SEEDS)]
    left = [unexplained(trace.outputs[-1], run.data.Y)
            for run, trace in zip(runs, train(runs, SWEEP_ITERATIONS), strict=True)]
    scores = np.log10(np.clip(left, 1e-6, 1e2)).reshape(len(completed), len(RATES), SWEEP_SEEDS).mean(axis=2)
    return [Setting(SENSIBLE, tried[_smallest_that_gets_far(score)], initialiser)
            for tried, score in zip(rates, scores, strict=True)]


def _unit(blueprint: Blueprint, N: int) -> float:
    """What rates of this blueprint are multiples of."""
    return FASTER[blueprint.optimiser] * (1.0 / N if blueprint.reduction == "sum" else 1.0)


def _smallest_that_gets_far(score: Array) -> int:
    enough = score <= 0.5 * score.min() if score.min() < 0.0 else score == score.min()
    return int(np.argmax(enough))


def origin(blueprint: Blueprint, N: int) -> Setting:
    """Rate 0.01 on a gradient that is a mean over examples, start N(0.1, 0.1)."""
    return Setting(ORIGIN, ORIGIN_RATE / (N if blueprint.reduction == "sum" else 1.0), "origin")


def setup_of(blueprint: Blueprint, setting: Setting, N: int, iterations: int, seed: int) -> Setup:
    """The training of one run."""
    return blueprint.setup(N, setting.learning_rate, iterations, setting.initialiser, seed)
