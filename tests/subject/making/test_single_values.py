"""Engines of numbers with gradients, without a network: every operation is tried, and each fault found at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.diagnosis.test_right_modules import FOLDER
from tests.reading import lines_of, read

ENGINE = FOLDER / "number_engine.py"
PLANTED = (
    ("self.g += s * (1.0 - s)", "self.g += s * (1.0 + s)", "activation-derivative"),
    ("self.g += (1.0 - t * t)", "self.g += (1.0 - t)", "activation-derivative"),
    ("other.g += self.v * result.g", "other.g += other.v * result.g", "layer-index"),
    ("other.g += -self.v / other.v ** 2", "other.g += self.v / other.v ** 2", None),
    ("self.g += s * (1.0 - s)", "self.g = s * (1.0 - s)", None),
    ("self.g += other.v * result.g", "self.g = other.v * result.g", "state"),
)


@pytest.mark.parametrize(("old", "new", "family"), PLANTED)
def test_a_fault_of_one_operation_is_found_at_its_line(
    old: str, new: str, family: str | None, tmp_path: Path
) -> None:
    text = ENGINE.read_text()
    assert text.count(old) == 1
    path = tmp_path / "engine.py"
    path.write_text(text.replace(old, new))
    understood, findings = read(path)
    assert understood is not None
    assert lines_of(findings) == {text[: text.index(old)].count("\n") + 1}
    assert family is None or [finding.family for finding in findings] == [family]


def test_no_line_of_the_usage_is_pointed_at(tmp_path: Path) -> None:
    path = tmp_path / "engine.py"
    path.write_text(ENGINE.read_text().replace("num.pull()", "num.pull() if num.made_of else None"))
    assert read(path)[1] == ()
