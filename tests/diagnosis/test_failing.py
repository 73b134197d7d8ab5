"""Modules as strangers write them, whose gradient is right and whose training fails, or seems to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from annprobe.diagnosis import Options, diagnose

HERE = Path(__file__).parent.parent / "failing"
TRUTHS: list[dict[str, Any]] = json.loads((HERE / "truth.json").read_text("utf-8"))


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: str(truth["file"]))
def test_the_reason_is_the_only_finding(truth: dict[str, Any]) -> None:
    diagnosis = diagnose(HERE / truth["file"], options=Options())
    (finding,) = diagnosis.findings
    assert [finding.family] in truth["families"]
    assert finding.places[0].line in truth["lines"]
    assert finding.role == truth["role"]


def test_every_module_is_listed() -> None:
    modules = {path.name for path in HERE.glob("*.py")}
    assert {truth["file"] for truth in TRUTHS} == modules
