"""What odds are made of: for each hypothesis which symptoms its runs showed together, counted."""

from __future__ import annotations

from collections import Counter
from typing import Any

from annprobe.survey.conduct import Results
from annprobe.survey.measure import HEALTHY
from annprobe.survey.readings import SYMPTOMS
from annprobe.survey.table import ASKED, FIRED, about, entries, learnable, learned

SCHEMA = "annprobe.odds/1"
NOTHING, ORIGIN_SETTING = "nothing", "rate 0.01, start N(0.1, 0.1)"  # hypotheses without a mutant
Json = dict[str, Any]


def likelihoods(results: Results) -> Json:
    """The file ``odds.json``.

    For each hypothesis its cause; of the runs whose healthy twin (same start) learned, how many learned too ("learned":
    both, twin); and its patterns: [asked, fired, count], the first two as masks over "symptoms". The hypotheses are the
    mutants, sensibly trained; nothing at all; and right code with the origin's setting.
    """
    used = [(result, learnable(result)) for result in results.results]
    hypotheses = {NOTHING: _hypothesis(HEALTHY, used, 0, ""),
                  ORIGIN_SETTING: _hypothesis(HEALTHY, used, 1, "learning-rate")}
    for mutant in results.campaign.mutants:
        hypotheses[mutant] = _hypothesis(mutant, used, 0, about(mutant)["cause"])
    return {"schema": SCHEMA, "symptoms": list(SYMPTOMS),
            "hypotheses": {name: h for name, h in hypotheses.items() if h["patterns"]}}


def _hypothesis(variant: str, used: list[tuple[Json, set[int]]], setting: int, cause: str) -> Json:
    found = list(entries(variant, used, setting))
    patterns = Counter((entry[ASKED], entry[FIRED]) for entry, _ in found)
    both = [sum(learned(entry) and twin for entry, twin in found), sum(twin for _, twin in found)]
    counted = [[asked, fired, count] for (asked, fired), count in sorted(patterns.items())]
    return {"cause": cause, "learned": both, "patterns": counted}
