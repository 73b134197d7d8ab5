"""The child's side of a diagnosis: runs the module on the tape, gathers evidence, streams it piece by piece."""

from __future__ import annotations

import dataclasses
import time
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

from annprobe.diagnosis.causes.every import findings_of
from annprobe.diagnosis.causes.updates.stale_outputs import stale_output_findings
from annprobe.diagnosis.causes.updates.unread_output import unread_output_findings
from annprobe.diagnosis.clauses.wording import differing
from annprobe.diagnosis.experiments.beneath import beneath
from annprobe.diagnosis.experiments.replays import train_again
from annprobe.diagnosis.experiments.symptom_odds import odds_rows
from annprobe.diagnosis.log_findings import log_rows
from annprobe.diagnosis.observing.evidence import gradient_rows, subject_facts, with_layers
from annprobe.diagnosis.observing.halted import halted, raising
from annprobe.diagnosis.observing.observation import build, observe, unheard
from annprobe.diagnosis.observing.options import CHANGES, Options
from annprobe.diagnosis.observing.raised import (
    handed_over,
    misshapen_findings,
    raised_findings,
    refused_findings,
    spread_findings,
)
from annprobe.diagnosis.observing.raised_index import index_findings
from annprobe.diagnosis.second_opinion import second_opinion
from annprobe.diagnosis.smallest_case import smallest_case
from annprobe.errors import BadArgument
from annprobe.findings import Finding, SubjectFacts
from annprobe.listing.accusing import accusations
from annprobe.listing.lines import listing
from annprobe.listing.scene import Scene
from annprobe.subject.agreement import disagreement
from annprobe.subject.isolation.child import serve
from annprobe.subject.making.adapter import adapter_text
from annprobe.subject.making.guesses import guessed
from annprobe.subject.reading.source import Source, read_source
from annprobe.subject.running.execute import Outcome
from annprobe.subject.search import Found
from annprobe.subject.understanding import Understanding
from annprobe.subject.usage import MadeUsage

REFUSED = "refused"  # the event for an option that does not go with the module


def plain(value: Any) -> Any:
    """A frozen value of findings.py (or a tuple of them) as plain data."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def work(request: dict[str, Any], emit: Any) -> None:
    """Diagnose the module of the request; every established piece is emitted at once."""
    warnings.simplefilter("ignore")
    options = Options(**{key: value for key, value in request.items() if key != "path"})
    source = read_source(request["path"])
    report = Report(emit)
    report.progress("running it")
    try:
        found, understanding = observe(source, options, "made" if options.sizes and not options.run else "own")
    except BadArgument as error:
        emit({"event": REFUSED, "text": str(error)})
        return
    if understanding is None or found is None or understanding.missing:
        report.part("adapter", _adapter(source, found))
    if understanding is None or found is None:
        report.part("subject", SubjectFacts(str(source.path), notes=source.notes))
        report.part("message", _nothing(source, found))
        return
    facts = _introduced(source, found, understanding, options, report)
    if facts is None or options.facts_only:
        report.part("findings", report.held)
    if facts is not None and options.facts_only:
        report.part("subject", with_layers(understanding, facts))
    elif facts is not None:
        _judged(source, found, understanding, facts, options, report)


class Report:
    """What goes to the parent, piece by piece, and what of it later pieces depend on."""

    def __init__(self, emit: Any) -> None:
        self._emit = emit
        self.said: dict[str, list[Any]] = {"findings": [], "symptoms": [], "checks": []}
        self.held: tuple[Finding, ...] = ()  # known before the gradient is judged, told after what is found there

    def part(self, field: str, value: Any) -> None:
        """A piece of the diagnosis; lists of one field are joined, others replace what was said before."""
        if field in self.said:
            self.said[field].extend(value)
        self._emit({"event": "part", "field": field, "value": plain(value)})

    def progress(self, text: str) -> None:
        """What is being done now."""
        self._emit({"event": "progress", "text": text})


def _introduced(
    source: Source, found: Found, understanding: Understanding, options: Options, report: Report
) -> SubjectFacts | None:
    """Say what was seen; None where there is nothing to judge, or nothing that could be trusted."""
    facts = subject_facts(source, found, understanding)
    facts = dataclasses.replace(facts, notes=(*facts.notes, *unheard(found, options)))
    if found.own_raised is not None:
        text = f"run as it stands, {source.path.name} raises {found.own_raised.message} (line {found.own_raised.line})"
        facts = dataclasses.replace(facts, notes=(*facts.notes, text))
        report.part("message", f"{text}; what is said here holds for the calls that annprobe made instead")
        texts = {str(source.path): source.original.splitlines()}
        raised = raised_findings(found.own_raised, texts) or index_findings(found.own_raised, texts)
        raised = raised or raising(found.own_raised, texts)
        report.held = raised
    report.part("subject", facts)
    if understanding.missing:
        report.part("message", _missing(understanding, found.outcome))
        report.part("findings", (*unread_output_findings(understanding), *stale_output_findings(understanding)))
        _raised(found, understanding, source, report.part)
        return None
    unsure = _guessed(source, found, understanding)
    if unsure is not None:
        parameter, function = unsure
        report.part("adapter", _adapter(source, found))
        report.part(
            "message",
            f"not judged: what {function} is to be given for {parameter} is not known, and with the number that was "
            "tried the gradient fits no cost. Say how to call it with --run",
        )
        return None
    differs = disagreement(found.usage, found.outcome)
    if differs is None:
        return facts
    # a tape that holds something else than the module computes proves nothing about it
    report.part("subject", dataclasses.replace(facts, notes=(*facts.notes, differing(differs))))
    report.part("message", f"not judged: {differing(differs)}. Please report it with the module")
    return None


def _guessed(source: Source, found: Found, understanding: Understanding) -> tuple[str, str] | None:
    """The argument that a made usage was given as a guess, where the gradient is wrong in it: the guess may be, too."""
    hypothesis = understanding.hypothesis
    if hypothesis is None or not isinstance(found.usage, MadeUsage) or all(j.right for j in hypothesis.judged):
        return None
    return guessed(found.usage.program, source.tree())


def _judged(
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
    part("listing", listing(scene, accused))
    findings, failed = beneath(scene, source, options) or findings_of(scene, understanding, found)
    if not findings and not understanding.hypothesis.right:
        findings = _on_other_widths(found, source)
    findings, opinion = second_opinion(scene, findings)
    lines = {place.line for finding in findings for place in finding.places}
    findings = (*findings, *halted(understanding, found.outcome, lines), *report.held)
    part("findings", findings)
    part("checks", opinion)
    facts = train_again(scene, found, facts, findings, accused, options, partial(build, source, options), part)
    part("subject", dataclasses.replace(facts, notes=(*facts.notes, *failed)))
    learns = any(check.id == "own-task" and check.status == "pass" for check in report.said["checks"])
    if not report.said["findings"] and not learns:
        part("checks", odds_rows((symptom.id, symptom.strength) for symptom in report.said["symptoms"]))
    if options.log is not None:
        report.progress("looking for the numbers of the log")
        checks, shown = log_rows(options.log, understanding)
        part("checks", checks)
        part("findings", shown)
    if options.effort != "quick":
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


def _adapter(source: Source, found: Found | None) -> str:
    """The lines that would say it, filled in as far as known."""
    program = found.usage.program if found is not None and isinstance(found.usage, MadeUsage) else None
    return adapter_text(source, program)


def _raised(found: Found, understanding: Understanding, source: Source, part: Callable[[str, Any], None]) -> None:
    """A training step that raises is diagnosed by the line that raises."""
    own = found.usage.kind == "own"
    refused = spread_findings(understanding.tape, understanding.places) if own else ()
    refused = refused or (misshapen_findings(understanding.tape, understanding.places) if own else ())
    refused = refused or (refused_findings(understanding.tape, understanding.places) if own else ())
    if refused:
        part("findings", refused)
        return
    texts = {str(source.path): source.original.splitlines()}
    for one in (found, found.raised):
        if one is None or (one.usage.kind == "made" and handed_over(one.recorder.tape)):
            continue
        findings = raised_findings(one.outcome, texts)
        if not findings and one.usage.kind == "own":
            findings = index_findings(one.outcome, texts) or raising(one.outcome, texts)
        if findings:
            part("findings", findings)
            return


def _nothing(source: Source, found: Found | None) -> str:
    if found is not None and found.outcome.error is not None:
        return f"{source.path.name} raises {found.outcome.message} (line {found.outcome.line})"
    return f"no network was seen to train in {source.path.name}: give its usage with --run, or an adapter"


_WHY = {
    "update": "no array or number was seen to be updated again and again by something computed from itself",
    "targets": "the network's output never meets the targets in the computation of an update",
    "step": "no update could be connected with an output and its target",
    "cost": "no cost was found that goes with the output and the targets",
}


def _missing(understanding: Understanding, outcome: Outcome) -> str:
    why = _WHY.get(understanding.missing, understanding.missing)
    raised = f"; it raised {outcome.message} in line {outcome.line}" if outcome.error is not None else ""
    return f"the training could not be understood: {why}{raised}. Say how to run it with --run"


if __name__ == "__main__":
    serve(work)
