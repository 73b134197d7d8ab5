"""The words that every format shares: headline, subject, roles, places, numbers; no layout."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import get_args

from annprobe.findings import CounterExample, Diagnosis, Evidence, Finding, Place, Role, SubjectFacts

ROLE_WORDS = {
    "cause": "cause: changing this alone cures what the module shows",
    "contributing": "contributing: has to be changed together with others before training works",
    "untested": "untested: wrong, but whether training fails because of it was not run",
    "harmless": "harmless for training: wrong, but training is as good without the repair as with it",
}
TRUST_WORDS = {
    "verified": "verified: an experiment or a repaired copy confirmed it",
    "measured": "measured: follows from the numbers",
    "plausible": "plausible: matches a known pattern, not confirmed by a run",
}
GRADE_WORDS = {
    "verified": "verified on a copy: the checks pass with it",
    "plausible": "plausible: passes the gradient check, no more was run",
    "shown": "shown only: not run",
}


def printable(text: str) -> str:
    """``text`` with control characters spelt out, so that a module's text can neither colour nor break a report."""
    return "".join(_spell(char) for char in text)


def _spell(char: str) -> str:
    if char in "\n\t":
        return char
    code = ord(char)
    illegal = code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000 or code in (0xFFFE, 0xFFFF)
    return ascii(char)[1:-1] if illegal else char


def shown_path(path: str) -> str:
    """``path`` relative to the working directory where it lies below it, else as it is, without detours."""
    try:
        return Path(path).resolve().relative_to(Path.cwd()).as_posix() if os.path.isabs(path) else path
    except (ValueError, OSError):
        return os.path.normpath(path)


def place_label(place: Place) -> str:
    """``file:line:column``, the column counted from 1 as editors do, left out where unknown."""
    column = f":{place.column + 1}" if place.end_column > place.column else ""
    return f"{shown_path(place.file)}:{place.line}{column}"


def number(value: float | int | str | bool) -> str:
    """A value for people: at most six significant digits, whole numbers whole."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def evidence_words(evidence: tuple[Evidence, ...]) -> str:
    """``ratio: 0.25 · examples: 4`` with units where there are any."""
    return " · ".join(f"{e.name}: {number(e.value)}{' ' + e.unit if e.unit else ''}" for e in evidence)


def headline(diagnosis: Diagnosis) -> str:
    """The first line of every report: the one thing to do first, or that there is nothing to do."""
    if diagnosis.findings:
        return _first_thing(diagnosis.findings[0])
    if diagnosis.verdict == "clean":
        told = f": {diagnosis.message}" if diagnosis.message else "."
        return "Nothing wrong found" + " so far" * diagnosis.partial + told
    opening = "Could not be diagnosed" if diagnosis.verdict == "unusable" else "Undetermined"
    return f"{opening}: {diagnosis.message or _why_open(diagnosis)}"


def _why_open(diagnosis: Diagnosis) -> str:
    """Why nothing is said of a module that was understood."""
    if any(row.agrees is False for row in diagnosis.gradient):
        return (
            "its updates follow the gradient of no cost that was found, and no single line explains why; more likely "
            "something was misunderstood than everything is wrong"
        )
    return "no check could be run on it"


def _first_thing(finding: Finding) -> str:
    at = f" [{os.path.basename(place_label(finding.places[0]))}]" if finding.places else ""
    what = finding.help or finding.message
    opening = "Harmless for training" if finding.role == "harmless" else "Do this first"
    return f"{opening}: {what}{at}"


def subject_words(subject: SubjectFacts) -> str:
    """``NeuralNetwork [2, 2, 1] · sigmoid · cost · 9 parameters``, as far as it is known."""
    entry = "" if subject.style == "script" else ", ".join(subject.entry)  # a helper of a script is not the network
    parts = [f"{entry} {_architecture(subject)}".strip()]
    parts += [_activations(subject), _cost(subject), _parameters(subject)]
    return " · ".join(part for part in parts if part)


def _architecture(subject: SubjectFacts) -> str:
    return str(list(subject.architecture)) if subject.architecture else ""


def _activations(subject: SubjectFacts) -> str:
    names = subject.activations or ()
    return names[0] if len(set(names)) == 1 else ", ".join(names)


def _cost(subject: SubjectFacts) -> str:
    if subject.cost is None:
        return ""
    reduction = f", {subject.cost.reduction} over the examples" if subject.cost.reduction else ""
    assumed = " (assumed: training computes no cost that fits)" if subject.cost.assumed else ""
    return f"{subject.cost.form}{reduction}{assumed}"


def _parameters(subject: SubjectFacts) -> str:
    arrays = [p for p in subject.parameters if p.role == "parameter"]
    count = sum(_size(p.shape) for p in arrays)
    return f"{count} parameter{'s' * (count != 1)} in {', '.join(p.name for p in arrays[:4])}" + (
        ", ..." if len(arrays) > 4 else "") if arrays else ""


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for length in shape:
        size *= length
    return size


def gradient_words(diagnosis: Diagnosis) -> str:
    """Whether the backward pass is right, in one sentence; '' where no gradient was seen."""
    rows = diagnosis.gradient
    wrong = [row.parameter for row in rows if row.agrees is False]
    if not rows:
        return ""
    if wrong:
        names = ", ".join(wrong[:4]) + (", ..." if len(wrong) > 4 else "")
        return f"wrong in {names} ({len(wrong)} of {len(rows)} parameter arrays)"
    if any(row.agrees is None for row in rows):
        return "right as far as it could be compared"
    points = max(row.points for row in rows)
    at = f": verified at {points} points" if points > 1 else ""
    return f"right: the gradient is that of the cost, up to a constant{at}"


def counterexample_words(example: CounterExample) -> tuple[str, str]:
    """A heading, and what is wrong in which entry."""
    count = "one example" if example.examples == 1 else f"{example.examples} examples"
    unseen = ", which the module's own usage does not show" if example.elsewhere else ""
    heading = f"The smallest network found that shows it: {list(example.architecture)}, {count}{unseen}"
    entry = f"[{', '.join(map(str, example.index))}]" if example.index else ""
    return heading, f"w = {example.parameter}{entry}: ∂C/∂w is {number(example.true)}, yours is {number(example.user)}"


def counts(diagnosis: Diagnosis) -> str:
    """``3 findings: 1 cause, 2 harmless``."""
    if not diagnosis.findings:
        return "no findings"
    roles = Counter(finding.role for finding in diagnosis.findings)
    parts = ", ".join(f"{roles[role]} {role}" for role in get_args(Role) if roles[role])
    total = len(diagnosis.findings)
    return f"{total} finding{'s' * (total != 1)}: {parts}"


def only_harmless(diagnosis: Diagnosis) -> bool:
    """True when there are findings and none of them keeps training from working."""
    return bool(diagnosis.findings) and all(finding.role == "harmless" for finding in diagnosis.findings)


def exit_code(diagnosis: Diagnosis) -> int:
    """0 nothing wrong (harmless findings alone included), 1 findings, 2 not diagnosed."""
    if diagnosis.verdict == "unusable":
        return 2
    if diagnosis.findings:
        return 0 if only_harmless(diagnosis) else 1
    return 2 if diagnosis.verdict == "undetermined" else 0


def odd_constants(diagnosis: Diagnosis) -> list[Finding]:
    """Gradients that are right but for a constant that goes with nothing else: no row of the table shows them alone."""
    return [finding for finding in diagnosis.findings
            if "∂C/∂" in (finding.computes or "") and "∂C/∂" in (finding.should_compute or "")]
