"""What a user reads: the message of a failed check, and plain words for what cannot be checked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from annprobe.errors import BadArgument
from annprobe.gradcheck import WrongGradient, assert_gradients, check_gradients, describe

from .networks import Network, sigmoid

Array = NDArray[Any]


def test_the_message_names_place_values_pattern_cure_and_seed(net: Network, W: list[Array]) -> None:
    def biases_by_n(at: list[Array]) -> list[Array]:
        g = net.gradient_list(at)
        g[0][:, 0] *= 4
        return g

    with pytest.raises(WrongGradient) as caught:
        assert_gradients(
            net.cost_list, W, biases_by_n, names=["W1", "W2"], n_examples=4,
            bias="first column", seed=7,
        )  # fmt: skip
    text = str(caught.value)
    place = "W1 (5, 4), column 0: bias only, yours is N times the true one"
    for part in (place, "yours", "true", "ratio 4", "cure:", "forward passes", "seed 7"):
        assert part in text
    assert caught.value.result.wrong[0].name == "W1"


def test_a_right_gradient_is_returned_without_a_word(net: Network, W: list[Array]) -> None:
    assert assert_gradients(net.cost_list, W, net.gradient_list).verdict == "right"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((lambda p: p, np.ones(3), lambda p: p), "the cost must be one number"),
        ((lambda p: None, np.ones(3), lambda p: p), "is its return statement missing"),
        ((lambda p: "3.0", np.ones(3), lambda p: p), "it returned '3.0'"),
        ((lambda p, x: 1.0, np.ones(3), lambda p: p), "given as data="),
        ((lambda p: p.sum(), np.ones(3), lambda p: None), "If it keeps the gradients in attributes"),
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


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda g: g[:1], "[1] (2, 6): no gradient was returned for it"),
        (lambda g: [g[0] * np.where(np.arange(5) == 3, -1, 1)[:, None], g[1]], "row 3: this row only, the wrong sign"),
        (lambda g: [g[0], g[0]], "instead of (2, 6)"),
        (lambda g: [-x for x in g], "wrong gradient in both parameters: the wrong sign"),
        (lambda g: [np.full((5, 4), np.nan), g[1]], "the gradient of [0] at [0, 0] is infinite or undefined"),
    ],
)
def test_the_message_says_it_in_words(net: Network, W: list[Array], change: Any, said: str) -> None:
    result = check_gradients(net.cost_list, W, lambda at: change(net.gradient_list(at)))
    assert not result.agrees
    assert said in "\n".join(describe(result))


def test_the_cure_tells_units_from_inputs_by_the_bias_beside_them() -> None:
    rng = np.random.default_rng(0)
    x, W, b = rng.standard_normal((1, 3)), rng.standard_normal((3, 4)), np.zeros(4)

    def cost(p: list[Array]) -> Any:
        return sigmoid(x @ p[0] + p[1]).sum()

    def another_derivative(p: list[Array]) -> list[Array]:
        delta = sigmoid(x @ p[0] + p[1]) ** 2
        return [x.T @ delta, delta[0]]

    with pytest.raises(WrongGradient, match="cure: each unit's error"):
        assert_gradients(cost, [W, b], another_derivative)


def test_noise_has_a_cure_of_its_own() -> None:
    result = check_gradients(lambda w: w.sum() + 0.1 * np.random.default_rng().random(), np.ones(3), np.ones_like)
    assert {note.kind for note in result.notes} >= {"noise"}
    assert "fixed seed" in "\n".join(describe(result))


def test_only_entries_that_are_wrong_are_shown() -> None:
    """A mask that is always 1 is right wherever the unit is on."""
    rng = np.random.default_rng(3)
    x, W, v = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), rng.standard_normal((2, 3)), rng.standard_normal((3, 1))

    def cost(w: Array) -> Any:
        return ((np.maximum(x @ w, 0) @ v) ** 2).sum() / 2

    def no_mask(w: Array) -> Array:
        return np.asarray(x.T @ (np.maximum(x @ w, 0) @ v @ v.T))

    (parameter,) = check_gradients(cost, W, no_mask).wrong
    assert parameter.entries
    assert all(entry.ratio is None or abs(entry.ratio - 1) > 1e-9 for entry in parameter.entries)


@pytest.mark.parametrize("factor", [12.0, 1 / 12])
def test_a_whole_constant_is_shown_as_one(factor: float) -> None:
    X = np.random.default_rng(0).standard_normal((12, 3))
    result = check_gradients(lambda w: ((X @ w) ** 2).sum(), np.ones(3), lambda w: factor * 2 * X.T @ (X @ w))
    text = "\n".join(describe(result))
    assert f"which is {'12' if factor > 1 else '1/12'}" in text
    assert "cure: if 12 counts examples or outputs" in text


def test_parameters_of_one_type_share_a_note(net: Network, W: list[Array]) -> None:
    result = check_gradients(net.cost_list, [w.astype(np.float32) for w in W], lambda at: [-g for g in at])
    assert "note: [0], [1]: float32 was raised to float64" in "\n".join(describe(result))


def test_a_cost_that_changes_its_parameters_is_told_to_work_on_copies(net: Network, W: list[Array]) -> None:
    def cost(at: list[Array]) -> Any:
        at[0] /= np.linalg.norm(at[0])
        return net.cost_list(at)

    with pytest.raises(WrongGradient, match="cure: let the cost work on copies"):
        assert_gradients(cost, W, net.gradient_list)
