"""Parameters in any nest, functions called in any way, data that are cut to a few examples."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from annprobe.errors import BadArgument
from annprobe.gradcheck import Attributes, check_gradients

from .networks import Network, sigmoid

Array = NDArray[Any]

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


@dataclass(frozen=True)
class FrozenPair:
    W1: Array
    W2: Array


def test_gradients_are_matched_by_decorated_keys(net: Network, W: list[Array]) -> None:
    def gradient(p: dict[str, Array]) -> dict[str, Array]:
        first, second = net.gradient_list([p["W1"], p["W2"]])
        return {"dW2": second, "dW1": first}

    parameters = {"W1": W[0], "W2": W[1]}
    assert check_gradients(lambda p: net.cost_list([p["W1"], p["W2"]]), parameters, gradient).verdict == "right"


def test_keys_within_a_list_are_matched_too() -> None:
    X = np.random.default_rng(0).standard_normal((6, 3))
    layers = [{"scale": np.ones(3), "shift": np.zeros(3)}, {"scale": np.full(3, 0.5), "shift": np.zeros(3)}]

    def cost(p: list[dict[str, Array]]) -> Any:
        return (np.tanh(X * p[0]["scale"] + p[0]["shift"]) * p[1]["scale"] + p[1]["shift"] ** 2).sum()

    def gradient(p: list[dict[str, Array]]) -> list[dict[str, Array]]:
        t = np.tanh(X * p[0]["scale"] + p[0]["shift"])
        delta = p[1]["scale"] * (1 - t * t)
        return [{"dshift": delta.sum(axis=0), "dscale": (delta * X).sum(axis=0)},
                {"dshift": 12 * p[1]["shift"], "dscale": t.sum(axis=0)}]  # fmt: skip

    assert check_gradients(cost, layers, gradient).verdict == "right"


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_a_matrix_of_numpys_matrix_class() -> None:
    X, W = np.random.default_rng(0).standard_normal((6, 3)), np.matrix(np.ones((3, 2)))
    right = check_gradients(lambda w: ((X @ np.asarray(w)) ** 2).sum(), W, lambda w: 2 * X.T @ (X @ np.asarray(w)))
    assert right.verdict == "right"


def test_a_single_array_of_data_stands_for_itself() -> None:
    X = np.random.default_rng(0).standard_normal((6, 3))
    result = check_gradients(lambda w, x: (x @ w).sum(), np.ones(3), lambda w, x: x.sum(axis=0), data=X)
    assert result.verdict == "right"


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


@pytest.mark.parametrize("make", [FrozenPair, SimpleNamespace])
def test_objects_with_parameters_and_gradients_as_attributes(net: Network, W: list[Array], make: Any) -> None:
    def gradient(p: Any) -> Any:
        first, second = net.gradient_list([p.W1, p.W2])
        return make(W1=first, W2=second)

    assert check_gradients(lambda p: net.cost_list([p.W1, p.W2]), make(W1=W[0], W2=W[1]), gradient).verdict == "right"


def test_an_attribute_that_cannot_be_set_is_refused(net: Network, W: list[Array]) -> None:
    class ReadOnly:
        weights = property(lambda self: W[0])

    with pytest.raises(BadArgument, match="weights cannot be set"):
        check_gradients(net.cost_list, Attributes(ReadOnly(), "weights"), net.gradient_list)


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


def test_a_backward_pass_that_needs_the_forward_pass_is_checked_as_quickly(net: Network, W: list[Array]) -> None:
    model = Model(net, W)
    result = check_gradients(model.cost, Attributes(model, "W1", "W2"), model.gradient)
    assert (result.verdict, [p.point for p in result.points]) == ("right", ["beside"])


def test_arrays_in_another_order_are_known_by_their_shapes(net: Network, W: list[Array]) -> None:
    parameters = [W[0][:, 1:], W[0][:, 0], W[1][:, 1:], W[1][:, :1]]

    def joined(p: list[Array]) -> list[Array]:
        return [np.column_stack(p[:2][::-1]), np.column_stack([p[3], p[2]])]

    def gradient(p: list[Array]) -> list[Array]:
        first, second = net.gradient_list(joined(p))
        return [first[:, 1:], second[:, 1:], first[:, 0], second[:, :1]]

    result = check_gradients(lambda p: net.cost_list(joined(p)), parameters, gradient)
    assert (result.verdict, result.notes[0].kind) == ("right", "gradient order")


class Shared:
    """Parameters, a cache and a counter that the class holds for all its objects."""

    w, kept, calls = np.array([0.3, -0.2]), dict[str, Any](), 0

    def cost(self) -> Any:
        Shared.calls += 1
        Shared.kept["a"] = sigmoid(Shared.w)
        return Shared.kept["a"].sum() + 0.0 * Shared.calls

    def gradient(self) -> Array:
        a = Shared.kept["a"]
        return np.asarray(a * (1 - a))


@pytest.mark.parametrize(("factor", "verdict"), [(1, "right"), (2, "wrong")])
def test_what_a_class_holds_is_found_and_put_back(factor: int, verdict: str) -> None:
    user = Shared()
    user.cost()
    before = Shared.w, Shared.kept["a"], Shared.calls
    result = check_gradients(user.cost, Attributes(user, "w"), lambda: factor * user.gradient())
    assert result.verdict == verdict
    assert Shared.w is before[0]
    assert Shared.kept["a"] is before[1]
    assert Shared.calls == before[2]
    assert not vars(user)


def test_caches_of_a_plain_object_are_not_taken_for_parameters(net: Network, W: list[Array]) -> None:
    model = Model(net, W)
    model.kept = W[0] * 2  # type: ignore[attr-defined]
    with pytest.raises(BadArgument, match="Say which attributes are parameters"):
        check_gradients(model.cost, model, model.gradient)


def test_variables_of_an_enclosing_function_are_put_back() -> None:
    kept: Any = None

    def cost(w: Array) -> Any:
        nonlocal kept
        kept = sigmoid(w)
        return kept.sum()

    assert check_gradients(cost, np.array([0.3, -0.2]), lambda w: sigmoid(w) * (1 - sigmoid(w))).verdict == "right"
    assert kept is None


def test_attributes_that_have_the_shapes_of_the_gradient_are_proposed(net: Network, W: list[Array]) -> None:
    model = SimpleNamespace(weights=list(W), kept=[W[0] * 2])
    with pytest.raises(BadArgument, match=r"annprobe.gradcheck.Attributes\(object, 'weights'\)"):
        check_gradients(lambda: net.cost_list(model.weights), model, lambda: net.gradient_list(model.weights))


class Lists:
    """Weights and biases in lists of their own, that every layer is read from."""

    def __init__(self, W: list[Array]) -> None:
        self.weights, self.biases = [w[:, 1:] for w in W], [w[:, 0] for w in W]

    def joined(self) -> list[Array]:
        pairs = zip(self.biases, self.weights, strict=True)
        return [np.column_stack(pair) for pair in pairs]


@pytest.mark.parametrize(("factor", "verdict"), [(1, "right"), (2, "wrong")])
def test_lists_given_as_a_pair_take_complex_values_and_are_put_back(
    net: Network, W: list[Array], factor: int, verdict: str
) -> None:
    model = Lists(W)
    before = [*model.weights, *model.biases]

    def gradient() -> tuple[list[Array], list[Array]]:
        g = net.gradient_list(model.joined())
        return [factor * x[:, 1:] for x in g], [factor * x[:, 0] for x in g]

    result = check_gradients(lambda: net.cost_list(model.joined()), (model.weights, model.biases), gradient)
    assert (result.verdict, result.method) == (verdict, "complex step")
    after = [*model.weights, *model.biases]
    assert all(a is b for a, b in zip(after, before, strict=True))


def test_tuples_in_a_list_are_put_back_as_they_were(net: Network, W: list[Array]) -> None:
    layers = [Pair(w[:, 1:], w[:, 0]) for w in W]
    before = list(layers)

    def joined() -> list[Array]:
        return [np.column_stack([pair.second, pair.first]) for pair in layers]

    def gradient() -> list[tuple[Array, Array]]:
        return [(g[:, 1:], g[:, 0]) for g in net.gradient_list(joined())]

    assert check_gradients(lambda: net.cost_list(joined()), layers, gradient).verdict == "right"
    assert all(a is b for a, b in zip(layers, before, strict=True))


CALLS, KEPT = 0, np.zeros(0)


class Writer:
    """Counts and keeps in global variables, from a method that neither cost nor gradient is."""

    def __init__(self, w: Array) -> None:
        self.w = w

    def forward(self) -> Array:
        global CALLS, KEPT
        CALLS += 1
        KEPT = np.tanh(self.w)
        return KEPT

    def cost(self) -> Any:
        return (self.forward() ** 2).sum()

    def gradient(self) -> Array:
        a = self.forward()
        return np.asarray(2 * a * (1 - a * a))


@pytest.mark.parametrize(("factor", "verdict"), [(1, "right"), (2, "wrong")])
def test_global_variables_that_methods_write_are_put_back(factor: int, verdict: str) -> None:
    writer = Writer(np.array([0.3, -0.2]))
    before = CALLS, KEPT
    result = check_gradients(writer.cost, Attributes(writer, "w"), lambda: factor * writer.gradient())
    assert result.verdict == verdict
    assert before[0] == CALLS
    assert KEPT is before[1]


def test_a_gradient_of_another_shape_says_nothing_about_the_cost() -> None:
    result = check_gradients(lambda w: (w**2).sum(), np.ones(3), lambda w: np.ones(4))
    assert (result.verdict, result.pattern, result.notes) == ("wrong", "shape (4,) instead of (3,)", ())
