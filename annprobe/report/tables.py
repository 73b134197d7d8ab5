"""Rows of the tables, the same for every format, and tabulate's drawing of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tabulate import tabulate

from annprobe.findings import Diagnosis, Experiment
from annprobe.report.words import printable

MOST_CHECKS = 14


@dataclass(frozen=True, slots=True)
class Table:
    """A heading, column names and rows of text; ``note`` says what was left out."""

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def tables(diagnosis: Diagnosis) -> list[Table]:
    """The tables that have rows: gradient, checks, experiments, symptoms."""
    made = [gradient_table(diagnosis), checks_table(diagnosis), experiments_table(diagnosis), symptoms_table(diagnosis)]
    return [table for table in made if table.rows]


def gradient_table(diagnosis: Diagnosis) -> Table:
    """One row a parameter: whether backpropagation agrees with an independent derivative, and by how much."""
    rows = tuple(
        (row.parameter, {True: "yes", False: "NO", None: "?"}[row.agrees], _small(row.relative_error),
         _small(row.detection_limit), row.pattern or "", str(row.line or ""))
        for row in diagnosis.gradient
    )
    headers = ("parameter", "agrees", "relative error", "detection limit", "pattern", "line")
    return Table("Gradient against an independent derivative", headers, rows)


def checks_table(diagnosis: Diagnosis, *, most: int = MOST_CHECKS) -> Table:
    """One row a check, in ladder order; where there are too many, those that passed are only counted."""
    shown = diagnosis.checks if len(diagnosis.checks) <= most else tuple(
        check for check in diagnosis.checks if check.status in ("fail", "error"))
    rows = tuple((check.status.upper() if check.status in ("fail", "error") else check.status,
                  check.rung, check.id, check.evidence) for check in shown)
    left_out = len(diagnosis.checks) - len(shown)
    note = f"{left_out} more checks passed or were skipped" if left_out else ""
    return Table("Checks, simplest first", ("status", "rung", "check", "evidence"), rows, note)


def experiments_table(diagnosis: Diagnosis) -> Table:
    """One row a change that was tried."""
    rows = tuple((item.change, _cured(item), item.evidence) for item in diagnosis.experiments)
    return Table("Experiments: one change at a time", ("change", "cures training", "evidence"), rows)


def symptoms_table(diagnosis: Diagnosis) -> Table:
    """One row a symptom, strongest first."""
    ordered = sorted(diagnosis.symptoms, key=lambda symptom: -symptom.strength)
    rows = tuple((symptom.id, f"{symptom.strength:.2f}", symptom.evidence) for symptom in ordered)
    return Table("Symptoms of the training run", ("symptom", "strength", "evidence"), rows)


def _cured(item: Experiment) -> str:
    return {True: "yes", False: "no", None: "?"}[item.cured]


def _small(value: float | None) -> str:
    return "" if value is None else "0" if value == 0 else f"{value:.1e}"


def drawn(headers: Sequence[str], rows: Sequence[Sequence[str]], *, form: str = "simple",
          widths: Sequence[int | None] | None = None) -> str:
    """tabulate's table of cells that are text already: numbers in names stay as they are written."""
    cells = [[printable(cell) for cell in row] for row in rows]
    return tabulate(cells, headers=list(headers), tablefmt=form, disable_numparse=True,
                    maxcolwidths=list(widths) if widths else None)

