"""Where training fails and no cause was found: what the survey says of such symptoms, as odds and no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from annprobe.errors import AnnprobeError
from annprobe.findings import Check
from annprobe.survey.odds import NOTHING_WRONG, odds, shipped

RUNG = "odds from the symptoms alone, no proof"
_STRONG = 0.5
_SHOWN = 4
_WORTH_SAYING = 0.05


def odds_rows(symptoms: Iterable[tuple[str, float]], table: Mapping[str, Any] | None = None) -> list[Check]:
    """Families of causes, the likeliest first, given (id, strength) of symptoms; [] without a strong symptom.

    table   likelihoods as in ``odds.json``; the shipped ones where none are given
    Source: the survey of single faults in small networks, all families equally likely beforehand.
    """
    try:
        data = shipped() if table is None else table
        known = set(data["symptoms"])
        strong = [name for name, strength in symptoms if strength >= _STRONG and name in known]
        ranked = odds(strong, table=data) if strong else []
    except (AnnprobeError, OSError, KeyError, ValueError):  # without a table there is nothing to say
        return []
    said = [o for o in ranked if o.probability >= _WORTH_SAYING][:_SHOWN]
    return [Check(f"odds-{o.name}", RUNG, "skip", _sentence(o.name, o.probability, strong)) for o in said]


def _sentence(family: str, probability: float, symptoms: list[str]) -> str:
    what = "right code, trained sensibly" if family == NOTHING_WRONG else f"'annprobe explain {family}'"
    return f"{probability:.0%} of the networks that show {', '.join(symptoms[:3])}: {what}"
