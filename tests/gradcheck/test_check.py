"""What a check establishes about a wrong gradient: names, places, values, notes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from annprobe.gradcheck import GradientCheck, check_gradients

from .networks import Network, network, sigmoid

Array = NDArray[Any]
Change = Callable[[list[Array]], list[Array]]


def check(net: Network, W: list[Array], change: Change, **options: Any) -> GradientCheck:
    return check_gradients(
        net.cost_list, W, lambda at: change(net.gradient_list(at)), n_examples=4, outputs=2, **options
    )


def scale_bias(g: list[Array], factor: float) -> list[Array]:
    out = [x.copy() for x in g]
    out[0][:, 0] *= factor
    return out


def test_a_right_gradient_takes_three_calls(net: Network, W: list[Array]) -> None:
    result = check(net, W, lambda g: g)
    assert (result.verdict, result.signature, result.costs, result.gradients) == ("right", ". .", 2, 1)
    assert result.detection_limit[0] < 1e-11
    assert result.method == "complex step"


def test_a_cost_that_ends_in_float_passes_as_quickly(net: Network, W: list[Array]) -> None:
    result = check_gradients(lambda at: float(net.cost_list(at)), W, net.gradient_list)
    assert (result.verdict, result.method, result.costs) == ("right", "continued complex step", 3)


@pytest.mark.parametrize(
    ("change", "signature", "patterns"),
    [
        (lambda g: [x / 4 for x in g], "k k", ["1/N", "1/N"]),
        (lambda g: [4 * x for x in g], "k k", ["N", "N"]),
        (lambda g: [-x for x in g], "- -", ["-1", "-1"]),
        (lambda g: [2 * g[0], g[1]], "k .", ["2", "equal"]),
        (lambda g: [1.001 * g[0], g[1]], "k .", ["other constant", "equal"]),
        (lambda g: [0 * g[0], g[1]], "0 .", ["zero", "equal"]),
        (lambda g: [g[0], g[1][::-1]], ". x", ["equal", "reversed along axis 0"]),
        (lambda g: [np.roll(g[0], 1, 1), g[1]], "x .", ["rolled by 1 along axis 1", "equal"]),
        (lambda g: [g[0].T.reshape(g[0].shape), g[1]], "x .", ["reshaped in the other order", "equal"]),
        (lambda g: [g[0].T.reshape(g[0].shape) / 4, g[1]], "x .", ["reshaped in the other order, x 1/N", "equal"]),
        (lambda g: [g[0] * np.arange(1, 6)[:, None], g[1]], "x .", ["rows", "equal"]),
        (lambda g: [g[0] * np.arange(1, 5), g[1]], "x .", ["columns", "equal"]),
        (lambda g: [g[0] ** 2, g[1]], "x .", ["other", "equal"]),
        (lambda g: [g[0].T, g[1]], "x .", ["transposed", "equal"]),
        (lambda g: [g[0][:, 1:], g[1]], "x .", ["shape (5, 3) instead of (5, 4)", "equal"]),
    ],
)
def test_how_it_is_wrong_is_named(
    net: Network, W: list[Array], change: Change, signature: str, patterns: list[str]
) -> None:
    result = check(net, W, change)
    assert result.verdict == "wrong"
    assert (result.signature, [p.pattern for p in result.parameters]) == (signature, patterns)


@pytest.mark.parametrize(("factor", "name"), [(0.0, "zero"), (4.0, "N"), (0.25, "1/N"), (-1.0, "-1")])
def test_wrong_biases_are_named_as_such_when_told(net: Network, W: list[Array], factor: float, name: str) -> None:
    parameter = check(net, W, lambda g: scale_bias(g, factor), bias="first column").wrong[0]
    assert (parameter.pattern, parameter.lines) == (f"bias only: {name}", ((1, 0),))
    assert check(net, W, lambda g: scale_bias(g, factor)).wrong[0].pattern == f"one column: {name}"


def test_bias_and_weights_with_constants_of_their_own(net: Network, W: list[Array]) -> None:
    parameter = check(net, W, lambda g: [x / 4 for x in scale_bias(g, 16.0)], bias="first column").wrong[0]
    assert parameter.pattern == "bias x N, the rest x 1/N"


def test_the_signature_of_a_matrix_with_biases_has_two_characters(net: Network, W: list[Array]) -> None:
    def weights_wrong(g: list[Array]) -> list[Array]:
        return [np.column_stack([g[0][:, 0], g[0][:, 1:] ** 2]), g[1]]

    told: dict[str, Any] = {"bias": "first column"}
    assert check(net, W, lambda g: scale_bias(g, 0.0), **told).signature == "0. .."
    assert check(net, W, lambda g: scale_bias(g, -1.0), **told).signature == "-. .."
    assert check(net, W, lambda g: scale_bias(g, 4.0), **told).signature == "k. .."
    assert check(net, W, weights_wrong, **told).signature == ".x .."
    assert check(net, W, lambda g: [2 * g[0], -g[1]], **told).signature == "kk --"


def test_biases_in_the_last_row() -> None:
    rng = np.random.default_rng(0)
    X, w = np.column_stack([rng.standard_normal((6, 3)), np.ones(6)]), rng.standard_normal((4, 2))

    def gradient(at: Array) -> Array:
        g = 2 * X.T @ (X @ at)
        g[-1] /= 6
        return np.asarray(g)

    result = check_gradients(lambda at: ((X @ at) ** 2).sum(), w, gradient, bias="last row", n_examples=6)
    assert (result.wrong[0].pattern, result.wrong[0].lines, result.signature) == ("bias only: 1/N", ((0, 3),), "k.")


def test_the_gradient_of_another_function_of_the_cost_is_recognised(net: Network, W: list[Array]) -> None:
    result = check_gradients(lambda at: np.sqrt(net.cost_list(at)), W, net.gradient_list)
    assert result.verdict == "wrong"
    assert "factor varies" in {note.kind for note in result.notes}


def test_one_unit_is_placed(net: Network, W: list[Array]) -> None:
    parameter = check(net, W, lambda g: [g[0] * np.where(np.arange(5) == 3, -1, 1)[:, None], g[1]]).wrong[0]
    assert (parameter.pattern, parameter.lines) == ("one row: -1", ((0, 3),))


@pytest.mark.parametrize("relative", [1e-8, 1e-4, 1.0])
def test_one_wrong_weight_is_found_with_both_values(net: Network, W: list[Array], relative: float) -> None:
    def change(g: list[Array]) -> list[Array]:
        out = g[0].copy()
        out[2, 1] *= 1 + relative
        return [out, g[1]]

    result = check(net, W, change)
    assert result.verdict == "wrong"
    (entry,) = result.wrong[0].entries
    true = net.gradient_list(W)[0][2, 1]
    assert (result.point, result.wrong[0].pattern, entry.index) == ("own", "one entry", (2, 1))
    assert entry.true == pytest.approx(true, rel=1e-12)
    assert entry.user == pytest.approx(true * (1 + relative), rel=1e-12)


def test_a_few_wrong_weights_are_all_found() -> None:
    net, theta = network((20, 12, 3), 8)
    bad = net.split(np.arange(net.size))[0]
    places = [int(bad[1, 2]), int(bad[5, 17]), int(bad[11, 4])]

    def wrong(t: Array) -> Array:
        g = net.gradient(t)
        g[places] *= 1.5
        return g

    result = check_gradients(net.cost, theta, wrong, shapes=net.shapes)
    assert result.wrong[0].pattern == "3 entries"
    assert {entry.index for entry in result.wrong[0].entries} == {(1, 2), (5, 17), (11, 4)}


def test_another_layers_gradient_is_recognised() -> None:
    net, theta = network((4, 4, 4, 4), 6)

    def swapped(W: list[Array]) -> list[Array]:
        g = net.gradient_list(W)
        return [g[1], g[0], g[2]]

    result = check_gradients(net.cost_list, net.split(theta), swapped, names=["W1", "W2", "W3"])
    assert [p.pattern for p in result.parameters] == ["gradient of W2", "gradient of W1", "equal"]


def test_square_weights_transposed_beside_their_biases() -> None:
    net, theta = network((4, 4, 2), 6)

    def transposed(W: list[Array]) -> list[Array]:
        g = net.gradient_list(W)
        return [np.column_stack([g[0][:, 0], g[0][:, 1:].T / 6]), g[1]]

    result = check_gradients(net.cost_list, net.split(theta), transposed, n_examples=6, bias="first column")
    assert result.wrong[0].pattern == "bias x 1, weights transposed x 1/N"


def test_weights_passed_off_as_gradients(net: Network, W: list[Array]) -> None:
    result = check_gradients(net.cost_list, W, lambda at: at)
    assert "is the parameters" in {note.kind for note in result.notes}


def test_a_stale_gradient_is_recognised(net: Network, W: list[Array]) -> None:
    stored = net.gradient_list(W)
    result = check_gradients(net.cost_list, W, lambda at: stored)
    assert result.verdict == "wrong"
    assert "same everywhere" in {note.kind for note in result.notes}


def test_an_epsilon_in_the_log_is_no_bug() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((8, 3)), rng.integers(0, 2, 8)

    def cost(w: Array) -> Any:
        p = sigmoid(X @ w)
        return -np.mean(y * np.log(p + 1e-7) + (1 - y) * np.log(1 - p + 1e-7))

    def gradient(w: Array) -> Array:
        return np.asarray(X.T @ (sigmoid(X @ w) - y) / 8)

    assert check_gradients(cost, rng.standard_normal(3), gradient).verdict == "nearly right"
    assert check_gradients(cost, rng.standard_normal(3), lambda w: gradient(w) * 1.001).verdict == "wrong"


def test_inputs_of_0_to_255_raise_no_alarm() -> None:
    for seed in range(10):
        net, theta = network((30, 12, 3), 6, seed, inputs="uniform")
        net.X *= 255
        assert check_gradients(net.cost, theta, net.gradient, shapes=net.shapes).agrees
        assert not check_gradients(net.cost, theta, lambda t: net.gradient(t) / 6, shapes=net.shapes).agrees  # noqa: B023


def test_a_linear_cost_has_a_constant_gradient_and_no_note_says_it_is_stale() -> None:
    X = np.random.default_rng(0).standard_normal((6, 4))
    result = check_gradients(lambda w: (X @ w).sum(), np.ones(4), lambda w: 2 * X.sum(axis=0))
    assert (result.verdict, result.pattern, result.notes) == ("wrong", "2", ())


def test_turned_kernels_are_named() -> None:
    rng = np.random.default_rng(0)
    kernels, patches = rng.standard_normal((2, 3, 3, 3)), rng.standard_normal((5, 3, 3, 3))

    def outputs(w: Array) -> Array:
        return np.asarray(np.tanh(np.tensordot(patches, w, ([1, 2, 3], [1, 2, 3]))))

    def turned(w: Array) -> Array:
        g = np.tensordot(1 - outputs(w) ** 2, patches, (0, 0))
        return np.flip(g, (2, 3))

    result = check_gradients(lambda w: outputs(w).sum(), kernels, turned)
    assert result.pattern == "turned by 180° in the last two axes"


def test_one_example_shows_whose_factor_is_missing() -> None:
    rng = np.random.default_rng(0)
    X, Y, theta = rng.standard_normal((8, 3)), rng.standard_normal((8, 2)), [rng.standard_normal((3, 4)), np.zeros(4)]
    out = rng.standard_normal((4, 2))

    def cost(p: list[Array], x: Array, y: Array) -> Any:
        return ((sigmoid(x @ p[0] + p[1]) @ out - y) ** 2).sum() / 2

    def no_activation_derivative(p: list[Array], x: Array, y: Array) -> list[Array]:
        delta = (sigmoid(x @ p[0] + p[1]) @ out - y) @ out.T
        return [x.T @ delta, delta.sum(axis=0)]

    result = check_gradients(cost, theta, no_activation_derivative, data=(X, Y), names=["W", "b"])
    assert result.wrong[0].pattern == "other"
    assert ("one example", "W: columns") in {(note.kind, note.detail) for note in result.notes}


def test_layers_exchanged_and_transposed_are_off_by_no_constant() -> None:
    net, theta = network((4, 3, 4), 6)
    weights = [w[:, 1:] for w in net.split(theta)]

    def padded(W: list[Array]) -> list[Array]:
        return [np.column_stack([np.zeros(len(w)), w]) for w in W]

    def exchanged(W: list[Array]) -> list[Array]:
        first, second = (g[:, 1:] for g in net.gradient_list(padded(W)))
        return [second.T.reshape(first.shape), first.reshape(second.shape)]

    def transposed(W: list[Array]) -> list[Array]:
        first, second = (g[:, 1:] for g in net.gradient_list(padded(W)))
        return [second.T, first.T]

    result = check_gradients(lambda W: net.cost_list(padded(W)), weights, transposed)
    assert (result.pattern, [p.pattern for p in result.parameters]) == (
        None, ["gradient of [1], transposed", "gradient of [0], transposed"],
    )  # fmt: skip
    assert check_gradients(lambda W: net.cost_list(padded(W)), weights, exchanged).verdict == "wrong"
