"""The replayed step is the module's own step, for one network and for stacks of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from annprobe.training.stack import Lane
from annprobe.training.template import NotReplayable
from annprobe.training.trainer import Trainer
from tests.training.subjects import MOMENTUM, ONE_BY_ONE, batch, understood

BRANCHING = """
import numpy as np

x = np.array([[0.0, 1.0], [1.0, 1.0], [1.0, 0.0], [0.3, 0.2]])
y = np.array([0.0, 1.0, 1.0, 0.0])
w = np.array([0.3, -0.2])
for step in range(30):
    out = x @ w
    e = out - y
    g = x.T @ e
    if step % 3 == 1:
        g = np.tanh(g) * 2
    w = w - 0.1 * g
"""


def trained(text: str, names: tuple[str, ...]) -> list[Any]:
    """The module's own parameters at the end of its run."""
    scope: dict[str, Any] = {}
    exec(compile(text, "<module>", "exec"), scope)
    return [np.asarray(scope[name], dtype=float) for name in names]


@pytest.mark.parametrize("steps", [3, 50, 400])
def test_replayed_training_ends_where_the_module_ends(steps: int) -> None:
    text = batch(steps=steps)
    found = understood(text)
    trainer = Trainer(found)
    assert trainer.planned == steps
    trace = trainer.train(trainer.bench.plain(), [Lane(watched=True)], steps, 20.0)[0]
    if trace.solved:
        return  # it stops as soon as nothing is left to learn
    ends = {found.names[p.chain]: trace.path[-1][p.read] for p in trainer.loop.parameters}
    for name, value in zip(("W1", "b1", "W2", "b2"), trained(text, ("W1", "b1", "W2", "b2")), strict=True):
        np.testing.assert_allclose(ends[name], value, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("text", [batch(), ONE_BY_ONE, MOMENTUM])
def test_a_stack_is_many_single_networks(text: str) -> None:
    trainer = Trainer(understood(text))
    rng = np.random.default_rng(0)
    starts = [
        {p.read: trainer.recorded(p.read) + 0.1 * rng.standard_normal(np.shape(trainer.recorded(p.read))) * (i > 0)
         for p in trainer.loop.parameters}
        for i in range(3)
    ]
    lanes = [Lane(start, factor) for start, factor in zip(starts, (1.0, 0.5, 2.0), strict=True)]
    together = trainer.train(trainer.bench.plain(), lanes, 25, 20.0)
    alone = [trainer.train(trainer.bench.plain(), [lane], 25, 20.0)[0] for lane in lanes]
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_allclose(one.left, other.left, rtol=1e-9)


def test_operations_without_a_stacked_form_give_the_same() -> None:
    trainer = Trainer(understood(MOMENTUM))
    plain = trainer.train(trainer.bench.plain(), [Lane(), Lane(factor=0.3)], 20, 20.0)
    trainer.bench.careful = True
    careful = trainer.train(trainer.bench.plain(), [Lane(), Lane(factor=0.3)], 20, 20.0)
    for one, other in zip(plain, careful, strict=True):
        np.testing.assert_allclose(one.left, other.left, rtol=1e-9)


def test_the_epoch_is_read_off_the_steps() -> None:
    assert Trainer(understood(batch())).rows.count == 1
    one_by_one, momentum = Trainer(understood(ONE_BY_ONE)), Trainer(understood(MOMENTUM))
    assert (one_by_one.rows.count, one_by_one.planned) == (12, 480)
    assert (momentum.rows.count, momentum.planned) == (4, 240)


def test_a_step_that_branches_is_refused_with_a_reason() -> None:
    with pytest.raises(NotReplayable, match="same operations"):
        Trainer(understood(BRANCHING))


def test_a_rate_of_zero_changes_nothing() -> None:
    trainer = Trainer(understood(batch()))
    trace = trainer.train(trainer.bench.plain(), [Lane(factor=0.0)], 50, 20.0)[0]
    assert len(set(trace.left)) == 1
