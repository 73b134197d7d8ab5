"""Experiments: one change at a time on the replayed training, where the gradient is right and training fails."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from annprobe.diagnosis.capacity import capacity_finding
from annprobe.diagnosis.replayed import Outcome, Trainer
from annprobe.diagnosis.wording import node_place
from annprobe.findings import FAMILIES, Evidence, Experiment, Finding, Place
from annprobe.listing.scene import Scene

_FACTORS = (10.0, 100.0, 0.1, 1000.0, 0.01, 0.001)
_FAR = (100.0, 1000.0)  # on a task of ours, a rate ten times from the best is nobody's fault
_SEEDS = 2  # other starts that have to confirm a cure
_LEARNED = 0.5  # of the best constant's cost: below it the network learns, noise may forbid more
_NOTHING = 0.9  # above it nothing was learned at all
_FEW = 300  # epochs under which "longer" is tried before the rate


@dataclass
class Experiments:
    """What was tried, and what it established."""

    rows: list[Experiment]
    findings: list[Finding]
    costs: list[float]


def run_experiments(scene: Scene, seconds: float, accused: bool, data: Mapping[int, Any] | None = None) -> Experiments:
    """The baseline, then the learning rate, a longer training and other starts, within the time.

    accused  whether something else was found already: then nothing is blamed on the settings
    data     values for the leaves of data, where the module has none of its own: then only a rate that is far off, and
             that stands in the module, is blamed
    """
    result = Experiments([], [], [])
    try:
        trainer = Trainer(scene.found, data)
    except (ValueError, TypeError, IndexError, KeyError, AssertionError, ArithmeticError, AttributeError):
        return result
    deadline = time.perf_counter() + seconds
    base = trainer.train(deadline=time.perf_counter() + seconds * 0.5)
    result.costs = base.costs
    result.rows.append(Experiment("as it is", base.success if base.complete else None, _evidence(base, trainer)))
    share = base.costs[-1] / (trainer.constant_cost() or 1.0) if base.costs else 0.0
    if base.success or accused or (base.finite and share < _LEARNED):
        return result
    capacity = capacity_finding(scene, trainer.epoch, trainer.data) if share > _NOTHING else None
    if capacity is not None:
        result.findings.append(capacity)
        return result
    if not base.complete:
        return result
    if trainer.data:
        if any(r is not None and r.line is not None for r in scene.found.rates):
            _rate(scene, trainer, result, deadline, _FAR)
        return result
    if trainer.turns < _FEW and _longer(scene, trainer, result, deadline):
        return result
    if not _rate(scene, trainer, result, deadline):
        _other_starts(trainer, result, deadline)
    return result


def _evidence(outcome: Outcome, trainer: Trainer) -> str:
    if not outcome.finite:
        return "left the finite numbers"
    share = outcome.costs[-1] / trainer.constant_cost() if outcome.costs and trainer.constant_cost() else float("nan")
    return f"squared error {share:.3g} of the best constant's after {trainer.turns} epochs"


def _rate(
    scene: Scene, trainer: Trainer, result: Experiments, deadline: float, factors: tuple[float, ...] = _FACTORS
) -> bool:
    """The smallest change of the rate that cures, confirmed from other starts."""
    for factor in factors:
        if time.perf_counter() > deadline:
            return False
        outcome = trainer.train(factor, deadline=deadline)
        result.rows.append(Experiment(f"learning rate x {factor:g}", outcome.success, _evidence(outcome, trainer)))
        if not outcome.success:
            continue
        starts = [trainer.drawn(seed) for seed in range(_SEEDS)]
        with_rate = [trainer.train(factor, start=s, deadline=deadline).success for s in starts]
        without = [trainer.train(start=s, deadline=deadline).success for s in starts]
        if sum(with_rate) > sum(without) or not any(without):
            result.findings.append(_rate_finding(scene, factor, 1 + sum(with_rate), 1 + _SEEDS))
            return True
    return False


def _rate_finding(scene: Scene, factor: float, cured: int, tried: int) -> Finding:
    rates = [r for r in scene.found.rates if r is not None and r.line is not None]
    place = _rate_place(scene, rates[0].line) if rates else None
    if place is None:
        place = node_place(scene, scene.found.judged_step.moves[0].links[-1].new)
    word = "small" if factor > 1.0 else "large"
    value = rates[0].value if rates else None
    now = f"the learning rate {value:g}" if value is not None else "the step"
    return Finding(
        FAMILIES["learning-rate"],
        "learning-rate",
        f"{now} is about {factor if factor > 1 else 1 / factor:g} times too {word}: "
        "with it changed, and nothing else, training succeeds",
        (place,) if place is not None else (),
        None,
        None,
        (Evidence("factor that cures", factor), Evidence("starts that it cures", f"{cured} of {tried}")),
        (),
        f"use {value * factor:g}" if value is not None else f"multiply the step by {factor:g}",
        "cause",
        "verified",
    )


def _rate_place(scene: Scene, line: int | None) -> Place | None:
    for file, source in scene.found.places.sources.items():
        if line is not None and 0 < line <= len(source.lines):
            text = source.lines[line - 1]
            return Place(file, line, len(text) - len(text.lstrip()), line, len(text.rstrip()), text)
    return None


def _longer(scene: Scene, trainer: Trainer, result: Experiments, deadline: float) -> bool:
    """The same training for more epochs."""
    for factor in (10, 50):
        outcome = trainer.train(turns=trainer.turns * factor, deadline=deadline)
        result.rows.append(Experiment(f"{factor} times longer", outcome.success, _evidence(outcome, trainer)))
        if outcome.success:
            place = node_place(scene, scene.found.judged_step.moves[0].links[-1].new)
            result.findings.append(
                Finding(
                    FAMILIES["training-length"],
                    "training-length",
                    f"{trainer.turns} epochs are too few: the same training for {factor} times as long succeeds",
                    (place,) if place is not None else (),
                    None,
                    None,
                    (Evidence("epochs", trainer.turns),),
                    (),
                    f"train for about {trainer.turns * factor} epochs",
                    "cause",
                    "verified",
                )
            )
            return True
    return False


def _other_starts(trainer: Trainer, result: Experiments, deadline: float) -> None:
    """The same training from other start values: luck, or a bad initialisation."""
    outcomes = []
    for seed in range(3):
        if time.perf_counter() > deadline:
            break
        outcomes.append(trainer.train(start=trainer.drawn(seed), deadline=deadline).success)
    if outcomes:
        result.rows.append(
            Experiment(
                "other start values", sum(outcomes) * 2 > len(outcomes), f"{sum(outcomes)} of {len(outcomes)} starts"
            )
        )
