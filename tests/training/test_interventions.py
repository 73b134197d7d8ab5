"""One change at a time: what is wrong by construction is what cures, and a training that works is left alone."""

from __future__ import annotations

import pytest

from annprobe.training.interventions import Suspects, experiment
from annprobe.training.laboratory import Change, Laboratory
from annprobe.training.results import Experiments
from annprobe.training.template import NotReplayable
from annprobe.training.trainer import Trainer
from tests.training.subjects import ONE_BY_ONE, batch, tried, understood

SHIFTED = batch().replace("[1, 0], [1, 1]], float)", "[1, 0], [1, 1]], float) + 1000.0")
BEYOND = batch().replace("[[0], [1], [1], [0]], float)", "[[0], [50], [50], [0]], float)")


def single(done: Experiments) -> set[str]:
    """Kinds of single changes that cure."""
    return {t.changes[0].kind for t in done.cures() if len(t.changes) == 1}


@pytest.mark.parametrize("text", [batch(), ONE_BY_ONE])
def test_training_that_works_is_left_alone(text: str) -> None:
    done = tried(text)
    assert done.state == "trains"
    assert done.cures() == []
    assert done.swap is None
    assert done.share < 0.25


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (batch(rate=0.002), "learning rate"),
        (batch(rate=800.0), "learning rate"),
        (batch(spread=80.0), "start"),
        (batch(spread=0.0), "start"),
        (batch(rate=0.5, steps=12), "longer"),
        (SHIFTED, "inputs"),
        (BEYOND, "targets"),
        (batch(delta="(Y - out) * out * (1 - out)"), "gradient"),
        (batch(delta="np.abs(out - Y) * out * (1 - out)"), "gradient"),
    ],
)
def test_the_planted_cause_cures(text: str, kind: str) -> None:
    done = tried(text)
    assert done.state == "fails"
    assert kind in single(done)


def test_a_small_rate_is_cured_by_a_larger_one_only() -> None:
    done = tried(batch(rate=0.0002))
    factors = {t.changes[0].of for t in done.cures("learning rate") if len(t.changes) == 1}
    assert factors
    assert min(factors) >= 100.0


def test_beside_a_wrong_gradient_no_setting_is_judged_alone() -> None:
    done = tried(batch(delta="(Y - out) * out * (1 - out)"))
    assert not [t for t in done.tried if t.changes[0].kind in ("inputs", "targets") and t.cures]
    assert done.swap is not None
    whole = done.trial(Change("gradient", done.swap.chains))
    assert whole is not None
    assert whole.cures


def test_a_wrong_gradient_that_learns_is_tried_on_mirrored_targets() -> None:
    """The hidden layer stays as it was drawn: the output layer learns XOR from its features, this way or that."""
    done = tried(batch(spread=2.0).replace("W1 -= rate * (X.T @ d1)", "W1 -= rate * 0 * (X.T @ d1)"))
    if done.state == "trains":
        assert any(t.mirrored for t in done.tried)
        assert not any(t.cures for t in done.tried if not t.mirrored)


def test_the_own_training_is_watched() -> None:
    done = tried(batch())
    assert len(done.own.path) == len(done.own.steps)
    assert done.own.steps[0] == 0
    assert set(done.own.path[0]) == set(done.trainer.loop.carried)


def test_without_time_there_is_no_judgement() -> None:
    trainer = Trainer(understood(batch()))
    with pytest.raises(NotReplayable, match="no time"):
        experiment(Laboratory(trainer, -1.0), Suspects())
