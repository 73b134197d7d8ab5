"""How arrays lie in memory. Shapes are always ``(..., rows, columns)``; only the strides differ.

A stack of many tiny networks is several times faster when the networks lie side by side in memory: every elementary
operation then runs along the stack. Wide networks are faster as ordinary matrices, because a product is then one
call of the linear algebra library; and so are stacks of which each part has steps of its own, because a part is then
one piece of memory. :func:`side_by_side` chooses, :func:`product` follows; no formula has to know.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

NETWORKS_SIDE_BY_SIDE = 100  # at least so many networks in a stack, ...
WIDEST_SIDE_BY_SIDE = 8  # ... none of them wider: measured, above this the linear algebra library wins
FEW_COLUMNS = 7  # so many columns are faster taken together one by one than by a reduction


def side_by_side(stack: tuple[int, ...], widest: int) -> bool:
    """Should a stack of this shape, of networks this wide, lie with the networks side by side?"""
    return len(stack) > 0 and int(np.prod(stack)) >= NETWORKS_SIDE_BY_SIDE and widest <= WIDEST_SIDE_BY_SIDE


def zeros(stack: tuple[int, ...], shape: tuple[int, ...], stacked_last: bool) -> Array:
    """Zeros of shape ``stack + shape``; with ``stacked_last`` the axes of the stack vary fastest in memory."""
    if not stacked_last:
        return np.zeros(stack + shape)
    memory = np.zeros(shape + stack)
    return np.moveaxis(memory, range(len(shape), memory.ndim), range(len(stack)))


def transpose(matrix: Array) -> Array:
    """The matrices of a stack, each transposed: ``(..., i, j)`` to ``(..., j, i)``; a view."""
    return matrix.swapaxes(-1, -2)


def product(left: Array, right: Array, out: Array) -> Array:
    """``left @ right`` into ``out``, by the way that suits the memory: (..., i, j), (..., j, k) to (..., i, k)."""
    if out.ndim > 2 and out.strides[-3] == out.itemsize and out.shape[-3] > 1:
        np.einsum("...ij,...jk->...ik", left, right, out=out)
        return out
    return np.matmul(left, right, out=out)


def sum_over_rows(matrix: Array, out: Array) -> Array:
    """``matrix.sum(axis=-2)`` into ``out``, by the way that suits the memory: (..., i, j) to (..., j)."""
    if out.ndim > 1 and out.strides[0] == out.itemsize:
        return np.sum(matrix, axis=-2, out=out)
    np.matmul(np.ones((1, matrix.shape[-2])), matrix, out=out[..., None, :])
    return out


def over_columns(function: np.ufunc, matrix: Array) -> Array:
    """``function.reduce(matrix, axis=-1)``: (..., i, j) to (..., i)."""
    if not 1 < matrix.shape[-1] <= FEW_COLUMNS:
        return np.asarray(function.reduce(matrix, axis=-1))
    result: Array = function(matrix[..., 0], matrix[..., 1])
    for column in range(2, matrix.shape[-1]):
        function(result, matrix[..., column], out=result)
    return result
