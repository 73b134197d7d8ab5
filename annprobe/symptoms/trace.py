"""What was recorded of a training run: a :class:`Trace`, plain arrays whoever made them.

The reference engine makes traces of whole stacks of networks (:mod:`annprobe.survey`), the diagnosis makes one of the
user's own run. Every field is optional: a detector that lacks its input says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]
LEARNED = 0.4  # a run that leaves more of the targets unexplained has not learned; XOR's usual local minimum leaves 0.5
Layers = tuple[Array | None, ...]  # entry i belongs to layer i + 1; None where that layer is unknown


@dataclass(frozen=True, eq=False)
class Trace:
    """A recorded training run, or a stack of runs of one shape (leading axes ``...``, none for a single run).

    The cost is known at T moments, the rest at S of them, the first and the last included. For N examples and layers
    l = 1 .. L of widths n_l:

    iterations     (T,)  how many updates had been made
    cost           (..., T)  on the same examples each time, as the network's own cost function gives it
    constant_cost  (...)  the same cost for the best constant predictor: outputs that are the mean of Y in each column
    moments        (S,)  how many updates had been made when the following were recorded
    X, Y           (..., N, n_0), (..., N, n_L)
    outputs        (..., S, N, n_L)
    z, a           each (..., S, N, n_l)  pre-activations and activations; may be recorded at fewer moments, evenly
                   spread, the first and the last included
    W              each (..., S, n_l, n_{l-1} + 1), the bias in column 0; without that column if ``biased`` is False.
                   Parameters of another kind (a convolution's) can be given as rows, (..., S, 1, count)
    G              like W: the gradient, as the network itself computes it, of the step next to each moment
    U              like W, but for the first R <= S moments only: the change made by the step that used G
    activations    names as in :mod:`annprobe.engine.activations`, one for each layer
    learning_rate  of plain gradient descent; None with momentum and other optimisers that have a state
    """

    iterations: Array | None = None
    cost: Array | None = None
    constant_cost: Array | None = None
    moments: Array | None = None
    X: Array | None = None
    Y: Array | None = None
    outputs: Array | None = None
    z: Layers | None = None
    a: Layers | None = None
    W: Layers | None = None
    G: Layers | None = None
    U: Layers | None = None
    activations: tuple[str, ...] | None = None
    learning_rate: Array | float | None = None
    biased: bool = True

    @property
    def unexplained(self) -> Array | None:
        """How much of the targets the last outputs leave unexplained: Σ (P - Y)² / Σ (Y - mean Y)², shape (...).

        0 for a network that has learned everything, 1 for the best constant predictor. NaN if the targets are constant.
        """
        if self.outputs is None or self.Y is None:
            return None
        with np.errstate(all="ignore"):
            left = ((self.outputs[..., -1, :, :] - self.Y) ** 2).sum(axis=(-2, -1))
            total = ((self.Y - self.Y.mean(axis=-2, keepdims=True)) ** 2).sum(axis=(-2, -1))
            return np.asarray(np.where(total > 0.0, left / total, np.nan))

    @property
    def failed(self) -> Bools:
        """Did the run end without having learned? Shape (...). What is not a number has failed.

        Judged by what the outputs leave unexplained, else by the cost against that of the best constant predictor, else
        by the cost against its start. Where nothing of that is known: yes, so that a reading stands for itself.
        """
        left = self.unexplained
        if left is None and self.cost is not None:
            start = self.cost[..., 0] if self.constant_cost is None else np.asarray(self.constant_cost)
            left = self.cost[..., -1] / start
        return np.asarray(True) if left is None else np.asarray(~(left <= LEARNED))


def known(series: Layers | None) -> Iterator[tuple[int, Array]]:
    """(layer, array) for the layers, from 1, of which something is known."""
    for layer, values in enumerate(series or (), start=1):
        if values is not None:
            yield layer, values


def rms(values: Array, axes: int) -> Array:
    """Root of the mean square over the last ``axes`` axes; free of overflow."""
    over = tuple(range(-axes, 0))
    largest = np.max(np.abs(values), axis=over, initial=0.0)
    scale = np.where((largest > 0.0) & np.isfinite(largest), largest, 1.0)
    scaled = values / scale[(..., *(None,) * axes)]
    return np.asarray(scale * np.sqrt(np.mean(scaled**2, axis=over)))


def spread(values: Array) -> Array:
    """Standard deviation over examples, averaged over outputs: (..., N, K) to (...)."""
    return np.asarray(values.std(axis=-2).mean(axis=-1))


def last_third(series: Array) -> Array:
    """The last third of the moments (at least two): (..., T) to (..., T')."""
    return series[..., -max(2, -(-series.shape[-1] // 3)):]
