"""Perceptrons as strangers write them: right ones come out clean, wrong ones are accused where they are wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from annprobe.diagnosis import Options, diagnose

HERE = Path(__file__).parent.parent / "subjects"
ALL: list[dict[str, Any]] = json.loads((HERE / "truth.json").read_text("utf-8"))
TRUTHS = [truth for truth in ALL if truth["cost"] == "perceptron criterion"]


@pytest.mark.parametrize("truth", [t for t in TRUTHS if t["healthy"]], ids=lambda truth: str(truth["file"]))
def test_right_ones_are_clean(truth: dict[str, Any]) -> None:
    diagnosis = diagnose(HERE / truth["file"], options=Options())
    assert diagnosis.findings == ()
    assert diagnosis.verdict == "clean"


@pytest.mark.parametrize("truth", [t for t in TRUTHS if not t["healthy"]], ids=lambda truth: str(truth["file"]))
def test_wrong_ones_are_accused(truth: dict[str, Any]) -> None:
    first = diagnose(HERE / truth["file"], options=Options()).findings[0]
    assert first.family in truth["families"][0]
    assert first.places[0].line in truth["lines"]


def test_both_kinds_are_there() -> None:
    assert len([t for t in TRUTHS if t["healthy"]]) >= 4
    assert len([t for t in TRUTHS if not t["healthy"]]) >= 6
