"""Symptoms of the cost: where it stands against a constant predictor, and how it moves."""

from __future__ import annotations

import itertools

import numpy as np

from annprobe.symptoms.reading import Array, Measured, detector, given, grade, where_sensible
from annprobe.symptoms.trace import Bools, Layers, known, last_third, rms

PLATEAU = 0.02  # relative: a mean predictor's plateau is exact to 1e-3
LEVEL = 0.01  # relative
STILL = 1e-3  # relative change over the last third: the network stands still
LARGEST_TABLE = 8  # examples; with more the known levels lie too close together to mean anything
NO_FALL = 0.01  # of the first cost; healthy runs lose 91 % at least
SOLVED = 0.05  # of the constant predictor's cost
RISEN = 1.01
RISING = 0.5  # share of the moments
FROM_BEST = 1.05
REACHED = 0.02  # of the constant predictor's cost: below this a rise does not matter
ZIGZAG = 0.4  # a random walk turns half the time, a steady descent never
NOISE = 1e-3  # of the cost
SWINGS = 0.1  # of the constant predictor's cost: large enough to matter to a run that learns all the same
TEN, FIFTY, DOUBLINGS = 10.0, 50.0, 4
NOTHING = 0.1  # parameters smaller than this at the start are as good as none: growth is counted from here
BUDGETS = 10.0
CHANCE = (0.2, 5.0)  # right starts were seen from 0.7 to 3.1


@detector("constant-plateau", "S05")
def constant_plateau(cost: Array, constant_cost: Array, failed: Bools) -> Measured:
    """The cost stands at that of the best constant predictor, and nothing was learned.

    The network knows the averages of the targets and nothing else. (With cross-entropy on shares the best possible cost
    can lie as high: a run that learned is not meant.)
    """
    ratio = last_third(cost) / np.asarray(constant_cost)[..., None]
    distance = np.abs(ratio - 1.0).max(axis=-1)
    return Measured(given(grade(distance, PLATEAU, 1e-4), failed), {"cost / constant predictor's": ratio[..., -1]})


@detector("local-minimum-level", "S06")
def local_minimum_level(cost: Array, outputs: Array, Y: Array) -> Measured:
    """The network stands still at the error it has when it cannot tell some examples apart, and knows all others.

    For XOR these levels are 1/2 and 2/3 of a constant predictor's squared error. Correct networks end there too (a
    quarter of the runs with two hidden units): start again with other weights before blaming anything. Makes sense for
    one output with targets 0 and 1 and at most 8 examples.
    """
    N, target = Y.shape[-2], Y[..., 0]
    sensible = ((target == 0.0) | (target == 1.0)).all(axis=-1) & (Y.shape[-1] == 1) & (N <= LARGEST_TABLE)
    ones = target.sum(axis=-1)
    constant = ones * (N - ones) / N
    level = ((outputs[..., -1, :, 0] - target) ** 2).sum(axis=-1) / constant
    nearest = np.full(level.shape, np.inf)
    few = min(N, LARGEST_TABLE)
    for alike, opposite in itertools.product(range(1, few), range(1, few)):
        # so many ones and so many zeros that all get the same output, their mean
        merged = alike * opposite / (alike + opposite) / constant
        possible = (alike <= ones) & (opposite <= N - ones) & (merged < 1.0 - PLATEAU)
        nearest = np.where(possible, np.minimum(nearest, np.abs(level / merged - 1.0)), nearest)
    tail = last_third(cost)
    still = np.abs(tail[..., -1] - tail[..., 0]) <= STILL * np.abs(tail[..., 0])
    return Measured(where_sensible(given(grade(nearest, LEVEL, 1e-3), still), sensible),
                    {"squared error / constant predictor's": level})


def _lowest(cost: Array) -> Array:
    return np.asarray(np.where(np.isnan(cost), np.inf, cost).min(axis=-1))


@detector("cost-not-falling", "S07")
def cost_not_falling(cost: Array, constant_cost: Array | None = None) -> Measured:
    """At no moment was the cost 1 % below its start.

    Nothing arrives at the parameters, or steps are far too small, or too large from the first on. Not said of a run
    that started at the goal.
    """
    start = cost[..., 0]
    lost = (start - _lowest(cost)) / np.abs(start)
    at_goal = False if constant_cost is None else start <= SOLVED * np.asarray(constant_cost)
    return Measured(given(grade(lost, NO_FALL, 0.0), ~np.asarray(at_goal) & (start != 0.0)),
                    {"largest fall of the cost": lost})


@detector("cost-rising", "S08")
def cost_rising(cost: Array) -> Measured:
    """The cost ends above its start and rose half the time: steps lead uphill.

    A sign is wrong, or the gradient belongs to something else.
    """
    ratio = cost[..., -1] / cost[..., 0]
    rising = (np.diff(cost, axis=-1) > 0.0).mean(axis=-1)
    return Measured(given(grade(ratio, RISEN, 2.0), (rising >= RISING) & (cost[..., 0] > 0.0)),
                    {"last cost / first": ratio, "share of rises": rising})


@detector("rose-from-best", "S09")
def rose_from_best(cost: Array, failed: Bools, constant_cost: Array | None = None) -> Measured:
    """The cost ends above the lowest it had been at: what was learned was lost again.

    Steps too large, or state that piles up. Not said of costs near zero; of a run that learned all the same only if it
    lost nine tenths.
    """
    lowest = _lowest(cost)
    reference = cost[..., 0] if constant_cost is None else np.asarray(constant_cost)
    ratio = cost[..., -1] / lowest
    strength = np.where(failed, grade(ratio, FROM_BEST, 2.0), grade(ratio, TEN, 100.0))
    return Measured(given(strength, (cost[..., -1] > REACHED * reference) & (lowest > 0.0)),
                    {"last cost / lowest": ratio})


@detector("oscillation", "S10")
def oscillation(cost: Array, failed: Bools, constant_cost: Array | None = None) -> Measured | None:
    """The cost goes up and down without settling: the steps are too large, or each undoes the last.

    Of a run that learned only where its swings are more than a tenth of what a constant predictor costs.
    """
    if cost.shape[-1] < 3:
        return None
    steps = np.diff(cost, axis=-1)
    turns = (steps[..., 1:] * steps[..., :-1] < 0.0).mean(axis=-1)
    size = np.median(np.abs(steps), axis=-1) / np.median(np.abs(cost), axis=-1)
    reference = cost[..., 0] if constant_cost is None else np.asarray(constant_cost)
    matters = failed | (np.median(np.abs(steps), axis=-1) > SWINGS * reference)
    return Measured(given(grade(turns, ZIGZAG, 0.8), (size > NOISE) & matters),
                    {"share of turns": turns, "median step": size})


@detector("divergence", "S11")
def divergence(cost: Array, constant_cost: Array | None = None, W: Layers | None = None) -> Measured:
    """The cost or the parameters run away: ten times the first cost, or 50 times the first parameters with nothing
    learned, or a cost that doubles four times running (not while it is next to nothing).
    """
    start, end = cost[..., 0], cost[..., -1]
    strength = given(grade(end / start, TEN, 1e3), start > 0.0)
    growth = growth_of_parameters(W)
    if growth is not None and constant_cost is not None:
        strength = np.maximum(strength, given(grade(growth, FIFTY, 1e4), ~(end < np.asarray(constant_cost))))
    if cost.shape[-1] > DOUBLINGS:
        reference = start if constant_cost is None else np.asarray(constant_cost)
        matters = cost[..., 1:] > REACHED * reference[..., None]
        doubled = (cost[..., 1:] > 2.0 * cost[..., :-1]) & (cost[..., :-1] > 0.0) & matters
        windows = np.lib.stride_tricks.sliding_window_view(doubled, DOUBLINGS, axis=-1)
        strength = np.maximum(strength, 0.5 * windows.all(axis=-1).any(axis=-1))
    return Measured(strength, {"last cost / first": end / start})


def growth_of_parameters(W: Layers | None) -> Array | None:
    """How many times larger the parameters are at the end, in the layer that grew most; shape (...)."""
    sizes = [(rms(w[..., 0, :, :], 2), rms(w[..., -1, :, :], 2)) for _, w in known(W)]
    if not sizes:
        return None
    return np.asarray(np.stack([end / np.maximum(start, NOTHING) for start, end in sizes]).max(axis=0))


@detector("step-too-small", "S23")
def step_too_small(cost: Array, constant_cost: Array, iterations: Array, failed: Bools) -> Measured:
    """At the present pace it would take more than ten times as many steps to learn the task.

    With a right gradient: multiply the learning rate by 10 or 100, or train longer. Plateaus before a drop look alike,
    so confirm with :func:`annprobe.symptoms.trials.learning_rate_sweep`.
    """
    tail, times = last_third(cost), last_third(np.asarray(iterations, dtype=np.float64))
    pace = (tail[..., 0] - tail[..., -1]) / max(float(times[-1] - times[0]), 1.0)
    missing = tail[..., -1] - SOLVED * np.asarray(constant_cost)
    budgets = missing / pace / max(float(iterations[-1]), 1.0)
    return Measured(given(grade(budgets, BUDGETS, 1e3), (pace > 0.0) & (missing > 0.0) & failed),
                    {"budgets needed at this pace": budgets})


@detector("initial-cost-off", "S42")
def initial_cost_off(cost: Array, constant_cost: Array, Y: Array, activations: tuple[str, ...]) -> Measured:
    """The first cost is far from that of guessing by class frequencies: less than a fifth or more than 5 times as
    much.

    The start is not neutral, or cost and outputs do not belong together. Makes sense for class labels and outputs
    between 0 and 1 only: other outputs start anywhere.
    """
    ratio = cost[..., 0] / np.asarray(constant_cost)
    strength = np.maximum(grade(ratio, CHANCE[0], 0.01), grade(ratio, CHANCE[1], 30.0))
    labels = ((Y == 0.0) | (Y == 1.0)).all(axis=(-2, -1)) & (activations[-1] in ("sigmoid", "softmax"))
    return Measured(where_sensible(strength, labels), {"first cost / that of guessing": ratio})
