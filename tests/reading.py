"""Runs a module in this process under a recorder and reads it: a diagnosis without its child."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from annprobe.diagnosis.causes.every import findings_of
from annprobe.diagnosis.observing.observation import observe
from annprobe.diagnosis.observing.options import Options
from annprobe.findings import Finding
from annprobe.listing.scene import Scene
from annprobe.subject.reading.source import read_source
from annprobe.subject.understanding import Understanding


def read(path: Path) -> tuple[Understanding | None, tuple[Finding, ...]]:
    """What a module was understood to be, and what was found in it."""
    sys.setrecursionlimit(10_000)
    found, understanding = observe(read_source(path), Options(effort="quick"))
    if found is None or understanding is None or understanding.hypothesis is None:
        return understanding, ()
    findings, failed = findings_of(Scene(understanding, understanding.hypothesis), understanding, found)
    assert not failed, failed
    return understanding, findings


def lines_of(findings: Iterable[Finding]) -> set[int]:
    """All lines that are pointed at."""
    return {place.line for finding in findings for place in finding.places}
