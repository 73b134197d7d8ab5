"""Faults planted in right networks: the accused line is the planted line, and the family is the right one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.listing.planted import PLANTED, SOURCES, Planted
from tests.reading import lines_of, read


@pytest.mark.parametrize("style", SOURCES)
def test_the_right_network_comes_out_clean(style: str, tmp_path: Path) -> None:
    module = tmp_path / "net.py"
    module.write_text(SOURCES[style])
    understanding, findings = read(module)
    assert understanding is not None
    assert understanding.missing == ""
    assert understanding.hypothesis is not None
    assert all(judged.right for judged in understanding.hypothesis.judged)
    assert findings == ()


@pytest.mark.parametrize("planted", PLANTED, ids=lambda p: f"{p.style}: {p.new}")
def test_the_planted_line_is_accused_and_named(planted: Planted, tmp_path: Path) -> None:
    module = tmp_path / "net.py"
    module.write_text(planted.text())
    _, findings = read(module)
    assert planted.line in lines_of(findings)
    assert planted.families[0] in {f.family for f in findings} or {f.family for f in findings} & set(planted.families)
