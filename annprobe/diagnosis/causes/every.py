"""From evidence to findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from annprobe.diagnosis.causes.checker import checker_findings
from annprobe.diagnosis.causes.data.accuracy import accuracy_findings
from annprobe.diagnosis.causes.data.class_numbers import with_class_numbers
from annprobe.diagnosis.causes.data.reports import report_findings
from annprobe.diagnosis.causes.data.rows import row_findings
from annprobe.diagnosis.causes.data.total import total_findings
from annprobe.diagnosis.causes.data.values import data_findings
from annprobe.diagnosis.causes.gradients.accused import COSINE, gradient_findings
from annprobe.diagnosis.causes.gradients.divided_twice import divided_twice_findings
from annprobe.diagnosis.causes.gradients.drawn_states import draws_states
from annprobe.diagnosis.causes.gradients.factor import factor_findings
from annprobe.diagnosis.causes.gradients.intended import without_consequences
from annprobe.diagnosis.causes.gradients.penalty import penalty_findings
from annprobe.diagnosis.causes.numeric import COUNTED, numeric_findings
from annprobe.diagnosis.causes.printed import printed_findings
from annprobe.diagnosis.causes.provenance import provenance_findings
from annprobe.diagnosis.causes.updates.crossed import crossed_findings, uncrossed
from annprobe.diagnosis.causes.updates.frozen import frozen_findings
from annprobe.diagnosis.causes.updates.left_out import left_out_findings, with_left_out
from annprobe.diagnosis.causes.updates.reach import reach_findings
from annprobe.diagnosis.causes.updates.rules import rule_findings
from annprobe.diagnosis.causes.updates.start import start_findings
from annprobe.diagnosis.causes.updates.statements import REPLACED, update_findings
from annprobe.diagnosis.causes.updates.unmoved import UNMOVED, unmoved_findings
from annprobe.diagnosis.causes.updates.unread_output import UNREAD, unread_output_findings
from annprobe.diagnosis.causes.updates.unused import unused_findings
from annprobe.findings import Finding
from annprobe.listing.scene import Scene
from annprobe.subject.search import Found
from annprobe.subject.understanding import Understanding
from annprobe.subject.usage import MadeUsage

Maker = Callable[[Scene], Iterable[Finding]]
_MAKERS: tuple[Maker, ...] = (
    data_findings,
    numeric_findings,
    row_findings,
    rule_findings,
    update_findings,
    unmoved_findings,
    left_out_findings,
    unused_findings,
    lambda s: unread_output_findings(s.found),
    crossed_findings,
    start_findings,
    provenance_findings,
    frozen_findings,
    reach_findings,
    gradient_findings,
    factor_findings,
    divided_twice_findings,
    penalty_findings,
    checker_findings,
    report_findings,
    total_findings,
)


def findings_of(
    scene: Scene | None, understanding: Understanding, found: Found
) -> tuple[tuple[Finding, ...], list[str]]:
    """Everything that is established from one recorded run, and what could not be looked at."""
    findings: list[Finding] = []
    failed: list[str] = []
    makers: tuple[Maker, ...] = (
        *_MAKERS,
        lambda s: printed_findings(s, found.outcome.printed),
        lambda s: accuracy_findings(s, found.outcome.printed),
    )
    for maker in makers if scene is not None else ():
        try:
            assert scene is not None
            findings += maker(scene)
        except _NUMERIC as error:  # one kind of evidence less; what else was established still holds
            failed.append(
                f"{maker.__name__.strip('<>').removesuffix('_findings')} not judged: {type(error).__name__}: {error}"
            )
    if scene is not None:
        findings = without_consequences(scene, with_class_numbers(scene, findings))
    if found.outcome.data_missing or (isinstance(found.usage, MadeUsage) and found.usage.program.data is None):
        findings = [f for f in findings if not _of_our_data(f)]
    if scene is not None and draws_states(scene):
        findings = [f for f in findings if not f.code.startswith("AP3")]
    return tuple(_told_together(with_left_out(uncrossed(findings)))), failed


def _of_our_data(finding: Finding) -> bool:
    """Whether it is the data that are at fault: what they are, or how few."""
    return finding.code.startswith("AP1") or any(e.name == COUNTED for e in finding.evidence)


def _told_together(findings: list[Finding]) -> list[Finding]:
    """Without what follows from another finding.

    Where no output takes part in the corrections, or nothing moves, nothing else can be said of the backward pass.
    Where a parameter is replaced instead of corrected, its steps are no steps: no gradient can be judged by them.
    """
    for root in (UNREAD, UNMOVED):
        if any(e.name == root for f in findings for e in f.evidence):
            others = (f for f in findings if not f.code.startswith("AP3"))
            return [f for f in findings if any(e.name == root for e in f.evidence)] + list(others)
    replaced = any(e.name == REPLACED for f in findings for e in f.evidence)
    return [f for f in findings if not (replaced and any(e.name == COSINE for e in f.evidence))]


_NUMERIC = (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError)
