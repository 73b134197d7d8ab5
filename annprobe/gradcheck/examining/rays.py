"""The random direction of the pass path and what follows from it alone: made once for a seed and a size."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from annprobe.gradcheck.derivatives.differences import COMPLEX_STEP, SHORT_STEP
from annprobe.gradcheck.verdicts.verdict import direction

Vector = NDArray[np.float64]


class Ray(NamedTuple):
    """A direction v and its multiples.

    sizes      |vᵢ|
    length     Euclidean length of v
    imaginary  v times the complex step
    h, short   step of a one-sided difference, and v times it
    """

    v: Vector
    sizes: Vector
    length: float
    imaginary: Vector
    h: float
    short: Vector


@lru_cache(maxsize=4)
def ray(seed: int, size: int) -> Ray:
    """``direction(seed, size)`` with its multiples."""
    v = direction(seed, size)
    length = math.sqrt(float(v @ v))
    h = SHORT_STEP / length
    return Ray(v, np.abs(v), length, v * COMPLEX_STEP, h, v * h)
