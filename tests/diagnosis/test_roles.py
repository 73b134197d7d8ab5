"""Roles follow from experiments: a fault that stops training is a cause, one that does not is harmless."""

from __future__ import annotations

from pathlib import Path

import pytest

from annprobe.diagnosis.verdict import rank
from annprobe.findings import Diagnosis, Finding, SubjectFacts
from tests.diagnosis.modules import HIDDEN_LINE, RIGHT, diagnosed, line_of, xor


def test_the_line_number_is_that_of_the_hidden_error() -> None:
    assert line_of(xor(), RIGHT) == HIDDEN_LINE


@pytest.mark.parametrize(
    "hidden",
    ["-(d2 @ self.W2.T) * self.h * (1 - self.h)", "(d2 @ self.W2.T) * self.h"],
)
def test_a_wrong_line_has_a_tested_role(hidden: str, tmp_path: Path) -> None:
    found = diagnosed(xor(hidden=hidden), tmp_path)
    first = found.findings[0]
    assert HIDDEN_LINE in {place.line for place in first.places}
    assert first.role != "untested"
    assert any("training by replay succeeds" in note for note in first.notes)
    assert any(row.change.startswith("true gradient for") for row in found.experiments)


def test_an_error_climbed_is_the_cause(tmp_path: Path) -> None:
    text = xor().replace("d2 = (out - y) * out", "d2 = (y - out) * out")
    found = diagnosed(text, tmp_path)
    assert found.findings[0].role == "cause"
    assert found.findings[0].trust == "verified"
    assert found.experiments[0].cured is False


def test_what_does_not_keep_the_network_from_learning_is_harmless(tmp_path: Path) -> None:
    """The output layer's bias takes half steps: another factor than the other parameters'."""
    text = xor().replace("self.b2 -= rate * d2", "self.b2 -= rate * 0.5 * d2")
    found = diagnosed(text, tmp_path)
    assert {finding.role for finding in found.findings} <= {"harmless"}


def test_quick_has_roles_too(tmp_path: Path) -> None:
    text = xor().replace("d2 = (out - y) * out", "d2 = (y - out) * out")
    found = diagnosed(text, tmp_path, effort="quick")
    assert found.findings[0].role == "cause"
    assert found.checks == ()


def finding(code: str, family: str, role: str, line: int = 1) -> Finding:
    return Finding(code, family, f"{family} {line}", role=role)  # type: ignore[arg-type]


def test_causes_come_first_and_faults_before_settings() -> None:
    given = (
        finding("AP306", "scale", "harmless"),
        finding("AP401", "learning-rate", "contributing"),
        finding("AP404", "update", "contributing"),
        finding("AP501", "checker", "untested"),
        finding("AP403", "initialisation", "cause"),
    )
    ranked = rank(Diagnosis("0", SubjectFacts("net.py"), "faulty", findings=given))
    assert [f.family for f in ranked.findings] == ["initialisation", "update", "learning-rate", "checker", "scale"]
