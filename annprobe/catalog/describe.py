"""What there is to say about mutants: the table of the catalogue, and one mutant in full."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from annprobe.catalog.mutant import Mutant
from annprobe.catalog.table import get, select
from annprobe.exhibits.store import Exhibit, stored


@dataclass(frozen=True)
class Row:
    """A line of the catalogue's table. ``widths`` are those of the smallest network that shows the mutant."""

    id: str
    family: str
    summary: str
    gradient_check: bool
    seen_by: str | None
    widths: tuple[int, ...] | None


def rows(family: str | None = None) -> tuple[Row, ...]:
    """The table of the catalogue, or of one family of it. Raises :class:`BadArgument` for an unknown family."""
    known = stored()
    return tuple(
        Row(m.id, m.family, m.summary, m.gradient_check, m.seen_by, known[m.id].widths if m.id in known else None)
        for m in select(family)
    )


@dataclass(frozen=True)
class Description:
    """Everything there is to say about one mutant, as data: the mutant, both codes, its exhibit."""

    mutant: Mutant
    silent_when: str
    code_right: str
    code_wrong: str
    exhibit: Exhibit | None


def describe(id: str) -> Description:
    """All about one mutant. The exhibit of one that comes from elsewhere is searched now, which may take seconds.

    Raises :class:`BadArgument`, with the closest id, for an unknown one.
    """
    mutant = get(id)
    exhibit = stored().get(id)
    if exhibit is None:
        exhibit = importlib.import_module("annprobe.exhibits.search").found(mutant)  # hypothesis: only if needed
    return Description(mutant, mutant.silent.text, mutant.source_of_step, mutant.source, exhibit)
