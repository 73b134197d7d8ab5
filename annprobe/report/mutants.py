"""The catalogue of mutants as a table, and one mutant in full."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from annprobe.catalog import Description, Mutant
from annprobe.catalog import rows as catalog_rows
from annprobe.errors import BadArgument
from annprobe.exhibits.store import Exhibit, Picture
from annprobe.findings import CODES, FAMILIES
from annprobe.report.markdown import escaped
from annprobe.report.tables import drawn
from annprobe.survey.odds import seen
from annprobe.survey.readings import CALLS

HEADERS = ("id", "family", "step", "code", "killed by", "shows from", "what is wrong")
_WIDTH_OF_SUMMARY = 72
OF_TRAINING = ("after training", "rows of", "settings", "W[")
COMMON = 0.1  # share of the runs from which on a symptom is told
_SYMPTOMS = 6


@dataclass(frozen=True, slots=True)
class Filters:
    """What the listed mutants must have; None where it does not matter."""

    code: str | None = None
    step: str | None = None
    word: str | None = None


def selected(mutants: Sequence[Mutant], filters: Filters) -> list[Mutant]:
    """Those that the filters let through. Raises ``BadArgument`` for a code that does not exist."""
    code = filters.code and FAMILIES.get(filters.code.lower(), filters.code.upper())
    if code and code not in CODES:
        raise BadArgument(f"unknown code {filters.code!r}; 'annprobe explain' lists them all")
    word = (filters.word or "").lower()
    return [m for m in mutants if code in (None, m.code) and filters.step in (None, m.step) and word in _text(m)]


def _text(mutant: Mutant) -> str:
    return " ".join([mutant.id, mutant.summary, mutant.correct, mutant.bugged, mutant.silent_text, mutant.shows,
                     mutant.fix, mutant.seen]).lower()


def listed(mutants: Sequence[Mutant], form: str) -> str:
    """The table, as text, json, csv or markdown; in text the number of mutants stands below."""
    widths = {row.id: row.widths for row in catalog_rows()}
    rows = [(m.id, m.family, m.step, m.code, m.seen_by or "nothing: equivalent", _sizes(widths[m.id]), m.summary)
            for m in mutants]
    if form == "json":
        return json.dumps([dict(zip(HEADERS, row, strict=True)) for row in rows], indent=2, ensure_ascii=False)
    if form == "csv":
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([HEADERS, *rows])
        return out.getvalue().rstrip("\n")
    if form == "markdown":
        return drawn(HEADERS, [[escaped(cell) for cell in row] for row in rows], form="github")
    table = drawn(HEADERS, rows, widths=[None] * (len(HEADERS) - 1) + [_WIDTH_OF_SUMMARY])
    count = len({mutant.family for mutant in mutants})
    return (f"{table}\n\n{len(rows)} mutant{'s' * (len(rows) != 1)} of {count} famil{'y' if count == 1 else 'ies'}; "
            "--show ID shows one in full")


def _sizes(widths: tuple[int, ...] | None) -> str:
    return str(list(widths)) if widths else ""


def described(description: Description) -> str:
    """One mutant in Markdown: formulas, where it hides, how it shows, the repair, its code beside the right one."""
    return "\n\n".join([*_texts(description.mutant), *_codes(description), *_exhibit(description.exhibit),
                        *_surveyed(description.mutant)])


def _texts(mutant: Mutant) -> Iterator[str]:
    yield f"# {mutant.id}: {mutant.summary}"
    yield f"family {mutant.family}, cause {mutant.code} {mutant.cause}, replaces the step `{mutant.step}`"
    facts = {"correct": f"`{mutant.correct}`", "bugged": f"`{mutant.bugged}`", "silent": mutant.silent_text,
             "shows": mutant.shows, "killed by": mutant.seen_by or "nothing: it is equivalent", "fix": mutant.fix,
             "seen": mutant.seen}
    yield "\n".join(f"- **{name}** {text}" for name, text in facts.items())


def _codes(description: Description) -> Iterator[str]:
    for title, code in (("The bugged step", description.code_wrong), ("The right one", description.code_right)):
        if code:
            yield f"{title}:\n\n```python\n{code}\n```"


def _exhibit(exhibit: Exhibit | None) -> Iterator[str]:
    if exhibit is None:
        return
    yield f"The smallest network that shows it is {list(exhibit.widths)}:"
    yield "```text\n" + "\n".join(_network(exhibit)) + "\n```"
    if exhibit.quantity == "fault":
        yield f"The right code runs; the bugged stops with `{exhibit.wrong}`."
    else:
        yield f"The first thing that differs is its `{exhibit.quantity}`:"
        yield f"```text\nright  {_numbers(exhibit.right)}\nbugged {_numbers(exhibit.wrong)}\n```"
    if exhibit.picture is not None:
        yield _picture(exhibit.picture)


def _network(exhibit: Exhibit) -> Iterator[str]:
    """An exhibit's network to be followed by hand; its training where the quantity that differs is made by it."""
    n = exhibit.unpacked
    yield str(n.architecture)
    for layer, w in enumerate(n.W, start=1):
        yield f"W[{layer}] = {_number(w.tolist())}" + (", the bias in column 0" if layer == 1 else "")
    yield f"X = {_number(n.X.tolist())}, Y = {_number(n.Y.tolist())}" + (f", X in units of {n.unit:g}" * (n.unit != 1))
    if any(word in exhibit.quantity for word in OF_TRAINING):
        s = n.setup
        yield f"{s.optimiser}, learning rate {s.learning_rate:g}, {s.iterations} iterations" + (
            f", batches of {s.batch}" if s.batch else "") + f", initialiser {s.initialiser}, seed {s.seed}"


def _numbers(value: Any) -> str:
    """Nested lists without what they do not need: a list of one array as the array, whole numbers without a point."""
    return _number(value[0] if isinstance(value, list) and len(value) == 1 else value)


def _number(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_number, value))}]"
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _picture(picture: Picture) -> str:
    wrong = f"stops with {picture.fault}" if picture.fault else _span(picture.wrong)
    return (f"In training ({picture.task}, {picture.architecture}; {picture.setup}; medians of five starts) the cost "
            f"goes {_span(picture.right)} when right, bugged it {'goes ' * (not picture.fault)}{wrong}.")


def _surveyed(mutant: Mutant) -> Iterator[str]:
    """What the survey's runs of it showed."""
    found = seen(mutant.id)
    if found is None:
        return
    both, twins = found.learned
    text = f"In the survey ({found.runs} runs, sensibly trained)"
    text += f" {100 * both / twins:.0f} % of the runs learned that the right code learned from the same start" \
        if twins else " the right code learned in no run either"
    common = [row for row in found.symptoms if row[0] not in CALLS and row[1] >= COMMON * row[2]][:_SYMPTOMS]
    listed = ", ".join(f"`{name}` {100 * fired / asked:.0f} %" for name, fired, asked in common)
    yield f"{text}. Training showed {listed or 'no symptom in more than a tenth of the runs'}."


def _span(costs: list[float | None]) -> str:
    first, last = ("nan" if cost is None else f"{cost:.3g}" for cost in costs)
    return f"from {first} to {last}"
