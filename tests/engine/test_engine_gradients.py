"""The engine against an independent automatic differentiation, and its own laws."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annprobe.engine.activations import ACTIVATIONS
from annprobe.engine.architecture import REDUCTIONS, Architecture, fits
from annprobe.engine.costs import COSTS
from annprobe.engine.layout import Array
from annprobe.engine.network import random_network
from annprobe.engine.numerical import numerical_gradient
from annprobe.engine.steps import evaluate
from tests.engine.autograd_oracle import cost_and_gradient

HIDDEN = [name for name, f in ACTIVATIONS.items() if not f.coupled]
LEGAL = [
    (f, c, r)
    for f, c, r in itertools.product(ACTIVATIONS, COSTS, REDUCTIONS)
    if fits(ACTIVATIONS[f], COSTS[c])
]


def relative(mine: list[Array], theirs: list[Array]) -> float:
    """Largest difference of any two blocks, relative to the block's size."""
    return max(float(np.linalg.norm(a - b)) / float(np.linalg.norm(b)) for a, b in zip(mine, theirs, strict=True))


@pytest.mark.parametrize(("output", "cost", "reduction"), LEGAL)
@settings(max_examples=25)
@given(st.data())
def test_gradients_agree_with_autograd(output: str, cost: str, reduction: str, data: st.DataObject) -> None:
    widths = data.draw(st.lists(st.integers(1, 5), min_size=1, max_size=4))
    widths.append(data.draw(st.integers(2 if "softmax" in output or COSTS[cost].one_hot else 1, 4)))
    hidden = tuple(data.draw(st.sampled_from(HIDDEN)) for _ in widths[1:-1])
    l2 = data.draw(st.sampled_from([0.0, 0.3]))
    architecture = Architecture(tuple(widths), (*hidden, output), cost, reduction, l2, data.draw(st.booleans()))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    network = random_network(architecture, data.draw(st.integers(1, 6)), rng)
    expected_cost, expected = cost_and_gradient(network)
    p = evaluate(architecture, network.W, network.X, network.Y)
    assert pytest.approx(expected_cost, rel=1e-12) == p.C
    scale = max(float(np.abs(g).max()) for g in expected)
    for mine, theirs in zip(p.gradient(), expected, strict=True):
        assert np.abs(mine - theirs).max() <= 1e-12 * scale


@pytest.mark.parametrize("size", [3, 40])  # ordinary memory order, and networks side by side
@pytest.mark.parametrize("shared", [True, False])
def test_a_stack_computes_what_its_networks_compute(size: int, shared: bool) -> None:
    architecture = Architecture.of((2, 4, 3), "tanh", "softmax", "categorical cross-entropy", l2=0.1)
    rng = np.random.default_rng(5)
    networks = [random_network(architecture, 6, rng) for _ in range(size)]
    X = networks[0].X if shared else np.stack([n.X for n in networks])
    Y = networks[0].Y if shared else np.stack([n.Y for n in networks])
    W = [np.stack(w) for w in zip(*(n.W for n in networks), strict=True)]
    together = evaluate(architecture, W, X, Y)
    for i, n in enumerate(networks):
        alone = evaluate(architecture, n.W, X if shared else n.X, Y if shared else n.Y)
        assert together.C[i] == pytest.approx(float(alone.C), rel=1e-13)
        assert relative([g[i] for g in together.gradient()], alone.gradient()) < 1e-13


def test_leading_axes_may_be_several() -> None:
    architecture = Architecture.of((3, 4, 2))
    rng = np.random.default_rng(1)
    W = [rng.normal(size=(5, 7, *architecture.shape(layer))) for layer in (1, 2)]
    X, Y = rng.normal(size=(6, 3)), rng.uniform(size=(6, 2))
    p = evaluate(architecture, W, X, Y)
    alone = evaluate(architecture, [w[4, 6] for w in W], X, Y)
    assert list(p.C.shape) == [5, 7]
    assert relative([g[4, 6] for g in p.gradient()], alone.gradient()) < 1e-13


def test_the_pass_never_writes_into_what_it_was_given() -> None:
    network = random_network(Architecture.of((2, 3, 1)), 4, np.random.default_rng(0))
    before = [x.copy() for x in (*network.W, network.X, network.Y)]
    p = evaluate(network.architecture, network.W, network.X, network.Y)
    p.X += 1.0
    p.W[1] += 1.0
    for now, then in zip((*network.W, network.X, network.Y), before, strict=True):
        np.testing.assert_array_equal(now, then)


@given(st.integers(0, 10**6), st.sampled_from(LEGAL))
def test_the_numerical_gradient_keeps_its_bound(seed: int, legal: tuple[str, str, str]) -> None:
    output, cost, reduction = legal
    architecture = Architecture.of((3, 4, 2), "gelu", output, cost, reduction)
    kinked = ACTIVATIONS[output].kinked
    network = random_network(architecture, 5, np.random.default_rng(seed))
    numerical = numerical_gradient(architecture, network.W, network.X, network.Y)
    analytic = evaluate(architecture, network.W, network.X, network.Y).gradient()
    for n, a, bound in zip(numerical.gradient, analytic, numerical.bound, strict=True):
        assert np.all(np.abs(n - a) <= bound)
        assert kinked or bound.max() < 1e-7


@pytest.mark.parametrize("widths", [(1, 1), (1, 1, 1)])
def test_one_unit_one_example(widths: tuple[int, ...]) -> None:
    network = random_network(Architecture.of(widths), 1, np.random.default_rng(3))
    p = evaluate(network.architecture, network.W, network.X, network.Y)
    _, expected = cost_and_gradient(network)
    assert relative(p.gradient(), expected) < 1e-12
