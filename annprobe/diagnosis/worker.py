"""The child's side of a diagnosis: runs the module on the tape, gathers evidence, streams it piece by piece."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Callable
from typing import Any

from annprobe.diagnosis.causes.updates.stale_outputs import stale_output_findings
from annprobe.diagnosis.causes.updates.unread_output import unread_output_findings
from annprobe.diagnosis.clauses.wording import differing
from annprobe.diagnosis.observing.evidence import subject_facts, with_layers
from annprobe.diagnosis.observing.halted import raising
from annprobe.diagnosis.observing.observation import observe, unheard
from annprobe.diagnosis.observing.options import Options
from annprobe.diagnosis.observing.raised import (
    handed_over,
    misshapen_findings,
    of_another_size,
    raised_findings,
    refused_findings,
    spread_findings,
)
from annprobe.diagnosis.observing.raised_index import index_findings
from annprobe.diagnosis.pieces import Report
from annprobe.errors import BadArgument
from annprobe.findings import SubjectFacts
from annprobe.subject.agreement import disagreement
from annprobe.subject.isolation.child import serve
from annprobe.subject.making.adapter import adapter_text
from annprobe.subject.making.guesses import guessed
from annprobe.subject.reading.source import Source, read_source
from annprobe.subject.running.outcome import Outcome
from annprobe.subject.search import Found
from annprobe.subject.understanding import Understanding
from annprobe.subject.usage import MadeUsage

REFUSED = "refused"  # the event for an option that does not go with the module


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
        from annprobe.diagnosis.judging import judge  # only now: the facts alone need little of it

        judge(source, found, understanding, facts, options, report)


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


def _adapter(source: Source, found: Found | None) -> str:
    """The lines that would say it, filled in as far as known."""
    program = found.usage.program if found is not None and isinstance(found.usage, MadeUsage) else None
    return adapter_text(source, program)


def _raised(found: Found, understanding: Understanding, source: Source, part: Callable[[str, Any], None]) -> None:
    """A training step that raises is diagnosed by the line that raises."""
    if of_another_size(understanding.tape, found.outcome.stood_in):
        return
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
