"""The checks: the reference passes them everywhere, small errors fail them, and faults are messages."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from annprobe import strategies
from annprobe.engine import by_hand
from annprobe.engine.architecture import Architecture
from annprobe.engine.audit import checker, verdict
from annprobe.engine.checks import CHECKS, generic, judge
from annprobe.engine.layout import Array
from annprobe.engine.network import Network
from annprobe.engine.passes import Pass
from annprobe.engine.steps import REFERENCE, evaluate
from annprobe.errors import BadArgument

SMOOTH = ("sigmoid", "tanh", "softplus", "elu", "gelu", "identity")


@settings(max_examples=15)
@given(strategies.big_networks(min_layers=1, max_layers=3, min_width=1, max_width=5, min_examples=1, max_examples=6))
def test_the_reference_passes_every_check(network: Network) -> None:
    for name in CHECKS:
        found = judge(name, REFERENCE, network)
        assert found.passed, f"{name}: {found}"


@pytest.mark.parametrize("hidden", SMOOTH)
@pytest.mark.parametrize("error", [2.0, 1.01, 1.0 + 1e-6, 1.0 - 1e-8])
def test_the_gradient_check_sees_an_error_of_one_part_in_a_hundred_million(hidden: str, error: float) -> None:
    def slightly_wrong(p: Pass, layer: int) -> Array:
        return REFERENCE.hidden_delta(p, layer) * error  # type: ignore[no-any-return]

    network = generic(Architecture.of((3, 4, 2), hidden), 5, seed=1)
    found = judge("gradient", REFERENCE.replaced("hidden_delta", slightly_wrong), network)
    assert not found.passed
    assert "layer 1" in found.what


def test_one_wrong_entry_is_seen_and_named() -> None:
    def one_bias_off(p: Pass, layer: int) -> Array:
        G = REFERENCE.reduce(p, layer).copy()
        G[..., 1, 0] *= 1.0 + 1e-7
        return G  # type: ignore[no-any-return]

    found = judge("gradient", REFERENCE.replaced("reduce", one_bias_off), generic(Architecture.of((2, 3)), 4, 0))
    assert not found.passed
    assert found.what == "biases of layer 1"


def test_nan_is_wrong() -> None:
    steps = REFERENCE.replaced("bias_gradient", lambda p, layer: np.nan * p.b[layer])
    assert not judge("gradient", steps, generic(Architecture.of((2, 3)), 4, 0)).passed


def test_a_step_of_the_wrong_shape_fails_with_its_name() -> None:
    steps = REFERENCE.replaced("hidden_delta", lambda p, layer: p.delta[layer + 1])
    found = judge("gradient", steps, generic(Architecture.of((2, 3, 1)), 4, 0))
    assert not found.passed
    assert "hidden_delta of layer 1 has shape (4, 1); the quantity it is has shape (4, 3)" in found.what


@settings(max_examples=60)
@given(strategies.networks())
def test_forward_by_hand(network: Network) -> None:
    p = evaluate(network.architecture, network.W, network.X, network.Y)
    np.testing.assert_allclose(p.a[p.L], by_hand.outputs(network), rtol=1e-9, atol=1e-9)


def test_the_textbook_checker_passes_right_and_fails_wrong_gradients() -> None:
    network = generic(Architecture.of((2, 3, 2), "tanh"), 5, 0)
    assert checker(REFERENCE, network) == (True, 0.0, "")
    assert verdict(REFERENCE, network)
    assert not verdict(REFERENCE, network, lambda G: [1.001 * g for g in G])


def test_misspelt_names_are_answered_with_the_closest() -> None:
    with pytest.raises(BadArgument, match="no step 'hiden_delta'; did you mean 'hidden_delta'"):
        REFERENCE.replaced("hiden_delta", lambda: None)
    with pytest.raises(BadArgument, match="no activation 'sigmod'; did you mean 'sigmoid'"):
        Architecture.of((2, 1), output="sigmod")
    with pytest.raises(BadArgument, match="no cost 'squared eror'; did you mean 'squared error'"):
        Architecture.of((2, 1), cost="squared eror")


@pytest.mark.parametrize(("arguments", "message"), [
    ({"widths": (3,)}, "at least two positive numbers"),
    ({"widths": (3, 0, 1)}, "at least two positive numbers"),
    ({"widths": (3, 2, 1), "hidden": "softmax"}, "only be the output"),
    ({"widths": (3, 1), "output": "tanh", "cost": "binary cross-entropy"}, "needs outputs between 0 and 1"),
    ({"widths": (3, 1), "output": "relu", "cost": "categorical cross-entropy"}, "needs outputs between 0 and inf"),
    ({"widths": (3, 1), "l2": -1.0}, "must not be negative"),
])
def test_architectures_that_make_no_sense_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(BadArgument, match=message):
        Architecture.of(**arguments)  # type: ignore[arg-type]
