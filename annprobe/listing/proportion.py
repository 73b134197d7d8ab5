"""Whether values are a constant times others, at every point with the same constant."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from annprobe.subject.roles.gradient.matches import Match, match

RELATIVE = 1e-7


def constant(values: list[Any], wanted: list[Any]) -> float | None:
    """The factor with ``value = factor * wanted`` wherever ``wanted`` is not zero; None when there is none."""
    if _is_number(values[0]) and _is_number(wanted[0]):
        return _of_numbers([float(v) for v in values], [float(w) for w in wanted])
    matches: list[Match] = []
    for v, w in zip(values, wanted, strict=False):
        if np.size(v) != np.size(w):
            return None
        found = match(v, w)
        if not found.equal:
            return None
        if not found.no_gradient:
            matches.append(found)
    if not matches or matches[0].factor == 0.0:
        return None
    first = matches[0].factor
    return first if all(abs(m.factor - first) <= RELATIVE * abs(first) for m in matches) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, float) or (isinstance(value, np.ndarray) and value.ndim == 0)


def _of_numbers(values: list[float], wanted: list[float]) -> float | None:
    """The same for plain numbers, of which there are many in networks written without arrays."""
    first = 0.0
    for v, w in zip(values, wanted, strict=False):
        if not (math.isfinite(v) and math.isfinite(w)) or (w == 0.0) != (v == 0.0):
            return None
        if w == 0.0:
            continue
        first = first or v / w
        if abs(v / w - first) > RELATIVE * abs(first):
            return None
    return first or None
