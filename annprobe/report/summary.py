"""The table for people who mark many modules: a row a module, then the faults they share."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

from rich.text import Text

from annprobe.findings import Diagnosis, Verdict
from annprobe.report.rows import Group, groups, row
from annprobe.report.tables import drawn
from annprobe.report.words import printable, shown_path

_SHOWN_MODULES = 3
HEADERS = ("module", "verdict", "first finding", "line", "seconds", "what")


def styled_summary(diagnoses: Sequence[Diagnosis], *, width: int = 100) -> Text:
    """Counts, the table, the groups of equal findings, and the command for more."""
    diagnoses, folder = below_common_folder(diagnoses)
    text = Text(verdict_counts(diagnoses) + f"   (in {folder})" * bool(folder), style="bold")
    text.append("\n\n" + drawn(HEADERS, cells(diagnoses), widths=_widths(diagnoses, width)), style="default not bold")
    shared = [group for group in groups(diagnoses) if len(group.modules) > 1]
    if shared:
        text.append("\n\nThe same mistake in several modules")
        text.append("\n" + drawn(("modules", "code", "family", "what", "where"), group_cells(shared),
                                 widths=[None, None, None, max(20, width - 70), 36]), style="default not bold")
    text.append("\n\nmore: annprobe diagnose MODULE for one report · --report html:report.html for all of them",
                style="dim not bold")
    return text


def below_common_folder(diagnoses: Sequence[Diagnosis]) -> tuple[list[Diagnosis], str]:
    """The diagnoses with paths that begin below the folder they have in common, and that folder ('' for none)."""
    folders = [os.path.dirname(shown_path(diagnosis.subject.path)) for diagnosis in diagnoses]
    try:
        common = os.path.commonpath(folders)
    except ValueError:  # no diagnosis, or paths of different kinds
        return list(diagnoses), ""
    if not common:
        return list(diagnoses), ""
    paths = [os.path.relpath(shown_path(diagnosis.subject.path), common) for diagnosis in diagnoses]
    return [replace(diagnosis, subject=replace(diagnosis.subject, path=path))
            for diagnosis, path in zip(diagnoses, paths, strict=True)], printable(common)


def verdict_counts(diagnoses: Sequence[Diagnosis]) -> str:
    """``12 modules: 8 faulty, 3 clean, 1 unusable``."""
    found = Counter(diagnosis.verdict for diagnosis in diagnoses)
    total = len(diagnoses)
    parts = [f"{found[name]} {name}" for name in get_args(Verdict) if found[name]]
    return f"{total} module{'s' * (total != 1)}: {', '.join(parts)}"


def cells(diagnoses: Sequence[Diagnosis]) -> list[tuple[str, ...]]:
    """The table's rows as text, in the order of :data:`HEADERS`."""
    rows = [row(diagnosis) for diagnosis in diagnoses]
    return [(r.module, r.verdict, f"{r.code} {r.family}".strip(), str(r.line or ""), f"{r.seconds:.1f}", r.message)
            for r in rows]


def group_cells(shared: Sequence[Group]) -> list[tuple[str, ...]]:
    """Rows of the second table; long lists of modules are cut and counted."""
    return [(str(len(g.modules)), g.code, g.family, g.what, _some(g.modules)) for g in shared]


def _some(modules: tuple[str, ...]) -> str:
    left_out = len(modules) - _SHOWN_MODULES
    return ", ".join(modules[:_SHOWN_MODULES]) + (f" and {left_out} more" if left_out > 0 else "")


def _widths(diagnoses: Sequence[Diagnosis], width: int) -> list[int | None]:
    taken = [max(len(cell) for cell in column) + 2 for column in zip(HEADERS, *cells(diagnoses), strict=True)]
    return [None] * (len(HEADERS) - 1) + [max(44, width - sum(taken[:-1]))]
