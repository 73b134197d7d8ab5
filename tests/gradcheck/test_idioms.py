"""No way of writing a cost leads to a silent wrong verdict, whether or not it survives a complex step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from annprobe.gradcheck import check_gradients

from .idioms import AT, IDIOMS, derivative
from .networks import member

Array = NDArray[Any]


def right_gradient(name: str, at: Array) -> Array:
    if name == "astype float32":
        return 2 * at.astype(np.float32)  # differences of a float32 cost are too noisy for an oracle
    return derivative(IDIOMS[name], at)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", IDIOMS)
def test_right_passes_and_wrong_fails(name: str) -> None:
    cost = IDIOMS[name]
    heaviest = int(np.argmax(np.abs(right_gradient(name, AT))))
    off = np.where(np.arange(3) == heaviest, 1.01, 1.0)
    assert check_gradients(cost, AT, lambda t: right_gradient(name, t)).verdict in ("right", "nearly right")
    assert check_gradients(cost, AT, lambda t: right_gradient(name, t) * off).verdict == "wrong"
    assert check_gradients(cost, AT, lambda t: 2 * right_gradient(name, t)).verdict == "wrong"


PENALTIES: dict[str, tuple[Callable[[Array], Any], Callable[[Array], Array]]] = {
    "norm": (lambda W: np.linalg.norm(W) ** 2, lambda W: 2 * W),
    "abs": (lambda W: np.abs(W).sum(), np.sign),
    "squares": (lambda W: (W**2).sum(), lambda W: 2 * W),
}


@pytest.mark.parametrize("name", PENALTIES)
def test_a_penalty_whose_derivative_the_complex_step_loses_is_not_lost(name: str) -> None:
    penalty, slope = PENALTIES[name]
    for seed in range(20):
        net, theta = member("sigmoid", seed)

        def cost(t: Array) -> Any:
            return net.cost(t) + 0.01 * sum(penalty(W) for W in net.split(t))  # noqa: B023  (called within the loop)

        right = check_gradients(cost, theta, lambda t: net.gradient(t) + 0.01 * slope(t), shapes=net.shapes)  # noqa: B023
        forgotten = check_gradients(cost, theta, net.gradient, shapes=net.shapes)
        assert right.verdict == "right"
        assert forgotten.verdict == "wrong"
        if name != "abs":
            assert all("parameters missing" in p.pattern for p in forgotten.parameters)
