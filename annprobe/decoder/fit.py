"""Comparing what was asked with what a formula gives: up to one factor, and backwards through a linear map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from annprobe.engine.layout import Array

CLOSE = 1e-7  # relative to the largest entry of each network; formulas that differ do so by far more
ROUNDING = 1e-12  # what is left, relative, of terms that add up to 0
INDEPENDENT = 1e-9  # smallest to largest singular value of a map that can be turned round


def snapped(values: Array, like: Array) -> Array:
    """The same stack, with 0 in the networks where it is nothing but what rounding leaves of numbers ``like`` these."""
    size = np.abs(values.reshape(len(values), -1)).max(axis=1, initial=0.0)
    noise = size <= ROUNDING * np.abs(like.reshape(len(like), -1)).max(axis=1, initial=0.0)
    if noise.any():
        values = values.copy()
        values[noise] = 0.0
    return values


def same(asked: Array, computed: Array) -> bool:
    """Are two stacks (K, ...) equal, each network against its own largest entry?"""
    if asked.shape != computed.shape or not np.isfinite(computed).all():
        return False
    left, right = asked.reshape(len(asked), -1), computed.reshape(len(asked), -1)
    size = np.maximum(np.abs(left).max(axis=1, initial=0.0), np.abs(right).max(axis=1, initial=0.0))
    return bool((np.abs(left - right) <= CLOSE * size[:, None]).all())


def factor(asked: Array, computed: Array) -> float | None:
    """The k with ``asked = k * computed`` in every network; None where there is none, or where it is 0.

    It is exactly 1.0 where the two are equal.
    """
    if same(asked, computed):
        return 1.0
    if asked.shape != computed.shape or not np.isfinite(computed).all():
        return None
    square = float(np.sum(computed * computed))
    k = float(np.sum(asked * computed)) / square if square > 0.0 else 0.0
    return k if k != 0.0 and same(asked, k * computed) else None


def factors(asked: Array, many: Array) -> Array:
    """:func:`factor` of one stack (K, ...) against each of ``many`` (C, K, ...), finite; NaN where there is none."""
    left, right = asked.reshape(1, len(asked), -1), many.reshape(len(many), len(asked), -1)
    square = (right * right).sum(axis=(1, 2))
    k = np.divide((left * right).sum(axis=(1, 2)), square, out=np.zeros(len(many)), where=square > 0.0)
    size = np.abs(left).max(axis=2, initial=0.0)
    sizes = np.abs(right).max(axis=2, initial=0.0)
    equal = (np.abs(left - right).max(axis=2, initial=0.0) <= CLOSE * np.maximum(size, sizes)).all(axis=1)
    gap = np.abs(left - k[:, None, None] * right).max(axis=2, initial=0.0)
    scaled = (gap <= CLOSE * np.maximum(size, np.abs(k)[:, None] * sizes)).all(axis=1) & (k != 0.0)
    return np.where(equal, 1.0, np.where(scaled, k, np.nan))


@dataclass(frozen=True)
class Inverse:
    """A linear map that can be turned round, network by network: ``A`` (K, equations, unknowns) and its inverse."""

    A: Array
    back: Array

    def solved(self, asked: Array) -> Array | None:
        """The x with ``A x = asked`` in every network, (K, unknowns); None where there is none. ``asked`` (K, ...)."""
        right = asked.reshape(len(asked), -1, 1)
        x = self.back @ right
        return x[..., 0] if same(right, self.A @ x) else None


def inverse(columns: Array) -> Inverse | None:
    """The inverse of the map that makes ``columns`` (unknowns, K, ...) of unit vectors; None where it loses any."""
    unknowns, networks = columns.shape[:2]
    A = np.moveaxis(columns, 0, -1).reshape(networks, -1, unknowns)
    if A.shape[1] < unknowns or not np.isfinite(A).all():
        return None
    U, singular, V = np.linalg.svd(A, full_matrices=False)
    if (singular[:, -1] <= INDEPENDENT * singular[:, 0]).any():
        return None
    return Inverse(A, np.asarray((V.swapaxes(1, 2) / singular[:, None, :]) @ U.swapaxes(1, 2)))
