"""The true gradient that is exchanged: against the tape's own adjoints, and against differences of the cost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from annprobe.training.reverse_rules import EMIT
from annprobe.training.stack import Lane
from annprobe.training.swaps import true_gradient
from annprobe.training.trainer import Trainer
from tests.training.subjects import MOMENTUM, ONE_BY_ONE, batch, understood

OPERATIONS = """
import numpy as np

rng = np.random.default_rng(3)
X = rng.uniform(0.2, 1.0, (6, 3))
Y = rng.uniform(-1, 1, (6, 2))
W = rng.normal(0, 0.5, (3, 4))
V = rng.normal(0, 0.5, (4, 2))
for step in range(30):
    z = X @ W
    h = {hidden}
    out = h @ V
    e = out - Y
    gV = h.T @ e
    gW = X.T @ (e @ V.T)
    V = V - 0.01 * gV
    W = W - 0.01 * gW
"""
HIDDEN = [
    "z + 1.5 * z",
    "z - z * z",
    "z / (1 + z ** 2)",
    "-np.exp(-z)",
    "np.log(2 + np.abs(z))",
    "np.sqrt(1 + z * z)",
    "np.maximum(z, 0.1 * z)",
    "np.where(z > 0, z, 0.2 * z)",
    "np.tanh(z) * np.sin(z) + np.cos(z)",
    "z - z.mean(axis=0)",
    "z / np.sum(np.abs(z), axis=1, keepdims=True)",
    "np.concatenate([z[:, :2], z[:, 2:] ** 2], axis=1)",
    "np.clip(z, -0.3, 0.3)",
    "(z.T * 2).T",
    "z.reshape(3, 8).reshape(6, 4)",
    "np.einsum('ni,ij->nj', z, np.eye(4) + 0.1)",
    "z * z.max(axis=1, keepdims=True)",
]


def differences(trainer: Trainer) -> dict[int, Any]:
    """∂/∂P of half the squared error of the template's outputs, by central differences."""
    variant = trainer.bench.plain()
    shared = trainer.data.values(0, variant.forward.inputs)
    targets = trainer.judge().targets
    points = {n: np.asarray(trainer.recorded(n), dtype=float) for n in variant.sees}

    def cost(values: dict[int, Any]) -> float:
        out = trainer.layout.table(variant.forward([values[n][None] for n in variant.sees], shared))
        return 0.5 * float(np.square(out[0] - targets).sum())

    result = {}
    for n, value in points.items():
        gradient = np.zeros(value.shape)
        for place in np.ndindex(value.shape):
            step = np.zeros(value.shape)
            step[place] = 1e-5
            gradient[place] = (cost({**points, n: value + step}) - cost({**points, n: value - step})) / 2e-5
        result[n] = gradient
    return result


@pytest.mark.parametrize("hidden", HIDDEN)
def test_every_operation_is_differentiated(hidden: str) -> None:
    trainer = Trainer(understood(OPERATIONS.format(hidden=hidden)))
    trainer.loss = trainer.bench.loss = "squared error"
    trainer.loop.template = 0
    gradients, wanted = trainer.bench.gradient_samples(), differences(trainer)
    for p in trainer.loop.parameters:
        np.testing.assert_allclose(gradients[p.chain], wanted[p.read], rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("text", [batch(), ONE_BY_ONE, MOMENTUM])
def test_it_is_the_adjoint_of_the_tape(text: str) -> None:
    found = understood(text)
    trainer = Trainer(found)
    assert found.hypothesis is not None
    assert trainer.loop.step.last == found.judged_step.last
    gradients = trainer.bench.gradient_samples()
    of = found.hypothesis.points[0].of
    for judged in found.hypothesis.judged:
        mine, own = np.ravel(gradients[judged.move.chain]), np.ravel(of[judged.move.before])
        scale = float(mine @ own) / float(own @ own)
        np.testing.assert_allclose(mine, scale * own, rtol=1e-8, atol=1e-12)
        assert scale > 0.0


def test_there_are_rules_for_the_usual_operations() -> None:
    assert {"add", "subtract", "multiply", "divide", "dot", "matmul", "exp", "tanh", "maximum"} <= set(EMIT)


def test_sums_of_lists_of_numbers_train_in_stacks() -> None:
    trainer = Trainer(understood(ONE_BY_ONE))
    chains = [p.chain for p in trainer.loop.parameters]
    swapped = trainer.bench.descending(chains, dict.fromkeys(chains, 0.1))
    assert trainer.bench.plain().step.plain == swapped.step.plain == []


def test_right_parameters_need_no_swap() -> None:
    for text in (batch(), ONE_BY_ONE, MOMENTUM):
        assert true_gradient(Trainer(understood(text))) is None


@pytest.mark.parametrize("delta", ["(out - Y)**2", "-(out - Y) * out * (1 - out)", "np.abs(out - Y) * out * (1 - out)"])
def test_the_swap_makes_a_wrong_network_learn(delta: str) -> None:
    trainer = Trainer(understood(batch(delta=delta)))
    swap = true_gradient(trainer)
    assert swap is not None
    assert len(swap.chains) == 4
    variant = swap.variant(trainer)
    assert variant is not None
    wrong = trainer.train(trainer.bench.plain(), [Lane()], 1500, 20.0)[0]
    right = trainer.train(variant, [Lane()], 1500, 20.0)[0]
    assert not wrong.solved
    assert right.solved


def test_the_swap_of_a_right_step_is_that_step() -> None:
    """A sign that is wrong in one layer only: the others' step is the measure."""
    trainer = Trainer(understood(batch().replace("W1 -= rate", "W1 += rate")))
    swap = true_gradient(trainer)
    assert swap is not None
    assert [trainer.found.names[c] for c in swap.chains] == ["W1"]
    variant = swap.variant(trainer)
    assert variant is not None
    reference = Trainer(understood(batch()))
    ends = [
        t.train(v, [Lane()], 40, 20.0)[0].left for t, v in ((trainer, variant), (reference, reference.bench.plain()))
    ]
    np.testing.assert_allclose(ends[0], ends[1], rtol=1e-9)


def test_a_likelihood_that_is_raised_is_descent() -> None:
    """The module reports log-likelihood as its cost: its right parameters climb that, and need no swap."""
    text = MOMENTUM.replace("        d2 = (p", "        cost = np.sum(t * np.log(p))\n        d2 = (p")
    assert true_gradient(Trainer(understood(text))) is None
