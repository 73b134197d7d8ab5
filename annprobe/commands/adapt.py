"""``annprobe adapt``: the adapter, filled in as far as annprobe got."""

from __future__ import annotations

from typing import Any

import click

from annprobe.commands.options import diagnose_for, example_option, subject_options


@click.command()
@click.argument("module", required=False, type=click.Path(readable=False))
@example_option
@subject_options
def command(module: str | None, example: str | None, **given: Any) -> int:
    """Print the lines that tell annprobe how MODULE is used, filled in as far as it found out.

    Save them as annprobe_adapter.py beside the module, correct what is wrong or missing, and diagnose again.
    """
    if given.get("effort") is None:
        given["effort"] = "quick"
    diagnosis = diagnose_for(module, example, given)
    if diagnosis.verdict in ("clean", "faulty") and not diagnosis.adapter:
        click.echo(f"annprobe: {diagnosis.subject.path} needs no adapter: it is understood as it is", err=True)
        return 0
    click.echo((diagnosis.adapter or _blank(diagnosis.subject.path)).rstrip())
    return 0


def _blank(path: str) -> str:
    """The adapter of a module of which nothing was understood."""
    from annprobe.subject.making.adapter import adapter_text
    from annprobe.subject.reading.source import read_source

    return adapter_text(read_source(path))
