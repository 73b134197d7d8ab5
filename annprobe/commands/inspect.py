"""``annprobe inspect``: what was found in a module, before any judgement."""

from __future__ import annotations

from typing import Any

import click

from annprobe.commands.options import diagnose_for, example_option, subject_options


@click.command()
@click.argument("module", required=False, type=click.Path(readable=False))
@example_option
@subject_options
def command(module: str | None, example: str | None, **given: Any) -> int:
    """Show what annprobe found in MODULE: network, cost, parameters and how it was run."""
    from annprobe.report.facts import facts_report

    diagnosis = diagnose_for(module, example, given, facts_only=True)
    click.echo(facts_report(diagnosis))
    return 0 if diagnosis.subject.parameters else 2
