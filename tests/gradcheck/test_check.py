"""What a check establishes: names, places, values, notes; in every nest and calling convention."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from annprobe.errors import BadArgument
from annprobe.gradcheck import Attributes, GradientCheck, WrongGradient, assert_gradients, check_gradients

from .networks import Network, network, sigmoid

Array = NDArray[Any]
Change = Callable[[list[Array]], list[Array]]


@pytest.fixture
def net() -> Network:
    return network((3, 5, 2), 4)[0]


@pytest.fixture
def W(net: Network) -> list[Array]:
    rng = np.random.default_rng(1)
    return [rng.standard_normal(shape) / np.sqrt(shape[1]) for shape in net.shapes]


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


# --- nests and conventions ------------------------------------------------------------------------------------------

Pair = namedtuple("Pair", "first second")
NESTS: list[Callable[[list[Array]], Any]] = [
    lambda W: tuple(W),
    lambda W: {"W1": W[0], "W2": W[1]},
    lambda W: [[W[0]], {"out": W[1]}],
    lambda W: Pair(*W),
    lambda W: [None, *W],
    lambda W: [w.tolist() for w in W],
    lambda W: [w.astype(np.float32) for w in W],
]


def leaves(nest: Any) -> list[Array]:
    if isinstance(nest, dict):
        return [leaf for item in nest.values() for leaf in leaves(item)]
    if isinstance(nest, (list, tuple)) and not isinstance(nest[-1], (int, float)) and not _is_matrix(nest):
        return [leaf for item in nest for leaf in leaves(item)]
    return [] if nest is None else [np.asarray(nest)]


def _is_matrix(nest: Any) -> bool:
    return isinstance(nest[0], (list, tuple)) and isinstance(nest[0][0], (int, float, complex))


@pytest.mark.parametrize("make", NESTS)
def test_any_nest_is_checked(net: Network, W: list[Array], make: Callable[[list[Array]], Any]) -> None:
    parameters = make(W)
    right = check_gradients(lambda p: net.cost_list(leaves(p)), parameters, lambda p: net.gradient_list(leaves(p)))
    wrong = check_gradients(
        lambda p: net.cost_list(leaves(p)), parameters, lambda p: [2 * g for g in net.gradient_list(leaves(p))]
    )
    assert (right.verdict, wrong.verdict, wrong.pattern) == ("right", "wrong", "2")


def test_gradients_are_matched_by_decorated_keys(net: Network, W: list[Array]) -> None:
    def gradient(p: dict[str, Array]) -> dict[str, Array]:
        first, second = net.gradient_list([p["W1"], p["W2"]])
        return {"dW2": second, "dW1": first}

    parameters = {"W1": W[0], "W2": W[1]}
    assert check_gradients(lambda p: net.cost_list([p["W1"], p["W2"]]), parameters, gradient).verdict == "right"


class Model:
    """A user's class: parameters and caches in attributes, backward after forward."""

    def __init__(self, net: Network, W: list[Array]) -> None:
        self.net, self.W1, self.W2 = net, W[0], W[1]

    def cost(self) -> Any:
        self.layers = self.net.forward([self.W1, self.W2])
        error = self.layers[-1][2] - self.net.Y
        return (error * error).sum() * 0.5 * self.net.scale

    def gradient(self) -> list[Array]:
        a, _, out = self.layers[1]
        delta = (out - self.net.Y) * self.net.scale * out * (1 - out)
        second = np.column_stack([delta.sum(axis=0), delta.T @ a])
        delta = delta @ self.W2[:, 1:] * a * (1 - a)
        return [np.column_stack([delta.sum(axis=0), delta.T @ self.layers[0][0]]), second]


def test_parameters_in_attributes_with_a_cached_forward_pass(net: Network, W: list[Array]) -> None:
    model = Model(net, W)
    model.cost()
    before = dict(vars(model))
    parameters = Attributes(model, "W1", "W2")
    assert check_gradients(model.cost, parameters, model.gradient).verdict == "right"
    result = check_gradients(model.cost, parameters, lambda: [-g for g in model.gradient()])
    assert (result.verdict, result.pattern) == ("wrong", "-1")
    assert all(vars(model)[name] is before[name] for name in ("W1", "W2"))


def test_of_a_plain_object_the_gradient_names_the_parameters(net: Network, W: list[Array]) -> None:
    model = Model(net, W)
    model.cost()
    named = check_gradients(model.cost, model, lambda: dict(zip(("dW1", "dW2"), model.gradient(), strict=True)))
    assert (named.verdict, [p.name for p in named.parameters]) == ("right", ["W1", "W2"])


def test_functions_that_know_the_arrays_by_name(net: Network, W: list[Array]) -> None:
    first, second = W
    before = [w.copy() for w in W]
    right = check_gradients(lambda: net.cost_list([first, second]), W, lambda: net.gradient_list([first, second]))
    doubled = check_gradients(
        lambda: net.cost_list([first, second]), W, lambda: [2 * g for g in net.gradient_list([first, second])]
    )
    assert (right.verdict, right.method) == ("right", "complex step")
    assert (doubled.verdict, doubled.pattern) == ("wrong", "2")
    assert first is W[0]
    assert all(np.array_equal(a, b) for a, b in zip(W, before, strict=True))


def test_functions_that_hold_on_to_the_arrays_themselves(net: Network, W: list[Array]) -> None:
    held = {"W": list(W)}
    before = [w.copy() for w in W]
    right = check_gradients(lambda: net.cost_list(held["W"]), tuple(W), lambda: net.gradient_list(held["W"]))
    wrong = check_gradients(lambda: net.cost_list(held["W"]), W, lambda: [-g for g in net.gradient_list(held["W"])])
    assert (right.verdict, right.method) == ("right", "extrapolated differences")
    assert (wrong.verdict, wrong.pattern) == ("wrong", "-1")
    assert all(np.array_equal(a, b) and a is c for a, b, c in zip(W, before, held["W"], strict=True))


def test_containers_read_by_functions_without_arguments(net: Network, W: list[Array]) -> None:
    result = check_gradients(lambda: net.cost_list(W), W, lambda: net.gradient_list(W))
    assert (result.verdict, result.method) == ("right", "complex step")


def test_a_gradient_given_as_numbers(net: Network, W: list[Array]) -> None:
    g = net.gradient_list(W)
    assert check_gradients(net.cost_list, W, g).verdict == "right"
    assert check_gradients(net.cost_list, W, [g[0] / 4, g[1] / 4], n_examples=4).pattern == "1/N"


def test_data_arguments_are_cut_and_one_example_is_tried_too() -> None:
    rng = np.random.default_rng(0)
    X, Y, w = rng.standard_normal((20, 3)), rng.standard_normal(20), rng.standard_normal(3)

    def cost(w: Array, X: Array, Y: Array) -> Any:
        return ((X @ w - Y) ** 2).mean()

    def mean(w: Array, X: Array, Y: Array) -> Array:
        return np.asarray(2 * X.T @ (X @ w - Y) / len(X))

    def total(w: Array, X: Array, Y: Array) -> Array:
        return np.asarray(2 * X.T @ (X @ w - Y))

    right = check_gradients(cost, w, mean, data=(X, Y))
    assert [p.examples for p in right.points] == [8, 1]
    wrong = check_gradients(cost, w, total, data=(X, Y))
    assert (wrong.verdict, wrong.pattern) == ("wrong", "N")
    assert "right for one example" in next(n.detail for n in wrong.notes if n.kind == "batch")


# --- messages --------------------------------------------------------------------------------------------------------


def test_the_message_names_place_values_pattern_cure_and_seed(net: Network, W: list[Array]) -> None:
    with pytest.raises(WrongGradient) as caught:
        assert_gradients(
            net.cost_list, W, lambda at: scale_bias(net.gradient_list(at), 4.0), names=["W1", "W2"], n_examples=4,
            bias="first column", seed=7,
        )  # fmt: skip
    text = str(caught.value)
    for part in ("W1 (5, 4), column 0: bias only: N", "yours", "true", "ratio 4", "cure:", "forward passes", "seed 7"):
        assert part in text
    assert caught.value.result.wrong[0].name == "W1"


def test_a_right_gradient_is_returned_without_a_word(net: Network, W: list[Array]) -> None:
    assert assert_gradients(net.cost_list, W, net.gradient_list).verdict == "right"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((lambda p: p, np.ones(3), lambda p: p), "the cost must be one number"),
        ((lambda p: 1 / 0, np.ones(3), lambda p: p), "ZeroDivisionError"),
        ((lambda p: p.sum(), "W", lambda p: p), "hold no array"),
        ((lambda p: p.sum(), np.ones(3), lambda p: [np.ones(2), np.ones(4)]), "the gradient holds 2 arrays"),
        ((lambda p: p.sum(), np.array([1.0, np.nan]), lambda p: p), "infinite or undefined"),
        ((3.0, np.ones(3), lambda p: p), "cost must be a function"),
    ],
)
def test_what_cannot_be_checked_is_said_plainly(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(BadArgument, match=message):
        check_gradients(*arguments)
