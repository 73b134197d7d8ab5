"""The annotated source: beside each line what it computes, in mathematics, and what it should."""

from __future__ import annotations

import re
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
_CONTEXT = 2
_MARGIN = 7  # of the line numbers
_REMARK = 42  # columns that are kept for remarks beside the source
_VARIABLE = re.compile(r"[\w.]+(\[[^\[\]]*\])*")


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
    source = diagnosis.source.splitlines()
    remarks: dict[int, dict[Remark, None]] = defaultdict(dict)
    for line in sorted(diagnosis.listing, key=lambda item: (item.line, item.occurrence)):
        if 0 < line.line <= len(source) and not _says_nothing(line, source[line.line - 1]):
            remarks[line.line][_remark(line)] = None
    codes = _codes(diagnosis)
    return [ListedLine(i, printable(text).expandtabs(4).rstrip(), tuple(remarks[i]), tuple(codes[i]))
            for i, text in enumerate(source, 1)]


def _says_nothing(line: ListingLine, source: str) -> bool:
    """Whether the remark would only repeat the line: a right value whose quantity is its own name or expression."""
    quantity = line.quantity or ""
    return line.status == "right" and (quantity in ("", line.name) or quantity in source)


def _remark(line: ListingLine) -> Remark:
    """``delta = δ²``; a value without a variable of its own is said without repeating its expression."""
    holds = line.computes or line.quantity
    named = bool(_VARIABLE.fullmatch(line.name))
    text = f"{line.name} = {holds}" if named and holds else holds or line.name or "?"
    needs = f"   needs {line.needs}" if line.needs else ""
    return Remark(line.status, printable(" ".join(text.split()) + needs))


def _codes(diagnosis: Diagnosis) -> dict[int, dict[str, None]]:
    codes: dict[int, dict[str, None]] = defaultdict(dict)
    for finding in diagnosis.findings:
        for place in finding.places:
            if place.file in ("", diagnosis.subject.path):
                codes[place.line][finding.code] = None
    return codes


def styled_listing(diagnosis: Diagnosis, *, every_line: bool = False, width: int = 100) -> Text:
    """The listing for a console: lines with remarks and their neighbours, or every line of the file.

    A remark stands beside its line where both fit into ``width``, else below it.
    """
    lines = listed_lines(diagnosis)
    text = Text(f"{printable(shown_path(diagnosis.subject.path))}    {LEGEND}", style="bold")
    if not any(line.remarks for line in lines):
        return text.append("\nno line could be matched with a quantity of backpropagation", style="default not bold")
    shown = set(range(len(lines))) if every_line else _neighbourhood(lines)
    before = -1
    for i in sorted(shown):
        if i != before + 1:
            text.append("\n     ...", style="dim not bold")
        text.append_text(_line(lines[i], width))
        before = i
    return text


def _neighbourhood(lines: list[ListedLine]) -> set[int]:
    marked = [i for i, line in enumerate(lines) if line.remarks or line.codes]
    return {j for i in marked for j in range(max(0, i - _CONTEXT), min(len(lines), i + _CONTEXT + 1))}


def _line(line: ListedLine, width: int) -> Text:
    text = Text(f"\n{line.number:>5}  ", style="blue not bold")
    text.append(line.source, style="default")
    notes = list(_notes(line))
    column = width - _MARGIN - _REMARK
    beside = _cells(line.source) < column and all(_cells(note) <= _REMARK for note, _ in notes)
    indent = column if beside else len(line.source) - len(line.source.lstrip()) + 2
    for i, (note, style) in enumerate(notes):
        same = beside and i == 0
        text.append(" " * (column - _cells(line.source)) if same else "\n" + " " * (_MARGIN + indent), style="default")
        text.append(note, style=style)
    return text


def _notes(line: ListedLine) -> Iterator[tuple[str, str]]:
    for remark in line.remarks:
        yield f"{remark.sign} {remark.text}", _STYLES[remark.status]
    if line.codes:
        yield ", ".join(line.codes), "bold red"


def _cells(text: str) -> int:
    return sum(0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
               for char in text)
