"""The table as one HTML page: sortable, with the curves behind each cell. Needs the extra ``html`` (jinja2)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from annprobe.errors import BadArgument
from annprobe.survey.markdown import meaning
from annprobe.survey.remarks import percent, remarks
from annprobe.survey.settings import ORIGIN, SENSIBLE
from annprobe.survey.table import share

Table = Mapping[str, Any]


def page(table: Table) -> str:
    """The page; nothing is loaded from anywhere, everything from the catalogue is escaped.

    Raises :class:`BadArgument` where jinja2 is not installed.
    """
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
    except ImportError as error:
        raise BadArgument("symptoms.html needs the extra `html`: pip install 'annprobe[html]'") from error
    environment = Environment(loader=PackageLoader("annprobe.survey"), autoescape=True, trim_blocks=True,
                              lstrip_blocks=True, undefined=StrictUndefined)
    rows = [_row(table, variant, setting) for variant in table["variants"] for setting in (SENSIBLE, ORIGIN)
            if table["variants"][variant]["settings"][setting]["runs"]]
    curves = {variant: cell["curves"] for variant, cell in table["variants"].items() if cell["curves"]}
    text: str = environment.get_template("symptoms.html.j2").render(
        remarks=[remark.replace("`", "") for remark in remarks(table)], rows=rows,
        symptoms=[{"name": name, "meaning": meaning(name)} for name in table["symptoms"]],
        curves=_script_safe(curves))
    return text


def _script_safe(data: object) -> str:
    """JSON that can stand inside a script element."""
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")


def _row(table: Table, variant: str, setting: str) -> Mapping[str, Any]:
    """One variant with one setting, as the template shows it."""
    found = table["variants"][variant]
    cell = found["settings"][setting]
    return {"variant": variant, "setting": setting, "family": found["about"]["family"],
            "summary": found["about"]["summary"], "runs": cell["runs"], "learned": _cell(*cell["twins"]),
            "cells": [_cell(*share(table, variant, symptom, setting)) for symptom in table["symptoms"]]}


def _cell(count: int, of: int) -> Mapping[str, Any]:
    """A share for the matrix: its value for sorting and shading, its text, its count."""
    return {"share": round(count / of, 4) if of else -1, "text": percent(count, of).removesuffix(" %") if count else "",
            "title": f"{count} of {of}"}
