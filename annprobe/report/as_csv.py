"""A row a module, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, fields

from annprobe.findings import Diagnosis
from annprobe.report.rows import Row, row
from annprobe.report.words import printable

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def report(diagnosis: Diagnosis) -> str:
    """One module: a heading and one row."""
    return summary([diagnosis])


def summary(diagnoses: Sequence[Diagnosis]) -> str:
    """A heading and a row a module."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(field.name for field in fields(Row))
    writer.writerows([_cell(value) for value in asdict(row(diagnosis)).values()] for diagnosis in diagnoses)
    return out.getvalue().rstrip("\n")


def _cell(value: object) -> object:
    """A text that a spreadsheet would run as a formula is quoted: it may come from a stranger's module."""
    if not isinstance(value, str):
        return round(value, 3) if isinstance(value, float) else value
    clean = printable(value)
    return "'" + clean if clean.startswith(_FORMULA_STARTS) else clean
