"""All detectors of traces, and the one call that asks them all."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annprobe.symptoms import costs, data, layers, numbers, outputs, weights
from annprobe.symptoms.reading import Detector, Measured, Reading
from annprobe.symptoms.trace import Trace

_ROOMS = (outputs, costs, numbers, layers, weights, data)

DETECTORS: dict[str, Detector] = {
    d.id: d
    for d in sorted((d for room in _ROOMS for d in vars(room).values() if isinstance(d, Detector)),
                    key=lambda d: d.number)
}


def readings(trace: Trace) -> tuple[Reading, ...]:
    """What every detector says about one run, in the order of the list; those that lack their input say None."""
    return tuple(_reading(d, d(trace)) for d in DETECTORS.values())


def detect(trace: Trace) -> tuple[Reading, ...]:
    """The symptoms that one run shows, the strongest first. The trace has no leading axes."""
    present = [reading for reading in readings(trace) if reading.present]
    return tuple(sorted(present, key=lambda reading: -(reading.strength or 0.0)))


def _reading(d: Detector, measured: Measured | None) -> Reading:
    if measured is None or np.isnan(measured.strength):
        return Reading(d.id, None)
    return Reading(d.id, float(measured.strength), plain(measured))


def plain(measured: Measured) -> tuple[tuple[str, float | str], ...]:
    """The evidence of one run as plain numbers and words."""
    return tuple((name, _plain(value)) for name, value in measured.evidence.items())


def _plain(value: ArrayLike) -> float | str:
    item = np.asarray(value).item()
    return item if isinstance(item, str) else float(item)


def strengths(trace: Trace) -> dict[str, NDArray[np.float64]]:
    """For a stack of runs: symptom to strengths (...), NaN where the question makes no sense; without those that lack
    their input.
    """
    stack = _stack(trace)
    result = {}
    for name, d in DETECTORS.items():
        measured = d(trace)
        if measured is not None:
            result[name] = np.broadcast_to(measured.strength, stack)
    return result


def _stack(trace: Trace) -> tuple[int, ...]:
    """The leading axes of a trace."""
    if trace.cost is not None:
        return trace.cost.shape[:-1]
    if trace.outputs is not None:
        return trace.outputs.shape[:-3]
    return next((w.shape[:-3] for w in trace.W or () if w is not None), ())
