"""Writes the reports: one to stdout, the others to files."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from annprobe.commands.console import colored, report_width, show_text
from annprobe.errors import BadArgument
from annprobe.findings import Diagnosis
from annprobe.report import FORMATS, render, render_many, require_html

if TYPE_CHECKING:
    from rich.text import Text


class Output:
    """Where the reports of one call go. Raises ``BadArgument`` for a report that could not be written, at once."""

    def __init__(self, form: str, reports: tuple[str, ...], color: str, max_findings: int | None) -> None:
        self.form = form
        self.color = color
        self.max_findings = max_findings
        self.files = [destination(report) for report in reports]
        if "html" in (form, *(form for form, _ in self.files)):
            require_html()

    def one(self, diagnosis: Diagnosis) -> None:
        """Report one module."""
        cut = self._cut(diagnosis)
        if self.form == "text":
            _say(cut, self.color)
        else:
            click.echo(render(cut, self.form))
        self._write(lambda form: render(cut, form))

    def many(self, diagnoses: list[Diagnosis]) -> None:
        """Report several modules: in text, a table with a row a module."""
        cut = [self._cut(diagnosis) for diagnosis in diagnoses]
        if self.form == "text":
            from annprobe.report.summary import styled_summary

            show_text(styled_summary(cut, width=report_width()), self.color)
        else:
            click.echo(render_many(cut, self.form))
        self._write(lambda form: render_many(cut, form))

    def _cut(self, diagnosis: Diagnosis) -> Diagnosis:
        most = self.max_findings
        return diagnosis if most is None else replace(diagnosis, findings=diagnosis.findings[:most])

    def _write(self, rendered: Callable[[str], str]) -> None:
        for form, path in self.files:
            try:
                path.write_text(rendered(form) + "\n", "utf-8")
            except OSError as error:
                raise BadArgument(f"--report {form}:{path}: {error.strerror}") from None
            click.echo(f"annprobe: {form} report in {path}", err=True)


def _say(diagnosis: Diagnosis, color: str) -> None:
    """Text for one module; of one that could not be diagnosed only the message, on stderr."""
    if diagnosis.verdict == "unusable" and not diagnosis.findings and not diagnosis.checks:
        click.echo(f"annprobe: {diagnosis.subject.path}: {diagnosis.message}", err=True)
        return
    show_text(_styled(diagnosis), color) if colored(color) else click.echo(_styled(diagnosis).plain)


def _styled(diagnosis: Diagnosis) -> Text:
    from annprobe.report.text import styled_report

    return styled_report(diagnosis, width=report_width())


def destination(report: str, option: str = "--report") -> tuple[str, Path]:
    """Format and path of ``FORMAT:PATH``. Raises ``BadArgument`` where nothing could be written."""
    form, colon, path = report.partition(":")
    if not colon or not path or form not in FORMATS:
        raise BadArgument(f"{option} {report}: write FORMAT:PATH, as in html:report.html; "
                          f"the formats are {', '.join(FORMATS)}")
    if path == "-":
        raise BadArgument(f"{option} {report}: stdout gets what --format names; a report goes to a file")
    target = Path(path)
    if not target.parent.is_dir():
        raise BadArgument(f"{option} {report}: there is no folder {target.parent}")
    if target.is_dir():
        raise BadArgument(f"{option} {report}: {target} is a folder")
    if not writable(target):
        raise BadArgument(f"{option} {report}: no permission to write there")
    return form, target


def writable(file: Path) -> bool:
    """Whether a file can be written that lies in an existing folder, or be changed where it exists."""
    return os.access(file if file.exists() else file.parent, os.W_OK)
