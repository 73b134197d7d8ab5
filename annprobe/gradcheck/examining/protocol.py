"""Before any number is compared: is the cost repeatable, and do the functions damage what they were given?"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from annprobe.gradcheck.functions.blackbox import BlackBox
from annprobe.gradcheck.state.guard import Guard
from annprobe.gradcheck.verdicts.result import Note

REPEATS = 5


def run_protocol(box: BlackBox) -> tuple[list[Note], float]:
    """Facts about the functions, and the spread of the cost at one point after everything was restored.

    From here on every call of ``box`` starts from the same state and the same random numbers.
    """
    wide = ("float64", "longdouble")
    notes = [Note("upcast", f"{p.name}: {p.dtype}") for p in box.layout.leaves if p.dtype not in wide]
    guard = box.protect()
    values = box.layout.values
    given = values.copy()
    first = box.cost(given)
    notes += _damage(guard, "cost", box)
    if not _same(given, values):
        notes.append(Note("changes parameters", "cost"))
    repeatability = _repeatability(box, first)
    noise = _spread(box, first)
    notes += [Note("noise", "cost", noise)] if noise else repeatability
    if box.given is None:
        notes += _gradient_protocol(box, guard)
    return notes, noise


def _gradient_protocol(box: BlackBox, guard: Guard) -> list[Note]:
    given = box.layout.values.copy()
    reading = box.gradient(given)
    notes = _damage(guard, "gradient", box)
    if not _same(given, box.layout.values):
        notes.append(Note("changes parameters", "gradient"))
    again = box.gradient(box.layout.values.copy())
    spread = float(np.max(np.abs(again.vector - reading.vector))) if reading.finite and again.finite else 0.0
    if spread:
        notes.append(Note("noise", "gradient", spread))
    if reading.order != "same":
        notes.append(Note("gradient order", reading.order))
    return notes


def _damage(guard: Guard, what: str, box: BlackBox) -> list[Note]:
    """Data arrays that the call has changed, and whether it drew random numbers."""
    changed = guard.changes()
    ids = {id(array) for array in box.data}
    notes = [Note("changes data", f"{what}: {name}") for name, handle in changed if handle in ids]
    if what == "cost" and any(handle is None for _, handle in changed):
        notes.append(Note("randomness", ", ".join(name for name, handle in changed if handle is None)))
    return notes


def _repeatability(box: BlackBox, first: float) -> list[Note]:
    """Would two calls in a row, nothing restored, give the same cost?"""
    guard, box.guard = box.guard, None
    second = box.cost(box.layout.values.copy())
    box.guard = guard
    return [] if second == first or math.isnan(first) else [Note("state", "cost", abs(second - first))]


def _spread(box: BlackBox, first: float) -> float:
    """0 for a cost that repeats exactly once everything is restored, else the spread over five calls."""
    if box.cost(box.layout.values.copy()) == first or not math.isfinite(first):
        return 0.0
    costs = [first, *(box.cost(box.layout.values.copy()) for _ in range(REPEATS - 1))]
    return max(costs) - min(costs)


def _same(a: NDArray[np.float64], b: NDArray[np.float64]) -> bool:
    return a.tobytes() == b.tobytes()
