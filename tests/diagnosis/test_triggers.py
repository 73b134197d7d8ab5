"""One small module for every code: it sets the code off, and nothing else is said to be the cause."""

from __future__ import annotations

from pathlib import Path

import pytest

from annprobe.diagnosis import Options, diagnose
from annprobe.findings import CODES
from annprobe.ignores import apply_ignores

HERE = Path(__file__).parent.parent / "triggers"
TRIGGERS = {path.stem.upper(): path for path in HERE.glob("ap*.py")}


def test_every_code_has_a_trigger() -> None:
    assert set(TRIGGERS) == set(CODES)


@pytest.mark.parametrize("code", sorted(TRIGGERS))
def test_a_trigger_sets_off_its_code(code: str) -> None:
    diagnosis = apply_ignores(diagnose(TRIGGERS[code], options=Options()))
    found = [finding.code for finding in diagnosis.findings]
    assert code in found
    assert {f.code for f in diagnosis.findings if f.role == "cause"} <= {code}


def test_a_right_network_sets_off_none() -> None:
    diagnosis = diagnose(HERE / "healthy.py", options=Options())
    assert (diagnosis.verdict, diagnosis.findings) == ("clean", ())
