"""What experiments change is what they say: starts, inputs, targets, tasks."""

from __future__ import annotations

import numpy as np
import pytest

from annprobe.training.changes import (
    fan_in_start,
    own_start,
    spread_of_start,
    standardised,
)
from annprobe.training.examples import examples_of
from annprobe.training.targets import mirrored_targets, output_range, targets_in_range
from annprobe.training.tasks import GATES, gate_data, handful_data
from annprobe.training.trainer import Trainer
from tests.training.subjects import MOMENTUM, ONE_BY_ONE, batch, understood

WIDE = """
import numpy as np

rng = np.random.default_rng(1)
X = rng.uniform(0, 255, (50, 30))
Y = 5 + 20 * rng.integers(0, 2, (50, 1))
W, b = 0.01 * rng.standard_normal((30, 40)), np.zeros(40)
V, c = 7 * rng.standard_normal((40, 1)), np.zeros(1)
for step in range(50):
    h = np.tanh(X @ W + b)
    out = 1 / (1 + np.exp(-(h @ V + c)))
    d = (out - Y) * out * (1 - out)
    dh = (d @ V.T) * (1 - h * h)
    V -= 0.01 * h.T @ d
    c -= 0.01 * d.sum(0)
    W -= 0.01 * X.T @ dh
    b -= 0.01 * dh.sum(0)
"""


def named(trainer: Trainer, name: str) -> int:
    return next(p.read for p in trainer.loop.parameters if trainer.found.names[p.chain] == name)


def test_own_starts_are_of_the_modules_kind() -> None:
    trainer = Trainer(understood(WIDE))
    start = own_start(trainer, np.random.default_rng(0))
    assert start is not None
    assert np.std(start[named(trainer, "W")]) == pytest.approx(0.01, rel=0.1)
    assert np.std(start[named(trainer, "V")]) == pytest.approx(7, rel=0.4)
    assert not np.any(start[named(trainer, "b")])
    assert np.any(start[named(trainer, "W")] != trainer.recorded(named(trainer, "W")))


def test_fan_in_starts_have_that_spread() -> None:
    trainer = Trainer(understood(WIDE))
    start = fan_in_start(trainer, np.random.default_rng(0))
    assert np.std(start[named(trainer, "W")]) == pytest.approx(30**-0.5, rel=0.1)
    assert np.std(start[named(trainer, "V")]) == pytest.approx(40**-0.5, rel=0.4)
    assert not np.any(start[named(trainer, "c")])


def test_the_spread_of_a_start_is_told_in_units_of_the_fan_in() -> None:
    trainer = Trainer(understood(WIDE))
    spread = {trainer.found.names[c]: s for c, s in spread_of_start(trainer).items()}
    assert set(spread) == {"W", "V"}
    assert spread["V"].ratio == pytest.approx(7 * 40**0.5, rel=0.4)
    assert not spread["W"].equal


def test_standardised_inputs_have_mean_0_and_spread_1() -> None:
    trainer = Trainer(understood(WIDE))
    data = standardised(trainer)
    assert data is not None
    found = examples_of(trainer, data)
    assert found is not None
    np.testing.assert_allclose(found[0].mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(found[0].std(axis=0), 1.0)


def test_targets_go_into_the_outputs_range() -> None:
    trainer = Trainer(understood(WIDE))
    bounds = output_range(trainer)
    assert bounds == (0.0, 1.0)
    data = targets_in_range(trainer, bounds)
    assert data is not None
    assert {float(t) for t in np.unique(trainer.judge(data).targets.round(9))} == {0.1, 0.9}
    assert targets_in_range(Trainer(understood(batch())), bounds) is None


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("text", [WIDE, MOMENTUM])
def test_gates_take_the_place_of_the_examples(gate: str, text: str) -> None:
    trainer = Trainer(understood(text))
    data = gate_data(trainer, gate)
    assert data is not None
    found = examples_of(trainer, data)
    assert found is not None
    x, y = found
    high = y[:, 0] > y.mean() if y.shape[1] == 1 else y[:, 1] > y[:, 0]
    corner = (2 * x[:, 0] + x[:, 1]).astype(int)
    assert (high == GATES[gate][corner].astype(bool)).all()
    assert not x[:, 2:].any()


def test_a_gate_needs_two_inputs_and_a_table() -> None:
    one = batch().replace("X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]", "X = np.array([[0], [1], [2], [3]]")
    assert gate_data(Trainer(understood(one.replace("(2, 6)", "(1, 6)"))), "AND") is None


def test_a_handful_is_four_of_the_examples() -> None:
    trainer = Trainer(understood(ONE_BY_ONE))
    data = handful_data(trainer)
    own = examples_of(trainer)
    if data is None or own is None:
        pytest.skip("single numbers lie in no table")
    found = examples_of(trainer, data)
    assert found is not None
    assert len(np.unique(found[0], axis=0)) == 4
    assert {tuple(row) for row in found[0]} <= {tuple(row) for row in own[0]}
    assert handful_data(Trainer(understood(batch()))) is None


COMPLEMENT = """
import numpy as np

rng = np.random.default_rng(3)
w, b = rng.standard_normal(2), 0.0
for step in range(60):
    x = rng.random(2)
    y = np.array(x[0] * 0.8 + 0.1)
    a = 1 / (1 + np.exp(-(w @ x + b)))
    d = ((1 - y) / (1 - a) - y / a) * a * (1 - a)
    w = w - 0.1 * d * x
    b = b - 0.1 * d
"""


def test_a_target_that_is_read_as_its_complement_too_changes_everywhere() -> None:
    trainer = Trainer(understood(COMPLEMENT))
    data, shared = mirrored_targets(trainer), trainer.bench.plain().step.inputs
    assert data is not None
    before, after = (dict(zip(shared, d.values(0, shared), strict=True)) for d in (trainer.data, data))
    graph = trainer.data.graph
    (complement,) = [n for n in shared if n in graph.nodes and graph.nodes[n].op == "subtract"]
    (target,) = graph.nodes[complement].inputs
    assert after[target] != before[target]
    assert after[complement] == pytest.approx(1.0 - after[target])
    low, high = 1.0 - trainer.judge().targets.max(), 1.0 - trainer.judge().targets.min()
    assert low - 0.01 <= after[target] <= high + 0.01 or low - 0.01 <= 1.0 - after[target] <= high + 0.01
