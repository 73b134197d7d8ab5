"""Every rung passes for a right network, and the right ones fail for a fault."""

from __future__ import annotations

import pytest

from annprobe.diagnosis.experiments.ladder import Ladder, skipped
from annprobe.findings import Check
from annprobe.subject.understanding import Understanding
from annprobe.training.anatomy import find_anatomy
from annprobe.training.work import WorkClock
from tests.training.subjects import MOMENTUM, ONE_BY_ONE, batch, tried

RUNGS = [
    "and-one-neuron",
    "forward",
    "true-gradient",
    "gradient-by-neuron",
    "gradient-by-weight",
    "and-hidden-layer",
    "xor",
    "own-task",
    "handful",
]


def climbed(text: str) -> dict[str, Check]:
    def cannot(sizes: tuple[int, ...]) -> Understanding | None:
        return None

    done = tried(text)
    single = text is ONE_BY_ONE  # a neuron of plain numbers: that it has no hidden layer is read elsewhere
    checks = Ladder(done, find_anatomy(done.trainer), cannot, 10.0, WorkClock(), single).climb()
    assert [check.id for check in checks] == RUNGS
    assert all(check.evidence for check in checks)
    return {check.id: check for check in checks}


def statuses(text: str) -> dict[str, str]:
    return {name: check.status for name, check in climbed(text).items()}


@pytest.mark.parametrize("text", [batch(), MOMENTUM, ONE_BY_ONE])
def test_no_rung_fails_for_a_right_network(text: str) -> None:
    assert "fail" not in statuses(text).values()


def test_rungs_that_need_layers_and_tables_pass_where_these_are() -> None:
    found = statuses(MOMENTUM)
    assert {found[rung] for rung in RUNGS[1:]} == {"pass"}
    assert found["and-one-neuron"] == "skip"


@pytest.mark.parametrize(
    ("old", "new", "neurons"),
    [
        ("W1 -= rate", "W1 += rate", "6 of 7"),
        ("(d2 @ W2.T) * (1 - h ** 2)", "d2 @ W2.T", "6 of 7"),
        ("b2 -= rate * d2.sum(axis=0)", "b2 -= rate * d2.mean(axis=0)", "1 of 7"),
    ],
)
def test_wrong_neurons_are_counted(old: str, new: str, neurons: str) -> None:
    found = climbed(batch().replace(old, new))
    assert found["gradient-by-neuron"].status == "fail"
    assert neurons in found["gradient-by-neuron"].evidence
    assert found["gradient-by-weight"].status == "fail"
    assert found["forward"].status == "pass"
    assert found["true-gradient"].status == "pass"


def test_a_network_that_climbs_fails_on_its_own_task_and_not_with_the_true_gradient() -> None:
    found = statuses(batch(delta="(Y - out) * out * (1 - out)"))
    assert (found["own-task"], found["true-gradient"], found["xor"]) == ("fail", "pass", "fail")


def test_where_nothing_can_be_replayed_every_rung_is_skipped_with_the_reason() -> None:
    checks = skipped("the program branches")
    assert [check.id for check in checks] == RUNGS
    assert {(check.status, check.evidence) for check in checks} == {("skip", "the program branches")}
