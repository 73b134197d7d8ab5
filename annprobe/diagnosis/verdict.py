"""Ranking of findings, and the one word for the whole."""

from __future__ import annotations

import dataclasses

from annprobe.findings import CODES, Diagnosis, Finding, Verdict

_ROLES = {"cause": 0, "contributing": 1, "untested": 2, "harmless": 3}
_SETTINGS = ("AP401", "AP402", "AP403")
# data, forward, backward, update, settings, reporting: among equals what is wrong comes before what is unsuitable
_ORDER = sorted(CODES, key=lambda code: ("AP404+" if code in _SETTINGS else code, code))
_FLOW = {code: number for number, code in enumerate(_ORDER)}


def rank(diagnosis: Diagnosis) -> Diagnosis:
    """The same diagnosis with its findings in the order in which they should be read; equal ones merged."""
    unique: dict[tuple[str, tuple[int, ...], str], Finding] = {}
    for finding in diagnosis.findings:
        key = (finding.code, tuple(place.line for place in finding.places), finding.message)
        unique.setdefault(key, finding)
    ordered = sorted(
        unique.values(), key=lambda f: (_ROLES[f.role], _FLOW.get(f.code, 99), f.places[0].line if f.places else 0)
    )
    return dataclasses.replace(diagnosis, findings=tuple(ordered))


def verdict_of(diagnosis: Diagnosis) -> Verdict:
    """faulty when there are findings; clean when the gradient was judged and nothing was found; else undetermined."""
    if diagnosis.findings:
        return "faulty"
    if diagnosis.verdict == "unusable":
        return "unusable"
    judged = [row.agrees for row in diagnosis.gradient]
    return "clean" if judged and all(judged) else "undetermined"
