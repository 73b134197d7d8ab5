"""Symptoms inside the network, layer by layer: saturation, dead units, gradients that vanish or explode."""

from __future__ import annotations

import numpy as np

from annprobe.engine.activations import ACTIVATIONS
from annprobe.symptoms.reading import Array, Measured, detector, given, grade, strongest, where_sensible
from annprobe.symptoms.trace import Bools, Layers, known, rms

SATURATING = ("sigmoid", "tanh")
FLAT = 0.04  # of the steepest slope: |z| above 4.6 for sigmoid, above 2.3 for tanh
HALF_OF_THEM = 0.5
VANISHED, EXPLODED = 1e-2, 1e2
SIGMOID_DECAY = 0.25  # the steepest slope of a sigmoid: so much a layer is normal
ALIKE = 1e-3  # of the variance outside the first direction

Names = tuple[str, ...]


@detector("saturation", "S13")
def saturation(z: Layers, activations: Names, failed: Bools) -> Measured | None:
    """Half of a layer's units sit where the activation is flat, from the start, or at the end of a run that failed.

    No gradient comes through flat units. Trained units may well be saturated: not said of a run that learned, unless it
    started so.
    """
    found = []
    for layer, values in known(z):
        name = activations[layer - 1]
        if name in SATURATING:
            first, last = (_flat(values[..., moment, :, :], name) for moment in (0, -1))
            at_start, at_end = grade(first, HALF_OF_THEM, 1.0), given(grade(last, HALF_OF_THEM, 1.0), failed)
            found.append((layer, np.maximum(at_start, at_end), np.where(at_start >= at_end, first, last)))
    return strongest(found, "share of flat units")


def _flat(z: Array, name: str) -> Array:
    """Share of the pre-activations (..., N, n) at which the activation is flat, shape (...)."""
    f = ACTIVATIONS[name]
    steepest = float(f.slope(np.zeros(1), f.value(np.zeros(1), None), None)[0])
    slope = f.slope(z, f.value(z, None), None)
    return np.asarray((slope <= FLAT * steepest).mean(axis=(-2, -1)))


@detector("dying-relu", "S14")
def dying_relu(z: Layers, activations: Names, failed: Bools) -> Measured | None:
    """Half of a relu layer's units are silent for every example, in the middle of the run and at its end.

    They get no gradient and never come back. Not said of a run that learned without them.
    """
    found = []
    for layer, values in known(z):
        moments = values.shape[-3]
        if activations[layer - 1] == "relu" and moments > 1:
            silent = (values[..., [moments // 2, -1], :, :] <= 0.0).all(axis=(-3, -2)).mean(axis=-1)
            found.append((layer, given(grade(silent, HALF_OF_THEM, 1.0), failed), silent))
    return strongest(found, "share of silent units")


@detector("vanishing-by-layer", "S15")
def vanishing_by_layer(G: Layers) -> Measured | None:
    """The gradient of an early layer is less than a hundredth of the last layer's.

    Each sigmoid on the way may take three quarters: a quarter for each layer in between is counted as normal. A
    gradient that is exactly zero is another symptom.
    """
    found = []
    for layer, ratio, between in _against_last(G):
        strength = grade(ratio / SIGMOID_DECAY**between, VANISHED, 1e-4)
        found.append((layer, given(strength, (ratio > 0.0) & np.isfinite(ratio)), ratio))
    return strongest(found, "gradient / last layer's")


@detector("exploding-by-layer", "S16")
def exploding_by_layer(G: Layers) -> Measured | None:
    """The gradient of an early layer is more than a hundred times the last layer's."""
    found = [(layer, given(grade(ratio, EXPLODED, 1e4), np.isfinite(ratio)), ratio)
             for layer, ratio, _ in _against_last(G)]
    return strongest(found, "gradient / last layer's")


def _against_last(G: Layers) -> list[tuple[int, Array, int]]:
    """(layer, median over the run of its gradient against the last layer's, layers in between)."""
    layers = dict(known(G))
    last = max(layers, default=0)
    return [(layer, np.median(rms(layers[layer], 2) / rms(layers[last], 2), axis=-1), last - layer - 1)
            for layer in sorted(layers)[:-1]]


@detector("hidden-rank-one", "S18")
def hidden_rank_one(a: Layers, X: Array, failed: Bools) -> Measured | None:
    """All units of a hidden layer say the same, up to a factor: the layer counts as one unit.

    Says nothing with a single input, where that is normal, nor of a run that learned: an easy task needs no more.
    """
    if X.shape[-1] < 2:
        return None
    found = []
    for layer, values in known(a[:-1]):
        last = values[..., -1, :, :]
        if last.shape[-1] > 1 and last.shape[-2] > 2:
            rest = _outside_first_direction(last)
            found.append((layer, where_sensible(given(grade(rest, ALIKE, 1e-8), failed), ~np.isnan(rest)), rest))
    return strongest(found, "variance outside the first direction")


def _outside_first_direction(a: Array) -> Array:
    """Share of the variance over examples that is not along its main direction: (..., N, n) to (...)."""
    finite = np.asarray(np.isfinite(a).all(axis=(-2, -1)))
    centred = np.where(finite[..., None, None], a - a.mean(axis=-2, keepdims=True), 0.0)
    largest = np.abs(centred).max(axis=(-2, -1), keepdims=True)
    centred = centred / np.where(largest > 0.0, largest, 1.0)
    variances = np.linalg.eigvalsh(centred.swapaxes(-1, -2) @ centred)  # ascending
    total = variances.sum(axis=-1)
    rest = np.maximum(total - variances[..., -1], 0.0) / np.where(total > 0.0, total, 1.0)
    return np.asarray(np.where(finite, rest, np.nan))
