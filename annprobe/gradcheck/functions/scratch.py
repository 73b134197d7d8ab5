"""Long complex vectors used again and again: fresh memory costs more than the arithmetic that is done in it."""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import NDArray

LEAST, MOST = 1 << 12, 1 << 21  # shorter vectors cost nothing, longer ones are not kept
MOST_KEPT = 4

_kept: dict[int, NDArray[np.complex128]] = {}


def borrow(size: int) -> NDArray[np.complex128]:
    """A complex vector of this size that nobody else holds, nor a view of it; its values are arbitrary."""
    if size < LEAST:
        return np.empty(size, np.complex128)
    fresh = np.empty(1, np.complex128)
    kept = _kept.pop(size, None)
    if kept is not None and sys.getrefcount(kept) <= sys.getrefcount(fresh):
        kept.flags.writeable = True
        return kept
    return np.empty(size, np.complex128)


def give_back(vector: NDArray[np.complex128]) -> None:
    """Keep the vector for the next one who needs it, unless views of it live on by then."""
    if LEAST <= vector.size <= MOST:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[vector.size] = vector
