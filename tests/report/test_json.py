"""JSON: validates against the shipped schema, which knows every field, and comes back as it went."""

from __future__ import annotations

import dataclasses
import json
import math
from importlib import resources
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from referencing import Registry, Resource

from annprobe import findings
from annprobe.errors import BadArgument
from annprobe.findings import Diagnosis
from annprobe.report.as_json import diagnosis_from_json, plain, report, summary
from tests.report.samples import ALL, FULL, HOSTILE


def schema(name: str) -> dict[str, Any]:
    text = resources.files("annprobe.report").joinpath("schemas", f"{name}.schema.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


ONE = schema("diagnosis")
VALIDATOR = jsonschema.Draft202012Validator(ONE)
REGISTRY: Any = Registry().with_resource("urn:annprobe:diagnosis:1", Resource.from_contents(ONE))


@pytest.mark.parametrize("name", ALL)
def test_validates_and_comes_back(name: str) -> None:
    text = report(ALL[name])
    VALIDATOR.validate(json.loads(text))
    if name != "hostile":  # nan is not equal to itself
        assert diagnosis_from_json(text) == ALL[name]


def test_many_validate() -> None:
    jsonschema.Draft202012Validator(schema("diagnoses"), registry=REGISTRY).validate(
        json.loads(summary(list(ALL.values()))))


def test_what_is_not_finite_comes_back() -> None:
    back = diagnosis_from_json(report(HOSTILE))
    assert back.gradient[0].relative_error == math.inf
    assert math.isnan(back.curves[0].y[1])
    assert report(back) == report(HOSTILE)


def test_a_variable_called_NaN_stays_a_name() -> None:
    line = findings.ListingLine(1, "NaN", None, "right")
    back = diagnosis_from_json(report(dataclasses.replace(FULL, listing=(line,))))
    assert back.listing == (line,)


@settings(max_examples=50)
@given(st.from_type(Diagnosis))
def test_any_diagnosis_comes_back(diagnosis: Diagnosis) -> None:
    text = report(diagnosis)
    assert report(diagnosis_from_json(text)) == text if diagnosis.schema == findings.SCHEMA else True


@pytest.mark.parametrize("definition", [n for n in ONE["$defs"] if n[0].isupper()])
def test_the_schema_knows_every_field(definition: str) -> None:
    fields = [field.name for field in dataclasses.fields(getattr(findings, definition))]
    assert sorted(ONE["$defs"][definition]["properties"]) == sorted(fields)
    assert sorted(ONE["$defs"][definition]["required"]) == sorted(fields)


def test_every_class_of_findings_is_in_the_schema() -> None:
    classes = {name for name, kind in vars(findings).items() if dataclasses.is_dataclass(kind)}
    assert classes == {name for name in ONE["$defs"] if name[0].isupper()}


def test_a_wrong_code_does_not_validate() -> None:
    data = plain(FULL)
    data["findings"][0]["code"] = "E501"
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(data)


@pytest.mark.parametrize(("text", "says"), [
    ("{", "not JSON"), ("[]", "one JSON object"), ("{}", "annprobe.diagnosis/1"),
    ('{"schema": "annprobe.diagnosis/1"}', "not a saved diagnosis"),
    ('{"schema": "annprobe.diagnosis/1", "annprobe": "1", "verdict": "clean", "subject": 3, "findings": 4}', "saved"),
])
def test_what_is_no_diagnosis_is_refused(text: str, says: str) -> None:
    with pytest.raises(BadArgument, match=says):
        diagnosis_from_json(text)
