"""Runs one unit: trains its networks, reads their symptoms, returns plain data."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annprobe import catalog
from annprobe.engine.architecture import Architecture
from annprobe.engine.network import Network
from annprobe.engine.setup import Data, Setup
from annprobe.engine.steps import REFERENCE, Step, Steps
from annprobe.engine.training import Run, train
from annprobe.engine.training import Trace as Training
from annprobe.errors import ToolFault
from annprobe.survey.readings import SYMPTOMS, Member, read
from annprobe.survey.recording import Watcher, evenly
from annprobe.survey.settings import Setting, origin, sensible, setup_of, unexplained
from annprobe.survey.tasks import make
from annprobe.survey.units import Unit, code_digest

Array = NDArray[np.float64]

HEALTHY = "none"  # the variant without a fault
CURVE = 26  # points of a cost curve
UNTRAINED = frozenset(("agree", "numerical_gradient", "analytic_gradient", "check_point", "predict", "keep_best"))


@dataclass(frozen=True, eq=False)
class Planned:
    """One run of a unit, before it is trained: variant, number of the task, number of the setting, seed."""

    variant: str
    task: int
    setting: int
    seed: int
    run: Run


def trains(mutant: str) -> bool:
    """Can this mutant (or pair) change a training run at all? Bugs of checkers and metrics cannot."""
    return any(catalog.get(part).step not in UNTRAINED for part in mutant.split("+"))


def steps_of(variant: str) -> Steps:
    """The table of steps of a variant."""
    if variant == HEALTHY:
        return REFERENCE
    return catalog.compose(catalog.get(part) for part in variant.split("+"))


def run_unit(unit: Unit) -> dict[str, Any]:
    """The result of a unit: plain data, the same wherever and whenever it is run.

    For each variant: "silent" and "fault" name the tasks (by number) on which it computes the same as the reference,
    or stops with an error; "runs" has an entry for each other run: task, setting, seed, what it left unexplained, masks
    of the symptoms that fired, that fired at full strength, that were asked for, and the cost curve.
    Raises :class:`ToolFault` when the code here is not that with which the unit was planned.
    """
    if unit.code != code_digest():
        raise ToolFault("this worker has another version of annprobe than the process that planned the survey; "
                        "install the same one on both sides")
    completed = [unit.blueprint.complete(make(task)) for task in unit.tasks]
    settings = [(found, origin(unit.blueprint, len(data.X)))
                for found, (_, data) in zip(sensible(unit.blueprint, completed), completed, strict=True)]
    cells: dict[str, Any] = {v: {"silent": [], "fault": {}, "runs": []} for v in (HEALTHY, *unit.mutants)}
    for variant, cell in cells.items():
        cell["silent"] = [task for task, ends in enumerate(completed)
                          if variant != HEALTHY and _silent(variant, unit, settings[task][0], *ends)]
    plans = [plan for variant, cell in cells.items() for task, ends in enumerate(completed)
             if task not in cell["silent"] for plan in _plans(variant, task, unit, settings[task], *ends)]
    _train(unit, plans, cells)
    return {"unit": unit.to_json(), "architectures": [str(architecture) for architecture, _ in completed],
            "rates": [sensible.learning_rate for sensible, _ in settings], "symptoms": list(SYMPTOMS), "cells": cells}


def _silent(variant: str, unit: Unit, setting: Setting, architecture: Architecture, data: Data) -> bool:
    """Does a variant compute the same as the reference here? Then there is nothing to train."""
    setup = setup_of(unit.blueprint, setting, len(data.X), unit.iterations, 0)
    X, Y = REFERENCE.prepare(data)
    W = tuple(REFERENCE.initialise(architecture, setup))
    network = Network(architecture, W, X, Y, data.unit, setup)
    parts = [catalog.get(part) for part in variant.split("+")]
    return all(part.seen_by is None or part.silent.holds(network) for part in parts)


def _plans(variant: str, task: int, unit: Unit, settings: tuple[Setting, Setting], architecture: Architecture,
           data: Data) -> Iterator[Planned]:
    """The runs of a variant on one task: both settings, all seeds."""
    steps = steps_of(variant)
    for number, (setting, seeds) in enumerate(zip(settings, (unit.seeds, unit.origin_seeds), strict=True)):
        for seed in range(seeds):
            setup = setup_of(unit.blueprint, setting, len(data.X), unit.iterations, seed)
            yield Planned(variant, task, number, seed, Run(architecture, setup, data, steps, _start(steps, architecture,
                                                                                                  setup)))


def _start(steps: Steps, architecture: Architecture, setup: Setup) -> tuple[Array, ...] | None:
    """Where a run starts, drawn once for all runs that start alike; None where the steps change the settings."""
    if steps.settings is not REFERENCE.settings:
        return None
    return _drawn(steps.initialise, architecture, setup)


@functools.lru_cache(maxsize=256)
def _drawn(initialise: Step, architecture: Architecture, setup: Setup) -> tuple[Array, ...]:
    return tuple(initialise(architecture, setup))


def _train(unit: Unit, plans: list[Planned], cells: dict[str, Any]) -> None:
    """Train all runs and enter them into the cells."""
    watcher = Watcher(unit.every)
    stacks: dict[int, list[tuple[int, Planned, Training]]] = {}
    for plan, training in zip(plans, train([plan.run for plan in plans], unit.every, watcher), strict=True):
        if training.fault is not None:
            cells[plan.variant]["fault"][str(plan.task)] = training.fault
        else:
            stack, row = watcher.place(training)
            stacks.setdefault(stack, []).append((row, plan, training))
    for number, members in stacks.items():
        members.sort(key=lambda member: member[0])
        asked = [Member(plan.run.steps, training, plan.run.steps.prepare(plan.run.data), plan.seed)
                 for _, plan, training in members]
        for (_, plan, training), (symptoms, constant) in zip(members, read(watcher.stacks[number], asked), strict=True):
            cells[plan.variant]["runs"].append(_entry(plan, training, symptoms, constant))
    for cell in cells.values():
        cell["runs"].sort(key=lambda entry: entry[:3])


def _entry(plan: Planned, training: Training, symptoms: tuple[int, int, int], constant: float) -> list[Any]:
    truth = plan.run.data.Y  # what was to be learned, whatever the run's own steps made of it
    left = unexplained(training.outputs[-1], truth) if training.outputs.shape[1:] == truth.shape else float("inf")
    return [plan.task, plan.setting, plan.seed, _rounded(left), *symptoms, _curve(training.cost / constant)]


def _curve(cost: Array) -> list[float | None]:
    """A cost curve at 26 moments at most, to three digits; None for what is not a number."""
    return [_rounded(value) for value in cost[evenly(len(cost), CURVE)].tolist()]


def _rounded(value: float) -> float | None:
    return float(f"{value:.3g}") if np.isfinite(value) else None
