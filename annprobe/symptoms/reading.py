"""What a detector says, and how detectors are marked."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annprobe.symptoms.trace import Trace

Array = NDArray[np.float64]
AT_THRESHOLD = 0.5  # strength of a symptom that is just there


@dataclass(frozen=True, eq=False)
class Measured:
    """A detector's answer for a run or a stack of runs.

    strength  (...)  0 where the symptom is absent, 0.5 at the threshold, up to 1; NaN where the question makes no sense
    evidence  named numbers that the strength was judged by, each (...)
    """

    strength: Array
    evidence: Mapping[str, ArrayLike]


@dataclass(frozen=True)
class Reading:
    """A detector's answer for one run: plain data.

    id        of the symptom, e.g. "identical-outputs"
    strength  0 if the symptom is absent, else 0.5 to 1; None where the detector lacks its input or makes no sense
    evidence  named numbers (and words)
    """

    id: str
    strength: float | None
    evidence: tuple[tuple[str, float | str], ...] = ()

    @property
    def present(self) -> bool:
        """Is the symptom there?"""
        return self.strength is not None and self.strength > 0.0


Find = Callable[..., Measured | None]


@dataclass(frozen=True)
class Detector:
    """A function that finds one symptom in a trace.

    number  in the published list, "S01"; stable like the id
    find    its parameters are named like fields of the trace; those without a default it cannot do without
    """

    id: str
    number: str
    find: Find

    def __call__(self, trace: Trace) -> Measured | None:
        """Its answer, or None if the trace lacks what it needs."""
        given_fields = {name: getattr(trace, name) for name in self._parameters}
        if any(given_fields[name] is None for name in self.needs):
            return None
        with np.errstate(all="ignore"):
            return self.find(**given_fields)

    @property
    def needs(self) -> tuple[str, ...]:
        """The fields of the trace without which it says None."""
        return tuple(name for name, p in self._parameters.items() if p.default is inspect.Parameter.empty)

    @property
    def meaning(self) -> str:
        """What the symptom means: the function's docstring."""
        return inspect.getdoc(self.find) or ""

    @property
    def _parameters(self) -> Mapping[str, inspect.Parameter]:
        return _signature(self.find)


@functools.cache
def _signature(find: Find) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(find).parameters


def detector(id: str, number: str) -> Callable[[Find], Detector]:
    """Mark a function as the detector of one symptom. :mod:`annprobe.symptoms.registry` lists them all."""
    return lambda find: Detector(id, number, find)


def grade(value: ArrayLike, threshold: float, certain: float) -> Array:
    """Strength by one number: 0 short of the threshold, 0.5 at it, 1 at ``certain`` and beyond.

    The symptom lies on the side of the threshold where ``certain`` is. Between the two the strength grows with the
    logarithm (linearly where one of them is 0 or negative). What is not a number has strength 0.
    """
    v = np.asarray(value, dtype=np.float64)
    with np.errstate(all="ignore"):
        if threshold > 0.0 and certain > 0.0:
            progress = np.log(np.maximum(v, 0.0) / threshold) / np.log(certain / threshold)
        else:
            progress = (v - threshold) / (certain - threshold)
    there = v <= threshold if certain < threshold else v >= threshold
    strength = AT_THRESHOLD + (1.0 - AT_THRESHOLD) * np.clip(np.nan_to_num(progress, nan=0.0), 0.0, 1.0)
    return np.asarray(np.where(there, strength, 0.0))


def given(strength: ArrayLike, condition: ArrayLike) -> Array:
    """The strength where the condition holds, else 0."""
    return np.asarray(np.where(condition, strength, 0.0), dtype=np.float64)


def where_sensible(strength: ArrayLike, sensible: ArrayLike) -> Array:
    """The strength where the question makes sense, else NaN."""
    return np.asarray(np.where(sensible, strength, np.nan), dtype=np.float64)


def strongest(candidates: list[tuple[int, Array, Array]], name: str) -> Measured | None:
    """The strongest of several layers' (layer, strength, value); None if there is none."""
    if not candidates:
        return None
    layers = np.array([layer for layer, _, _ in candidates])
    strengths = np.stack(np.broadcast_arrays(*(s for _, s, _ in candidates)))
    values = np.stack(np.broadcast_arrays(*(v for _, _, v in candidates)))
    best = np.where(np.isnan(strengths), -1.0, strengths).argmax(axis=0)
    pick = functools.partial(np.take_along_axis, indices=best[None], axis=0)
    return Measured(pick(strengths)[0], {name: pick(values)[0], "layer": layers[best]})
