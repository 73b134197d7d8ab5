"""The user's own line with carets under the place that is meant."""

from __future__ import annotations

from dataclasses import dataclass

from wcwidth import wcswidth

from annprobe.findings import Diagnosis, Place
from annprobe.report.words import printable

MOST_LINES = 4
_TAB = 4


@dataclass(frozen=True, slots=True)
class SnippetLine:
    """One line of source and the carets under it ('' for none); ``number`` counts from 1."""

    number: int
    source: str
    carets: str


def snippet(diagnosis: Diagnosis, place: Place, *, width: int = 100) -> list[SnippetLine]:
    """At most :data:`MOST_LINES` lines of ``place``, tabs expanded, cut to ``width`` around what is marked."""
    lines = _lines_of(diagnosis, place)[:MOST_LINES]
    last = (place.end_line or place.line) - place.line
    return [
        _marked(place.line + i, line, place.column if i == 0 else None,
                place.end_column if i == last else None, width)
        for i, line in enumerate(lines)
    ]


def _lines_of(diagnosis: Diagnosis, place: Place) -> list[str]:
    if place.text:
        return place.text.splitlines()
    if place.file not in ("", diagnosis.subject.path):
        return []
    return diagnosis.source.splitlines()[place.line - 1 : place.end_line or place.line] if place.line > 0 else []


def _marked(line_number: int, line: str, start: int | None, end: int | None, width: int) -> SnippetLine:
    """``start`` None marks from the first letter on, ``end`` None or not behind ``start`` to the last one."""
    first = len(line) - len(line.lstrip())
    begin = max(first, start or 0)
    stop = end if end is not None and end > begin else len(line.rstrip())
    before, marked, after = (printable(part).expandtabs(_TAB) for part in (line[:begin], line[begin:stop], line[stop:]))
    before, marked, after = _cut(before, marked, after.rstrip(), width)
    carets = " " * _cells(before) + "^" * max(1, _cells(marked)) if line.strip() else ""
    return SnippetLine(line_number, before + marked + after, carets)


def _cut(before: str, marked: str, after: str, width: int) -> tuple[str, str, str]:
    """The three parts shortened until they fit ``width``: first behind, then before, last the marked part itself."""
    if len(before) + len(marked) + len(after) > width:
        room = max(width - len(before) - len(marked), 8)
        after = after if len(after) <= room else after[: room - 3] + "..."
    if len(before) + len(marked) + len(after) > width and before.strip():
        room = max(width - len(marked) - len(after), 12)
        before = before if len(before) <= room else "..." + before[3 - room :]
    if len(marked) > width:
        marked = marked[: width - 3] + "..."
    return before, marked, after


def _cells(text: str) -> int:
    return max(wcswidth(text), 0) if text else 0
