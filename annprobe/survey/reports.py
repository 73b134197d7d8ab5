"""Writes what a survey found into a folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from annprobe.survey.conduct import Results
from annprobe.survey.likelihood import likelihoods
from annprobe.survey.markdown import markdown
from annprobe.survey.page import page
from annprobe.survey.table import tabulated


def files_of(results: Results) -> dict[str, str]:
    """File name to text: ``symptoms.md``, ``symptoms.html``, ``symptoms.json``, ``odds.json``."""
    table = tabulated(results)
    return {"symptoms.json": compact(table), "odds.json": compact(likelihoods(results)),
            "symptoms.md": markdown(table), "symptoms.html": page(table)}


def compact(data: Mapping[str, Any]) -> str:
    """JSON with a line for each variant or hypothesis: small, and still to be compared line by line."""
    lines = []
    for key, value in data.items():
        if key in ("variants", "hypotheses"):
            inner = ",\n".join(f"{json.dumps(name)}:{_dense(item)}" for name, item in value.items())
            lines.append(f"{json.dumps(key)}:{{\n{inner}\n}}")
        else:
            lines.append(f"{json.dumps(key)}:{_dense(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _dense(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def write(results: Results, folder: Path) -> list[Path]:
    """Write all files; the paths written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in files_of(results).items():
        (folder / name).write_text(text, "utf-8")
        written.append(folder / name)
    return written
