"""Where floating point is cruel: saturation, log of zero, huge logits, one example."""

from __future__ import annotations

from decimal import Decimal, getcontext

import numpy as np
import pytest

from annprobe.engine.activations import ACTIVATIONS
from annprobe.engine.architecture import Architecture
from annprobe.engine.costs import COSTS
from annprobe.engine.layout import Array
from annprobe.engine.steps import evaluate

getcontext().prec = 60
SATURATING = (-700.0, -300.0, -40.0, -8.0, -7.0, -1.0, 0.0, 1e-9, 1.0, 6.0, 7.0, 8.0, 36.0, 40.0, 300.0, 700.0)


def exact_sigmoid(z: float) -> Decimal:
    return 1 / (1 + (-Decimal(z)).exp())


def exact_sigmoid_slope(z: float) -> Decimal:
    return exact_sigmoid(z) * exact_sigmoid(-z)


def exact_tanh(z: float) -> Decimal:
    return 2 * exact_sigmoid(2 * z) - 1


def exact_tanh_slope(z: float) -> Decimal:
    return 4 * exact_sigmoid_slope(2 * z)


def relative(value: float, exact: Decimal) -> float:
    return float(abs(Decimal(value) - exact) / exact) if exact else abs(value)


@pytest.mark.parametrize("z", SATURATING)
def test_sigmoid_and_tanh_are_accurate_where_they_are_saturated(z: float) -> None:
    for name, value, slope in (("sigmoid", exact_sigmoid, exact_sigmoid_slope), ("tanh", exact_tanh, exact_tanh_slope)):
        f, at = ACTIVATIONS[name], np.array([z])
        a = f.value(at, None)
        assert abs(float(a[0]) - float(value(z))) <= 4e-16 * abs(float(value(z)))
        if abs(float(slope(z))) > 1e-300:
            assert relative(float(f.slope(at, a, None)[0]), slope(z)) < 2e-13  # 1 - a keeps 13 digits up to a = 0.999


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_is_finite_at_any_pre_activation(name: str) -> None:
    z = np.array([[-1e6, -800.0, -1.0, 0.0, 1.0, 800.0, 1e6]])
    f = ACTIVATIONS[name]
    with np.errstate(over="ignore"):
        a = f.value(z, None)
        slope = f.slope(z, a, None)
    assert np.all(np.isfinite(a))
    assert np.all(np.isfinite(slope))


def single(cost: str, output: str, z: Array, y: Array) -> tuple[float, Array]:
    """Cost and ∂C/∂z of a network that only passes its bias on."""
    architecture = Architecture.of((1, len(z)), output=output, cost=cost)
    W = [np.column_stack([z, np.zeros(len(z))])]
    p = evaluate(architecture, W, np.zeros((1, 1)), y[None, :])
    return float(p.C), p.gradient()[0][:, 0]


@pytest.mark.parametrize("z", [-800.0, -40.0, 40.0, 800.0])
@pytest.mark.parametrize("y", [0.0, 1.0, 0.3])
@pytest.mark.parametrize(("cost", "output"), [("binary cross-entropy", "sigmoid"),
                                              ("binary cross-entropy from logits", "identity")])
def test_binary_cross_entropy_without_log_of_zero(cost: str, output: str, z: float, y: float) -> None:
    value, gradient = single(cost, output, np.array([z]), np.array([y]))
    a, b = exact_sigmoid(z), exact_sigmoid(-z)
    Y = Decimal(y)
    exact = -(Y * a.ln() + (1 - Y) * b.ln())
    assert relative(value, exact) < 1e-14
    exact_slope = a * (1 - Y) - b * Y
    assert abs(float(gradient[0]) - float(exact_slope)) <= 1e-14 * abs(float(exact_slope))


@pytest.mark.parametrize(("cost", "output"), [("categorical cross-entropy", "softmax"),
                                              ("categorical cross-entropy from logits", "identity")])
def test_categorical_cross_entropy_of_large_logits(cost: str, output: str) -> None:
    value, gradient = single(cost, output, np.array([1000.0, 0.0, -1000.0]), np.array([0.0, 1.0, 0.0]))
    assert value == 1000.0
    np.testing.assert_array_equal(gradient, [1.0, -1.0, 0.0])
    value, gradient = single(cost, output, np.array([40.0, 0.0]), np.array([1.0, 0.0]))
    np.testing.assert_allclose(gradient, [-np.exp(-40.0), np.exp(-40.0)], rtol=1e-14)


def test_costs_from_probabilities_stay_finite_when_a_probability_is_zero() -> None:
    for name in ("binary cross-entropy", "categorical cross-entropy"):
        cost = COSTS[name]
        a, y = np.array([[0.0, 1.0]]), np.array([[1.0, 0.0]])
        assert np.all(np.isfinite(cost.per_example(a, y)))
        assert np.all(np.isfinite(cost.derivative(a, y)))
        right = cost.per_example(y, y)
        np.testing.assert_array_equal(right, 0.0)


def test_softmax_with_squared_error_when_saturated() -> None:
    _, gradient = single("squared error", "softmax", np.array([50.0, 0.0]), np.array([0.0, 1.0]))
    np.testing.assert_allclose(gradient, [4 * np.exp(-50.0), -4 * np.exp(-50.0)], rtol=1e-13)
