"""``annprobe explain CODE...``: the long text about a finding."""

from __future__ import annotations

import click

from annprobe.commands.console import color_option, show_markdown


@click.command()
@click.argument("codes", nargs=-1, metavar="[CODE|FAMILY]...")
@color_option
def command(codes: tuple[str, ...], color: str) -> None:
    """Explain codes or families: what it is, why it hurts, how it shows, how to tell, how to repair.

    Without an argument, list all codes.
    """
    from annprobe.report.explain import explanation, overview

    if not codes:
        click.echo(overview())
        return
    texts = [explanation(code) for code in codes]
    show_markdown("\n\n".join(texts), color)
