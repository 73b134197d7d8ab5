"""Points near the user's where rounding, saturation and kinks are no excuse."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from annprobe.gradcheck.functions.layout import Layout
from annprobe.gradcheck.verdicts.verdict import direction

Vector = NDArray[np.float64]

JITTER = 0.01


def healthy_point(values: Vector, layout: Layout, seed: int, *, shrink: float = 1.0, inputs: float = 1.0) -> Vector:
    """Each array shrunk to a root mean square of at most 1/sqrt(fan-in) and jittered by 1 %; constant ones spread out.

    values  the user's parameters, (P,)
    shrink  a further factor; below 1 for inputs of unknown, large size
    inputs  root mean square of the inputs; sizes above 1 shrink the parameters in proportion
    """
    rng = np.random.default_rng((seed, 0xA11))
    point = np.empty_like(values)
    for leaf in layout.leaves:
        part = values[leaf.span]
        size = shrink * healthy_size(leaf.shape) / max(1.0, inputs)
        point[leaf.span] = _shrunk(part, size) + JITTER * size * rng.standard_normal(part.size)
        if part.size > 1 and np.ptp(part) == 0:
            point[leaf.span] += size * rng.standard_normal(part.size)
    return point


def nudged(values: Vector, seed: int) -> Vector:
    """Every entry moved by up to 1 % of itself: keeps signs and zeros, for parameters that must stay positive."""
    return np.asarray(values * (1 + JITTER * np.random.default_rng((seed, 0xB22)).uniform(-1, 1, values.size)))


def beside(values: Vector, layout: Layout, seed: int) -> Vector:
    """Every entry moved by about 1 % of a healthy size: off a kink, and nowhere else."""
    return values + _jitter(seed, tuple([leaf.shape for leaf in layout.leaves]))


@lru_cache(maxsize=8)
def _jitter(seed: int, shapes: tuple[tuple[int, ...], ...]) -> Vector:
    sizes = [math.prod(shape) for shape in shapes]
    scales = [healthy_size(shape) for shape in shapes]
    return np.asarray(JITTER * direction(seed, sum(sizes), 3) * np.repeat(scales, sizes))


def is_telling(values: Vector, layout: Layout) -> bool:
    """Whether no array is constant and no entry exactly zero: either hides terms that a gradient may have forgotten."""
    if np.count_nonzero(values == 0.0):
        return False
    for leaf in layout.leaves:
        first, last = values.item(leaf.start), values.item(leaf.stop - 1)
        if first == last and leaf.stop - leaf.start > 1 and not np.ptp(values[leaf.span]) > 0:
            return False
    return True


def healthy_size(shape: tuple[int, ...]) -> float:
    """1/sqrt(fan-in). Which axis is fan-in is unknown, so the longer one counts; a vector of P may hold whole layers
    of about sqrt(P) inputs."""
    size = math.prod(shape)
    if len(shape) < 2:
        return float(size**-0.25)
    return 1.0 / math.sqrt(max(size // shape[0], size // shape[-1]))


def _shrunk(part: Vector, size: float) -> Vector:
    rms = math.sqrt(float(part @ part) / part.size)
    return part * min(1.0, size / rms) if rms and math.isfinite(rms) else np.zeros_like(part)
