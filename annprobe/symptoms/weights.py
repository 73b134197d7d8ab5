"""Symptoms of the parameters: units that are alike, layers and biases that never move, parameters that run away."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from annprobe.symptoms.costs import growth_of_parameters
from annprobe.symptoms.reading import Array, Measured, detector, given, grade, strongest, where_sensible
from annprobe.symptoms.trace import Bools, Layers, known, last_third, rms

EXACTLY = 1e-6  # descent keeps an exact symmetry up to rounding
NEARLY = 0.1
PARALLEL = 0.95  # cosine
FROZEN, MOVED = 1e-8, 1e-4  # relative movement of a layer, and of another one
WEIGHTS_MOVED = 1e-6
SMALL, LARGE = 1e-5, 1e-1  # change of a layer in one step, relative; healthy runs have 7e-5 to 5e-4 and more
AWAY = 50.0
STEADY = 0.01  # relative change of the cost over its last third
AS_DESCENT = 1e-9  # relative
ROUNDING = 4e-16  # of a parameter: what its change is uncertain by


def _units(W: Layers, moment: int, biased: bool) -> Iterator[tuple[int, Array]]:
    """Incoming and outgoing weights of each unit of each hidden layer of two units or more: (layer, (..., n_l, k))."""
    for layer, (into, out_of) in enumerate(itertools.pairwise(W), start=1):
        if into is None or out_of is None:
            continue
        incoming, outgoing = into[..., moment, :, :], out_of[..., moment, :, 1 if biased else 0:].swapaxes(-1, -2)
        if incoming.shape[-2] == outgoing.shape[-2] > 1:
            yield layer, np.concatenate([incoming, outgoing], axis=-1)


def _pairs(units: Array) -> tuple[Array, Array]:
    """For all pairs of rows: |u - v| / (|u| + |v|), and the cosine of their angle; each (..., pairs)."""
    first, second = np.triu_indices(units.shape[-2], 1)
    u, v = units[..., first, :], units[..., second, :]
    length_u, length_v = np.sqrt((u**2).sum(axis=-1)), np.sqrt((v**2).sum(axis=-1))
    both, product = length_u + length_v, length_u * length_v
    gap = np.sqrt(((u - v) ** 2).sum(axis=-1)) / np.where(both > 0.0, both, 1.0)
    return gap, (u * v).sum(axis=-1) / np.where(product > 0.0, product, 1.0)


@detector("hidden-symmetry", "S17")
def hidden_symmetry(W: Layers, biased: bool) -> Measured | None:
    """All units of a hidden layer have the same incoming and the same outgoing weights at the end.

    They started alike, and gradient descent keeps them alike for ever: the layer counts as one unit. Equal incoming
    weights alone are harmless, because different outgoing weights part the units.
    """
    found = []
    for layer, units in _units(W, -1, biased):
        gap = _pairs(units)[0].max(axis=-1)
        found.append((layer, grade(gap, EXACTLY, 1e-12), gap))
    return strongest(found, "largest difference of two units")


@detector("near-symmetric-init", "S19")
def near_symmetric_start(W: Layers, biased: bool, failed: Bools) -> Measured | None:
    """All units of a hidden layer start nearly alike, and the run failed.

    They need long to part. Harmless where the learning rate is right, and by chance with two units: only said of a run
    that did not learn.
    """
    found = []
    for layer, units in _units(W, 0, biased):
        gap, cosine = _pairs(units)
        widest = gap.max(axis=-1)
        alike = np.maximum(grade(widest, NEARLY, EXACTLY), grade(cosine.min(axis=-1), PARALLEL, 1.0))
        found.append((layer, given(alike, failed), widest))
    return strongest(found, "largest difference of two units")


@detector("layer-frozen", "S20")
def layer_frozen(W: Layers) -> Measured | None:
    """A layer's parameters never moved, while another layer's did.

    Exactly zero is not slowness: the update skips the layer, or its gradient is zero.
    """
    moved = [(layer, _movement(w)) for layer, w in known(W)]
    if len(moved) < 2:
        return None
    most = np.stack([m for _, m in moved]).max(axis=0)
    return strongest([(layer, given(grade(m, FROZEN, 1e-15), most > MOVED), m) for layer, m in moved],
                     "movement / size")


def _movement(w: Array) -> Array:
    """Largest |W_s - W_0| / |W_0|; the change itself where W_0 is zero. (..., S, rows, columns) to (...)."""
    start = rms(w[..., 0, :, :], 2)
    away = rms(w - w[..., :1, :, :], 2).max(axis=-1)
    return np.asarray(away / np.where(start > 0.0, start, 1.0))


@detector("bias-frozen", "S22")
def bias_frozen(W: Layers, biased: bool) -> Measured | None:
    """The biases of a layer never moved at all, while its weights did: they have no gradient, or are not updated.

    Exactly: where the examples are symmetric about zero, healthy biases need not move, but rounding moves them.
    """
    found = []
    for layer, w in known(W):
        if biased and w.shape[-1] > 1:
            change = np.abs(w - w[..., :1, :, :])
            bias, weights = change[..., 0].max(axis=(-2, -1)), change[..., 1:].max(axis=(-3, -2, -1))
            found.append((layer, given(bias == 0.0, weights > WEIGHTS_MOVED), bias))
    return strongest(found, "largest movement of a bias")


@detector("update-ratio", "S24")
def update_ratio(W: Layers, moments: Array, failed: Bools) -> Measured | None:
    """A layer changes by less than 1e-5 or more than a tenth of its size in one step (median over the run).

    Too little to get anywhere, or too much to follow the slope. Full-batch training of small networks is healthy from
    7e-5 on (the rule of thumb "1e-3" does not fit it), so: never alone, and not said of a run that learned.
    """
    steps = np.diff(np.asarray(moments, dtype=np.float64))
    if not len(steps):
        return None
    found = []
    for layer, w in known(W):
        change, size = rms(np.diff(w, axis=-3), 2) / steps, rms(w[..., :-1, :, :], 2)
        ratio = np.median(change / np.where(size > 0.0, size, np.inf), axis=-1)
        off = np.maximum(grade(ratio, SMALL, 1e-8), grade(ratio, LARGE, 1.0))
        found.append((layer, given(off, failed), ratio))
    return strongest(found, "change in one step / size")


@detector("update-mismatch", "S37")
def update_mismatch(U: Layers, G: Layers, learning_rate: Array, W: Layers | None = None) -> Measured | None:
    """The first step is not minus learning rate times gradient, as plain gradient descent has it.

    Sees a wrong sign, an update that is lost or done twice, a factor, and steps that use parameters already updated.
    """
    gradients, parameters = dict(known(G)), dict(known(W))
    found = []
    for layer, change in known(U):
        if layer not in gradients:
            continue
        step = np.asarray(learning_rate)[..., None, None] * gradients[layer][..., 0, :, :]
        size = rms(step, 2)
        gap = rms(change[..., 0, :, :] + step, 2) / size
        largest = np.abs(parameters[layer][..., 0, :, :]).max(axis=(-2, -1)) if layer in parameters else 1.0
        allowed = AS_DESCENT + ROUNDING * largest / size
        found.append((layer, where_sensible(grade(gap / allowed, 1.0, 1e6), np.isfinite(gap)), gap))
    return strongest(found, "|update + rate x gradient| / |rate x gradient|")


@detector("weights-run-away", "S38")
def weights_run_away(W: Layers, cost: Array, failed: Bools) -> Measured | None:
    """The parameters have grown more than 50 times, and the cost stands still with nothing learned.

    Gradients that pile up, or a wrong derivative that pushes for ever. A start below 0.1 counts as 0.1.
    """
    growth = growth_of_parameters(W)
    if growth is None:
        return None
    tail = last_third(cost)
    still = np.ptp(tail, axis=-1) <= STEADY * np.abs(tail[..., 0])
    return Measured(given(grade(growth, AWAY, 1e3), still & failed), {"growth": growth})
