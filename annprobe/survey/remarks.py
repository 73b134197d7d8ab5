"""What stands out in a table, said in sentences that are made from its numbers and from nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from annprobe.survey.intervals import wilson
from annprobe.survey.measure import HEALTHY
from annprobe.survey.readings import CALLS, GRADIENT_CHECK
from annprobe.survey.settings import ORIGIN, SENSIBLE
from annprobe.survey.table import share

Table = Mapping[str, Any]

FAMOUS = "identical-outputs-cost-falling"
MOSTLY, HARDLY = 0.5, 0.05
NAMED = 12  # mutants in a list at most


def remarks(table: Table) -> list[str]:
    """A paragraph for each thing that stands out."""
    made = [_size(table), _healthy(table), _famous(table), _learn_anyway(table), _gradient_check(table),
            _unseen(table), _errors(table), _telling(table), *_incomplete(table)]
    return [text for text in made if text]


def percent(count: int, of: int) -> str:
    """A share in whole per cent, 0 and 100 only where they are exact; a dash where nothing was run."""
    if not of:
        return "–"
    rounded = round(100 * count / of)
    if rounded == 100 and count < of:
        return "> 99 %"
    return "< 1 %" if rounded == 0 and count > 0 else f"{rounded} %"


def counted(count: int, of: int) -> str:
    """A share with its count and its 95 % interval."""
    if not of:
        return "–"
    low, high = wilson(count, of)
    return f"{percent(count, of)} ({count}/{of}; {100 * low:.0f}–{100 * high:.0f})"


def mutants_of(table: Table) -> list[str]:
    """The variants with a fault."""
    return [variant for variant in table["variants"] if variant != HEALTHY]


def _rate(table: Table, variant: str, symptom: str, setting: str = SENSIBLE) -> float:
    fired, asked = share(table, variant, symptom, setting)
    return fired / asked if asked else 0.0


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(f"`{name}`" for name in names[:NAMED]) + more


def _setting(table: Table, variant: str, setting: str = SENSIBLE) -> Mapping[str, Any]:
    found: Mapping[str, Any] = table["variants"][variant]["settings"][setting]
    return found


def _size(table: Table) -> str:
    c = table["campaign"]
    runs = sum(_setting(table, v, s)["runs"] for v in table["variants"] for s in (SENSIBLE, ORIGIN))
    text = (f"{runs} runs of {c['iterations']} iterations: {len(mutants_of(table))} mutants and the right code, "
            f"{_architectures(table)}, tasks {', '.join(c['tasks'])}, {c['seeds']} seeds trained sensibly "
            f"and {c['origin_seeds']} with the setting of the network that this project began with (rate 0.01, start "
            f"N(0.1, 0.1)).")
    if table["left_out"]:
        text += (f" Left out are {len(table['left_out'])} pairs of task and architecture that the right code does not "
                 f"learn in most of its runs either.")
    return text


def _architectures(table: Table) -> str:
    """How many there were; where some are lost, of how many."""
    planned = table["campaign"]["architectures"]
    if not table["lost"]:
        return f"{planned} architectures"
    return f"{table['units']} of {table['units'] + len(table['lost'])} units ({planned} architectures were planned)"


def _healthy(table: Table) -> str:
    cell = _setting(table, HEALTHY)
    loud = [f"`{name}` in {count}" for name, count in zip(table["symptoms"], cell["fired_though_learned"], strict=True)
            if count]
    quiet = "None of these shows any symptom." if not loud else f"Of these some show symptoms: {', '.join(loud)}."
    unlucky = cell["runs"] - cell["learned"]
    text = f"Of {cell['runs']} runs of right code, sensibly trained, {cell['learned']} learned. {quiet}"
    if unlucky:
        shown = [f"`{name}` in {counts[0] - kept}" for name, counts, kept in
                 zip(table["symptoms"], cell["counts"], cell["fired_though_learned"], strict=True) if counts[0] > kept]
        text += (f" The other {unlucky} had bad luck with their start, and say so: {', '.join(shown) or 'nothing'}.")
    return text


def _famous(table: Table) -> str:
    ranked = sorted(mutants_of(table), key=lambda m: -_rate(table, m, FAMOUS))
    often = [m for m in ranked if _rate(table, m, FAMOUS) >= MOSTLY]
    never = [m for m in ranked if share(table, m, FAMOUS)[0] == 0 and share(table, m, FAMOUS)[1]]
    top = [f"`{m}` {percent(*share(table, m, FAMOUS))}" for m in ranked[:6] if share(table, m, FAMOUS)[0]]
    return (f"The same output for every example on a falling cost (`{FAMOUS}`): right code with the origin's setting "
            f"shows it in {counted(*share(table, HEALTHY, FAMOUS, ORIGIN))} of its runs, sensibly trained in "
            f"{counted(*share(table, HEALTHY, FAMOUS))}. Of the {len(ranked)} mutants, sensibly trained, {len(often)} "
            f"show{'s' * (len(often) == 1)} it in half of the runs or more, {len(never)} never. Most often: "
            f"{', '.join(top) or 'none'}.")


def _learn_anyway(table: Table) -> str:
    seen = [m for m in mutants_of(table) if "gradient" in str(table["variants"][m]["about"]["seen_by"])]
    with_twins = [(m, *_setting(table, m)["twins"]) for m in seen if _setting(table, m)["twins"][1]]
    learn = sorted((m for m, both, twins in with_twins if both >= MOSTLY * twins),
                   key=lambda m: -_setting(table, m)["twins"][0] / _setting(table, m)["twins"][1])
    return (f"A wrong gradient is often good enough: {len(learn)} of {len(with_twins)} mutants whose gradient is wrong "
            f"learn in at least half of the runs that the right code learns from the same start. {_listed(learn)}.")


def _gradient_check(table: Table) -> str:
    wrong = [m for m in mutants_of(table) if table["variants"][m]["about"]["seen_by"] == "gradient"
             and _setting(table, m)["runs"]]
    fired = sum(share(table, m, GRADIENT_CHECK)[0] for m in wrong)
    asked = sum(share(table, m, GRADIENT_CHECK)[1] for m in wrong)
    missed = [m for m in wrong if _rate(table, m, GRADIENT_CHECK) < 1.0]
    text = (f"Comparing the gradient with differences along three random directions at a random point accuses "
            f"{counted(fired, asked)} of the runs of the {len(wrong)} mutants with a wrong gradient")
    text += f"; not always {_listed(missed)}." if missed else "."
    false = share(table, HEALTHY, GRADIENT_CHECK)
    return f"{text} Of the right code's runs it accuses {false[0]} of {false[1]}."


def _unseen(table: Table) -> str:
    in_training = [s for s in table["symptoms"] if s not in CALLS]
    quiet = [m for m in mutants_of(table) if _setting(table, m)["runs"]
             and all(_rate(table, m, s) <= HARDLY for s in in_training)]
    if not quiet:
        return ""
    return (f"{len(quiet)} mutants show no symptom in training in more than {100 * HARDLY:.0f} % of their runs: nobody "
            f"who only watches the cost can find them. {_listed(quiet)}.")


def _errors(table: Table) -> str:
    stops = [m for m in mutants_of(table)
             if table["variants"][m]["fault"] and not _setting(table, m)["runs"]]
    if not stops:
        return ""
    return f"{len(stops)} mutants stop with an error wherever they are not silent: {_listed(stops)}."


def _telling(table: Table) -> str:
    told = []
    for symptom in table["symptoms"]:
        owners = [m for m in mutants_of(table) if _rate(table, m, symptom) >= MOSTLY]
        if 1 <= len(owners) <= 3:
            told.append(f"`{symptom}` ({', '.join(f'`{m}`' for m in owners)})")
    if not told:
        return ""
    return f"Symptoms that at most three mutants show in half of their runs, and so tell most: {'; '.join(told)}."


def _incomplete(table: Table) -> list[str]:
    return [f"Lost: the unit {lost['unit']} (tasks {', '.join(lost['tasks'])}): {lost['why']}."
            for lost in table["lost"]]
