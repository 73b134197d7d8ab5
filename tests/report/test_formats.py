"""Every format: takes whatever a module contains, and validates where the format has a schema."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
import xmlschema

from annprobe.errors import BadArgument
from annprobe.findings import Diagnosis
from annprobe.report import FORMATS, render, render_many
from tests.report.samples import ALL, CLEAN, FULL, HOSTILE, SCALE, UNDETERMINED, UNUSABLE

SCHEMAS = Path(__file__).parent / "schemas"
SARIF: dict[str, Any] = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text("utf-8"))
MANY = list(ALL.values())


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", ALL)
def test_every_format_takes_every_diagnosis(form: str, name: str) -> None:
    text = render(ALL[name], form)
    assert text.strip() or form == "github"
    text.encode("utf-8")  # no lone surrogate is left


@pytest.mark.parametrize("form", FORMATS)
def test_no_format_lets_control_characters_through(form: str) -> None:
    assert re.findall(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", render(HOSTILE, form)) == []


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_takes_many(form: str) -> None:
    text = render_many(MANY, form)
    assert "net.py" in text or form == "github"


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(BadArgument, match=r"pdf.*choose one of text"):
        render(FULL, "pdf")


@pytest.mark.parametrize("diagnoses", [*([d] for d in MANY), MANY])
def test_sarif_validates(diagnoses: list[Diagnosis]) -> None:
    jsonschema.Draft4Validator(SARIF).validate(json.loads(render_many(diagnoses, "sarif")))


def test_sarif_says_what_the_finding_says() -> None:
    run = json.loads(render(FULL, "sarif"))["runs"][0]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["AP306", "AP401"]
    rate, scale = run["results"]
    assert (rate["level"], scale["level"]) == ("error", "note")
    region = scale["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"], region["endColumn"]) == (6, 16, 28)
    replacement = scale["fixes"][0]["artifactChanges"][0]["replacements"][0]
    assert replacement["deletedRegion"] == {"startLine": 6, "startColumn": 1, "endLine": 7, "endColumn": 1}
    assert replacement["insertedContent"]["text"] == "        return delta.T @ self.before\n"


def test_sarif_fingerprints_do_not_move_with_the_line() -> None:
    import dataclasses

    moved = dataclasses.replace(SCALE, places=(dataclasses.replace(SCALE.places[0], line=60, end_line=60),))
    marks = [json.loads(render(dataclasses.replace(FULL, findings=(finding,)), "sarif"))["runs"][0]["results"][0]
             ["partialFingerprints"] for finding in (SCALE, moved)]
    assert marks[0] == marks[1]


def test_sarif_tells_when_a_module_was_not_diagnosed() -> None:
    invocation = json.loads(render(UNUSABLE, "sarif"))["runs"][0]["invocations"][0]
    assert not invocation["executionSuccessful"]
    assert "was never closed" in invocation["toolExecutionNotifications"][0]["message"]["text"]


@pytest.mark.parametrize("diagnoses", [*([d] for d in MANY), MANY])
def test_junit_validates(diagnoses: list[Diagnosis]) -> None:
    xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd").validate(ET.fromstring(render_many(diagnoses, "junit")))


def test_junit_counts() -> None:
    suite = ET.fromstring(render(FULL, "junit"))[0]
    assert {k: suite.get(k) for k in ("tests", "failures", "errors", "skipped")} == {
        "tests": "6", "failures": "2", "errors": "0", "skipped": "1"}
    assert [case.get("name") for case in suite.iter("testcase") if case.find("failure") is not None] == [
        "hidden layer: XOR", "AP401 learning-rate"]
    assert ET.fromstring(render(UNUSABLE, "junit"))[0].get("errors") == "1"


def test_github_annotations_escape_and_point() -> None:
    lines = render(FULL, "github").splitlines()
    assert lines[0] == ("::error file=net.py,line=8,endLine=8,col=27,endColumn=30,title=AP401 learning-rate::"
                        "the rate 0.01 is about 100 times too small for 10000 steps%0Ahelp: use a rate of about 1")
    assert lines[1].startswith("::notice ")
    assert all(line.startswith("::") for line in render(HOSTILE, "github").splitlines())
    assert "%250A::error::x" in render(HOSTILE, "github")


def test_github_shows_the_worst_ten() -> None:
    lines = render_many([FULL] * 12, "github").splitlines()
    assert len(lines) == 11
    assert all(line.startswith("::error") for line in lines[:10])
    assert lines[10] == "::notice::14 more findings are in the full report"
    assert render(CLEAN, "github") == ""
    assert render(UNDETERMINED, "github").startswith("::warning file=odd.py::Undetermined")


def test_csv_has_a_row_a_module_and_no_formulas() -> None:
    rows = list(csv.DictReader(io.StringIO(render_many([*MANY, HOSTILE], "csv"))))
    assert [row["verdict"] for row in rows] == [d.verdict for d in [*MANY, HOSTILE]]
    assert rows[0]["line"] == "8"
    assert rows[0]["code"] == "AP401"
    import dataclasses

    evil = dataclasses.replace(UNUSABLE, message="=cmd()")
    assert "'=cmd()" in render(evil, "csv")


def test_concise_is_one_line_a_finding() -> None:
    assert render(FULL, "concise").splitlines() == [
        "net.py:8:27: AP401 learning-rate (cause): the rate 0.01 is about 100 times too small for 10000 steps",
        "net.py:6:16: AP306 scale (harmless): cost sums over the examples, the gradient is their mean: "
        "a gradient check of the two can never agree",
    ]


def test_markdown_lets_nothing_be_markup() -> None:
    text = render(HOSTILE, "markdown")
    outside = re.sub(r"(?ms)^(`{3,})\w*\n.*?^\1$", "", text)
    outside = re.sub(r"(?<!\\)(`+)(?!`).+?(?<!`)\1(?!`)", "", outside)
    assert "<script" not in outside.replace("\\<script", "")
    assert "**bold**" not in outside


def test_markdown_tables_have_a_constant_number_of_cells() -> None:
    rows = [line for line in render_many([FULL, HOSTILE], "markdown").splitlines() if line.startswith("|")]
    widths = [len(re.findall(r"(?<!\\)\|", row)) for row in rows]
    assert widths
    assert set(widths) <= {3, 4, 5, 6, 7}
