"""Functions that draw random numbers, keep state, damage their arguments, or work in narrow types."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from annprobe.gradcheck import GradientCheck, check_gradients
from annprobe.gradcheck.state.guard import Guard

from .networks import Network, member, sigmoid

Array = NDArray[Any]
rng = np.random.default_rng(0)
X, Y = rng.standard_normal((6, 4)), rng.standard_normal(6)
THETA = rng.standard_normal(4)


def kinds(result: GradientCheck) -> set[str]:
    return {note.kind for note in result.notes}


def squares(w: Array) -> Any:
    return ((sigmoid(X @ w) - Y) ** 2).sum()


def slope(w: Array) -> Array:
    a = sigmoid(X @ w)
    return np.asarray(X.T @ (2 * (a - Y) * a * (1 - a)))


class Dropout:
    """A mask from NumPy's global generator, drawn by the forward pass and used by the backward pass."""

    def cost(self, w: Array) -> Any:
        self.mask = np.random.rand(4) < 0.7
        return squares(w * self.mask)

    def gradient(self, w: Array) -> Array:
        return slope(w * self.mask) * self.mask


def test_dropout_is_checked_with_one_mask() -> None:
    net = Dropout()
    np.random.seed(1)
    right = check_gradients(net.cost, THETA, net.gradient)
    wrong = check_gradients(net.cost, THETA, lambda w: net.gradient(w) * 1.01)
    assert (right.verdict, wrong.verdict) == ("right", "wrong")
    assert {"randomness", "state"} <= kinds(wrong)


def test_a_backward_pass_that_draws_its_own_mask_sees_the_same_numbers() -> None:
    generator = np.random.default_rng(5)

    def cost(w: Array) -> Any:
        return squares(w * (generator.random(4) < 0.7))

    def gradient(w: Array) -> Array:
        mask = generator.random(4) < 0.7
        return slope(w * mask) * mask

    assert check_gradients(cost, THETA, gradient).verdict == "right"


def test_noise_that_cannot_be_put_back_is_not_judged() -> None:
    def cost(w: Array) -> Any:
        return squares(w) + 0.01 * np.random.default_rng().random()

    result = check_gradients(cost, THETA, slope)
    assert result.verdict == "undecided"
    assert "noise" in kinds(result)


def test_running_averages_are_put_back() -> None:
    class Normalised:
        def __init__(self) -> None:
            self.mean = np.zeros(6)

        def cost(self, w: Array) -> Any:
            z = X @ w
            self.mean = 0.9 * self.mean + 0.1 * z.mean()
            self.error = z - self.mean - Y
            return (self.error**2).sum()

        def gradient(self, w: Array) -> Array:
            return np.asarray(2 * X.T @ self.error - 0.2 * X.mean(axis=0) * self.error.sum())

    net = Normalised()
    before = net.mean
    assert check_gradients(net.cost, THETA, net.gradient).verdict == "right"
    assert check_gradients(net.cost, THETA, lambda w: 2 * net.gradient(w)).verdict == "wrong"
    assert net.mean is before


def test_a_cost_that_writes_into_its_parameters_is_reported() -> None:
    def cost(w: Array) -> Any:
        value = squares(w)
        w[0] = 0.0
        return value

    result = check_gradients(cost, THETA, lambda w: 2 * slope(w))
    assert (result.verdict, result.pattern) == ("wrong", "2")
    assert "changes parameters" in kinds(result)


def test_a_cost_that_writes_into_its_parameters_is_reported_also_where_the_gradient_is_right() -> None:
    def cost(w: Array) -> Any:
        value = squares(w)
        w *= 0.5
        return value

    result = check_gradients(cost, THETA, slope)
    assert result.agrees
    assert "changes parameters" in kinds(result)


def test_a_gradient_that_writes_into_its_parameters_does_no_harm() -> None:
    def gradient(w: Array) -> Array:
        g = slope(w)
        w -= 0.1 * g
        return g

    theta = THETA.copy()
    result = check_gradients(squares, theta, gradient)
    assert result.verdict == "right"
    assert "changes parameters" in kinds(result)
    assert np.array_equal(theta, THETA)


def test_data_that_are_written_into_are_reported_and_restored() -> None:
    data, targets = X.copy(), Y.copy()

    def cost(w: Array, inputs: Array, outputs: Array) -> Any:
        inputs *= 0.5
        return ((inputs @ w - outputs) ** 2).mean()

    result = check_gradients(cost, THETA, lambda w, x, y: w, data=(data, targets))
    assert "changes data" in kinds(result)
    assert np.array_equal(data, X)


def test_a_function_that_returns_a_view_of_its_argument() -> None:
    assert check_gradients(lambda w: w[:1] * w[1], THETA, lambda w: np.array([w[1], w[0], 0, 0])).verdict == "right"


def test_integer_parameters_are_raised_and_named() -> None:
    weights = np.array([1, -2, 3, 1])
    right = check_gradients(squares, weights, slope)
    wrong = check_gradients(squares, weights, lambda w: -slope(w))
    assert (right.verdict, wrong.verdict) == ("right", "wrong")
    assert any(note.kind == "upcast" and "int64" in note.detail for note in wrong.notes)


def test_a_cost_in_single_precision_is_judged_at_its_own_precision() -> None:
    x32, y32 = X.astype(np.float32), Y.astype(np.float32)

    def cost(w: Array) -> Any:
        return ((x32 @ w.astype(np.float32) - y32) ** 2).sum()

    def gradient(w: Array) -> Array:
        return np.asarray(2 * x32.T @ (x32 @ w.astype(np.float32) - y32))

    assert check_gradients(cost, THETA.astype(np.float32), gradient).agrees
    wrong = check_gradients(cost, THETA.astype(np.float32), lambda w: gradient(w) * np.float32(1.01))
    assert wrong.verdict == "wrong"
    assert "low precision" in kinds(wrong)


def test_single_precision_weights_see_a_layer_off_by_a_thousandth() -> None:
    for seed in range(10):
        net, theta = member("float32", seed)
        off = np.where(np.arange(net.size) < 3, 1.001, 1.0)

        def wrong(t: Array, net: Network = net, off: Array = off) -> Array:
            return net.gradient(t) * off

        assert check_gradients(net.cost, theta, wrong).verdict == "wrong"


def test_exact_kinks_are_noted_not_alarmed() -> None:
    def gradient(w: Array) -> Array:
        return np.where(w >= 0, 1.0, -1.0)  # one of the legitimate choices at 0

    result = check_gradients(lambda w: np.abs(w).sum(), np.array([0.0, 1.0, -2.0]), gradient)
    assert result.agrees
    assert check_gradients(lambda w: np.abs(w).sum(), np.zeros(3), lambda w: 0 * w).verdict == "wrong"


def test_infinities_are_said() -> None:
    nan = check_gradients(squares, THETA, lambda w: slope(w) * np.nan)
    assert nan.verdict != "right"
    assert not nan.agrees
    infinite = check_gradients(lambda w: squares(w) / 0.0, THETA, slope)
    assert infinite.verdict == "undecided"
    assert "not finite" in kinds(infinite)


def test_a_cost_that_ignores_the_parameters_is_noted() -> None:
    result = check_gradients(lambda w: 3.0 + 0 * w.sum(), THETA, lambda w: 0 * w)
    assert "no dependence" in kinds(result)
    assert check_gradients(lambda w: 3.0, THETA, slope).verdict == "wrong"


@pytest.mark.parametrize(
    "cost",
    [
        lambda w: round(float(squares(w)), 4),
        lambda w: np.round(squares(w), 4),
        lambda w: float(f"{squares(w):.6g}"),
        lambda w: ((np.round(sigmoid(X @ w), 3) - Y) ** 2).sum(),
    ],
)
def test_a_rounded_cost_is_said_to_be_coarse(cost: Any) -> None:
    result = check_gradients(cost, THETA, slope)
    assert result.verdict in ("right", "undecided")
    assert "coarse" in kinds(result)
    assert check_gradients(cost, THETA, lambda w: -slope(w)).verdict != "right"


def test_rounding_to_whole_numbers_is_constant_between_its_steps() -> None:
    def cost(w: Array) -> Any:
        return squares(w) + np.round(np.tanh(w)).sum() + np.fix(w).sum() + w.round().sum()

    result = check_gradients(lambda w: float(cost(w)), THETA, slope)
    assert (result.verdict, result.method) == ("right", "continued complex step")


COUNTER = {"calls": 0}
HISTORY: list[float] = []


def counted(w: Array) -> Any:
    COUNTER["calls"] += 1
    HISTORY.append(1.0)
    return w.sum()


def test_the_guard_restores_whatever_a_function_reaches() -> None:
    buffer, cell = np.zeros(3), 0

    def cost(w: Array) -> Any:
        nonlocal cell
        cell += 1
        buffer[0] += 1
        np.random.rand()
        return counted(w)

    guard = Guard(cost)
    state = np.random.get_state(legacy=False)["state"]["pos"]
    cost(THETA)
    changed = {name for name, _ in guard.changes()}
    assert {"buffer", "COUNTER", "HISTORY", "cell", "numpy.random"} <= changed
    guard.restore()
    assert not guard.changes()
    assert (buffer[0], COUNTER["calls"], HISTORY, cell) == (0.0, 0, [], 0)
    assert np.random.get_state(legacy=False)["state"]["pos"] == state


@pytest.mark.parametrize("factor", [1.01, 2.0])
def test_detection_survives_a_large_constant_in_the_cost(factor: float) -> None:
    result = check_gradients(lambda w: squares(w) + 1e6, THETA, lambda w: factor * slope(w))
    assert result.verdict == "wrong"
