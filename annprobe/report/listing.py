"""The annotated source: beside each line what it computes, in mathematics, and what it should."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from rich.text import Text

from annprobe.findings import Diagnosis, LineStatus, ListingLine
from annprobe.report.words import printable, shown_path

SIGNS: dict[LineStatus, str] = {"right": "✓", "wrong": "✗", "unexplained": "?", "follows": "↓"}
LEGEND = "✓ right   ✗ wrong   ↓ right, given an earlier fault   ? not recognised"
_STYLES: dict[LineStatus, str] = {"right": "green", "wrong": "bold red", "unexplained": "yellow", "follows": "cyan"}
_SOURCE_WIDTH = 78
_CONTEXT = 2


@dataclass(frozen=True, slots=True)
class Remark:
    """What one line computes, once; ``sign`` is one of :data:`SIGNS`."""

    status: LineStatus
    text: str

    @property
    def sign(self) -> str:
        """The status as a character."""
        return SIGNS[self.status]


@dataclass(frozen=True, slots=True)
class ListedLine:
    """A line of the module with its remarks and the codes of the findings that name it."""

    number: int
    source: str
    remarks: tuple[Remark, ...]
    codes: tuple[str, ...]


def listed_lines(diagnosis: Diagnosis) -> list[ListedLine]:
    """Every line of the source, in order."""
    remarks: dict[int, dict[Remark, None]] = defaultdict(dict)
    for line in sorted(diagnosis.listing, key=lambda item: (item.line, item.occurrence)):
        remarks[line.line][_remark(line)] = None
    codes = _codes(diagnosis)
    return [ListedLine(i, printable(text).expandtabs(4).rstrip(), tuple(remarks[i]), tuple(codes[i]))
            for i, text in enumerate(diagnosis.source.splitlines(), 1)]


def _remark(line: ListingLine) -> Remark:
    holds = line.computes or line.quantity or "?"
    text = f"{line.name} = {holds}" if line.name else holds
    if line.needs:
        text += f"   needs {line.needs}"
    return Remark(line.status, " ".join(printable(text).split()) if not line.needs else printable(text))


def _codes(diagnosis: Diagnosis) -> dict[int, dict[str, None]]:
    codes: dict[int, dict[str, None]] = defaultdict(dict)
    for finding in diagnosis.findings:
        for place in finding.places:
            if place.file in ("", diagnosis.subject.path):
                codes[place.line][finding.code] = None
    return codes


def styled_listing(diagnosis: Diagnosis, *, every_line: bool = False) -> Text:
    """The listing for a console: lines with remarks and their neighbours, or every line of the file."""
    lines = listed_lines(diagnosis)
    text = Text(f"{printable(shown_path(diagnosis.subject.path))}    {LEGEND}", style="bold")
    if not any(line.remarks for line in lines):
        return text.append("\nno line could be matched with a quantity of backpropagation", style="default not bold")
    shown = set(range(len(lines))) if every_line else _neighbourhood(lines)
    before = -1
    for i in sorted(shown):
        if i != before + 1:
            text.append("\n     ...", style="dim not bold")
        text.append_text(_line(lines[i]))
        before = i
    return text


def _neighbourhood(lines: list[ListedLine]) -> set[int]:
    marked = [i for i, line in enumerate(lines) if line.remarks or line.codes]
    return {j for i in marked for j in range(max(0, i - _CONTEXT), min(len(lines), i + _CONTEXT + 1))}


def _line(line: ListedLine) -> Text:
    text = Text(f"\n{line.number:>5}  ", style="blue not bold")
    text.append(line.source, style="default")
    notes = list(_notes(line))
    for i, (note, style) in enumerate(notes):
        fits = i == 0 and _cells(line.source) <= _SOURCE_WIDTH
        pad = " " * (_SOURCE_WIDTH + 2 - _cells(line.source)) if fits else "\n" + " " * (7 + _SOURCE_WIDTH + 2)
        text.append(pad + note, style=style)
    return text


def _notes(line: ListedLine) -> Iterator[tuple[str, str]]:
    for remark in line.remarks:
        yield f"{remark.sign} {remark.text}", _STYLES[remark.status]
    if line.codes:
        yield ", ".join(line.codes), "bold red"


def _cells(text: str) -> int:
    return sum(0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
               for char in text)
