"""Faults planted in right networks: the accused line is the planted line, and the family is the right one.

A sample; the whole runs with ``python -m tests.listing.table``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.listing.planting import BEYOND, STYLES, changed_lines, plants, right
from tests.listing.table import outcome
from tests.reading import read

_EACH = 16  # every sixteenth edit of a style
LINES, FAMILIES = 0.95, 0.90  # shares of a sample
SAMPLE = [plant for style in STYLES for plant in plants(style)[::_EACH]]


@pytest.mark.parametrize("style", STYLES)
def test_the_right_network_comes_out_clean(style: str, tmp_path: Path) -> None:
    module = tmp_path / "net.py"
    module.write_text(right(style))
    understanding, findings = read(module)
    assert understanding is not None
    assert understanding.missing == ""
    assert understanding.hypothesis is not None
    assert all(judged.right for judged in understanding.hypothesis.judged)
    assert findings == ()


def test_the_planted_lines_are_accused_and_named() -> None:
    results = [outcome(plant) for plant in SAMPLE]
    assert not [r.trouble for r in results if r.trouble]
    missed = [f"{r.plant.name}: {r.found}" for r in results if not (r.line and r.family)]
    assert sum(r.line for r in results) >= LINES * len(results), missed
    assert sum(r.family for r in results) >= FAMILIES * len(results), missed


@pytest.mark.parametrize(
    ("style", "mutant"),
    [
        ("examples", "bs-shared"),
        ("script", "rd-of-means"),
        ("rows", "dr-sign"),
        ("examples", "up-lr-twice"),
        ("accumulate", "bs-grad-sum"),
        ("accumulate", "rd-last-sample"),
        ("accumulate", "dr-uses-activation"),
        ("script", "ad-only-a"),  # a derivative function that returns its argument
    ],
)
def test_some_that_were_missed_once(style: str, mutant: str) -> None:
    result = outcome(next(plant for plant in plants(style) if plant.mutant == mutant))
    assert result.line, result
    assert result.family, result
    assert result.extra == 0


@pytest.mark.parametrize("style", [*STYLES, *BEYOND])
def test_every_edit_changes_the_text_and_leaves_python(style: str) -> None:
    for plant in plants(style):
        compile(plant.text(), plant.name, "exec")
        assert changed_lines(right(style), plant.text())
