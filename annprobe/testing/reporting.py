"""What a test run says at its end about the networks it diagnosed, and the files it writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from annprobe.commands.output import destination
from annprobe.errors import AnnprobeError
from annprobe.findings import Diagnosis
from annprobe.report import render, render_many
from annprobe.report.as_json import diagnosis_from_plain
from annprobe.report.words import headline, printable, shown_path


def destinations(config: pytest.Config) -> list[tuple[str, Path]]:
    """Where the reports go. Raises ``pytest.UsageError`` for one that could not be written."""
    try:
        return [destination(report, "--annprobe-report") for report in config.getoption("annprobe_report")]
    except AnnprobeError as error:
        raise pytest.UsageError(str(error)) from None


def summarise(terminal: pytest.TerminalReporter, records: list[dict[str, Any]]) -> None:
    """One line a diagnosis, and the reports that were asked for."""
    diagnoses = list(dict.fromkeys(map(diagnosis_from_plain, records)))
    terminal.section("annprobe")
    for line in dict.fromkeys(printable(_line(diagnosis)) for diagnosis in diagnoses):
        terminal.line(line)
    for form, path in destinations(terminal.config):
        text = render(diagnoses[0], form) if len(diagnoses) == 1 else render_many(diagnoses, form)
        path.write_text(text + "\n", "utf-8")
        terminal.line(f"{form} report in {path}")


def _line(diagnosis: Diagnosis) -> str:
    said = headline(diagnosis).partition("\n")[0]
    return f"{shown_path(diagnosis.subject.path)}: {diagnosis.verdict}: {said}"
