"""The committed report is what the catalogue gives today, and its score is full."""

from __future__ import annotations

from annprobe.catalog import inexpressible, load
from tests.mutants.report import REPORT, killers, on_panel, own, panel, text


def test_the_report_is_up_to_date() -> None:
    assert REPORT.read_text("utf-8") == text()


def test_no_gradient_mutant_survives_where_it_differs() -> None:
    networks = panel()
    for mutant in own():
        if mutant.gradient_check:
            assert "gradient" in killers(mutant)
            assert sum(on_panel(mutant, networks)) == len(networks), mutant.id


def test_no_known_bug_is_both_a_mutant_and_none() -> None:
    assert not set(inexpressible()) & set(load())
