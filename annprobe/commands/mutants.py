"""``annprobe mutants``: the catalogue of deliberately bugged networks."""

from __future__ import annotations

import click

from annprobe.commands.console import color_option


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from annprobe import catalog

    return sorted(name for name in catalog.load() if name.startswith(incomplete))


@click.command()
@click.option("--show", "ids", multiple=True, metavar="ID", shell_complete=_complete,
              help="Show one mutant in full, with its code.")
@click.option("--family", default=None, metavar="NAME", help="Only this family.")
@click.option("--check", "seen_by", default=None, metavar="NAME", help="Only those that this check kills.")
@click.option("--code", default=None, metavar="APnnn", help="Only those that stand for this cause.")
@click.option("--step", default=None, metavar="NAME", help="Only those that replace this step.")
@click.option("--search", default=None, metavar="WORD", help="Only those that have this word in their text.")
@click.option("--format", "form", type=click.Choice(["text", "json", "csv", "markdown"]), default="text",
              show_default=True, help="How the list is printed.")
@color_option
def command(ids: tuple[str, ...], family: str | None, seen_by: str | None, code: str | None, step: str | None,
            search: str | None, form: str, color: str) -> int:
    """List the mutants: networks with exactly one step replaced by one that people really wrote wrongly."""
    from annprobe import catalog
    from annprobe.commands.console import show_markdown
    from annprobe.errors import BadArgument
    from annprobe.report.mutants import Filters, described, listed, selected

    if ids:
        show_markdown("\n\n".join(described(catalog.describe(id)) for id in ids), color)
        return 0
    found = selected(catalog.select(family, seen_by), Filters(code, step, search))
    if not found:
        raise BadArgument("no mutant is like that; 'annprobe mutants' lists them all")
    click.echo(listed(found, form))
    return 0
