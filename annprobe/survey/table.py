"""The table: what each variant shows, counted over all units of a campaign. Plain data."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from annprobe import __version__, catalog
from annprobe.survey.conduct import Results
from annprobe.survey.measure import HEALTHY
from annprobe.survey.readings import SYMPTOMS
from annprobe.survey.settings import ORIGIN, SENSIBLE
from annprobe.symptoms.trace import LEARNED

SCHEMA = "annprobe.survey/1"
SETTINGS = (SENSIBLE, ORIGIN)
TASK, SETTING, SEED, LEFT, FIRED, STRONG, ASKED, CURVE = range(8)  # of an entry of a unit's result
CURVES = 8  # kept for a variant at most

Json = dict[str, Any]


def tabulated(results: Results) -> Json:
    """The whole table.

    For each variant and setting: how many runs, how many learned, how many of those whose healthy twin (same start)
    learned ("twins": both, twin), and for each symptom, in the order of "symptoms", [fired, at full strength, asked];
    "fired_though_learned" counts them among the runs that learned.
    Tasks that the reference does not learn with a blueprint in most of its runs are left out: there a bug has nothing
    to spoil.
    """
    used = [(result, learnable(result)) for result in results.results]
    variants = dict.fromkeys((HEALTHY, *results.campaign.mutants))
    return {
        "schema": SCHEMA,
        "annprobe": __version__,
        "campaign": dataclasses.asdict(results.campaign),
        "symptoms": list(SYMPTOMS),
        "units": len(results.results),
        "lost": [{"unit": unit.name, "tasks": list(unit.tasks), "why": why} for unit, why in results.lost],
        "left_out": [f"{task} on {result['architectures'][number]}" for result, tasks in used
                     for number, task in enumerate(result["unit"]["tasks"]) if number not in tasks],
        "blueprints": [_blueprint(result) for result in results.results],
        "variants": {variant: _variant(variant, used) for variant in variants},
    }


def _blueprint(result: Json) -> Json:
    """A unit's networks in words."""
    return {"architectures": sorted(set(result["architectures"])), "tasks": result["unit"]["tasks"],
            "rates": result["rates"], **result["unit"]["blueprint"]}


def learned(entry: list[Any]) -> bool:
    """Did this run learn its task?"""
    return entry[LEFT] is not None and entry[LEFT] <= LEARNED


def learnable(result: Json) -> set[int]:
    """Numbers of the tasks that most healthy, sensibly trained runs learned."""
    votes: dict[int, list[bool]] = {}
    for entry in result["cells"][HEALTHY]["runs"]:
        if entry[SETTING] == 0:
            votes.setdefault(entry[TASK], []).append(learned(entry))
    return {task for task, vote in votes.items() if 2 * sum(vote) > len(vote)}


def _variant(variant: str, used: list[tuple[Json, set[int]]]) -> Json:
    cells = [(result["cells"][variant], tasks) for result, tasks in used]
    faults = Counter(message for cell, tasks in cells for task, message in cell["fault"].items() if int(task) in tasks)
    return {
        "about": about(variant),
        "silent": sum(task in tasks for cell, tasks in cells for task in cell["silent"]),
        "fault": sum(faults.values()),
        "faults": dict(faults.most_common(3)),
        "settings": {name: _setting(number, variant, used) for number, name in enumerate(SETTINGS)},
        "by_unit": [_headline(cell, tasks) for cell, tasks in cells],
        "curves": _curves(variant, used),
    }


def about(variant: str) -> Json:
    """What a variant is, from the catalogue."""
    if variant == HEALTHY:
        return {"summary": "nothing is wrong", "family": "", "cause": "", "seen_by": None}
    parts = [catalog.get(part) for part in variant.split("+")]
    return {"summary": " ".join(part.summary for part in parts),
            "family": "+".join(dict.fromkeys(part.family for part in parts)),
            "cause": "+".join(dict.fromkeys(part.cause for part in parts)),
            "seen_by": "+".join(str(part.seen_by) for part in parts)}


def entries(variant: str, used: list[tuple[Json, set[int]]], setting: int) -> Iterator[tuple[list[Any], bool]]:
    """The runs of a variant with one setting, each with whether its healthy twin (same start) learned."""
    for result, tasks in used:
        twins = {tuple(entry[:3]): learned(entry) for entry in result["cells"][HEALTHY]["runs"]}
        for entry in result["cells"][variant]["runs"]:
            if entry[SETTING] == setting and entry[TASK] in tasks:
                yield entry, twins[tuple(entry[:3])]


def _setting(number: int, variant: str, used: list[tuple[Json, set[int]]]) -> Json:
    found = list(entries(variant, used, number))
    counts = [[sum(entry[mask] >> bit & 1 for entry, _ in found) for mask in (FIRED, STRONG, ASKED)]
              for bit in range(len(SYMPTOMS))]
    return {"runs": len(found), "learned": sum(learned(entry) for entry, _ in found),
            "twins": [sum(learned(entry) and twin for entry, twin in found), sum(twin for _, twin in found)],
            "counts": counts,
            "fired_though_learned": [sum(entry[FIRED] >> bit & 1 for entry, _ in found if learned(entry))
                                     for bit in range(len(SYMPTOMS))]}


def _headline(cell: Json, tasks: set[int]) -> list[int]:
    """Of one unit, sensible setting: runs, those that learned, those with the famous symptom."""
    runs = [entry for entry in cell["runs"] if entry[SETTING] == 0 and entry[TASK] in tasks]
    return [len(runs), sum(map(learned, runs)), sum(entry[FIRED] & 1 for entry in runs)]


def _curves(variant: str, used: list[tuple[Json, set[int]]]) -> list[Json]:
    """A few runs such that each symptom of the variant is shown by at least one, with their healthy twins' curves."""
    kept: list[Json] = []
    seen = 0
    for setting, name in enumerate(SETTINGS):
        for result, tasks in used:
            twins = {tuple(entry[:3]): entry[CURVE] for entry in result["cells"][HEALTHY]["runs"]}
            for entry in result["cells"][variant]["runs"]:
                if entry[SETTING] != setting or entry[TASK] not in tasks or not entry[FIRED] & ~seen:
                    continue
                seen |= entry[FIRED]
                kept.append({"setting": name, "task": result["unit"]["tasks"][entry[TASK]], "seed": entry[SEED],
                             "architecture": result["architectures"][entry[TASK]], "fired": entry[FIRED],
                             "cost": entry[CURVE], "twin": twins[tuple(entry[:3])]})
                if len(kept) == CURVES:
                    return kept
    return kept


def share(table: Mapping[str, Any], variant: str, symptom: str, setting: str = SENSIBLE) -> tuple[int, int]:
    """(runs that show a symptom, runs that were asked for it)."""
    fired, _, asked = table["variants"][variant]["settings"][setting]["counts"][table["symptoms"].index(symptom)]
    return int(fired), int(asked)
