"""Hazards by way of the product: a message and no verdict, or a partial report, in time, and nothing is left."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from annprobe.diagnosis.observing.options import Options
from annprobe.diagnosis.pipeline import diagnose
from annprobe.errors import UnusableModule

HAZARDS = sorted((Path(__file__).parents[2] / "hazards").glob("*.py"))
_SECONDS = 4.0
_SLACK = 20.0  # of a busy machine: to start and to end processes


@pytest.mark.parametrize("module", HAZARDS, ids=lambda path: path.stem)
def test_a_hazard_is_told_in_time(module: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    started = time.monotonic()
    try:
        found = diagnose(module, options=Options(effort="quick", seconds=_SECONDS))
    except UnusableModule as error:
        message = str(error)
    else:
        message = found.message
        assert found.verdict == "undetermined" or module.stem == "raises"  # that one has a fault of shapes
    assert message
    assert time.monotonic() - started < _SECONDS + _SLACK
    assert list(tmp_path.iterdir()) == []
