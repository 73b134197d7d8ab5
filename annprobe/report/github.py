"""Workflow commands for GitHub Actions: annotations beside the lines. The worst ten; GitHub shows no more a step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from annprobe.findings import Diagnosis, Finding
from annprobe.report.words import headline, printable, shown_path

MOST = 10
_LEVEL = {"cause": "error", "contributing": "error", "untested": "warning", "harmless": "notice"}
_RANK = list(_LEVEL)


def report(diagnosis: Diagnosis) -> str:
    """The annotations of one module."""
    return summary([diagnosis])


def summary(diagnoses: Sequence[Diagnosis]) -> str:
    """The annotations of several modules, the worst :data:`MOST` of all."""
    found = [(d, f) for d in diagnoses for f in d.findings]
    found.sort(key=lambda pair: _RANK.index(pair[1].role))
    lines = [_annotation(d, f) for d, f in found[:MOST]] + list(_without_findings(diagnoses))
    if len(found) > MOST:
        lines.append(_command("notice", {}, f"{len(found) - MOST} more findings are in the full report"))
    return "\n".join(lines)


def _without_findings(diagnoses: Sequence[Diagnosis]) -> Iterator[str]:
    for diagnosis in diagnoses:
        if not diagnosis.findings and diagnosis.verdict in ("unusable", "undetermined"):
            level = "error" if diagnosis.verdict == "unusable" else "warning"
            yield _command(level, {"file": shown_path(diagnosis.subject.path)}, headline(diagnosis))


def _annotation(diagnosis: Diagnosis, finding: Finding) -> str:
    properties = {"file": shown_path(diagnosis.subject.path)}
    if finding.places:
        place = finding.places[0]
        last = max(place.line, place.end_line)
        properties = {"file": shown_path(place.file or diagnosis.subject.path), "line": str(place.line),
                      "endLine": str(last)}
        if last == place.line and place.end_column > place.column:  # columns are refused on a span of several lines
            properties |= {"col": str(place.column + 1), "endColumn": str(place.end_column)}
    properties["title"] = f"{finding.code} {finding.family}"
    message = finding.message + (f"\nhelp: {finding.help}" if finding.help else "")
    return _command(_LEVEL[finding.role], properties, message)


def _command(level: str, properties: dict[str, str], message: str) -> str:
    listed = ",".join(f"{name}={_escaped(value, ':,')}" for name, value in properties.items())
    return f"::{level}{' ' + listed if listed else ''}::{_escaped(message, '')}"


def _escaped(text: str, also: str) -> str:
    for char in "%\r\n" + also:
        text = text.replace(char, f"%{ord(char):02X}")
    return printable(text)
