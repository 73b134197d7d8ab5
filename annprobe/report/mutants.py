"""The catalogue of mutants as a table, and one mutant in full."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass

from annprobe.catalog import Mutant
from annprobe.errors import BadArgument
from annprobe.findings import CODES, FAMILIES
from annprobe.report.markdown import escaped
from annprobe.report.tables import drawn

HEADERS = ("id", "family", "step", "code", "killed by", "what is wrong")
_WIDTH_OF_SUMMARY = 72


@dataclass(frozen=True, slots=True)
class Filters:
    """What the listed mutants must have; None where it does not matter."""

    code: str | None = None
    step: str | None = None
    word: str | None = None


def selected(mutants: Sequence[Mutant], filters: Filters) -> list[Mutant]:
    """Those that the filters let through. Raises ``BadArgument`` for a code that does not exist."""
    code = filters.code and FAMILIES.get(filters.code.lower(), filters.code.upper())
    if code and code not in CODES:
        raise BadArgument(f"unknown code {filters.code!r}; 'annprobe explain' lists them all")
    word = (filters.word or "").lower()
    return [m for m in mutants if code in (None, m.code) and filters.step in (None, m.step) and word in _text(m)]


def _text(mutant: Mutant) -> str:
    return " ".join([mutant.id, mutant.summary, mutant.correct, mutant.bugged, mutant.silent_text, mutant.shows,
                     mutant.fix, mutant.seen]).lower()


def listed(mutants: Sequence[Mutant], form: str) -> str:
    """The table, as text, json, csv or markdown; in text the number of mutants stands below."""
    rows = [(m.id, m.family, m.step, m.code, m.seen_by or "nothing: equivalent", m.summary) for m in mutants]
    if form == "json":
        return json.dumps([dict(zip(HEADERS, row, strict=True)) for row in rows], indent=2, ensure_ascii=False)
    if form == "csv":
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([HEADERS, *rows])
        return out.getvalue().rstrip("\n")
    if form == "markdown":
        return drawn(HEADERS, [[escaped(cell) for cell in row] for row in rows], form="github")
    table = drawn(HEADERS, rows, widths=[None] * (len(HEADERS) - 1) + [_WIDTH_OF_SUMMARY])
    count = len({mutant.family for mutant in mutants})
    return f"{table}\n\n{len(rows)} mutants of {count} famil{'y' if count == 1 else 'ies'}; --show ID shows one in full"


def described(mutant: Mutant) -> str:
    """One mutant in Markdown: formulas, where it hides, how it shows, the repair, its code beside the right one."""
    lines = [
        f"# {mutant.id}: {mutant.summary}",
        f"family {mutant.family}, cause {mutant.code} {mutant.cause}, replaces the step `{mutant.step}`",
        f"- **correct** `{mutant.correct}`\n- **bugged** `{mutant.bugged}`\n- **silent** {mutant.silent_text}\n"
        f"- **shows** {mutant.shows}\n- **killed by** {mutant.seen_by or 'nothing: it is equivalent'}\n"
        f"- **fix** {mutant.fix}\n- **seen** {mutant.seen}",
    ]
    if mutant.source:
        lines += ["The bugged step:", f"```python\n{mutant.source}\n```", "The right one:",
                  f"```python\n{mutant.source_of_step}\n```"]
    return "\n\n".join(lines)
