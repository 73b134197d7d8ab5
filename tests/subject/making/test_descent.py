"""Descents that are written where a module only returns gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from annprobe.subject.making.descent import descent


@pytest.mark.parametrize(
    ("parameters", "gradients", "expected"),
    [
        ({"W": np.ones((2, 3))}, {"dW": np.ones((2, 3))}, ["W = W - 0.1 * dW"]),
        ({"p": {"W1": np.ones((2, 3)), "b1": np.ones(3)}}, {"g": {"dW1": np.ones((2, 3)), "db1": np.ones(3)}},
         ["p['W1'] = p['W1'] - 0.1 * g['dW1']", "p['b1'] = p['b1'] - 0.1 * g['db1']"]),
        ({"ws": [np.ones((2, 3)), np.ones((3, 1))]}, {"grads": [np.ones((2, 3)), np.ones((3, 1))]},
         ["ws[0] = ws[0] - 0.1 * grads[0]", "ws[1] = ws[1] - 0.1 * grads[1]"]),
        ({"ws": (np.ones((2, 3)),)}, {"g": (np.ones((2, 3)),)}, ["ws[0][...] -= 0.1 * g[0]"]),
        ({"ws": [np.ones((2, 3)), np.ones((3, 1))]}, {"grads": [np.ones((3, 1)), np.ones((2, 3))]},
         ["ws[0] = ws[0] - 0.1 * grads[1]", "ws[1] = ws[1] - 0.1 * grads[0]"]),
        ({"W": np.ones((2, 3))}, {"dW": np.ones((3, 2))}, []),
        ({"W": np.ones((2, 3))}, {"cost": 3.0}, []),
    ],
)  # fmt: skip
def test_descents_are_written_where_gradients_correspond(
    parameters: dict[str, Any], gradients: dict[str, Any], expected: list[str]
) -> None:
    assert descent(parameters, gradients) == expected
