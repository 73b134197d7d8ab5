"""Symptoms of shapes and of printed columns."""

from __future__ import annotations

import numpy as np
import pytest

from annprobe.symptoms import shapes


@pytest.mark.parametrize(("outputs", "targets", "wrong"), [
    ((4, 1), (4, 1), False), ((4,), (4,), False), ((4, 1), (4,), True), ((4,), (4, 1), True), ((4, 3), (4, 2), True),
])
def test_broadcasting(outputs: tuple[int, ...], targets: tuple[int, ...], wrong: bool) -> None:
    assert bool(shapes.shape_broadcast(outputs, targets).strength > 0.0) is wrong


def test_parameters_with_a_row_an_example() -> None:
    per_example = shapes.parameters_depend_on_examples([(2, 3), (7, 3)], 7, [(2, 3), (11, 3)], 11)
    assert per_example.strength > 0.0
    assert shapes.parameters_depend_on_examples([(2, 3), (3,)], 3, [(2, 3), (3,)], 7).strength == 0.0


def test_weights_printed_as_gradient() -> None:
    W = [np.arange(6.0).reshape(2, 3), np.ones((1, 3))]
    printed = np.concatenate([w.ravel() for w in W])
    assert shapes.checker_column_is_weights(printed, W).strength == 1.0
    assert shapes.checker_column_is_weights(printed + 1e-4, W).strength == 0.0
    assert shapes.checker_column_is_weights(printed[:-1], W).strength == 0.0
    assert shapes.checker_column_is_weights(np.zeros(9), [np.zeros((3, 3))]).strength == 0.0
