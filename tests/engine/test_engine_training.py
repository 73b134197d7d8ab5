"""Training: against plain loops, alone and in stacks, with every optimiser and batch size."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from annprobe.engine.architecture import Architecture
from annprobe.engine.layout import Array
from annprobe.engine.network import Network, random_network
from annprobe.engine.setup import Data, Setup, batch
from annprobe.engine.steps import REFERENCE
from annprobe.engine.tasks import make
from annprobe.engine.training import Run, Trace, train
from tests.engine.autograd_oracle import cost_and_gradient

TEACHER = Architecture.of((3, 4, 2), "tanh", "sigmoid")


def by_plain_loop(n: Network, setup: Setup) -> list[Array]:
    """Textbook training with autograd's gradient, one array after the other."""
    W = [w.copy() for w in n.W]
    m, v = [np.zeros_like(w) for w in W], [np.zeros_like(w) for w in W]
    for t in range(setup.iterations):
        rows, _ = batch(setup, n.N, t)
        _, G = cost_and_gradient(replace(n, W=tuple(W), X=n.X[rows], Y=n.Y[rows]))
        for i, g in enumerate(G):
            if setup.optimiser == "gradient descent":
                W[i] = W[i] - setup.learning_rate * g
            elif setup.optimiser == "momentum":
                v[i] = setup.momentum * v[i] - setup.learning_rate * g
                W[i] = W[i] + v[i]
            else:
                m[i] = 0.9 * m[i] + 0.1 * g
                v[i] = 0.999 * v[i] + 0.001 * g * g
                correct = np.sqrt(v[i] / (1 - 0.999 ** (t + 1))) + 1e-8
                W[i] = W[i] - setup.learning_rate * (m[i] / (1 - 0.9 ** (t + 1))) / correct
    return W


@pytest.mark.parametrize("optimiser", ["gradient descent", "momentum", "adam"])
@pytest.mark.parametrize("size", [None, 1, 3, 7, 20])
def test_training_is_that_of_a_plain_loop(optimiser: str, size: int | None) -> None:
    setup = Setup(0.1, 12, optimiser, size, seed=4)
    n = random_network(TEACHER, 7, np.random.default_rng(2))
    trace = train([Run(TEACHER, setup, Data(n.X, n.Y), start=n.W)])[0]
    for mine, theirs in zip(trace.W, by_plain_loop(n, setup), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("size", [None, 2])
@pytest.mark.parametrize("count", [3, 60])  # the second is laid out with the networks side by side
def test_a_stack_trains_as_its_networks_alone(size: int | None, count: int) -> None:
    task = make("xor")
    runs = [Run(task.architecture(), Setup(0.5 + 0.01 * k, 3, batch=size, seed=k), task.data) for k in range(count)]
    for run, trace in zip(runs, train(runs, every=1), strict=True):
        alone = train([run], every=1)[0]
        for mine, own in zip((*trace.W, trace.cost, trace.outputs), (*alone.W, alone.cost, alone.outputs), strict=True):
            np.testing.assert_allclose(mine, own, rtol=1e-12, atol=1e-13)


def test_runs_of_different_shapes_come_back_in_their_order() -> None:
    xor, copy = make("xor"), make("copy")
    runs = [Run(task.architecture(), Setup(1.0, 5, seed=k), task.data) for k, task in enumerate((xor, copy, xor, copy))]
    assert [trace.outputs.shape[-1] for trace in train(runs)] == [1, 3, 1, 3]
    assert [trace.setup.seed for trace in train(runs)] == [0, 1, 2, 3]


@pytest.mark.parametrize(("name", "rate", "iterations"), [
    ("and", 2.0, 1500), ("or", 2.0, 1500), ("xor", 4.0, 3000), ("copy", 4.0, 2000), ("sign", 4.0, 1500),
    ("parity", 4.0, 6000), ("sine", 4.0, 4000), ("moons", 4.0, 3000), ("teacher", 4.0, 3000), ("digits", 4.0, 400),
])
def test_every_task_is_learned(name: str, rate: float, iterations: int) -> None:
    task = make(name)
    traces = train([Run(task.architecture(), Setup(rate, iterations, seed=seed), task.data) for seed in range(5)], 100)
    constant = float(((task.data.Y - task.data.Y.mean(axis=0)) ** 2).sum(axis=1).mean())
    assert np.median([trace.cost[-1] for trace in traces]) < 0.25 * constant


def test_moments_and_recorded_values() -> None:
    task = make("xor")
    trace = train([Run(task.architecture(), Setup(1.0, 25), task.data)], 10, lambda p: {"z": p.z[2]}, best=True)[0]
    assert trace.iterations.tolist() == [0, 10, 20, 25]
    assert trace.outputs.shape == (4, 4, 1)
    assert trace.recorded["z"].shape == (4, 4, 1)
    np.testing.assert_allclose(1 / (1 + np.exp(-trace.recorded["z"])), trace.outputs, rtol=1e-12)
    np.testing.assert_allclose(((trace.outputs - task.data.Y) ** 2).mean(axis=(1, 2)), trace.cost, rtol=1e-12)
    for best, last in zip(trace.best, trace.W, strict=True):
        np.testing.assert_array_equal(best, last)  # the cost fell to the end


def best_of(trace: Trace) -> int:
    return int(np.argmin(trace.cost))


def test_the_best_parameters_are_those_of_the_lowest_cost() -> None:
    task = make("and")
    run = Run(task.architecture(), Setup(200.0, 30, seed=1), task.data)  # far too fast: it jumps about
    trace = train([run], every=1, best=True)[0]
    assert best_of(trace) < 30
    again = train([replace(run, setup=replace(run.setup, iterations=best_of(trace)))], every=1)[0]
    for kept, then in zip(trace.best, again.W, strict=True):
        np.testing.assert_allclose(kept, then, rtol=1e-12)


def test_a_step_that_does_not_fit_its_shapes_is_a_fault() -> None:
    task = make("xor")
    wrong = REFERENCE.replaced("weight_gradient", lambda p, layer: p.a[layer - 1].sum(axis=-2))
    right, faulty = train([Run(task.architecture(), Setup(1.0, 5), task.data, steps) for steps in (REFERENCE, wrong)])
    assert right.fault is None
    assert faulty.fault is not None
    assert "weight_gradient of layer 2 has shape (1, 4); the quantity it is has shape (1, 1, 4)" in faulty.fault


def test_training_leaves_data_and_start_alone() -> None:
    task = make("xor")
    start = tuple(REFERENCE.initialise(task.architecture(), Setup()))
    kept = [x.copy() for x in (*start, task.data.X, task.data.Y)]
    spoil = REFERENCE.replaced("preactivation", _scales_in_place)
    train([Run(task.architecture(), Setup(1.0, 5), task.data, steps, start) for steps in (REFERENCE, spoil)])
    for now, then in zip((*start, task.data.X, task.data.Y), kept, strict=True):
        np.testing.assert_array_equal(now, then)


def _scales_in_place(p: object, layer: int) -> Array:
    p.a[0][...] *= 0.5  # type: ignore[attr-defined]
    return REFERENCE.preactivation(p, layer)  # type: ignore[no-any-return]


def test_every_epoch_has_every_example_once_in_its_own_order() -> None:
    setup = Setup(batch=3, seed=2)
    epochs = [np.concatenate([batch(setup, 8, 3 * epoch + k)[0] for k in range(3)]) for epoch in range(4)]
    assert all(sorted(rows) == list(range(8)) for rows in epochs)
    assert len({tuple(rows) for rows in epochs}) == 4
