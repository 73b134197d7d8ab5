"""``annprobe mutants``: lists the whole catalogue, finds in it, shows one."""

from __future__ import annotations

import csv
import io
import json

import pytest

from annprobe import catalog
from tests.cli.conftest import Call


def test_every_mutant_is_listed_in_every_format(call: Call) -> None:
    ids = list(catalog.load())
    text = call("mutants")[1]
    assert [line.split()[0] for line in text.splitlines()[2:] if line.split() and line.split()[0] in ids] == ids
    assert f"{len(ids)} mutants of {len(catalog.families())} families" in text
    assert [row["id"] for row in json.loads(call("mutants", "--format", "json")[1])] == ids
    assert [row["id"] for row in csv.DictReader(io.StringIO(call("mutants", "--format", "csv")[1]))] == ids
    assert len(call("mutants", "--format", "markdown")[1].splitlines()) == len(ids) + 2


def test_filters(call: Call) -> None:
    def found(*arguments: str) -> list[str]:
        return [row["id"] for row in json.loads(call("mutants", "--format", "json", *arguments)[1])]

    everything = catalog.load().values()
    assert found("--family", "bias") == [m.id for m in everything if m.family == "bias"]
    assert found("--code", "layer-index") == found("--code", "ap301") == [m.id for m in everything if m.code == "AP301"]
    assert found("--step", "hidden_delta") == [m.id for m in everything if m.step == "hidden_delta"]
    assert found("--check", "gradient") == [m.id for m in everything if m.seen_by == "gradient"]
    assert "li-delta-weights-own" in found("--search", "weights into that layer")


def test_one_is_shown_with_its_code_and_the_right_one(call: Call) -> None:
    code, out, _ = call("mutants", "--show", "li-delta-weights-own")
    assert code == 0
    for said in ("# li-delta-weights-own: ", "cause AP301 layer-index", "- **bugged** `", "- **fix** ", "p.V[layer])",
                 "p.V[layer + 1]", "W[1] = [[", "the bias in column 0", "X = [["):
        assert said in out


def test_what_differs_is_said_in_words_where_it_is_no_number(call: Call) -> None:
    _, settings, _ = call("mutants", "--show", "st-lr-large")
    assert "right  Setup(learning_rate=1.0" in settings
    assert "bugged Setup(learning_rate=1000.0" in settings
    _, fault, _ = call("mutants", "--show", "bs-not-stripped")
    assert "the bugged stops with `ShapeFault" in fault


@pytest.mark.parametrize(("arguments", "says"), [
    (["--show", "li-delta-weight-own"], "li-delta-weights-own"), (["--family", "biass"], "bias"),
    (["--code", "AP999"], "unknown code 'AP999'"), (["--search", "xyzzy"], "no mutant is like that"),
])
def test_what_does_not_exist_is_said(call: Call, arguments: list[str], says: str) -> None:
    code, out, err = call("mutants", *arguments)
    assert (code, out) == (2, "")
    assert says in err
