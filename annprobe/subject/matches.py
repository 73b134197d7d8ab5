"""Fitting an array as a multiple of another: what a change has to do with a gradient, and how nearly."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Match:
    """How one array relates to a true gradient: ``array = factor * gradient`` within a bound.

    residual  norm of what is left, relative to the norm of the array
    cosine    between array and gradient; 0 when either is zero
    """

    factor: float
    residual: float
    cosine: float
    equal: bool
    zero: bool = False  # the array is zero
    no_gradient: bool = False  # the gradient is zero


def match(array: Any, gradient: Any, noise: float = 0.0) -> Match:
    """Fit ``array = factor * gradient``.

    array, gradient  same number of entries
    noise            absolute error that the array may have by itself (same unit as the array)
    """
    if np.ndim(array) == 0 and np.ndim(gradient) == 0:
        return _match_numbers(float(array), float(gradient), noise)
    a = np.ravel(np.asarray(array, dtype=float))
    g = np.ravel(np.asarray(gradient, dtype=float))
    if a.size != g.size or not (np.isfinite(a).all() and np.isfinite(g).all()):
        return Match(0.0, 1.0, 0.0, equal=False)
    na, ng = float(np.linalg.norm(a)), float(np.linalg.norm(g))
    if na == 0.0 or ng == 0.0:
        return Match(
            0.0,
            float(na != ng),
            0.0,
            equal=na <= noise * np.sqrt(a.size) and ng == 0.0,
            zero=na == 0.0,
            no_gradient=ng == 0.0,
        )
    factor = float(a @ g) / (ng * ng)
    left = float(np.linalg.norm(a - factor * g))
    return Match(factor, left / na, float(a @ g) / (na * ng), equal=left <= 1e-9 * na + noise * np.sqrt(a.size))


def _match_numbers(a: float, g: float, noise: float) -> Match:
    """:func:`match` of two numbers: at one point always a multiple of each other."""
    if not (math.isfinite(a) and math.isfinite(g)):
        return Match(0.0, 1.0, 0.0, equal=False)
    if a == 0.0 or g == 0.0:
        return Match(0.0, float(a != g), 0.0, equal=abs(a) <= noise and g == 0.0, zero=a == 0.0, no_gradient=g == 0.0)
    return Match(a / g, 0.0, math.copysign(1.0, a * g), equal=True)
