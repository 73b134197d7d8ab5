"""Can a plane part two sets of examples? Decided with a proof either way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

TOUCHING = 1e-9  # relative: a point so close to the origin is the origin
ROUNDS = 2000


def separable(X: Array, positive: NDArray[np.bool_]) -> bool | None:
    """True if some w, b has w·x + b > 0 for the positive examples and < 0 for all others; None if undecided.

    X (N, n), positive (N,). The examples [1, x], negated where not positive, can be parted from the origin exactly
    when it is not in their convex hull (Gordan 1873). The hull's point nearest to the origin either is such a w, or is
    the origin itself, which proves that there is none.
    """
    columns = np.abs(X).max(axis=0)
    scaled = X / np.where(columns > 0.0, columns, 1.0)
    points = np.column_stack([np.ones(len(X)), scaled]) * np.where(positive, 1.0, -1.0)[:, None]
    nearest = nearest_point(points)
    if nearest is None:
        return None
    if np.linalg.norm(nearest) <= TOUCHING:
        return False
    return True if (points @ nearest).min() > 0.0 else None


def nearest_point(points: Array) -> Array | None:
    """The point of the convex hull of the rows (N, n) nearest to the origin; None if rounding keeps it from settling.

    Source: Wolfe, "Finding the nearest point in a polytope", Mathematical Programming 11 (1976).
    """
    corner = int(np.argmin((points**2).sum(axis=1)))
    corners, share = [corner], np.ones(1)
    for _ in range(ROUNDS):
        x = share @ points[corners]
        heights = points @ x
        best = int(np.argmin(heights))
        if heights[best] >= x @ x - 1e-12 * max(1.0, float((points[corners] ** 2).max())):
            return np.asarray(x)
        if best in corners:
            return np.asarray(x)
        corners, share = _settled(points, [*corners, best], np.append(share, 0.0))
    return None


def _settled(points: Array, corners: list[int], share: Array) -> tuple[list[int], Array]:
    """Drop corners until the nearest point of the others' plane lies inside them."""
    while True:
        affine = _nearest_in_plane(points[corners])
        if (affine > 1e-14).all():
            return corners, affine
        sinking = affine <= 1e-14
        drop = share[sinking] / np.maximum(share[sinking] - affine[sinking], 1e-300)
        step = min(1.0, float(drop.min()))
        share = step * affine + (1.0 - step) * share
        stays = share > 1e-14
        corners, share = [c for c, s in zip(corners, stays, strict=True) if s], share[stays] / share[stays].sum()
        if len(corners) == 1:
            return corners, share


def _nearest_in_plane(corners: Array) -> Array:
    """Weights, adding up to 1, of the point nearest to the origin in the plane through the corners (k, n)."""
    k = len(corners)
    system = np.zeros((k + 1, k + 1))
    system[0, 1:] = system[1:, 0] = 1.0
    system[1:, 1:] = corners @ corners.T
    right = np.zeros(k + 1)
    right[0] = 1.0
    return np.asarray(np.linalg.lstsq(system, right, rcond=None)[0][1:])
