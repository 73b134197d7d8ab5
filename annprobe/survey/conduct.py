"""Runs a campaign's units, each once, and keeps what is finished."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from annprobe.survey.campaign import Campaign
from annprobe.survey.store import Store
from annprobe.survey.units import Unit
from annprobe.survey.workers import Workers

Progress = Callable[[int, int], None]  # units done, units in all


@dataclass(frozen=True, eq=False)
class Results:
    """All results of a campaign, in the order of its units.

    lost  units without a result, each with the reason
    ran   how many units were run now (others had been kept)
    """

    campaign: Campaign
    results: tuple[dict[str, Any], ...]
    lost: tuple[tuple[Unit, str], ...]
    ran: int


def conduct(campaign: Campaign, workers: Workers, store: Store | None = None, resume: bool = False,
            progress: Progress | None = None) -> Results:
    """Run a campaign.

    store   keeps finished units, so that a killed survey can go on; None keeps nothing
    resume  use what the store has; else it starts anew
    """
    units = campaign.units()
    if store is not None and not resume:
        store.forget(units)
        store = Store(store.folder)
    done: dict[str, dict[str, Any]] = {}
    for unit in units:
        kept = store.load(unit) if store is not None and resume else None
        if kept is not None:
            done[unit.name] = kept
    missing = sorted((unit for unit in units if unit.name not in done), key=_weight, reverse=True)
    why: dict[str, str] = {}
    for outcome in workers(missing):
        if outcome.result is None:
            why[outcome.unit.name] = outcome.why
        else:
            done[outcome.unit.name] = outcome.result
            if store is not None:
                store.save(outcome.unit, outcome.result)
        if progress is not None:
            progress(len(done) + len(why), len(units))
    return Results(campaign, tuple(done[unit.name] for unit in units if unit.name in done),
                   tuple((unit, why[unit.name]) for unit in units if unit.name in why), len(missing))


def _weight(unit: Unit) -> int:
    """About how long a unit takes: the longest are started first."""
    return len(unit.tasks) * (1 + sum(unit.blueprint.hidden)) * (3 if unit.blueprint.batched else 1)
