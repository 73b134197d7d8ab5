"""Many diagnoses as rows of one table, and their equal findings counted."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from annprobe.findings import Diagnosis, Finding
from annprobe.report.explain import title
from annprobe.report.words import shown_path

_WORD = re.compile(r"(?P<number>\d+(?:\.\d*)?(?:e[-+]?\d+)?)"
                   r"|(?P<name>\.?[^\W\d]\w*(?:\.[^\W\d]\w*)*?)(?P<method>(?:\.(?:T|[^\W\d]\w*(?=\()))*)(?![\w.])")
_LIBRARIES = {"np", "numpy", "math", "where", "is", "needed"}


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
        reason = _first_line(diagnosis.message).removeprefix(f"{path.rpartition('/')[2]}, ")  # it is in the row already
        return Row(path, diagnosis.verdict, "", "", "", None, reason, 0, seconds)
    first = diagnosis.findings[0]
    line, message = first.places[0].line if first.places else None, _first_line(first.message)
    return Row(path, diagnosis.verdict, first.code, first.family, first.role, line, message, total, seconds)


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]


def groups(diagnoses: Sequence[Diagnosis]) -> list[Group]:
    """Equal findings over all modules, the most frequent first, each module counted once."""
    members: dict[tuple[str, str], list[str]] = defaultdict(list)
    first: dict[tuple[str, str], Finding] = {}
    for diagnosis in diagnoses:
        found = {(finding.code, _without_names(_what(finding))): finding for finding in reversed(diagnosis.findings)}
        for key, finding in found.items():
            members[key].append(shown_path(diagnosis.subject.path))
            first.setdefault(key, finding)
    made = [Group(first[key].code, first[key].family, _what(first[key]), tuple(paths))
            for key, paths in members.items()]
    return sorted(made, key=lambda group: (-len(group.modules), group.code))  # of equal ones, the first met first


def _what(finding: Finding) -> str:
    """The mistake in mathematics, as its author wrote it; without formulas, what the code stands for."""
    if finding.computes and finding.should_compute:
        return f"{finding.computes} where {finding.should_compute} is needed"
    return title(finding.code)


def _without_names(what: str) -> str:
    """The same text for the same mistake in other names and sizes: names are numbered, numbers become ``#``.

    Libraries, methods and transposes (``np.dot``, ``.sum(``, ``.T``) keep their names; ``self.w`` counts as ``w`` does.
    """
    names: dict[str, str] = {}

    def renamed(found: re.Match[str]) -> str:
        if found["number"]:
            return "#"
        word, method = found["name"], found["method"]
        if word[0] == "." or word.partition(".")[0] in _LIBRARIES:
            return word + method
        return names.setdefault(word, f"v{len(names)}") + method

    return _WORD.sub(renamed, what)
