"""One line a finding, for editors and for grep."""

from __future__ import annotations

from collections.abc import Sequence

from annprobe.findings import Diagnosis, Finding
from annprobe.report.words import headline, place_label, printable, shown_path


def report(diagnosis: Diagnosis) -> str:
    """``file:line:column: CODE family (role): message``, or one line saying that there is nothing."""
    if not diagnosis.findings:
        return f"{printable(shown_path(diagnosis.subject.path))}: {printable(headline(diagnosis)).splitlines()[0]}"
    return "\n".join(finding_line(diagnosis, finding) for finding in diagnosis.findings)


def finding_line(diagnosis: Diagnosis, finding: Finding) -> str:
    """``file:line:column: CODE family (role): message``."""
    at = place_label(finding.places[0]) if finding.places else shown_path(diagnosis.subject.path)
    place, message = (" ".join(text.split()) for text in (at, finding.message))
    return printable(f"{place}: {finding.code} {finding.family} ({finding.role}): {message}")


def summary(diagnoses: Sequence[Diagnosis]) -> str:
    """The lines of several modules."""
    return "\n".join(map(report, diagnoses))
