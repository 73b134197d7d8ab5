"""The table as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from annprobe.survey.measure import HEALTHY
from annprobe.survey.readings import CALLS, GRADIENT_CHECK
from annprobe.survey.remarks import counted, mutants_of, percent, remarks
from annprobe.survey.settings import ORIGIN, SENSIBLE
from annprobe.survey.table import share
from annprobe.symptoms import calls
from annprobe.symptoms.registry import DETECTORS

Table = Mapping[str, Any]

SHOWN_FROM = 0.05  # share of runs


def markdown(table: Table) -> str:
    """The whole report."""
    families = dict.fromkeys(table["variants"][m]["about"]["family"] for m in mutants_of(table))
    parts = ["# Which bug shows which symptoms", "", _how_to_read(table), "", "## What stands out", ""]
    parts += [f"* {remark}" for remark in remarks(table)]
    parts += ["", "## Right code", "", _rows(table, [HEALTHY], (SENSIBLE, ORIGIN))]
    for family in families:
        members = [m for m in mutants_of(table) if table["variants"][m]["about"]["family"] == family]
        parts += ["", f"## {family}", "", _rows(table, members, (SENSIBLE,))]
    parts += ["", "## The symptoms", "", _symptoms(table), ""]
    return "\n".join(parts)


def _how_to_read(table: Table) -> str:
    return ("Made by `annprobe survey`; the numbers are in `symptoms.json`, the curves in `symptoms.html`. A share is "
            "that of runs that show the symptom, with its count and a 95 % interval (Wilson's, as if runs were "
            "independent; they share architectures and tasks, so take it as the least there is to doubt). *Learns "
            "anyway* counts among the runs whose healthy twin, from the same start, learned. *Gradient check* is a "
            "comparison along random directions at a random point. Symptoms of fewer than "
            f"{100 * SHOWN_FROM:.0f} % of the runs are not listed. Processors round differently and some mutants are "
            "chaotic: single runs differ from machine to machine, shares hardly.")


def _rows(table: Table, variants: list[str], settings: tuple[str, ...]) -> str:
    head = ["mutant", "runs", "learns anyway", "gradient check", "shows"]
    rows = []
    for variant in variants:
        for setting in settings:
            cell = table["variants"][variant]["settings"][setting]
            name = f"`{variant}`" if variant != HEALTHY else setting
            rows.append([name, _runs(table["variants"][variant], cell), counted(*cell["twins"]),
                         percent(*share(table, variant, GRADIENT_CHECK, setting)), _shown(table, variant, setting)])
    return _drawn(head, rows)


def _drawn(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table without padding: cells of hundreds of characters would otherwise make every line as long."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _runs(variant: Mapping[str, Any], cell: Mapping[str, Any]) -> str:
    notes = [f"{variant[kind]} {word}" for kind, word in (("silent", "silent"), ("fault", "stop")) if variant[kind]]
    return f"{cell['runs']}" + (f" ({', '.join(notes)})" if notes else "")


def _shown(table: Table, variant: str, setting: str) -> str:
    found = [(symptom, share(table, variant, symptom, setting)) for symptom in table["symptoms"]
             if symptom not in CALLS]
    common = [(symptom, counts) for symptom, counts in found if counts[1] and counts[0] >= SHOWN_FROM * counts[1]]
    common.sort(key=lambda item: -item[1][0] / item[1][1])
    faults = table["variants"][variant]["faults"] if setting == SENSIBLE else {}
    stops = [f"stops: {message}" for message in list(faults)[:1] if not common]
    return "; ".join([f"{symptom} {counted(*counts)}" for symptom, counts in common] + stops) or "nothing"


def _symptoms(table: Table) -> str:
    rows = []
    for symptom in table["symptoms"]:
        often = sum(1 for m in mutants_of(table) if _often(table, m, symptom))
        rows.append([number(symptom), f"`{symptom}`", meaning(symptom), str(often)])
    return _drawn(["", "symptom", "what it means", "mutants that mostly show it"], rows)


def _often(table: Table, variant: str, symptom: str) -> bool:
    fired, asked = share(table, variant, symptom)
    return asked > 0 and 2 * fired >= asked


def number(symptom: str) -> str:
    """Its number in the published list, "S01"."""
    return DETECTORS[symptom].number if symptom in DETECTORS else _call(symptom).split(" ")[0]


def _call(symptom: str) -> str:
    return str(getattr(calls, symptom.replace("-", "_")).__doc__)


def meaning(symptom: str) -> str:
    """The first sentence of what a symptom means."""
    text = DETECTORS[symptom].meaning if symptom in DETECTORS else _call(symptom).split(": ", 1)[1]
    return " ".join(text.split("\n\n")[0].split())
