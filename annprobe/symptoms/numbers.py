"""Symptoms of the numbers themselves."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from annprobe.symptoms.reading import Array, Measured, detector
from annprobe.symptoms.trace import Layers, known

Series = tuple[str, Array, int, Array]  # name, values, axes after the moments, iterations of the moments


def _layered(name: str, series: Layers | None, moments: Array) -> Iterator[Series]:
    yield from ((f"{name}[{layer}]", values, 2, moments) for layer, values in known(series))


@detector("non-finite", "S12")
def non_finite(X: Array | None = None, Y: Array | None = None, W: Layers | None = None, z: Layers | None = None,
               a: Layers | None = None, outputs: Array | None = None, cost: Array | None = None,
               G: Layers | None = None, moments: Array | None = None,
               iterations: Array | None = None) -> Measured | None:
    """Something is infinite or not a number.

    Told is what became so first, in the order of the data flow; what follows it is not to blame.
    """
    at = np.zeros(1) if moments is None else np.asarray(moments, dtype=np.float64)
    series = [(name, data[..., None, :, :], 2, np.zeros(1)) for name, data in (("X", X), ("Y", Y)) if data is not None]
    for name, layers in (("W", W), ("z", z), ("a", a)):
        series.extend(_layered(name, layers, at))
    if outputs is not None:
        series.append(("outputs", outputs, 2, at))
    if cost is not None:
        times = np.arange(cost.shape[-1], dtype=np.float64) if iterations is None else np.asarray(iterations)
        series.append(("cost", cost, 0, times))
    series.extend(_layered("G", G, at))
    return _earliest(series) if series else None


def _earliest(series: list[Series]) -> Measured:
    """Which of the series goes wrong first; of several at the same moment the first one given."""
    when = np.stack(np.broadcast_arrays(*(_first(values, axes, times) for _, values, axes, times in series)))
    iteration, which = when.min(axis=0), when.argmin(axis=0)
    bad = np.isfinite(iteration)
    names = np.array([name for name, *_ in series], dtype=object)
    return Measured(bad.astype(np.float64), {"first": np.where(bad, names[which], ""), "iteration": iteration})


def _first(values: Array, axes: int, times: Array) -> Array:
    """Iteration of the first moment with an entry that is no finite number; infinite if there is none. Shape (...)."""
    bad = ~np.isfinite(values)
    if axes:
        bad = np.asarray(bad.any(axis=tuple(range(-axes, 0))))
    recorded = np.linspace(0, len(times) - 1, bad.shape[-1]).round().astype(np.intp)
    at = np.broadcast_to(times[recorded], bad.shape)
    return np.asarray(np.where(bad, at, np.inf).min(axis=-1))
