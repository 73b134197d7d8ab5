"""Findings about columns of printed numbers: what stands under a heading, and what it really is."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np

from annprobe.findings import FAMILIES, Evidence, Finding, Place
from annprobe.listing.scene import Scene
from annprobe.subject.roles.checker import Difference, find_differences
from annprobe.subject.running.printed import Printed

_DECIMAL = re.compile(r"[-+]?\d+\.(\d+)(?:[eE]([-+]?\d+))?")
_EXACT = 1e-6  # relative, of a number that was printed as it is
_DIGITS = 3  # decimals that a formatted number needs, so that it is not equal to many others by chance

Shown = tuple[float, float]  # a printed number, and how far from it the number behind it may be


def weights_shown(places: tuple[Place, ...], rows: int) -> Finding:
    """The check sets the numerical gradient beside the weights."""
    return Finding(
        FAMILIES["checker"],
        "checker",
        "what the check shows as the backpropagation gradient are the weights themselves",
        places,
        "the weights",
        "the gradient",
        (Evidence("rows", rows),),
        ("so the two columns say nothing about backpropagation, right or wrong",),
        "show the gradient in this column",
        "harmless",
        "measured",
    )


def printed_findings(scene: Scene, printed: list[Any]) -> list[Finding]:
    """One column that equals the weights beside one that equals a numerical gradient."""
    dependence = scene.found.dependence
    assert dependence is not None
    differences = find_differences(scene.found.tape, dependence)
    if not differences:
        return []
    slopes = np.array([d.proper for d in differences])
    weights = _weights(scene, differences)
    for (file, line), rows in _columns(printed).items():
        sides = list(zip(*rows, strict=True))
        numeric = [k for k, column in enumerate(sides) if _among(column, slopes)]
        shown = [k for k, column in enumerate(sides) if _among(column, weights) and k not in numeric]
        if numeric and shown:
            source = next((s for f, s in scene.found.places.sources.items() if f == file), None)
            text = source.lines[line - 1] if source is not None and line <= len(source.lines) else ""
            indent = len(text) - len(text.lstrip())
            return [weights_shown((Place(file, line, indent, line, len(text.rstrip()), text),), len(rows))]
    return []


def _weights(scene: Scene, differences: Iterable[Difference]) -> Any:
    """All entries of the parameters at which the check looked."""
    versions = {scene.found.chains[d.chain].versions[d.base] for d in differences}
    return np.concatenate([np.ravel(np.asarray(scene.found.tape.value(v), dtype=float)) for v in sorted(versions)])


def _columns(printed: Iterable[Printed]) -> dict[tuple[str, int], list[tuple[Shown, ...]]]:
    """The rows of numbers that each line printed, where it printed several of one length."""
    rows: dict[tuple[str, int], list[tuple[Shown, ...]]] = defaultdict(list)
    for entry in printed:
        numbers = _shown(entry)
        if len(numbers) >= 2:
            rows[entry.file, entry.line].append(numbers)
    return {key: found for key, found in rows.items() if len(found) > 1 and len({len(r) for r in found}) == 1}


def _shown(entry: Printed) -> tuple[Shown, ...]:
    """The numbers of one printed line: its arguments, or what stands in its text."""
    plain = [float(np.ravel(v)[0]) for v in entry.values if np.size(v) == 1 and np.isreal(v).all()]
    if len(plain) >= 2:
        return tuple((v, _EXACT * max(1e-3, abs(v))) for v in plain)
    found = []
    for match in _DECIMAL.finditer(entry.text):
        digits, exponent = len(match[1]), int(match[2] or 0)
        if digits >= _DIGITS:
            found.append((float(match[0]), 0.51 * 10.0 ** (exponent - digits)))
    return tuple(found)


def _among(column: tuple[Shown, ...], values: Any) -> bool:
    """Whether every number of the column is one of the values, and not all are the same."""
    return len({v for v, _ in column}) > 1 and all(float(np.min(np.abs(values - v))) <= room for v, room in column)
