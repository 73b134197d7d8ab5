"""Whether values are a constant times others, at every point with the same constant."""

from __future__ import annotations

from typing import Any

import numpy as np

from annprobe.subject.roles.gradient.matches import Match, match

RELATIVE = 1e-7


def constant(values: list[Any], wanted: list[Any]) -> float | None:
    """The factor with ``value = factor * wanted`` wherever ``wanted`` is not zero; None when there is none."""
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
