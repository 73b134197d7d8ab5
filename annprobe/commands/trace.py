"""``annprobe trace``: the annotated source."""

from __future__ import annotations

from typing import Any

import click

from annprobe.commands.console import color_option
from annprobe.commands.options import diagnose_for, example_option, subject_options


@click.command()
@click.argument("module", required=False, type=click.Path(readable=False))
@example_option
@click.option("--all", "every_line", is_flag=True, help="Show every line of the file, not only those with remarks.")
@color_option
@subject_options
def command(module: str | None, example: str | None, every_line: bool, color: str, **given: Any) -> int:
    """Print the source of MODULE with what each line computes, in mathematics, and what a wrong one should."""
    from annprobe.commands.console import report_width, show_text
    from annprobe.report.listing import styled_listing
    from annprobe.report.words import exit_code

    diagnosis = diagnose_for(module, example, given)
    show_text(styled_listing(diagnosis, every_line=every_line, width=report_width()), color)
    return exit_code(diagnosis)
