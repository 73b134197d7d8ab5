"""Symptoms of the examples: what no training can mend."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from annprobe.engine.activations import ACTIVATIONS
from annprobe.symptoms.reading import Array, Measured, detector, given, grade, where_sensible
from annprobe.symptoms.separation import separable
from annprobe.symptoms.trace import Layers, rms

UNSCALED = 10.0  # largest input
UNEQUAL = 100.0  # ratio of the columns' spreads
FLAT_FROM = 4.6  # |z| where a sigmoid is flat to 1 %
BEYOND = 0.01  # of the activation's range


@detector("conflicting-examples", "S25a")
def conflicting_examples(X: Array, Y: Array) -> Measured:
    """Examples with the same inputs have different targets: no network can learn both."""
    share = _each(_in_conflict, X, Y)
    return Measured(given(grade(share, 1e-12, 0.5), share > 0.0), {"share of examples in conflict": share})


def _each(function: Callable[[Array, Array], float], X: Array, Y: Array) -> Array:
    """A function of one network's examples for all of a stack, shape (...); asked once for equal examples."""
    stack = np.broadcast_shapes(X.shape[:-2], Y.shape[:-2])
    X, Y = (np.broadcast_to(v, stack + v.shape[-2:]) for v in (X, Y))
    known: dict[bytes, float] = {}
    result = np.empty(stack)
    for place in np.ndindex(stack):
        key = X[place].tobytes() + Y[place].tobytes()
        if key not in known:
            known[key] = function(X[place], Y[place])
        result[place] = known[key]
    return result


def _in_conflict(X: Array, Y: Array) -> float:
    """Share of the examples whose inputs occur with another target too."""
    _, which = np.unique(X, axis=0, return_inverse=True)
    _, answer = np.unique(Y, axis=0, return_inverse=True)
    pairs = np.unique(np.column_stack([which.ravel(), answer.ravel()]), axis=0)
    answers = np.bincount(pairs[:, 0])
    return float(np.mean(answers[which.ravel()] > 1))


@detector("not-separable", "S25b")
def not_separable(X: Array, Y: Array, activations: tuple[str, ...]) -> Measured | None:
    """There is no hidden layer, and no straight line parts the examples: the network cannot represent its task.

    Exact: a plane that parts them was looked for, and a proof that there is none was found. Makes sense for targets 0
    and 1 (or -1 and 1).
    """
    if len(activations) != 1:
        return None
    impossible = _each(_inseparable_outputs, X, Y)
    return Measured(where_sensible(impossible > 0.0, ~np.isnan(impossible)),
                    {"outputs that no line can part": impossible})


def _inseparable_outputs(X: Array, Y: Array) -> float:
    """How many columns of 0 and 1 (or -1 and 1) no plane can part; NaN where there are other targets."""
    if any(set(np.unique(column)) not in ({0.0, 1.0}, {-1.0, 1.0}) for column in Y.T):
        return float("nan")
    return float(sum(separable(X, column > 0.0) is False for column in Y.T))


@detector("inputs-unscaled", "S26")
def inputs_unscaled(X: Array, z: Layers | None = None, activations: tuple[str, ...] | None = None) -> Measured:
    """Inputs are far from 1, or their columns from each other, or the first layer starts where its activation is flat.

    Bring each column to mean 0 and spread 1, or pixels to 0 .. 1.
    """
    largest, deviation = np.abs(X).max(axis=(-2, -1)), X.std(axis=-2)
    unequal = deviation.max(axis=-1) / np.where(deviation > 0.0, deviation, np.inf).min(axis=-1)
    strength = np.maximum(given(grade(largest, UNSCALED, 255.0), largest > UNSCALED), grade(unequal, UNEQUAL, 1e4))
    evidence: dict[str, Array] = {"largest input": largest, "ratio of the columns' spreads": unequal}
    first = z[0] if z else None
    if first is not None and activations is not None and activations[0] in ("sigmoid", "tanh"):
        size = rms(first[..., 0, :, :], 2)
        strength = np.maximum(strength, grade(size, FLAT_FROM, 50.0))
        evidence["rms of the first pre-activations"] = size
    return Measured(strength, evidence)


@detector("target-out-of-range", "S27")
def target_out_of_range(Y: Array, activations: tuple[str, ...]) -> Measured:
    """Targets lie outside what the output activation can give.

    The cost cannot reach its minimum, the outputs are driven to the edge. Targets on the edge (0 and 1 for a sigmoid)
    are common and not meant.
    """
    f = ACTIVATIONS.get(activations[-1])
    low, high = (f.low, f.high) if f is not None else (-np.inf, np.inf)
    width = high - low if np.isfinite(high - low) else 1.0
    beyond = np.maximum(low - Y.min(axis=(-2, -1)), Y.max(axis=(-2, -1)) - high) / width
    return Measured(where_sensible(grade(beyond, BEYOND, 1.0), np.isfinite(low) | np.isfinite(high)),
                    {"beyond the range, in ranges": beyond})
