"""Everything that follows from training again: experiments with roles, symptoms, the ladder, the architecture."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from annprobe.diagnosis.experiments.capacity import capacity_finding, one_layer
from annprobe.diagnosis.experiments.ladder import Build, Ladder, skipped
from annprobe.diagnosis.experiments.run import FAILURES, Established, run_experiments
from annprobe.diagnosis.observing.options import Options
from annprobe.diagnosis.observing.probing import task_data
from annprobe.findings import Finding, SubjectFacts
from annprobe.listing.blame import Accused
from annprobe.listing.scene import Scene
from annprobe.subject.search import Found
from annprobe.training.results import Experiments
from annprobe.training.template import NotReplayable
from annprobe.training.work import WorkClock

Part = Callable[[str, Any], None]
_SEEDS = {"quick": 2, "normal": 4, "thorough": 10}
_LADDER_SHARE = 0.35  # of the experiments' time


def train_again(
    scene: Scene,
    found: Found,
    facts: SubjectFacts,
    findings: Sequence[Finding],
    accused: Sequence[Accused],
    options: Options,
    build: Build,
    part: Part,
) -> SubjectFacts:
    """Tell piece by piece what the replayed training shows; returns what is known of the subject by then.

    build  makes the module's network in another architecture and reads it
    """
    if scene.alone:
        note = "nothing was trained: layers on their own, given random arrays, have nothing to learn"
        return dataclasses.replace(facts, notes=(*facts.notes, note))
    made = found.usage.kind == "made"
    data = task_data(scene.found.tape, options.task) or {} if made else {}
    ours = made or found.outcome.data_missing
    seconds, seeds = options.budgets()[1], _SEEDS.get(options.effort, 4)
    established = run_experiments(scene, findings, accused, seconds, data, options.seed, ours, seeds)
    part("experiments", established.rows)
    if options.task is not None and data and established.done is not None:
        established.findings += _out_of_reach(scene, established, established.done)
    again = [dataclasses.asdict(finding) for finding in established.findings]
    part("judged", {"of": len(findings), "findings": again})
    part("curves", established.curves)
    if established.message:
        part("message", established.message)
    if established.done is None:
        part("checks", skipped(established.why))
        return dataclasses.replace(facts, notes=(*facts.notes, f"training was not replayed: {established.why}"))
    return _looked_at(established, established.done, facts, options, build, part, one_layer(scene))


def _out_of_reach(scene: Scene, established: Established, done: Experiments) -> tuple[Finding, ...]:
    """A task that was asked for has no noise: what is proved of it needs no training that fails."""
    if any(finding.family == "capacity" for finding in established.findings):
        return ()
    found = capacity_finding(scene, done.trainer)
    return (found,) if found is not None else ()


def _looked_at(
    established: Established,
    done: Experiments,
    facts: SubjectFacts,
    options: Options,
    build: Build,
    part: Part,
    shallow: bool,
) -> SubjectFacts:
    """Symptoms and ladder."""
    anatomy = established.anatomy
    part("symptoms", established.symptoms)
    if anatomy is not None:
        names = tuple(layer.activation for layer in anatomy.layers)
        facts = dataclasses.replace(facts, architecture=anatomy.widths, activations=names)
        part("subject", facts)
    try:
        if options.effort != "quick":
            seconds = _LADDER_SHARE * options.budgets()[1]
            part("checks", Ladder(done, anatomy, build, seconds, WorkClock(), shallow).climb())
    except (NotReplayable, *FAILURES) as error:  # less is told; what was told holds
        return dataclasses.replace(facts, notes=(*facts.notes, f"not looked at: {type(error).__name__}: {error}"))
    return facts
