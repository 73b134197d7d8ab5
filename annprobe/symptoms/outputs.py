"""Symptoms of the outputs: how they differ between examples, between units, and from the targets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from annprobe.symptoms.reading import Array, Measured, detector, given, grade, where_sensible
from annprobe.symptoms.trace import spread

Indices = NDArray[np.intp]

IDENTICAL, NEARLY_IDENTICAL = 0.05, 0.20  # of the targets' spread; learned runs have 0.5 to 1
FELL = 0.005  # share of the cost at the start: below this nothing was learned at all
FALLING = 0.8  # share of the moments at which the cost fell
AVERAGE = 0.9  # share of the progress that is the average alone
AGAINST = -0.3  # correlation
FEWEST = 8  # examples, below which such a correlation is chance
ONE_CLASS, COMMONEST = 0.95, 0.6
SUMS = 1e-6  # a sum of float64 numbers that is meant to be 1


def spread_ratio(outputs: Array, Y: Array) -> Array:
    """Spread of the last outputs over the examples, against that of the targets; NaN if the targets are constant."""
    wanted = spread(Y)
    return np.asarray(np.where(wanted > 0.0, spread(outputs[..., -1, :, :]) / wanted, np.nan))


@detector("identical-outputs-cost-falling", "S01")
def identical_outputs_cost_falling(cost: Array, outputs: Array, Y: Array) -> Measured:
    """The outputs are (nearly) the same for every example, while the cost still falls.

    The network is learning the average of the targets, not what tells the examples apart: the bias of the output layer
    moves, the rest moves too little or not at all. Strength 0.5 where the outputs spread by 20 % of the targets'
    spread, 1 from 5 % on; runs that have learned spread by 50 % at least.
    """
    ratio = spread_ratio(outputs, Y)
    lost = (cost[..., 0] - cost[..., -1]) / cost[..., 0]
    falling = (np.diff(cost, axis=-1) < 0.0).mean(axis=-1)
    strength = given(grade(ratio, NEARLY_IDENTICAL, IDENTICAL), (lost >= FELL) & (falling >= FALLING))
    return Measured(where_sensible(strength, spread(Y) > 0.0),
                    {"spread of outputs / spread of targets": ratio, "fall of the cost": lost})


@detector("identical-outputs", "S02")
def identical_outputs(outputs: Array, Y: Array) -> Measured:
    """The outputs are the same for every example, whatever the cost does.

    Nothing of the input arrives at the output, or it does not count. With constant targets there is nothing to learn
    and the question makes no sense.
    """
    ratio = spread_ratio(outputs, Y)
    return Measured(where_sensible(grade(ratio, IDENTICAL, 1e-4), spread(Y) > 0.0),
                    {"spread of outputs / spread of targets": ratio})


@detector("mean-matching", "S03")
def mean_matching(cost: Array, outputs: Array, Y: Array) -> Measured:
    """All progress is the average: what improved is the distance of the mean output from the mean target.

    Says why the cost falls while the outputs stay identical, and is reported with that symptom only: a healthy network
    whose first outputs are far off on average shows it too.
    """
    first, last = outputs[..., 0, :, :], outputs[..., -1, :, :]
    progress = _squared_error(first - Y) - _squared_error(last - Y)
    target = Y.mean(axis=-2, keepdims=True)
    average = _squared_error(first.mean(axis=-2, keepdims=True) - target)
    average -= _squared_error(last.mean(axis=-2, keepdims=True) - target)
    share = average / progress
    identical = identical_outputs_cost_falling.find(cost, outputs, Y)
    assert identical is not None
    return Measured(given(grade(share, AVERAGE, 1.0), identical.strength > 0.0), {"share of the average": share})


def _squared_error(error: Array) -> Array:
    return np.asarray((error**2).sum(axis=-1).mean(axis=-1))


@detector("identical-neurons", "S04")
def identical_neurons(outputs: Array, Y: Array) -> Measured:
    """All output units say the same, although their targets differ.

    The units were started alike, or the errors they get are mixed up. Makes no sense with one output.
    """
    wanted = np.ptp(Y, axis=-1).mean(axis=-1)
    ratio = np.ptp(outputs[..., -1, :, :], axis=-1).mean(axis=-1) / wanted
    return Measured(where_sensible(grade(ratio, IDENTICAL, 1e-4), wanted > 0.0),
                    {"range over outputs / range over targets": ratio})


@detector("softmax-axis", "S29")
def softmax_axis(outputs: Array) -> Measured:
    """The outputs of an example do not add up to 1, but those of a column, or all of them, do.

    The softmax was normalised over the examples (or over the whole array) in place of the classes.
    """
    P = outputs[..., -1, :, :]
    sensible = (P >= 0.0).all(axis=(-2, -1)) & (P.shape[-2] > 1) & (P.shape[-1] > 1)
    by_class = np.abs(P.sum(axis=-1) - 1.0).max(axis=-1)
    by_example = np.abs(P.sum(axis=-2) - 1.0).max(axis=-1)
    altogether = np.abs(P.sum(axis=(-2, -1)) - 1.0)
    wrong = (by_class > SUMS) & ((by_example <= SUMS) | (altogether <= SUMS))
    return Measured(where_sensible(wrong, sensible), {"sum over the classes - 1": by_class})


@detector("anti-correlated", "S33")
def anti_correlated(outputs: Array, Y: Array) -> Measured:
    """The outputs are high where the targets are low.

    A sign is wrong on the way, or targets belong to other examples. With fewer than 8 examples it may be chance.
    """
    P, T = (v - v.mean(axis=-2, keepdims=True) for v in (outputs[..., -1, :, :], Y))
    correlation = (P * T).sum(axis=(-2, -1)) / np.sqrt((P**2).sum(axis=(-2, -1)) * (T**2).sum(axis=(-2, -1)))
    sensible = ~np.isnan(correlation) & (P.shape[-2] >= FEWEST)
    return Measured(where_sensible(grade(correlation, AGAINST, -1.0), sensible),
                    {"correlation of outputs and targets": correlation})


@detector("one-class", "S39")
def one_class(outputs: Array, Y: Array) -> Measured:
    """Every example gets the same class, although no class has more than 60 % of the examples.

    Makes sense for class labels only: one-hot rows, or a single column of zeros and ones.
    """
    one_hot = (Y.shape[-1] == 1) | (Y.sum(axis=-1) == 1.0).all(axis=-1)
    labels = ((Y == 0.0) | (Y == 1.0)).all(axis=(-2, -1)) & one_hot
    P = outputs[..., -1, :, :]
    decided, wanted = (_decision(v) for v in (P, Y))
    share = _commonest(decided, max(2, Y.shape[-1]))
    strength = given(grade(share, ONE_CLASS, 1.0), _commonest(wanted, max(2, Y.shape[-1])) <= COMMONEST)
    return Measured(where_sensible(strength, labels), {"share of the commonest decision": share})


def _decision(values: Array) -> Indices:
    """The class of each example, (..., N)."""
    if values.shape[-1] == 1:
        return np.asarray(values[..., 0] > 0.5, dtype=np.intp)
    return np.asarray(values.argmax(axis=-1))


def _commonest(classes: Indices, count: int) -> Array:
    """Share of the commonest of ``count`` classes: (..., N) to (...)."""
    return np.asarray((classes[..., None] == np.arange(count)).mean(axis=-2).max(axis=-1))
