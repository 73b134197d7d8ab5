"""Layers that users write are right as they stand, and each planted slip is seen and placed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from annprobe.errors import BadArgument
from annprobe.gradcheck import Attributes, check_layer

from . import user_layers as layers

Array = NDArray[Any]


def draw(*shape: int) -> Array:
    return np.random.default_rng(sum(shape)).standard_normal(shape)


ARGUMENTS: dict[str, Callable[[], tuple[Any, ...]]] = {
    "dense": lambda: (draw(3, 2, 2), draw(4, 5), draw(5)),
    "conv": lambda: (draw(2, 3, 5, 5), draw(4, 3, 3, 3), draw(4), {"stride": 2, "pad": 1}),
    "batchnorm": lambda: (draw(6, 4), draw(4), draw(4), {"mean": np.zeros(4)}),
    "layernorm": lambda: (draw(3, 5), draw(5), draw(5)),
    "dropout": lambda: (draw(4, 6), {"keep": 0.7}),
    "maxpool": lambda: (draw(2, 2, 4, 4), 2),
    "attention": lambda: (draw(4, 3), draw(5, 3), draw(5, 2)),
    "rnn": lambda: (draw(3, 4), draw(3, 5), draw(4, 5), draw(5, 5), draw(5)),
    "lstm": lambda: (draw(3, 4), draw(3, 5), draw(3, 5), draw(4, 20), draw(5, 20), draw(20)),
}


def pair(name: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    return getattr(layers, f"{name}_forward"), getattr(layers, f"{name}_backward")


@pytest.mark.parametrize("name", ARGUMENTS)
def test_correct_layers_pass(name: str) -> None:
    result = check_layer(*pair(name), *ARGUMENTS[name]())
    assert result.verdict == "right"
    assert result.method != "extrapolated differences"


def float_arguments(name: str) -> list[Array]:
    return [a for a in ARGUMENTS[name]() if isinstance(a, np.ndarray)]


@pytest.mark.parametrize(("name", "which"), [(n, k) for n in ARGUMENTS for k in range(len(float_arguments(n)))])
def test_every_gradient_of_every_layer_is_looked_at(name: str, which: int) -> None:
    forward, backward = pair(name)

    def wrong(*given: Any) -> Any:
        returned = backward(*given)
        gradients = list(returned) if isinstance(returned, tuple) else [returned]
        gradients[which] = gradients[which] * 1.001
        return tuple(gradients)

    result = check_layer(forward, wrong, *ARGUMENTS[name]())
    assert result.verdict == "wrong"
    assert [not p.agrees for p in result.parameters] == [i == which for i in range(len(float_arguments(name)))]
    assert result.wrong[0].factor == pytest.approx(1.001, rel=1e-9)


def test_slips_of_the_pen_are_seen() -> None:
    def no_centring(dout: Array, cache: Any) -> tuple[Array, ...]:
        xhat, gamma, var = cache
        return dout * gamma / np.sqrt(var + 1e-5), (dout * xhat).sum(axis=0), dout.sum(axis=0)

    def diagonal_softmax(dout: Array, cache: Any) -> tuple[Array, ...]:
        q, k, v, p = cache
        ds = (dout @ v.T) * p * (1 - p) / np.sqrt(k.shape[1])
        return ds @ k, ds.T @ q, p.T @ dout

    batchnorm = check_layer(layers.batchnorm_forward, no_centring, *ARGUMENTS["batchnorm"]())
    attention = check_layer(layers.attention_forward, diagonal_softmax, *ARGUMENTS["attention"]())
    assert (batchnorm.signature, attention.signature) == ("x . .", "x x .")
    assert [p.name for p in attention.wrong] == ["q", "k"]


def test_the_users_state_is_as_before() -> None:
    state = {"mean": np.zeros(4)}
    x, gamma, beta, _ = ARGUMENTS["batchnorm"]()
    check_layer(layers.batchnorm_forward, lambda d, c: (d * 2, d, d), x, gamma, beta, state)
    assert np.array_equal(state["mean"], np.zeros(4))


class Dense:
    """Weights and their gradients in attributes, the input cached."""

    def __init__(self) -> None:
        self.W, self.b = draw(4, 3), draw(3)

    def forward(self, x: Array) -> Array:
        self.x = x
        return np.asarray(x @ self.W + self.b)

    def backward(self, dout: Array) -> Array:
        self.dW, self.db = self.x.T @ dout, dout.sum(axis=0)
        return np.asarray(dout @ self.W.T)


def test_a_layer_object_with_parameters_in_attributes() -> None:
    layer, x = Dense(), draw(5, 4)
    W = layer.W
    own = Attributes(layer, "W", "b")
    right = check_layer(layer.forward, layer.backward, x, layer=own, gradients=lambda: [layer.dW, layer.db])
    wrong = check_layer(layer.forward, layer.backward, x, layer=own, gradients=lambda: [layer.dW / 5, layer.db])
    assert right.verdict == "right"
    assert [(p.name, p.agrees) for p in wrong.parameters] == [("x", True), ("W", False), ("b", True)]
    assert layer.W is W


def test_a_backward_that_takes_the_arguments_instead_of_a_cache() -> None:
    assert (
        check_layer(lambda x, w: x @ w, lambda d, x, w: (d @ w.T, x.T @ d), draw(3, 4), draw(4, 2)).verdict == "right"
    )


def test_unusable_layers_are_refused() -> None:
    with pytest.raises(BadArgument, match="no argument is a float array"):
        check_layer(lambda n: n, lambda d: d, 3)
    with pytest.raises(BadArgument, match="1 gradients for 2 float arguments"):
        check_layer(lambda x, w: x @ w, lambda d, x, w: d @ w.T, draw(3, 4), draw(4, 2))
    with pytest.raises(BadArgument, match=r"forward\(\) raised ZeroDivisionError"):
        check_layer(lambda x: 1 / 0, lambda d, x: d, draw(3))
    with pytest.raises(BadArgument, match=r"backward\(\) raised ZeroDivisionError"):
        check_layer(lambda x: x, lambda d, x: 1 / 0, draw(3))


@pytest.mark.parametrize(
    "backward",
    [
        lambda d, x, w: {"dw": x.T @ d, "dx": d @ w.T},
        lambda d, x, w: [d @ w.T, x.T @ d],
        lambda d, x, w: (x.T @ d, d @ w.T),
    ],
)
def test_gradients_come_by_name_in_a_list_or_in_another_order(backward: Callable[..., Any]) -> None:
    assert check_layer(lambda x, w: x @ w, backward, draw(3, 4), draw(4, 2)).verdict == "right"


def test_an_output_of_one_number_and_a_mean_over_the_rows() -> None:
    assert check_layer(lambda x: ((x**2).sum(), x), lambda d, x: 2 * d * x, draw(3, 4)).verdict == "right"
    result = check_layer(lambda x, b: np.tanh(x + b), lambda d, x, b: (d * (1 - np.tanh(x + b) ** 2),
                         (d * (1 - np.tanh(x + b) ** 2)).mean(axis=0)), draw(6, 4), draw(4))  # fmt: skip
    assert (result.signature, result.wrong[0].pattern) == (". k", "1/N")
