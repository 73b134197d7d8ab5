"""A long vector is used again only when nobody holds it, nor a view of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from annprobe.gradcheck import check_gradients
from annprobe.gradcheck.functions.scratch import LEAST, borrow, give_back

SIZE = LEAST + 1


def test_a_vector_that_nobody_holds_is_used_again() -> None:
    vector = borrow(SIZE)
    identity = id(vector)
    give_back(vector)
    del vector
    assert id(borrow(SIZE)) == identity


def test_a_vector_of_which_a_view_lives_on_is_left_alone() -> None:
    vector = borrow(SIZE)
    view = vector[2:9].reshape(7, 1)
    give_back(vector)
    del vector
    assert not np.shares_memory(borrow(SIZE), view)


def test_a_read_only_vector_can_be_written_again() -> None:
    vector = borrow(SIZE)
    vector.flags.writeable = False
    give_back(vector)
    del vector
    assert borrow(SIZE).flags.writeable


def test_what_a_cost_has_kept_of_its_parameters_does_not_change_later() -> None:
    kept: list[NDArray[Any]] = []

    def cost(w: NDArray[Any]) -> Any:
        if np.iscomplexobj(w):
            kept.append(w[:3])
        return (w * w).sum()

    theta = np.random.default_rng(0).standard_normal(SIZE)
    for scale in (1.0, 2.0):
        assert check_gradients(cost, scale * theta, lambda w: 2 * w).verdict == "right"
    first = kept[0].copy()
    check_gradients(cost, 3 * theta, lambda w: 2 * w)
    assert np.array_equal(kept[0], first)
