"""Fitting an array as a multiple of another: what a change has to do with a gradient, and how nearly."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

_ALIGNED = 0.99  # below it, what is left follows from the cosine without loss of digits


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
    a, g = np.asarray(array, dtype=float).ravel(), np.asarray(gradient, dtype=float).ravel()
    if a.size != g.size:
        return Match(0.0, 1.0, 0.0, equal=False)
    aa, gg = float(a @ a), float(g @ g)
    if not math.isfinite(aa + gg) and not (np.isfinite(a).all() and np.isfinite(g).all()):
        return Match(0.0, 1.0, 0.0, equal=False)
    na, ng, bound = math.sqrt(aa), math.sqrt(gg), noise * math.sqrt(a.size)
    if na == 0.0 or ng == 0.0:
        no_gradient = ng == 0.0
        return Match(0.0, float(na != ng), 0.0, na <= bound and no_gradient, zero=na == 0.0, no_gradient=no_gradient)
    ag = float(a @ g)
    factor, cosine = ag / (ng * ng), ag / (na * ng)
    if abs(cosine) < _ALIGNED:
        left = na * math.sqrt(1.0 - cosine * cosine)
    else:
        rest = a - factor * g
        left = math.sqrt(float(rest @ rest))
    return Match(factor, left / na, cosine, equal=left <= 1e-9 * na + bound)


def _match_numbers(a: float, g: float, noise: float) -> Match:
    """:func:`match` of two numbers: at one point always a multiple of each other."""
    if not (math.isfinite(a) and math.isfinite(g)):
        return Match(0.0, 1.0, 0.0, equal=False)
    if a == 0.0 or g == 0.0:
        return Match(0.0, float(a != g), 0.0, equal=abs(a) <= noise and g == 0.0, zero=a == 0.0, no_gradient=g == 0.0)
    return Match(a / g, 0.0, math.copysign(1.0, a * g), equal=True)
