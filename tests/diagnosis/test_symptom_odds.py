"""Odds are given for strong symptoms only, and are marked as odds."""

from __future__ import annotations

from annprobe.diagnosis.experiments.symptom_odds import RUNG, odds_rows

# a survey of two families: asked for both symptoms (bits 0 and 1), which of them showed, how many runs
TABLE = {
    "symptoms": ["identical-outputs", "constant-plateau"],
    "hypotheses": {
        "slow": {"cause": "learning-rate", "patterns": [[3, 1, 90], [3, 0, 10]]},
        "turned": {"cause": "transpose", "patterns": [[3, 1, 10], [3, 2, 90]]},
    },
}


def test_the_likeliest_families_of_the_survey_are_named() -> None:
    rows = odds_rows([("identical-outputs", 0.9)], TABLE)
    assert [row.id for row in rows] == ["odds-learning-rate", "odds-transpose"]
    assert all(row.rung == RUNG and row.status == "skip" for row in rows)
    assert rows[0].evidence.startswith("90%")


def test_weak_and_unknown_symptoms_say_nothing() -> None:
    assert odds_rows([("identical-outputs", 0.2), ("no-such-symptom", 1.0)], TABLE) == []
