"""``annprobe write``: a test module that the user owns."""

from __future__ import annotations

from typing import Any

import click

from annprobe.commands.options import diagnose_for, example_option, subject_options


@click.command()
@click.argument("module", required=False, type=click.Path(readable=False))
@example_option
@subject_options
def command(module: str | None, example: str | None, **given: Any) -> int:
    """Print a test module for MODULE: its gradient, its faults, its layers one by one; keep it and change it.

    \b
    annprobe write my_network.py > test_my_network.py
    """
    from annprobe.report.written import written_tests

    if given.get("effort") is None:
        given["effort"] = "quick"
    diagnosis = diagnose_for(module, example, given)
    options = {name: value for name, value in given.items() if value is not None and name != "effort"}
    click.echo(written_tests(diagnosis, options))
    return 0
