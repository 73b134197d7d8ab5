"""``annprobe check``: the gradient alone, without training anything."""

from __future__ import annotations

from typing import Any

import click

from annprobe.commands.options import diagnose_for, example_option, subject_options
from annprobe.findings import Diagnosis


@click.command()
@click.argument("module", required=False, type=click.Path(readable=False))
@example_option
@subject_options
def command(module: str | None, example: str | None, **given: Any) -> int:
    """Compare the gradient of MODULE with an independent derivative, parameter by parameter.

    Exit code: 0 all agree, 1 one does not, 2 there was nothing to compare.
    """
    from annprobe.report.tables import drawn, gradient_table
    from annprobe.report.words import odd_constants, shown_path

    if given.get("effort") is None:
        given["effort"] = "quick"
    diagnosis = diagnose_for(module, example, given)
    agree = [row.agrees for row in diagnosis.gradient]
    name = shown_path(diagnosis.subject.path)
    if not agree or all(item is None for item in agree):
        click.echo(f"annprobe: {name} has no gradient to compare; 'annprobe inspect {name}' shows what was found",
                   err=True)
        return 2
    table = gradient_table(diagnosis)
    click.echo(drawn(table.headers, table.rows))
    wrong = sum(item is False for item in agree)
    click.echo(f"\n{name}: " + (f"{wrong} of {len(agree)} differ; 'annprobe diagnose {name}' says why" if wrong else
                                _up_to_constants(diagnosis)))
    return 1 if wrong or odd_constants(diagnosis) else 0


def _up_to_constants(diagnosis: Diagnosis) -> str:
    from annprobe.report.words import odd_constants

    odd = odd_constants(diagnosis)
    if not odd:
        return "the gradient agrees with an independent derivative"
    return "each array agrees up to a constant, but " + "; ".join(
        finding.message + (f" (line {finding.places[-1].line})" if finding.places else "") for finding in odd)
