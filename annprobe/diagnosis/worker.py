"""The child's side of a diagnosis: runs the module on the tape, gathers evidence, streams it piece by piece."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any, Literal, cast

from annprobe.diagnosis.causes import findings_of
from annprobe.diagnosis.evidence import gradient_rows, subject_facts
from annprobe.diagnosis.examples_file import load_examples
from annprobe.diagnosis.gradient_causes import accusations
from annprobe.diagnosis.log_findings import log_rows
from annprobe.diagnosis.options import Options
from annprobe.diagnosis.raised import raised_findings, refused_findings
from annprobe.diagnosis.replays import train_again
from annprobe.diagnosis.smallest_case import smallest_case
from annprobe.diagnosis.symptom_odds import odds_rows
from annprobe.diagnosis.wording import differing
from annprobe.findings import SubjectFacts
from annprobe.listing.lines import listing
from annprobe.listing.scene import Scene
from annprobe.subject.adapter import adapter_text
from annprobe.subject.agreement import disagreement
from annprobe.subject.child import serve
from annprobe.subject.execute import Outcome
from annprobe.subject.hints import Hints
from annprobe.subject.search import Found, find_usage
from annprobe.subject.source import Source, read_source
from annprobe.subject.understanding import Understanding, enough, understand
from annprobe.subject.usage import MadeUsage
from annprobe.tape import Budget, Recorder, Tape
from annprobe.tape.places import Places
from annprobe.tape.places import Source as TextSource

_BUILD = 5.0  # seconds for a network of another architecture (four tenths of them to find out how)


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

    said: dict[str, list[Any]] = {"findings": [], "symptoms": []}

    def part(field: str, value: Any) -> None:
        said.get(field, []).extend(value if field in said else ())
        emit({"event": "part", "field": field, "value": plain(value)})

    emit({"event": "progress", "text": "running it"})
    found, understanding = observe(source, options, "made" if options.sizes and not options.run else "own")
    if understanding is None or found is None or understanding.missing:
        part("adapter", _adapter(source, found))
    if understanding is None or found is None:
        part("subject", SubjectFacts(str(source.path), notes=source.notes))
        part("message", _nothing(source, found))
        return
    facts = subject_facts(source, found, understanding)
    if found.own_raised is not None:
        text = f"run as it stands, {source.path.name} raises {found.own_raised.message} (line {found.own_raised.line})"
        facts = dataclasses.replace(facts, notes=(*facts.notes, text))
        part("message", f"{text}; what is said here holds for the calls that annprobe made instead")
        part("findings", raised_findings(found.own_raised, {str(source.path): source.original.splitlines()}))
    part("subject", facts)
    if understanding.missing:
        part("message", _missing(understanding, found.outcome))
        _raised(found, understanding, source, part)
        return
    differs = disagreement(found.usage, found.outcome)
    if differs is not None:  # a tape that holds something else than the module computes proves nothing about it
        part("subject", dataclasses.replace(facts, notes=(*facts.notes, differing(differs))))
        part("message", f"not judged: {differing(differs)}. Please report it with the module")
        return
    part("gradient", gradient_rows(understanding))
    emit({"event": "progress", "text": "comparing the backward pass line by line"})
    assert understanding.hypothesis is not None
    scene = Scene(understanding, understanding.hypothesis)
    accused = accusations(scene)
    part("listing", listing(scene, accused))
    findings, failed = findings_of(scene, understanding, found)
    part("findings", findings)
    facts = train_again(scene, found, facts, findings, accused, options, partial(build, source, options), part)
    part("subject", dataclasses.replace(facts, notes=(*facts.notes, *failed)))
    if not said["findings"]:
        part("checks", odds_rows((symptom.id, symptom.strength) for symptom in said["symptoms"]))
    if options.log is not None:
        emit({"event": "progress", "text": "looking for the numbers of the log"})
        checks, shown = log_rows(options.log, understanding)
        part("checks", checks)
        part("findings", shown)
    if options.effort != "quick":
        emit({"event": "progress", "text": "looking for the smallest network that shows it"})
        case = smallest_case(source, found, scene, findings, options.effort)
        part("findings", case.findings)
        part("counterexample", case.example)


def build(source: Source, options: Options, sizes: tuple[int, ...]) -> Understanding | None:
    """The module's network in another architecture, understood; None where it does not let itself be built so."""
    wanted = dataclasses.replace(options, sizes=",".join(map(str, sizes)), run=None, seconds=_BUILD)
    found, understanding = observe(source, wanted, "made")
    made = found.usage.program.sizes if found is not None and isinstance(found.usage, MadeUsage) else None
    return understanding if made is not None and tuple(made) == sizes else None


def _adapter(source: Source, found: Found | None) -> str:
    """The lines that would say it, filled in as far as known."""
    program = found.usage.program if found is not None and isinstance(found.usage, MadeUsage) else None
    return adapter_text(source, program)


def _raised(found: Found, understanding: Understanding, source: Source, part: Callable[[str, Any], None]) -> None:
    """A training step that raises is diagnosed by the line that raises."""
    refused = refused_findings(understanding.tape, understanding.places) if found.usage.kind == "own" else ()
    if refused:
        part("findings", refused)
        return
    texts = {str(source.path): source.original.splitlines()}
    for one in (found, found.raised):
        findings = raised_findings(one.outcome, texts) if one is not None else ()
        if findings:
            part("findings", findings)
            return


def observe(
    source: Source, options: Options, prefer: Literal["own", "made"] = "own"
) -> tuple[Found | None, Understanding | None]:
    """Run the module's own usage, or one made by calling, and read the roles off the tape."""
    understood: dict[int, Understanding] = {}
    texts: dict[int, dict[str, TextSource]] = {}

    def recorder(sources: dict[str, TextSource]) -> Recorder:
        made = Recorder(
            set(),
            Budget(nodes=120_000, seconds=options.budgets()[0]),
            satisfied=lambda tape: enough(tape, Places(tape, sources)),
        )
        texts[id(made.tape)] = sources
        return made

    def judge(tape: Tape, outcome: Outcome) -> float:
        found = understand(tape, Places(tape, texts[id(tape)]), options.seed)
        understood[id(tape)] = found
        return score(found)

    found = find_usage(
        source,
        recorder,
        judge,
        seconds=options.budgets()[0],
        sizes=options.widths(),
        command=options.run,
        prefer=prefer,
    )
    return found, understood.get(id(found.recorder.tape)) if found is not None else None


def _hints(options: Options) -> Hints:
    """The names and examples that the user gave."""
    layout = cast("Literal['rows', 'columns', 'example'] | None", options.layout)
    data = load_examples(options.data) if options.data is not None else None
    return Hints(options.network, options.forward, options.gradient, options.cost, layout, data)


def score(found: Understanding) -> float:
    """How surely the tape shows training: 1 when every role was found, less the more is missing."""
    if found.missing:
        return {"update": 0.0, "targets": 0.3, "step": 0.2, "cost": 0.5}.get(found.missing, 0.1)
    return 1.0


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
