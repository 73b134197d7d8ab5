"""Experiments on the module's own training, replayed: what they establish beside the findings that are there."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annprobe.diagnosis.causes.numeric import grown
from annprobe.diagnosis.experiments.capacity import capacity_finding, narrow_finding
from annprobe.diagnosis.experiments.curves import curves_of
from annprobe.diagnosis.experiments.own_run import symptoms_in, trace_of
from annprobe.diagnosis.experiments.roles import table, with_roles
from annprobe.diagnosis.experiments.settings import setting_findings
from annprobe.diagnosis.experiments.suspects import suspects_of
from annprobe.findings import Curve, Experiment, Finding, Symptom
from annprobe.listing.blame import Accused
from annprobe.listing.scene import Scene
from annprobe.symptoms.trace import Trace
from annprobe.training.anatomy import Anatomy, find_anatomy
from annprobe.training.interventions import experiment
from annprobe.training.laboratory import Laboratory
from annprobe.training.results import Experiments
from annprobe.training.template import NotReplayable
from annprobe.training.trainer import Trainer
from annprobe.training.work import WorkClock

_ENOUGH = 5  # single changes that must have been tried before it is said that none helps
_OUR_STEPS = 5_000  # on a task of ours the module's own length means nothing
FAILURES = (
    ValueError,
    TypeError,
    IndexError,
    KeyError,
    AssertionError,
    ArithmeticError,
    AttributeError,
    NotImplementedError,
    MemoryError,
)


@dataclass
class Established:
    """What the experiments established.

    findings  those that were there, with roles, then the new ones
    done      the experiments; None where nothing could be replayed, for the reason ``why``
    anatomy   the layers of the network, where they are known
    symptoms  what the training as it is shows
    message   what is to be said though nothing is wrong
    """

    findings: tuple[Finding, ...]
    rows: tuple[Experiment, ...] = ()
    curves: tuple[Curve, ...] = ()
    done: Experiments | None = None
    anatomy: Anatomy | None = None
    symptoms: tuple[Symptom, ...] = ()
    message: str = ""
    why: str = ""


def run_experiments(
    scene: Scene,
    findings: Sequence[Finding],
    accused: Sequence[Accused],
    seconds: float,
    data: Mapping[int, Any] | None = None,
    seed: int = 0,
    ours: bool = False,
    seeds: int = 4,
) -> Established:
    """The training as it is, then one change at a time, within the time.

    data  values for the leaves of data, where the module has none of its own
    seeds starts of the module's own kind that are tried besides its own
    ours  whether the data are annprobe's own: these, or stand-ins for a file that is missing
    """
    clock = WorkClock()
    try:
        trainer = Trainer(scene.found, seed, data)
        if not trainer.judge().targets.size:
            return Established(tuple(findings), why="the recorded step has no targets")
        suspects = suspects_of(scene, trainer, findings, accused)
        steps = max(trainer.planned or 0, _OUR_STEPS) if ours else None
        lab = Laboratory(trainer, seconds - clock(), steps, seed, clock, seeds, may_cut=suspects.swap is None)
        done = experiment(lab, suspects)
        return _established(scene, findings, done, ours)
    except NotReplayable as reason:
        return Established(tuple(findings), why=str(reason))
    except FAILURES as error:  # no experiments: what was established before still holds
        return Established(tuple(findings), why=f"{type(error).__name__}: {error}")


def _established(scene: Scene, findings: Sequence[Finding], done: Experiments, ours: bool) -> Established:
    anatomy = find_anatomy(done.trainer)
    trace = _trace(done, anatomy)
    symptoms = _symptoms(trace)
    known = with_roles(scene, done, findings, ours)
    families = {finding.family for finding in known}
    new: list[Finding] = []
    if all(grown(finding) for finding in known if finding.role == "untested"):
        new = [f for f in setting_findings(scene, done, ours, symptoms) if f.family not in families]
        known, new = _of_growth(known, new)
    failing = done.state in ("fails", "stalled")
    if failing and not done.cures() and not new and "capacity" not in families:
        new = _capacity(scene, done, anatomy, ours, any(f.role == "untested" for f in known))
    rows = table(done, scene.found.names)
    message = "" if ours or (*known, *new) else _remark(done)
    return Established((*known, *new), rows, curves_of(done, trace), done, anatomy, symptoms, message)


def _of_growth(known: Sequence[Finding], new: Sequence[Finding]) -> tuple[tuple[Finding, ...], list[Finding]]:
    """Numbers that grow out of bounds are no fault of their own where a setting is found that makes them grow."""
    overflows = [f for f in known if grown(f) and f.role == "untested"]
    if not overflows or not any(f.role == "cause" for f in new):
        return tuple(known), list(new)
    notes = tuple(f"{f.message} (line {f.places[0].line})" for f in overflows if f.places)
    told = [dataclasses.replace(f, notes=(*notes, *f.notes)) if f.role == "cause" else f for f in new]
    return tuple(f for f in known if f not in overflows), told


def _capacity(
    scene: Scene, done: Experiments, anatomy: Anatomy | None, ours: bool, doubtful: bool
) -> list[Finding]:
    """What no setting helps may be out of the architecture's reach.

    ours      the data are annprobe's own: what cannot be learned of them is nobody's fault
    doubtful  something else may be why they are not learned
    """
    if ours:
        return []
    found = capacity_finding(scene, done.trainer)
    if found is None and anatomy is not None and done.swap is None and not doubtful:
        found = narrow_finding(scene, done.trainer, anatomy)
    return [found] if found is not None else []


def _trace(done: Experiments, anatomy: Anatomy | None) -> Trace | None:
    try:
        return trace_of(done, anatomy)
    except FAILURES:  # a training of another form than traces know
        return None


def _symptoms(trace: Trace | None) -> tuple[Symptom, ...]:
    try:
        return symptoms_in(trace)
    except FAILURES:  # a trace of another form than the detectors know: they say nothing
        return ()


def _remark(done: Experiments) -> str:
    """What is to be said of a network with nothing wrong that does not learn the module's own data."""
    base = done.baseline
    if done.state == "unlucky":
        return (
            f"from its own start the network ends in a local minimum, at {done.share:.2f} of the best constant's "
            f"squared error; {base.good} of {base.of} starts of the same kind learn: start it again with another seed"
        )
    if done.state == "fails" and not base.good and not done.cures() and len(done.tried) < _ENOUGH:
        return (
            f"the training does not succeed ({min(done.share, 1e6):.3g} of the best constant's squared error is left), "
            "and there was no time to try what would cure it: --effort thorough has more"
        )
    finished = [t for t in done.tried if len(t.changes) == 1 and not t.outcome.unfinished]
    if done.state == "fails" and not base.good and not done.cures() and done.swap is None and len(finished) >= _ENOUGH:
        return (
            f"the training does not succeed from any of {base.of} starts ({min(done.share, 1e6):.3g} of the best "
            "constant's squared error is left), and no other learning rate, start, scaling or length that was tried "
            "cures it"
        )
    return ""
