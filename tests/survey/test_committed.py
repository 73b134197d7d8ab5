"""The committed table is what the code gives: a slice is run again and compared with a margin."""

from __future__ import annotations

import dataclasses
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from annprobe import catalog
from annprobe.errors import BadArgument
from annprobe.survey.campaign import Campaign, all_that_train
from annprobe.survey.measure import HEALTHY, run_unit
from annprobe.survey.odds import NOTHING_WRONG, odds, seen, shipped
from annprobe.survey.remarks import percent
from annprobe.survey.settings import ORIGIN, SENSIBLE
from annprobe.survey.table import FIRED, SETTING, TASK, learnable, learned, share

REPORTS = Path(__file__).parents[2] / "reports"
SLICE = (HEALTHY, "ld-sign", "bs-slice-last", "ad-missing-hidden", "in-zeros", "up-lr-over-n")
MARGIN = 0.25  # share of a unit's runs: other processors round differently, and some mutants are chaotic


@pytest.fixture(scope="module")
def table() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((REPORTS / "symptoms.json").read_text("utf-8"))
    return found


def campaign_of(table: dict[str, Any]) -> Campaign:
    stored: dict[str, Any] = dict(table["campaign"])
    stored.update(mutants=tuple(stored["mutants"]), tasks=tuple(stored["tasks"]))
    return Campaign(**stored)


def test_a_slice_gives_the_same_rates(table: dict[str, Any]) -> None:
    units = campaign_of(table).units()
    number, found = next((i, b) for i, b in enumerate(table["blueprints"])
                         if len(b["hidden"]) == 1 and not b["batched"])
    unit = next(u for u in units if json.loads(json.dumps(dataclasses.asdict(u.blueprint))).items() <= found.items())
    result = run_unit(dataclasses.replace(unit, mutants=SLICE[1:]))
    tasks = learnable(result)
    for variant in SLICE:
        runs = [e for e in result["cells"][variant]["runs"] if e[SETTING] == 0 and e[TASK] in tasks]
        now = [len(runs), sum(map(learned, runs)), sum(e[FIRED] & 1 for e in runs)]
        then = table["variants"][variant]["by_unit"][number]
        assert now[0] == then[0] > 0
        assert all(abs(a - b) <= MARGIN * now[0] for a, b in zip(now[1:], then[1:], strict=True)), (variant, now, then)


def test_the_table_is_of_the_whole_catalogue(table: dict[str, Any]) -> None:
    assert table["lost"] == []
    assert table["units"] == table["campaign"]["architectures"] == 20
    assert set(table["campaign"]["mutants"]) == set(all_that_train())
    assert len(table["campaign"]["tasks"]) == 4
    assert (table["campaign"]["seeds"], table["campaign"]["iterations"]) == (5, 2000)


def test_the_readme_s_excerpt_is_of_the_table(table: dict[str, Any]) -> None:
    readme = (REPORTS.parent / "README.md").read_text("utf-8")
    campaign = table["campaign"]
    assert (f"({len(campaign['mutants'])} mistakes, {campaign['architectures']} architectures, "
            f"{len(campaign['tasks'])} tasks, {campaign['iterations']:,} iterations)") in " ".join(readme.split())
    excerpt = readme.split("## Which bug shows which symptoms")[1].split("\n## ")[0]
    rows = [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in excerpt.splitlines()
            if line.startswith("|")][2:]
    assert len(rows) > 5
    for named, *shares in rows:
        name = named.split("`")[0]  # what it means stands behind it
        setting = ORIGIN if "rate 0.01" in name else SENSIBLE
        variant = HEALTHY if name.startswith("right code") else name
        counts = [share(table, variant, "identical-outputs-cost-falling", setting),
                  table["variants"][variant]["settings"][setting]["twins"],
                  share(table, variant, "random-direction", setting)]
        assert shares == [percent(*each) for each in counts], name


def test_the_shipped_odds_are_the_report_s() -> None:
    assert files("annprobe.survey").joinpath("odds.json").read_text("utf-8") == (REPORTS / "odds.json").read_text()
    known = {m.id for m in catalog.load().values()}
    assert set(list(shipped()["hypotheses"])[2:]) <= known


def test_odds_rank_what_shows_a_symptom() -> None:
    ranked = odds(["layer-frozen"], by="mutant")
    assert abs(sum(o.probability for o in ranked) - 1.0) < 1e-9
    assert ranked == sorted(ranked, key=lambda o: -o.probability)
    best = ranked[0]
    assert best.like > 0
    assert best.name != NOTHING_WRONG
    assert odds(["S20"], by="mutant") == ranked
    with pytest.raises(BadArgument, match="layer-frozen"):
        odds(["layer-frozn"])


def test_absent_symptoms_speak_for_right_code() -> None:
    table = shipped()
    quiet = [s for s in table["symptoms"] if s in ("random-direction", "cost-not-falling", "identical-outputs")]
    with_it = {o.name: o.probability for o in odds(["cost-not-falling"])}
    without = {o.name: o.probability for o in odds([], quiet)}
    assert without[NOTHING_WRONG] > with_it[NOTHING_WRONG]


def test_what_was_seen_of_a_mutant() -> None:
    found = seen("ld-sign")
    assert found is not None
    assert found.runs > 100
    assert found.learned[0] <= found.learned[1]
    assert all(0 < fired <= asked for _, fired, asked in found.symptoms)
    assert seen("gc-tautology") is None
