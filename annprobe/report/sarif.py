"""SARIF 2.1.0, for code scanning services and editors. Only the rules that occur, each with its explanation."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from annprobe import __version__
from annprobe.findings import Diagnosis, Finding, Place
from annprobe.report.as_json import dumps
from annprobe.report.explain import explanation, section, title
from annprobe.report.words import evidence_words, headline, printable, shown_path

_LEVEL = {"cause": "error", "contributing": "error", "untested": "warning", "harmless": "note"}
_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@")


def report(diagnosis: Diagnosis) -> str:
    """One module."""
    return summary([diagnosis])


def summary(diagnoses: Sequence[Diagnosis]) -> str:
    """Several modules as one run."""
    codes = sorted({finding.code for diagnosis in diagnoses for finding in diagnosis.findings})
    run = {
        "tool": {"driver": {"name": "annprobe", "version": __version__, "rules": [_rule(code) for code in codes]}},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(diagnoses)],
        "results": [result for diagnosis in diagnoses for result in _results(diagnosis, codes)],
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return dumps(log)


def _rule(code: str) -> dict[str, Any]:
    return {
        "id": code,
        "name": "".join(part.capitalize() for part in re.split(r"\W+", title(code)) if part),
        "shortDescription": {"text": title(code)},
        "fullDescription": {"text": section(code, "What it is")},
        "help": {"text": section(code, "How to repair"), "markdown": explanation(code)},
    }


def _invocation(diagnoses: Sequence[Diagnosis]) -> dict[str, Any]:
    failed = [diagnosis for diagnosis in diagnoses if diagnosis.verdict == "unusable"]
    notes = [{"level": "error", "message": {"text": headline(diagnosis)},
              "locations": [_location(Place(diagnosis.subject.path, 0))]} for diagnosis in failed]
    return {"executionSuccessful": not failed, "toolExecutionNotifications": notes}


def _results(diagnosis: Diagnosis, codes: list[str]) -> Iterator[dict[str, Any]]:
    seen: dict[str, int] = {}
    for finding in diagnosis.findings:
        places = finding.places or (Place(diagnosis.subject.path, 0),)
        mark = _fingerprint(finding)
        seen[mark] = seen.get(mark, 0) + 1
        yield {
            "ruleId": finding.code,
            "ruleIndex": codes.index(finding.code),
            "level": _LEVEL[finding.role],
            "message": {"text": _message(finding)},
            "locations": [_location(places[0])],
            "relatedLocations": [_location(place) for place in places[1:]],
            "partialFingerprints": {"annprobe/1": f"{mark}:{seen[mark]}"},
            "properties": {"family": finding.family, "role": finding.role, "trust": finding.trust},
            **_fixes(diagnosis, finding),
        }


def _message(finding: Finding) -> str:
    parts = [finding.message]
    if finding.computes and finding.should_compute:
        parts.append(f"computes {finding.computes}, should compute {finding.should_compute}")
    if finding.evidence:
        parts.append(evidence_words(finding.evidence))
    if finding.help:
        parts.append(f"help: {finding.help}")
    return "\n".join(parts)


def _fingerprint(finding: Finding) -> str:
    """The same for the same fault in the same words of source, wherever the line has moved to."""
    source = " ".join(finding.places[0].text.split()) if finding.places else ""
    return hashlib.sha256(f"{finding.code}\0{source}".encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _location(place: Place) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(place.file)}}
    if place.line > 0:
        physical["region"] = _region(place)
    return {"physicalLocation": physical}


def _region(place: Place) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": place.line, "endLine": max(place.line, place.end_line)}
    if place.end_column > 0:
        region |= {"startColumn": place.column + 1, "endColumn": place.end_column + 1}
    if place.text:
        region["snippet"] = {"text": place.text}
    return region


def _uri(path: str) -> str:
    shown = Path(printable(shown_path(path)))
    return shown.as_uri() if shown.is_absolute() else quote(shown.as_posix(), errors="backslashreplace")


def _fixes(diagnosis: Diagnosis, finding: Finding) -> dict[str, Any]:
    """The patch as replacements, only where it was verified."""
    if finding.patch is None or finding.patch.grade != "verified":
        return {}
    changes = list(_replacements(finding.patch.diff))
    if not changes:
        return {}
    artifact = {"uri": _uri(finding.places[0].file if finding.places else diagnosis.subject.path)}
    return {"fixes": [{"description": {"text": finding.help or finding.message},
                       "artifactChanges": [{"artifactLocation": artifact, "replacements": changes}]}]}


def _replacements(diff: str) -> Iterator[dict[str, Any]]:
    """One replacement a hunk of a unified diff: the hunk's old lines by its new ones."""
    parts = re.split(r"(?m)^(?=@@ )", diff)
    for part in parts[1:]:
        head, _, body = part.partition("\n")
        found = _HUNK.match(head)
        if found is None:
            continue
        start, length = int(found[1]), int(found[2] or 1)
        new = [line[1:] for line in body.splitlines() if line[:1] in ("+", " ")]
        yield {"deletedRegion": {"startLine": start, "startColumn": 1, "endLine": start + length, "endColumn": 1},
               "insertedContent": {"text": "".join(line + "\n" for line in new)}}
