"""``--log FILE``: what the numbers of a log or a post are, as checks and findings."""

from __future__ import annotations

from annprobe.diagnosis.observing.log_file import read_log
from annprobe.findings import FAMILIES, Check, Evidence, Finding
from annprobe.forensics import Explanation, explain
from annprobe.subject.understanding import Understanding

RUNG = "numbers of the log"
_MOST = 20


def log_rows(file: str, found: Understanding) -> tuple[list[Check], list[Finding]]:
    """A row for each group of numbers that is recognised, and a finding where weights stand under "gradient"."""
    explained = explain(read_log(file), found)
    if not explained:
        text = "neither the module's own start values nor any row of numbers, taken as the weights, gives the others"
        return [Check("log", RUNG, "skip", f"{text}; give the architecture they were printed with: --sizes")], []
    rows = [Check(e.group.name, RUNG, "pass", _sentence(e)) for e in explained[:_MOST]]
    return rows, [_weights_shown(e, len(explained)) for e in explained if e.gradient_shown][:1]


def _sentence(found: Explanation) -> str:
    when = "at" if found.step == 0 else f"{found.step} step{'s' * (found.step != 1)} after"
    return f"{found.quantity}, {when} {found.start}"


def _weights_shown(found: Explanation, explained: int) -> Finding:
    return Finding(
        FAMILIES["checker"],
        "checker",
        "what the log shows as the gradient are the weights themselves",
        (),
        "the weights",
        "the gradient",
        (Evidence("where", found.group.name), Evidence("rows of numbers explained", explained)),
        ("taken as the weights, they give the other numbers of the log",),
        "print the gradient there",
        "harmless",
        "measured",
    )
