"""The survey read backwards: from symptoms to what probably caused them."""

from __future__ import annotations

import functools
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

import numpy as np

from annprobe.engine.architecture import closest
from annprobe.symptoms.registry import DETECTORS

SHIPPED = "odds.json"
NOTHING_WRONG = "nothing"
PRIOR = 1.0  # how many runs the estimate from single symptoms counts for, beside the runs that showed them together


@dataclass(frozen=True)
class Odds:
    """How likely one explanation is, given the symptoms and nothing else.

    name         id of a mutant, or slug of a family of causes; "nothing" for right code trained sensibly
    cause        the family
    probability  with all families equally likely beforehand, and all mutants of a family
    odds         for it against all the others together: p / (1 - p)
    runs, like   runs of the survey that were asked for all these symptoms, and those that showed exactly what is asked
    """

    name: str
    cause: str
    probability: float
    odds: float
    runs: int
    like: int


@functools.cache
def shipped() -> Mapping[str, Any]:
    """The likelihoods that come with annprobe; read when first asked for."""
    data: Mapping[str, Any] = json.loads(files("annprobe.survey").joinpath(SHIPPED).read_text("utf-8"))
    return data


@dataclass(frozen=True)
class Seen:
    """What the survey saw of one mutant, sensibly trained.

    runs       all of them
    learned    of the runs whose healthy twin, from the same start, learned: how many learned too, and of how many
    symptoms   (id, runs that show it, runs that were asked), the commonest first; those in no run are left out
    """

    runs: int
    learned: tuple[int, int]
    symptoms: tuple[tuple[str, int, int], ...]


def seen(mutant: str, table: Mapping[str, Any] | None = None) -> Seen | None:
    """What the shipped survey saw of a mutant; None where it has no runs of it."""
    data = shipped() if table is None else table
    found = data["hypotheses"].get(mutant)
    if found is None:
        return None
    counts = []
    for bit, symptom in enumerate(data["symptoms"]):
        fired, asked = (sum(p[2] for p in found["patterns"] if p[mask] >> bit & 1) for mask in (1, 0))
        if fired:
            counts.append((symptom, fired, asked))
    both, twin = found["learned"]
    counts.sort(key=lambda c: -c[1] / c[2])
    return Seen(sum(p[2] for p in found["patterns"]), (both, twin), tuple(counts))


def odds(symptoms: Iterable[str], absent: Iterable[str] = (), by: Literal["mutant", "family"] = "family",
         table: Mapping[str, Any] | None = None) -> list[Odds]:
    """What most probably shows these symptoms, the likeliest first.

    symptoms  ids ("identical-outputs") or numbers ("S02") of symptoms that are there
    absent    those that are known not to be there; all others are left open
    by        rank single mutants, or families of causes
    table     likelihoods as in ``odds.json``; the shipped ones where none are given
    It is a ranking of single faults seen in the survey's small networks, no proof: where there is a gradient, check it.
    Raises :class:`~annprobe.errors.BadArgument` for an unknown symptom.
    """
    data = shipped() if table is None else table
    present, missing = (_mask(names, data["symptoms"]) for names in (symptoms, absent))
    hypotheses = data["hypotheses"]
    usual = _usual([pattern for h in hypotheses.values() for pattern in h["patterns"]], len(data["symptoms"]))
    found = {name: _likelihood(h["patterns"], present, missing, usual) for name, h in hypotheses.items()}
    size = Counter(h["cause"] for h in hypotheses.values())
    weight = {name: found[name][0] / size[h["cause"]] for name, h in hypotheses.items()}
    total = math.fsum(weight.values())
    single = [_odds(name, h["cause"], weight[name] / total, *found[name][1:]) for name, h in hypotheses.items()]
    ranked = single if by == "mutant" else _families(single)
    return sorted(ranked, key=lambda o: (-o.probability, o.name))


def _odds(name: str, cause: str, probability: float, runs: int, like: int) -> Odds:
    against = max(1.0 - probability, 1e-12)
    return Odds(name, cause or NOTHING_WRONG, probability, probability / against, runs, like)


def _families(single: list[Odds]) -> list[Odds]:
    causes = dict.fromkeys(o.cause for o in single)
    members = {cause: [o for o in single if o.cause == cause] for cause in causes}
    return [_odds(cause, cause, math.fsum(o.probability for o in of), sum(o.runs for o in of), sum(o.like for o in of))
            for cause, of in members.items()]


def _mask(names: Iterable[str], known: list[str]) -> int:
    numbers = {d.number: d.id for d in DETECTORS.values()}
    ids = [closest("symptom", numbers.get(name, name), known) for name in names]
    return sum({1 << known.index(id) for id in ids})


def _usual(patterns: list[list[int]], symptoms: int) -> list[float]:
    """For each symptom its share in the runs of all hypotheses together."""
    asked, shown = (np.zeros(symptoms) for _ in range(2))
    bits = np.arange(symptoms)
    for asked_of, fired, count in patterns:
        asked += count * (asked_of >> bits & 1)
        shown += count * (fired >> bits & 1)
    return [float(share) for share in (shown + 0.5) / (asked + 1.0)]


def _likelihood(patterns: list[list[int]], present: int, missing: int, usual: list[float]) -> tuple[float, int, int]:
    """Probability of a run with these symptoms and without those; runs that were asked for all; runs that are so.

    The count of runs that show them together, drawn by the weight of one run towards the product of the single shares:
    so that a combination no run has shown is unlikely, not impossible. A symptom that no run was asked for is as likely
    as it is on the whole.
    """
    wanted = present | missing
    runs = sum(count for asked, _, count in patterns if asked & wanted == wanted)
    like = sum(count for asked, fired, count in patterns
               if asked & wanted == wanted and fired & present == present and not fired & missing)
    independent = 1.0
    for bit, elsewhere in enumerate(usual):
        if wanted >> bit & 1:
            asked_of = sum(count for asked, _, count in patterns if asked >> bit & 1)
            shown = sum(count for _, fired, count in patterns if fired >> bit & 1)
            single = (shown + elsewhere) / (asked_of + 1.0)
            independent *= single if present >> bit & 1 else 1.0 - single
    return (like + PRIOR * independent) / (runs + PRIOR), runs, like
