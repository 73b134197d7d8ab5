"""``annprobe odds``: which bugs show these symptoms."""

from __future__ import annotations

import click

_BASIS = "For one fault in small networks, every family as likely as any other beforehand."
_NEXT_FAMILY = f"{_BASIS} --by mutant names single bugs; 'annprobe diagnose FILE' finds yours."
_NEXT_MUTANT = f"{_BASIS} 'annprobe mutants --show ID' shows a bug, its repair; 'annprobe diagnose FILE' finds yours."



def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from annprobe.survey.odds import shipped

    return [name for name in shipped()["symptoms"] if name.startswith(incomplete)]


@click.command()
@click.argument("symptoms", nargs=-1, shell_complete=_complete)
@click.option("--not", "absent", multiple=True, metavar="SYMPTOM", shell_complete=_complete,
              help="A symptom that is known to be absent; may be given several times.")
@click.option("--by", type=click.Choice(["family", "mutant"]), default="family", show_default=True,
              help="Rank families of causes, or single mutants.")
@click.option("--top", type=click.IntRange(1), default=10, show_default=True, metavar="N", help="Rows to show.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="How the list is printed.")
def command(symptoms: tuple[str, ...], absent: tuple[str, ...], by: str, top: int, form: str) -> int:
    """Rank what probably causes SYMPTOMS (ids or numbers; none to list them), by the survey that comes with annprobe.

    These are odds for a single fault seen in small networks, no proof: where there is a gradient, check it.
    """
    from annprobe.survey.odds import odds

    if not symptoms and not absent:
        click.echo(_list_of_symptoms())
        return 0
    found = odds(symptoms, absent, by="mutant" if by == "mutant" else "family")[:top]
    if form == "json":
        import dataclasses
        import json

        click.echo(json.dumps([dataclasses.asdict(o) for o in found], indent=2))
        return 0
    from tabulate import tabulate

    rows = [[o.name, f"{100 * o.probability:.1f} %", _spoken(o.odds), f"{o.like} of {o.runs}"]
            + ([o.cause] if by == "mutant" else []) for o in found]
    heads = [by, "probability", "odds", "runs that look so"] + (["family"] if by == "mutant" else [])
    click.echo(tabulate(rows, heads, disable_numparse=True))
    click.echo("\n" + (_NEXT_MUTANT if by == "mutant" else _NEXT_FAMILY))
    return 0


def _spoken(odds: float) -> str:
    """Odds as people say them: "3 : 1", "1 : 4"."""
    if odds >= 1.0:
        return f"{min(odds, 1e4):.0f} : 1" if odds >= 9.5 else f"{odds:.1f} : 1"
    return f"1 : {1.0 / max(odds, 1e-4):.0f}" if odds <= 0.105 else f"1 : {1.0 / odds:.1f}"


def _list_of_symptoms() -> str:
    from tabulate import tabulate

    from annprobe.survey.markdown import meaning, number
    from annprobe.survey.odds import shipped

    return tabulate([[number(name), name, meaning(name)] for name in shipped()["symptoms"]], ["", "symptom", "meaning"],
                    maxcolwidths=[None, None, 70])
