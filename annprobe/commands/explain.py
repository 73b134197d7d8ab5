"""``annprobe explain CODE...``: the long text about a finding."""

from __future__ import annotations

import click

from annprobe.commands.console import color_option, show_markdown


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from annprobe.findings import CODES, FAMILIES

    return [name for name in (*CODES, *FAMILIES) if name.lower().startswith(incomplete.lower())]


@click.command()
@click.argument("codes", nargs=-1, metavar="[CODE|FAMILY]...", shell_complete=_complete)
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
