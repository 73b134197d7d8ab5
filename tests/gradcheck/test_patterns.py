"""A pattern is named exactly where it was planted, and only there."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from annprobe.errors import BadArgument
from annprobe.gradcheck.verdicts.constants import constant_names
from annprobe.gradcheck.verdicts.patterns import compare

Array = NDArray[np.float64]
N, K = 7, 3


@pytest.fixture
def true() -> Array:
    return np.random.default_rng(0).standard_normal((4, 5))


@pytest.mark.parametrize(
    ("factor", "name"),
    [
        (1 / N, "1/N"), (N, "N"), (2.0, "2"), (0.5, "1/2"), (-1.0, "-1"), (-1 / N, "-1/N"), (2 / N, "2/N"),
        (-2.0, "-2"), (1 / (2 * N), "1/(2·N)"), (K, "K"), (1 / K, "1/K"), (1 / (N * K), "1/(N·K)"),
        (N / (N - 1), "N/(N-1)"), (1 / N**2, "1/N²"), (1.0625, "other constant"),
    ],
)  # fmt: skip
def test_a_constant_factor_is_named(true: Array, factor: float, name: str) -> None:
    pattern = compare(factor * true, true, n_examples=N, outputs=K)
    assert (pattern.kind, pattern.name) == ("factor", name)
    assert pattern.factor == pytest.approx(factor, rel=1e-12)


def test_without_n_no_name_speaks_of_n(true: Array) -> None:
    assert compare(true / 7, true).name == "other constant"


def test_ambiguous_constants_list_every_name(true: Array) -> None:
    assert {"2", "N"} <= set(compare(2 * true, true, n_examples=2).names)
    assert constant_names(1.0, 0.0, n_examples=2)[0] == "1"


@pytest.mark.parametrize(
    ("plant", "kind"),
    [
        (lambda t: t.copy(), "equal"),
        (lambda t: 0 * t, "zero"),
        (lambda t: t.T.copy(), "transposed"),
        (lambda t: t.T / 7, "transposed"),
        (lambda t: t.T.reshape(t.shape), "reordered"),
        (lambda t: t[::-1], "reordered"),
        (lambda t: np.roll(t, 1, axis=1), "reordered"),
        (lambda t: t * np.arange(1.0, 5.0)[:, None], "rows"),
        (lambda t: t * np.arange(1.0, 6.0), "columns"),
        (lambda t: t**2, "other"),
        (lambda t: t[:, 1:], "shape"),
        (lambda t: t * np.nan, "not-finite"),
    ],
)
def test_a_relation_is_named(true: Array, plant: Callable[[Array], Array], kind: str) -> None:
    assert compare(plant(true), true, n_examples=N).kind == kind


@pytest.mark.parametrize(("column", "factor", "name"), [(0, 0.0, "zero"), (0, 7.0, "N"), (4, -1.0, "-1")])
def test_a_wrong_edge_column_may_be_the_biases(true: Array, column: int, factor: float, name: str) -> None:
    user = true.copy()
    user[:, column] *= factor
    pattern = compare(user, true, n_examples=N)
    assert (pattern.kind, pattern.line, pattern.names[0]) == ("bias-only", (1, column), name)
    assert pattern.wrong == 4
    assert compare(user, true, bias=(1, column)).kind == "bias-only"
    assert compare(user, true, bias=None).kind == "one-line"


def test_inner_lines_and_single_entries_are_placed(true: Array) -> None:
    row, entry = true.copy(), true.copy()
    row[2] = -row[2]
    entry[1, 3] *= 1.5
    assert (compare(row, true).kind, compare(row, true).line) == ("one-line", (0, 2))
    assert (compare(entry, true).kind, compare(entry, true).line) == ("one-entry", (-1, 8))


def test_the_bias_of_a_single_unit_is_known_only_when_told(true: Array) -> None:
    user = true[:1].copy()
    user[0, 0] = 0.0
    assert compare(user, true[:1]).kind == "one-entry"
    assert compare(user, true[:1], bias=(1, 0)).kind == "bias-only"


@pytest.mark.parametrize("relative", [1e-10, 1e-6, 1e-2])
def test_the_smallest_claimed_difference_is_seen(true: Array, relative: float) -> None:
    user = true.copy()
    place = np.unravel_index(np.argmax(np.abs(true)), true.shape)
    user[place] *= 1 + relative
    pattern = compare(user, true)
    assert not pattern.agrees
    assert pattern.relative_error == pytest.approx(relative, rel=1e-3)
    assert compare(user, true, error=10 * relative * abs(true[place])).agrees


def test_rounding_alone_is_no_difference() -> None:
    rng = np.random.default_rng(1)
    delta, a = rng.standard_normal((2, 1000, 5))
    exact = np.einsum("ni,nj->ij", delta.astype(np.longdouble), a.astype(np.longdouble))
    assert compare(delta.T @ a, exact).agrees
    assert compare(sum(np.outer(d, x) for d, x in zip(delta, a, strict=True)), delta.T @ a).agrees
    narrow = delta.astype(np.float32).T @ a.astype(np.float32)
    assert compare(narrow, delta.T @ a, error=np.abs(delta).T @ np.abs(a) * 2.0**-22).agrees


def test_shapes_that_hold_the_same_numbers_are_one() -> None:
    column = np.arange(1.0, 5.0)
    assert compare(column[:, None], column).agrees
    assert compare(column[None], column[:, None]).agrees
    assert compare(2.0, np.array([[1.0]])).name == "2"


def test_a_zero_truth_has_no_ratio() -> None:
    zero = np.zeros((2, 3))
    assert compare(zero, zero).agrees
    pattern = compare(zero + 1e-3, zero)
    assert (pattern.kind, pattern.relative_error, pattern.factor) == ("other", math.inf, None)


def test_unusable_arguments_are_refused_with_their_name(true: Array) -> None:
    with pytest.raises(BadArgument, match="user's gradient"):
        compare([[1.0], [2.0, 3.0]], true)
    with pytest.raises(BadArgument, match="complex"):
        compare(true + 1j, true)
    with pytest.raises(BadArgument, match=r"error has shape \(3,\)"):
        compare(true, true, error=np.ones(3))
