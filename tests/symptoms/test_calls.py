"""Symptoms that show when functions are called: right functions are silent, each fault is seen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from annprobe import catalog
from annprobe.engine.architecture import Architecture
from annprobe.engine.network import random_network
from annprobe.engine.steps import REFERENCE, evaluate, outputs
from annprobe.symptoms import calls
from annprobe.symptoms.reading import Measured

Array = NDArray[np.float64]

ARCHITECTURE = Architecture.of((3, 4, 2))
NETWORK = random_network(ARCHITECTURE, 7, np.random.default_rng(3))
W, X, Y = list(NETWORK.W), NETWORK.X, NETWORK.Y
N = len(X)


def cost(parameters: list[Array]) -> Array:
    return outputs(ARCHITECTURE, parameters, X, Y).C


def gradient(mutant: str | None = None) -> list[Array]:
    steps = REFERENCE if mutant is None else catalog.get(mutant).steps
    return evaluate(ARCHITECTURE, W, X, Y, steps).gradient()


def forward(inputs: Array) -> Array:
    return np.array(outputs(ARCHITECTURE, W, inputs, np.zeros((len(inputs), 2))).a[2])


def present(measured: Measured) -> bool:
    return bool(measured.strength > 0.0)


def test_a_right_gradient_is_efficient_and_agrees() -> None:
    assert not present(calls.first_order_efficiency(cost, W, gradient()))
    assert not present(calls.random_direction(cost, W, gradient(), np.random.default_rng(0)))
    assert not present(calls.gradient_block_zero([gradient()]))


@pytest.mark.parametrize(("factor", "efficiency"), [(1 / N, N), (2.0, 0.5), (-1.0, -1.0), (1.0 + 1e-3, 1 / (1 + 1e-3))])
def test_efficiency_reads_the_fault(factor: float, efficiency: float) -> None:
    measured = calls.first_order_efficiency(cost, W, [factor * g for g in gradient()])
    assert present(measured)
    assert np.isclose(float(measured.evidence["efficiency"]), efficiency, rtol=1e-6)  # type: ignore[arg-type]


def test_efficiency_is_blind_to_zero_blocks_and_the_others_are_not() -> None:
    zeroed = gradient("bs-grad-zero")
    assert not present(calls.first_order_efficiency(cost, W, zeroed))
    assert present(calls.gradient_block_zero([zeroed, zeroed]))
    assert not present(calls.gradient_block_zero([zeroed, gradient()]))
    assert present(calls.random_direction(cost, W, zeroed, np.random.default_rng(0)))


@pytest.mark.parametrize("size", [1e-3, 1e-4])
def test_random_directions_see_small_faults(size: float) -> None:
    wrong = gradient()
    wrong[0][0, 0] *= 1.0 + size * np.sqrt(calls.inner(gradient(), gradient())) / abs(wrong[0][0, 0])
    assert present(calls.random_direction(cost, W, wrong, np.random.default_rng(0)))


def test_every_wrong_gradient_of_the_catalogue_is_seen() -> None:
    network = random_network(Architecture.of((3, 3, 3, 3), l2=0.01), 5, np.random.default_rng(1))
    missed = []
    for mutant in catalog.select(seen_by="gradient"):
        if mutant.silent.holds(network):
            continue
        steps = mutant.steps
        try:
            G = evaluate(network.architecture, network.W, network.X, network.Y, steps).gradient()
        except (ValueError, IndexError, TypeError):
            continue

        def own_cost(parameters: list[Array], steps: object = steps) -> Array:
            return outputs(network.architecture, parameters, network.X, network.Y, steps).C  # type: ignore[arg-type]

        if not present(calls.random_direction(own_cost, list(network.W), G, np.random.default_rng(0))):
            missed.append(mutant.id)
    assert missed == []


def test_a_stack_reads_like_its_networks() -> None:
    both = [np.stack([w, 2.0 * w]) for w in W]
    p = evaluate(ARCHITECTURE, both, X, Y)
    wrong = [g * np.array([1.0, 3.0])[:, None, None] for g in p.gradient()]
    together = calls.first_order_efficiency(lambda w: outputs(ARCHITECTURE, w, X, Y).C, both, wrong, stack=1)
    assert (together.strength > 0.0).tolist() == [False, True]


def softmax_over_examples(inputs: Array) -> Array:
    e = np.exp(inputs @ np.ones((3, 2)))
    return np.asarray(e / e.sum(axis=0))


def test_dependence_on_the_batch() -> None:
    assert not present(calls.batch_dependence(forward, X))
    assert present(calls.batch_dependence(softmax_over_examples, X))
    assert present(calls.batch_dependence(lambda x: x.reshape(3, -1).T, X))


def test_nondeterminism() -> None:
    rng = np.random.default_rng(0)
    assert not present(calls.nondeterministic(lambda: forward(X)))
    assert present(calls.nondeterministic(lambda: rng.normal(size=3)))
    buffer = np.zeros(3)

    def stale() -> Array:
        buffer[:] += 1.0
        return buffer.copy()

    assert present(calls.nondeterministic(stale))


def test_changed_inputs() -> None:
    def centre() -> None:
        mine[...] -= mine.mean()

    mine = X.copy()
    assert not present(calls.inputs_mutated(lambda: forward(mine), [mine, Y]))
    assert present(calls.inputs_mutated(centre, [mine, Y]))


@pytest.mark.parametrize(("function", "ignored"), [(forward, False), (lambda x: np.full((len(x), 2), 0.3), True)])
def test_ignored_inputs(function: Callable[[Array], Array], ignored: bool) -> None:
    assert present(calls.input_ignored(function, X, Y)) is ignored


def test_scale_of_cost_and_gradient() -> None:
    def mean(x: Array, y: Array) -> float:
        return float(np.mean((forward(x) - y) ** 2))

    def total(x: Array, y: Array) -> float:
        return float(np.sum((forward(x) - y) ** 2))

    for reduction, ratio in ((mean, 1.0), (total, 2.0)):
        measured = calls.cost_scale(reduction, X, Y)
        assert not present(measured)
        assert np.isclose(float(measured.evidence["cost of all examples twice / once"]), ratio)  # type: ignore[arg-type]
    assert present(calls.cost_scale(lambda x, y: total(x, y) / np.sqrt(len(x)), X, Y))
    assert present(calls.scales_disagree(2.0, 1.0))
    assert not present(calls.scales_disagree(1.0, 1.0))
