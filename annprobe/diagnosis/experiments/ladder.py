"""The ladder: from one neuron to the module's own task, each rung passed, failed or skipped, with its evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from annprobe.diagnosis.experiments.neurons import by_neuron, by_weight
from annprobe.diagnosis.observing.probing import task_data
from annprobe.findings import Check, CheckStatus
from annprobe.subject.understanding import Understanding
from annprobe.training.anatomy import Anatomy, find_anatomy
from annprobe.training.changes import fan_in_start
from annprobe.training.data import Data
from annprobe.training.laboratory import Change, Laboratory, Trial
from annprobe.training.outcomes import Outcome
from annprobe.training.results import Experiments
from annprobe.training.stack import Lane, Trace
from annprobe.training.tasks import gate_data, handful_data
from annprobe.training.template import NotReplayable
from annprobe.training.trainer import Trainer
from annprobe.training.work import WorkClock

Build = Callable[[tuple[int, ...]], Understanding | None]
_STEPS = (2_000, 4_000)  # of a rung: as many as the module plans, but so many at least and at most
_FEW_WRONG, _LITTLE_LEFT = 0.12, 0.05  # of the best constant predictor's: learned
_SHARE = 0.4  # of the time that is left, for one rung
_RUNGS = {
    "and-one-neuron": "AND on one neuron",
    "forward": "forward pass by hand",
    "true-gradient": "training on the numerical gradient",
    "gradient-by-neuron": "gradient step, neuron by neuron",
    "gradient-by-weight": "gradient step, weight by weight",
    "and-hidden-layer": "a hidden layer on AND",
    "xor": "XOR",
    "own-task": "own task and data",
    "handful": "a handful of examples",
}
_FAILURES = (ValueError, TypeError, IndexError, KeyError, AssertionError, ArithmeticError, AttributeError)


@dataclass(frozen=True)
class Ladder:
    """What the rungs are climbed with.

    done     the experiments on the module's own training
    anatomy  its layers, where they are known
    build    makes the module's network in another architecture and reads it; None where it cannot be built
    seconds  for the rungs that train
    shallow  whether it has no hidden layer, where the layers are not known
    """

    done: Experiments
    anatomy: Anatomy | None
    build: Build
    seconds: float
    clock: WorkClock
    shallow: bool = False

    def climb(self) -> tuple[Check, ...]:
        """All rungs, simplest first."""
        lab = Laboratory(self.done.trainer, self.seconds, None, 1, self.clock)
        hidden = len(self.anatomy.layers) > 1 if self.anatomy is not None else False if self.shallow else None
        simple = self._gate(lab, "and-hidden-layer", "AND", (2, 3, 1), fits=hidden is not False)
        if simple.status == "skip":  # what keeps the simpler task from being tried keeps this one, too
            harder = _check("xor", "skip", simple.evidence)
        else:
            harder = self._gate(lab, "xor", "XOR", (2, 4, 1), fits=hidden is not False)
        return (
            self._gate(lab, "and-one-neuron", "AND", (2, 1), fits=hidden is False),
            self._forward(),
            self._true_gradient(),
            _check("gradient-by-neuron", *by_neuron(self.done, self.anatomy)),
            _check("gradient-by-weight", *by_weight(self.done)),
            simple,
            harder,
            _check("own-task", *_own(self.done)),
            self._handful(lab),
        )

    def _forward(self) -> Check:
        """The outputs once more, layer by layer, from the parameters that were found."""
        if self.anatomy is None:
            return _check("forward", "skip", "the forward pass is no chain of dense layers that annprobe knows")
        widths, names = self.anatomy.widths, [layer.activation for layer in self.anatomy.layers]
        return _check("forward", "pass", f"equal to an independent {list(widths)} network: {', '.join(names)}")

    def _true_gradient(self) -> Check:
        swap = self.done.swap
        if swap is None:
            status, evidence = _own(self.done)
            return _check("true-gradient", status, f"the module's own gradient is the true one: {evidence}")
        tried = self.done.trial(Change("gradient", swap.chains))
        if tried is None or tried.outcome.unfinished == tried.outcome.of:
            return _check("true-gradient", "skip", "no time for it")
        return _check("true-gradient", *_told(tried.outcome))

    def _gate(self, lab: Laboratory, rung: str, gate: str, sizes: tuple[int, ...], fits: bool) -> Check:
        """On the module's own network where that has the right depth, else on one that is built."""
        try:
            data = gate_data(lab.trainer, gate) if fits else None
            return _check(rung, *(_trained(lab, data, "") if data is not None else self._built(gate, sizes)))
        except (NotReplayable, *_FAILURES):
            return _check(rung, "skip", "its training cannot be replayed with this task and architecture")

    def _built(self, gate: str, sizes: tuple[int, ...]) -> tuple[CheckStatus, str]:
        if self.seconds <= self.clock():
            return "skip", "no time for it"
        found = self.build(sizes)
        data = task_data(found.tape, gate.lower()) if found is not None and not found.missing else None
        if found is None or data is None:
            return "skip", f"neither its own network nor one that it builds as {list(sizes)} can be trained on it"
        trainer = Trainer(found, 0, data)
        anatomy = find_anatomy(trainer)
        if anatomy is not None and len(anatomy.widths) != len(sizes):
            return "skip", f"the module builds no network as {list(sizes)}"
        if anatomy is not None and anatomy.layers[-1].activation == "softmax" and sizes[-1] == 1:
            return "skip", "a softmax over one output unit is always 1"
        lab = Laboratory(trainer, self.seconds - self.clock(), None, 1, self.clock)
        return _trained(lab, trainer.data, f"built as {list(sizes)}: ")

    def _handful(self, lab: Laboratory) -> Check:
        try:
            data = handful_data(lab.trainer)
            if data is None:
                return _check("handful", "skip", "there are no more examples than a handful, or they lie in no table")
            return _check("handful", *_trained(lab, data, "four examples by heart: "))
        except _FAILURES:
            return _check("handful", "skip", "its training cannot be replayed with fewer examples")


def skipped(why: str) -> tuple[Check, ...]:
    """All rungs where nothing can be replayed."""
    return tuple(_check(rung, "skip", why) for rung in _RUNGS)


def _check(rung: str, status: CheckStatus, evidence: str) -> Check:
    return Check(rung, _RUNGS[rung], status, evidence)


def _trained(lab: Laboratory, data: Data, what: str) -> tuple[CheckStatus, str]:
    """A few starts and rates as one stack: does any of them learn it?"""
    steps = int(np.clip(lab.steps, *_STEPS))
    lanes = [Lane(start, factor) for factor in (1.0, 10.0, 100.0) for start in lab.starts[:2]]
    lanes += [Lane(fan_in_start(lab.trainer, lab.rng), factor) for factor in (0.1, 1.0, 10.0)]
    trial = Trial((), lanes)
    lab.run([trial], lab.plain, data, share=_SHARE, steps=steps, enough=1)
    learned = [i for i, trace in enumerate(trial.traces) if _learned(trace)]
    if learned:
        how = _how(lanes[learned[0]])
        return "pass", f"{what}learned{how} within {trial.traces[learned[0]].steps[-1]} steps"
    if not trial.traces or not any(trace.complete or not trace.finite for trace in trial.traces):
        return "skip", f"{what}not finished in the time"
    return "fail", f"{what}none of {len(lanes)} networks learns it in {steps} steps (other rates and starts, too)"


def _how(lane: Lane) -> str:
    """What is not as the module has it."""
    rate = f"learning rate x {lane.factor:g}" if lane.factor != 1.0 else ""
    start = "another start" if lane.start else ""
    changed = " and ".join(word for word in (rate, start) if word)
    return f" with {changed}" if changed else ""


def _learned(trace: Trace) -> bool:
    if not trace.finite or not trace.left:
        return False
    return trace.left[-1] <= _LITTLE_LEFT or bool(trace.wrong[-1] <= _FEW_WRONG and trace.left[-1] < 0.6)


def _own(done: Experiments) -> tuple[CheckStatus, str]:
    """The training as it is."""
    return _told(done.baseline)


def _told(outcome: Outcome) -> tuple[CheckStatus, str]:
    evidence = f"{outcome.good} of {outcome.of} starts learn"
    if outcome.unfinished == outcome.of:
        return "skip", f"{evidence}; not finished in the time"
    return ("pass" if outcome.own == "good" or outcome.trains else "fail"), evidence
