"""The score of known causes counts what it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from annprobe.findings import Diagnosis, Finding, Place, Role, SubjectFacts, Verdict
from tests.score import Marks, disagreeing_roles, main, mark, truths
from tests.training.subjects import batch


def finding(family: str, line: int, role: Role) -> Finding:
    return Finding("AP304", family, family, (Place("net.py", line),), role=role)


def diagnosis(*findings: Finding, verdict: Verdict = "faulty") -> Diagnosis:
    return Diagnosis("0", SubjectFacts("net.py"), verdict, findings=findings)


TRUTH: dict[str, Any] = {
    "file": "net.py",
    "families": [["activation-derivative", "sign"], ["learning-rate"]],
    "lines": [7],
    "single_change_cures": {"act": True, "learning-rate": False},
    "patch": [{"line": 7, "group": "act"}],
}


def test_a_right_first_finding_counts() -> None:
    marks = Marks()
    assert mark(TRUTH, diagnosis(finding("sign", 7, "cause")), marks) == ""
    assert marks.of["first family"] == marks.of["line"] == marks.of["faulty"] == 1
    assert marks.roles == {"judged": 1, "agreeing": 1}


@pytest.mark.parametrize(
    ("found", "missed"),
    [
        ((), "no first family"),
        ((finding("bias", 7, "cause"),), "no first family"),
        ((finding("bias", 3, "cause"), finding("sign", 7, "cause")), "no first family"),
        ((finding("sign", 3, "cause"),), "no line"),
        ((finding("sign", 7, "harmless"),), "act: cures True, role harmless"),
        ((finding("sign", 7, "cause"), finding("learning-rate", 2, "cause")), "learning-rate: cures False, role cause"),
    ],
)
def test_what_is_not_as_known_is_told(found: tuple[Finding, ...], missed: str) -> None:
    assert missed in mark(TRUTH, diagnosis(*found), Marks())


def test_a_healthy_module_has_to_come_out_clean() -> None:
    truth = {"file": "net.py", "families": [[]], "lines": []}
    marks = Marks()
    assert mark(truth, diagnosis(verdict="clean"), marks) == ""
    assert mark(truth, diagnosis(finding("sign", 7, "untested")), marks) != ""
    assert (marks.of["healthy"], marks.of["healthy clean"], marks.of["healthy accused"]) == (2, 1, 1)


def test_groups_without_a_finding_are_not_judged() -> None:
    assert list(disagreeing_roles(TRUTH, diagnosis(finding("bias", 3, "cause")))) == []


def test_a_folder_is_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "right.py").write_text(batch(steps=800))
    (tmp_path / "truth.json").write_text(json.dumps([{"file": "right.py", "families": [], "lines": []}]))
    assert [path.name for path, _ in truths([str(tmp_path)])] == ["right.py"]
    assert main([str(tmp_path), "--effort", "quick"]) == 0
    assert "'healthy clean': 1" in capsys.readouterr().out
