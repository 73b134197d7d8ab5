"""The child's judgement of a network that was understood: gradient, listing, findings, experiments."""

from __future__ import annotations

import dataclasses
import time
from functools import partial

from annprobe.diagnosis.causes.every import findings_of
from annprobe.diagnosis.causes.gradients.drawn_states import draws_states
from annprobe.diagnosis.experiments.beneath import beneath
from annprobe.diagnosis.experiments.replays import train_again
from annprobe.diagnosis.experiments.symptom_odds import odds_rows
from annprobe.diagnosis.observing.evidence import gradient_rows
from annprobe.diagnosis.observing.halted import halted
from annprobe.diagnosis.observing.observation import build
from annprobe.diagnosis.observing.options import CHANGES, Options
from annprobe.diagnosis.observing.raised import handed_over, raised_findings
from annprobe.diagnosis.pieces import Report
from annprobe.diagnosis.second_opinion import second_opinion
from annprobe.findings import Finding, SubjectFacts
from annprobe.listing.accusing import accusations
from annprobe.listing.lines import listing
from annprobe.listing.scene import Scene
from annprobe.subject.reading.source import Source
from annprobe.subject.search import Found
from annprobe.subject.understanding import Understanding


def judge(
    source: Source, found: Found, understanding: Understanding, facts: SubjectFacts, options: Options, report: Report
) -> None:
    """Say what is wrong with it."""
    part = report.part
    part("gradient", gradient_rows(understanding))
    report.progress("comparing the backward pass line by line")
    assert understanding.hypothesis is not None
    deadline = time.process_time() + CHANGES.get(options.effort, CHANGES["normal"])
    scene = Scene(understanding, understanding.hypothesis, deadline=deadline)
    accused = accusations(scene)
    part("listing", listing(scene, accused, str(source.path)))
    findings, failed = beneath(scene, source, options) or findings_of(scene, understanding, found)
    if not findings and not understanding.hypothesis.right:
        findings = _on_other_widths(found, source)
    findings, opinion = second_opinion(scene, findings)
    lines = {place.line for finding in findings for place in finding.places}
    findings = (*findings, *halted(understanding, found.outcome, lines), *report.held)
    part("findings", findings)
    part("checks", opinion)
    facts = train_again(scene, found, facts, findings, accused, options, partial(build, source, options), part)
    if draws_states(scene):
        failed = [*failed, "gradient not judged: units are drawn from their probabilities: no derivative leads through"]
    part("subject", dataclasses.replace(facts, notes=(*facts.notes, *failed)))
    learns = any(check.id == "own-task" and check.status == "pass" for check in report.said["checks"])
    if not report.said["findings"] and not learns:
        part("checks", odds_rows((symptom.id, symptom.strength) for symptom in report.said["symptoms"]))
    if options.log is not None:
        from annprobe.diagnosis.log_findings import log_rows

        report.progress("looking for the numbers of the log")
        checks, shown = log_rows(options.log, understanding)
        part("checks", checks)
        part("findings", shown)
    if options.effort != "quick":
        from annprobe.diagnosis.smallest_case import smallest_case  # only here: it brings Hypothesis

        report.progress("looking for the smallest network that shows it")
        case = smallest_case(source, found, scene, findings, options.effort, partial(build, source, options))
        part("findings", case.findings)
        part("counterexample", case.example)


def _on_other_widths(found: Found, source: Source) -> tuple[Finding, ...]:
    """Where nothing fits on equal widths, and on others the same call raises: that line."""
    raised = found.raised
    if raised is None or handed_over(raised.recorder.tape):
        return ()
    shown = raised_findings(raised.outcome, {str(source.path): source.original.splitlines()})
    note = f"seen with {raised.usage.describe()}; where all layers are equally wide it runs, and fits no gradient"
    return tuple(dataclasses.replace(f, notes=(*f.notes, note), role="untested") for f in shown)
