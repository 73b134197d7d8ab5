"""What was found in a module: one fact a line, for ``annprobe inspect``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from annprobe.findings import Diagnosis, SubjectFacts
from annprobe.report.tables import drawn
from annprobe.report.words import headline, printable, shown_path

UNKNOWN = "not found"


def facts_report(diagnosis: Diagnosis) -> str:
    """The facts as a table, the parameters as another, then what is unsure."""
    blocks = [drawn(("fact", "found"), list(_facts(diagnosis.subject)), form="plain")]
    if diagnosis.subject.parameters:
        blocks.append(drawn(("parameter", "shape", "role"), list(_parameters(diagnosis.subject))))
    if diagnosis.message or not diagnosis.subject.parameters:
        blocks.append(printable(headline(diagnosis)))
    return "\n\n".join(blocks)


def _parameters(subject: SubjectFacts) -> Iterator[tuple[str, str, str]]:
    """A row for each array; single numbers of one list or object in one row."""
    numbers = Counter((_base(p.name), p.role) for p in subject.parameters if not p.shape)
    for p in subject.parameters:
        key = _base(p.name), p.role
        if p.shape or numbers[key] == 1:
            yield p.name, "×".join(map(str, p.shape)) or "number", p.role
        elif key in numbers:
            yield f"{key[0]}[...]", f"{numbers.pop(key)} numbers", p.role


def _base(name: str) -> str:
    """``neuron['weights'][2]`` -> ``neuron['weights']``"""
    return re.sub(r"(\[-?\w+\])+$", "", name)


def _facts(subject: SubjectFacts) -> Iterator[tuple[str, str]]:
    yield "module", shown_path(subject.path)
    yield "entry", ", ".join(subject.entry) or ("the script itself" if subject.style == "script" else UNKNOWN)
    yield "style", subject.style or UNKNOWN
    yield "architecture", str(list(subject.architecture)) if subject.architecture else UNKNOWN
    yield "activations", ", ".join(subject.activations) if subject.activations else UNKNOWN
    yield "cost", _cost(subject)
    yield "run as", subject.usage or UNKNOWN
    for note in subject.notes:
        yield "note", note


def _cost(subject: SubjectFacts) -> str:
    if subject.cost is None:
        return UNKNOWN
    reduction = f", {subject.cost.reduction} over the examples" if subject.cost.reduction else ""
    return subject.cost.form + reduction + (" (assumed)" if subject.cost.assumed else "")
