"""The long text about each code: one Markdown file a code under ``explanations/``, sections in a fixed order."""

from __future__ import annotations

import difflib
from functools import cache
from importlib import resources

from annprobe.errors import BadArgument
from annprobe.findings import CODES, FAMILIES
from annprobe.report.tables import drawn

SECTIONS = ("What it is", "Why it hurts", "How it shows", "How to tell", "How to repair", "Where people met it")


def explanation(name: str) -> str:
    """The Markdown text for a code (``AP301``) or a family (``layer-index``), in any case.

    Raises ``BadArgument`` for a name that is neither, with the closest one that is.
    """
    code = FAMILIES.get(name.lower(), name.upper())
    if code not in CODES:
        raise BadArgument(f"unknown code {name!r}{_closest(name)}; 'annprobe explain' lists them all")
    return _read(code)


@cache
def _read(code: str) -> str:
    return resources.files("annprobe.report").joinpath("explanations", f"{code}.md").read_text("utf-8").strip()


def title(code: str) -> str:
    """The one line that names what a code stands for."""
    return _read(code).splitlines()[0].partition(": ")[2]


def section(code: str, heading: str) -> str:
    """The text of one of :data:`SECTIONS`."""
    _, _, rest = _read(code).partition(f"\n## {heading}\n")
    return rest.partition("\n## ")[0].strip()


def overview() -> str:
    """All codes as a table."""
    return drawn(("code", "family", "what it is"), [(code, family, title(code)) for code, family in CODES.items()])


def _closest(name: str) -> str:
    known = {known_name.lower(): known_name for known_name in (*CODES, *FAMILIES)}
    near = difflib.get_close_matches(name.lower(), known, n=1)
    return f"; did you mean {known[near[0]]}?" if near else ""
