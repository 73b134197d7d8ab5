"""Many diagnoses as rows of one table, and their equal findings counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from annprobe.findings import Diagnosis, Finding
from annprobe.report.explain import title
from annprobe.report.words import shown_path


@dataclass(frozen=True, slots=True)
class Row:
    """One module: what a marker wants to see first. ``code``, ``message`` and ``line`` are of the first finding."""

    module: str
    verdict: str
    code: str
    family: str
    role: str
    line: int | None
    message: str
    findings: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Group:
    """The same fault in several modules."""

    code: str
    family: str
    what: str
    modules: tuple[str, ...]


def row(diagnosis: Diagnosis) -> Row:
    """The row of one module; one that could not be diagnosed has its reason's first line as the message."""
    path, seconds, total = shown_path(diagnosis.subject.path), diagnosis.seconds, len(diagnosis.findings)
    if not diagnosis.findings:
        return Row(path, diagnosis.verdict, "", "", "", None, _first_line(diagnosis.message), 0, seconds)
    first = diagnosis.findings[0]
    line, message = first.places[0].line if first.places else None, _first_line(first.message)
    return Row(path, diagnosis.verdict, first.code, first.family, first.role, line, message, total, seconds)


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]


def groups(diagnoses: Sequence[Diagnosis]) -> list[Group]:
    """Equal findings over all modules, the most frequent first, each module counted once."""
    members: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for diagnosis in diagnoses:
        for key in dict.fromkeys(_sameness(finding) for finding in diagnosis.findings):
            members[key].append(shown_path(diagnosis.subject.path))
    made = [Group(code, family, what, tuple(paths)) for (code, family, what), paths in members.items()]
    return sorted(made, key=lambda group: (-len(group.modules), group.code, group.what))


def _sameness(finding: Finding) -> tuple[str, str, str]:
    """Findings are equal when they are the same mistake in mathematics; without formulas, when they share the code."""
    if finding.computes and finding.should_compute:
        return finding.code, finding.family, f"{finding.computes} where {finding.should_compute} is needed"
    return finding.code, finding.family, title(finding.code)
