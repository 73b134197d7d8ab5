"""Units: named by content, idempotent, plain data; blueprints cover the variety and are the same for the same seed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from annprobe import catalog
from annprobe.errors import BadArgument, ToolFault
from annprobe.survey.blueprints import blueprints
from annprobe.survey.campaign import Campaign, all_that_train, chosen, pairs
from annprobe.survey.measure import HEALTHY, run_unit, trains
from annprobe.survey.tasks import DEFAULT, KNOWN, make
from annprobe.survey.units import Unit
from tests.survey.small import campaign


def test_a_unit_survives_json_and_keeps_its_name() -> None:
    for unit in campaign().units():
        again = Unit.from_json(json.loads(json.dumps(unit.to_json())))
        assert again == unit
        assert again.name == unit.name


def test_the_name_tells_all_contents_apart() -> None:
    unit = campaign().units()[0]
    others = [replace(unit, seeds=3), replace(unit, tasks=("either",)), replace(unit, mutants=("ld-sign",)),
              replace(unit, iterations=80), replace(unit, code="another"),
              replace(unit, blueprint=replace(unit.blueprint, l2=0.5))]
    assert len({u.name for u in (unit, *others)}) == len(others) + 1


def test_a_unit_gives_the_same_again() -> None:
    unit = campaign().units()[1]
    first = json.dumps(run_unit(unit))
    assert first == json.dumps(run_unit(unit))
    assert json.loads(first)["cells"][HEALTHY]["runs"]


def test_other_code_refuses_a_unit() -> None:
    with pytest.raises(ToolFault, match="another version"):
        run_unit(replace(campaign().units()[0], code="0" * 16))


def test_the_usual_campaign_has_one_stack_for_an_architecture() -> None:
    units = Campaign(all_that_train()).units()
    assert len(units) == 20
    assert all(unit.tasks == DEFAULT for unit in units)


def test_blueprints_are_reproducible_and_varied() -> None:
    drawn = blueprints(20, 0)
    assert drawn == blueprints(20, 0)
    assert drawn != blueprints(20, 1)
    assert {len(b.hidden) for b in drawn} == {0, 1, 2}
    assert {b.activation for b in drawn} == {"sigmoid", "tanh", "relu", "leaky relu"}
    assert {b.ending for b in drawn} == {"sigmoid", "linear", "cross-entropy", "softmax", "softmax squared"}
    assert {b.optimiser for b in drawn} == {"gradient descent", "momentum", "adam"}
    assert {b.batched for b in drawn} == {True, False}
    assert {b.reduction for b in drawn} == {"mean", "sum"}
    assert any(b.l2 for b in drawn)
    assert any(b.unit > 1.0 for b in drawn)


@pytest.mark.parametrize("name", [name for name in KNOWN if name != "digits"])
def test_every_blueprint_completes_every_task(name: str) -> None:
    task = make(name)
    for blueprint in blueprints(20, 0):
        architecture, data = blueprint.complete(task)
        assert data.X.shape == (len(task.data.X), architecture.widths[0])
        assert data.Y.shape == (len(task.data.X), architecture.widths[-1])


def test_mutants_are_chosen_by_id_family_and_pair() -> None:
    assert chosen(["ld-sign"]) == ("ld-sign",)
    assert set(chosen(["bias"])) == {m.id for m in catalog.select("bias")}
    assert chosen(["rd-sum+dr-sign"]) == ("rd-sum+dr-sign",)
    assert chosen([]) == all_that_train()
    for wrong in ("ld-sing", "gc-tautology", "ld-sign+ad-missing-output", "bs-shared+nobody"):
        with pytest.raises(BadArgument):
            chosen([wrong])


def test_mutants_of_checkers_are_not_trained() -> None:
    assert not any(trains(m.id) for m in catalog.select("gradient-checker"))
    assert len(all_that_train()) >= 130


def test_pairs_fit_together_and_are_reproducible() -> None:
    drawn = pairs(all_that_train(), 30, 1)
    assert len(set(drawn)) == 30
    assert drawn == pairs(all_that_train(), 30, 1)
    assert chosen(drawn) == drawn
    assert len(pairs(("ld-sign", "bs-shared", "ld-abs"), 30)) == 2


@pytest.mark.parametrize("changes", [{"architectures": 0}, {"seeds": 0}, {"tasks": ("xro",)}, {"every": 100}])
def test_senseless_campaigns_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(BadArgument):
        campaign(**changes)
