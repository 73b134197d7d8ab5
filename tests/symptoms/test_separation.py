"""Separability against a construction that is known to be one or the other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from annprobe.engine.tasks import truth_table
from annprobe.symptoms.separation import nearest_point, separable


@given(st.integers(1, 6), st.integers(2, 30), st.integers(0, 2**32 - 1))
def test_examples_parted_by_a_plane_are_separable(inputs: int, N: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, w = rng.normal(size=(N, inputs)) * 10.0 ** rng.integers(-3, 4), rng.normal(size=inputs)
    height = X @ w
    height -= np.median(height) + 1e-3 * np.std(height)
    clear = np.abs(height) > 1e-6 * np.abs(height).max()
    assert separable(X[clear], height[clear] > 0.0) is True


@given(st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_a_point_between_two_of_the_other_kind_is_not(inputs: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    ends = rng.normal(size=(2, inputs))
    between = ends.mean(axis=0)
    others = rng.normal(size=(3, inputs))
    X = np.vstack([ends, between, others])
    positive = np.array([True, True, False, *(rng.random(3) > 0.5)])
    assert separable(X, positive) is False


def boolean(table: int, inputs: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    return truth_table(inputs), (table >> np.arange(2**inputs) & 1).astype(bool)


def test_the_functions_of_two_bits() -> None:
    parted = [separable(*boolean(table, 2)) for table in range(16)]
    assert [table for table, yes in enumerate(parted) if not yes] == [0b0110, 0b1001]  # XOR and its opposite
    assert None not in parted


def test_the_functions_of_three_bits() -> None:
    parted = [separable(*boolean(table, 3)) for table in range(256)]
    assert None not in parted
    assert sum(bool(yes) for yes in parted) == 104  # threshold functions of three variables (Muroga 1971)


@pytest.mark.parametrize("inputs", [1, 4])
def test_the_nearest_point_of_a_hull(inputs: int) -> None:
    points = np.random.default_rng(0).normal(size=(20, inputs)) + 3.0
    nearest = nearest_point(points)
    assert nearest is not None
    assert (points @ nearest).min() >= nearest @ nearest - 1e-9
