"""Ignore comments: what they take out, what they do not, and that a useless one is a finding."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annprobe.findings import Diagnosis
from annprobe.ignores import apply_ignores, ignore_comments
from tests.report.samples import FULL, SOURCE

LINES = SOURCE.splitlines()


def with_comment(line: int, comment: str, diagnosis: Diagnosis = FULL) -> Diagnosis:
    lines = list(LINES)
    lines[line - 1] += comment
    return apply_ignores(replace(diagnosis, source="\n".join(lines) + "\n"))


def codes(diagnosis: Diagnosis) -> list[str]:
    return [finding.code for finding in diagnosis.findings]


@pytest.mark.parametrize("comment", ["  # annprobe: ignore[AP306] the mean is meant", "  #annprobe:ignore[scale]",
                                     "  # annprobe: ignore[AP301, AP306]", "  # a note # annprobe: ignore[ap306]"])
def test_a_finding_of_the_line_is_ignored(comment: str) -> None:
    found = with_comment(6, comment)
    assert codes(found) == ["AP401"]
    assert [(item.code, item.line) for item in found.ignored] == [("AP306", 6)]


def test_the_reason_is_kept() -> None:
    assert with_comment(6, "  # annprobe: ignore[AP306] - the mean is meant").ignored[0].reason == "the mean is meant"


def test_a_comment_alone_speaks_for_the_next_line_of_code() -> None:
    lines = [*LINES[:5], "        # annprobe: ignore[AP306] meant", *LINES[5:]]
    moved = tuple(replace(f, places=tuple(replace(p, line=p.line + 1, end_line=p.line + 1) for p in f.places))
                  for f in FULL.findings)
    found = apply_ignores(replace(FULL, findings=moved, source="\n".join(lines)))
    assert codes(found) == ["AP401"]


@pytest.mark.parametrize(("line", "comment", "says"), [
    (6, "  # annprobe: ignore[AP301]", "ignores AP301, which was not found on its line"),
    (5, "  # annprobe: ignore[AP306]", "ignores AP306, which was not found on its line"),
    (6, "  # annprobe: ignore", "names no code"), (6, "  # annprobe: ignore[AP99]", "AP99, which is no code"),
])
def test_a_comment_that_ignores_nothing_is_a_finding(line: int, comment: str, says: str) -> None:
    found = with_comment(line, comment)
    assert codes(found) == ["AP401", "AP306", "AP902"]
    assert says in found.findings[-1].message
    assert found.findings[-1].places[0].line == line


def test_when_everything_is_ignored_the_verdict_is_clean() -> None:
    found = with_comment(6, "  # annprobe: ignore[AP306]", replace(FULL, findings=FULL.findings[1:]))
    assert (found.verdict, found.findings) == ("clean", ())
    assert "ignored by a comment" in found.message


def test_text_in_a_string_is_no_comment() -> None:
    assert list(ignore_comments('x = "# annprobe: ignore[AP306]"\n')) == []


def test_an_unfinished_diagnosis_does_not_blame_a_comment() -> None:
    partial = replace(FULL, findings=(), partial=True)
    assert with_comment(6, "  # annprobe: ignore[AP306]", partial).findings == ()


def test_without_comments_nothing_changes() -> None:
    assert apply_ignores(FULL) is FULL


@given(st.text())
def test_any_text_can_be_read(source: str) -> None:
    list(ignore_comments(source))
    list(ignore_comments("# annprobe: ignore[AP306]\n" + source))
