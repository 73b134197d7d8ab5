"""However a stack lies in memory, products and sums are the same."""

from __future__ import annotations

import numpy as np
import pytest

from annprobe.engine.layout import over_columns, product, side_by_side, sum_over_rows, zeros

STACK, ROWS, COLUMNS = (30,), 5, 3


@pytest.mark.parametrize("last", [True, False])
def test_products_and_sums_do_not_depend_on_the_memory(last: bool) -> None:
    rng = np.random.default_rng(0)
    left, right = zeros(STACK, (ROWS, 4), last), zeros(STACK, (4, COLUMNS), last)
    left[...], right[...] = rng.normal(size=left.shape), rng.normal(size=right.shape)
    out = product(left, right, zeros(STACK, (ROWS, COLUMNS), last))
    np.testing.assert_allclose(out, left @ right, rtol=1e-13, atol=1e-13)
    padded = zeros(STACK, (COLUMNS, 2), last)
    total = sum_over_rows(out, padded[..., 0])
    np.testing.assert_allclose(total, out.sum(axis=-2), rtol=1e-13, atol=1e-13)
    assert np.shares_memory(total, padded)
    assert not padded[..., 1].any()


@pytest.mark.parametrize("columns", [1, 2, 7, 8, 20])
def test_columns_are_taken_together(columns: int) -> None:
    matrix = np.random.default_rng(columns).normal(size=(4, 5, columns))
    before = matrix.copy()
    np.testing.assert_allclose(over_columns(np.add, matrix), matrix.sum(axis=-1), rtol=1e-12)
    np.testing.assert_array_equal(over_columns(np.maximum, matrix), matrix.max(axis=-1))
    np.testing.assert_array_equal(matrix, before)


def test_only_stacks_of_small_networks_lie_side_by_side() -> None:
    assert side_by_side((1000,), 5)
    assert not side_by_side((1000,), 64)
    assert not side_by_side((3,), 5)
    assert not side_by_side((), 5)
