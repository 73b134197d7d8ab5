"""Clauses of findings, in the user's own names. (Whole reports are made in ``annprobe.report``.)"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from annprobe.diagnosis.clauses.made_places import users_span
from annprobe.findings import FAMILIES, Evidence, Finding, Place
from annprobe.listing.blame import Accused
from annprobe.listing.edits import Change
from annprobe.listing.handed_on import passed_on
from annprobe.listing.scene import Scene
from annprobe.listing.where import blamed
from annprobe.subject.agreement import Disagreement
from annprobe.subject.running.outcome import USAGE
from annprobe.tape.places import Places, Span


@dataclass(frozen=True)
class Words:
    """The clauses for one accused line."""

    message: str = ""
    computes: str | None = None
    should_compute: str | None = None
    help: str | None = None
    notes: tuple[str, ...] = ()


def differing(found: Disagreement) -> str:
    """Where a recorded run and a plain one part."""
    if found.kind == "variable":
        plain, recorded = (re.sub(r" at 0x[0-9a-fA-F]+", "", text) for text in (found.plain, found.recorded))
        if plain == recorded:
            return f"{found.name} does not end with the same numbers in a plain run and when it is recorded"
        return f"{found.name} ends as {plain} in a plain run, and as {recorded} when it is recorded"
    told = {"printed": "prints", "error": "raises"}[found.kind]
    where = f"line {found.line}" if found.line is not None else "the module"
    plain, recorded = (" ".join(text.split())[:80] or "nothing" for text in (found.plain, found.recorded))
    return f"{where} {told} {plain!r} in a plain run, and {recorded!r} when it is recorded"


def established(
    family: str,
    message: str,
    places: Iterable[Place | None],
    evidence: tuple[Evidence, ...],
    help_text: str,
    notes: tuple[str, ...] = (),
) -> Finding:
    """A finding that follows from the recorded numbers; each place once, unknown ones left out."""
    kept = tuple(dict.fromkeys(p for p in places if p is not None))
    return Finding(
        FAMILIES[family], family, message, kept, None, None, evidence, notes, help_text, "untested", "measured"
    )


def node_place(scene: Scene, node: int, level: int = 0) -> Place | None:
    """The span that computed a node (or, at a higher level, called what did), with its line of source.

    Lines of annprobe's own usage are no place to point at.
    """
    span = scene.found.places.span(node, level)
    return span_place(scene, span) if span is not None and span.file != USAGE else None


def span_place(scene: Scene, span: Span) -> Place:
    """A span with its line of source."""
    return place_at(scene.found.places, span)


def place_at(places: Places, span: Span) -> Place:
    """The same, without a scene."""
    source = places.source(span)
    line = source.lines[span.line - 1] if source is not None and span.line <= len(source.lines) else ""
    return Place(span.file, span.line, span.column, span.end_line, span.end_column, line)


def place_of(scene: Scene, accused: Accused, change: Change | None) -> Place | None:
    """Where to point: the accused expression, or the line where the change is made."""
    passing = passed_on(scene, accused, change)
    if passing is not None:
        return span_place(scene, passing)
    node, level = blamed(scene, accused, change)
    span = scene.found.places.span(node, level)
    if span is not None and span.file == USAGE and scene.alone:
        span = users_span(scene, node) or span
    return span_place(scene, span) if span is not None else None
