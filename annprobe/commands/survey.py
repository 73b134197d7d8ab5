"""``annprobe survey``: what every mutant of the catalogue shows in training, counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from annprobe.survey.campaign import Campaign
    from annprobe.survey.store import Store
    from annprobe.survey.workers import Workers


@click.command()
@click.option("--mutants", default="", metavar="NAME,...",
              help="Mutants by id, by family, or two joined by '+'; where none is given, all that training can show.")
@click.option("--pairs", type=click.IntRange(0), default=0, metavar="N", help="Add N double faults, drawn at random.")
@click.option("--architectures", type=int, default=20, show_default=True, metavar="N", help="Generated architectures.")
@click.option("--tasks", default="", metavar="NAME,...",
              help="What is learned; where none is given, four tasks of one shape: majority, either, choice, shares.")
@click.option("--seeds", type=int, default=5, show_default=True, metavar="N", help="Runs of each, trained sensibly.")
@click.option("--origin-seeds", type=click.IntRange(0), default=2, show_default=True, metavar="N",
              help="Runs of each with rate 0.01 and start N(0.1, 0.1).")
@click.option("--iterations", type=int, default=2000, show_default=True, metavar="N", help="Length of a run.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the architectures and of the double faults.")
@click.option("--jobs", type=click.IntRange(1), default=None, metavar="N",
              help="Processes; as many as there are cores where not given.")
@click.option("--scheduler", default=None, metavar="ADDRESS", help="Run on a Dask cluster: tcp://host:8786.")
@click.option("--resume", is_flag=True, help="Go on with a survey that was stopped: what is finished is not run again.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("reports"), show_default=True,
              help="Folder for symptoms.md, symptoms.html, symptoms.json and odds.json.")
def command(mutants: str, pairs: int, architectures: int, tasks: str, seeds: int, origin_seeds: int, iterations: int,
            seed: int, jobs: int | None, scheduler: str | None, resume: bool, out: Path) -> int:
    """Train every mutant on generated architectures and tasks, and count the symptoms that it shows.

    The same numbers for the same seed, however many processes there are. Finished parts are kept in the output folder
    until the whole survey is written: stop it at any time, and go on with --resume. The default survey takes about
    twelve minutes of processor time; --architectures 2 gives a first look.
    """
    from annprobe.survey import tasks as known_tasks
    from annprobe.survey.campaign import Campaign, chosen
    from annprobe.survey.campaign import pairs as draw_pairs
    from annprobe.survey.conduct import conduct
    from annprobe.survey.reports import write
    from annprobe.survey.store import FOLDER, Store

    single = chosen(_names(mutants))
    campaign = Campaign((*single, *(draw_pairs(single, pairs, seed) if pairs else ())), architectures,
                        tuple(_names(tasks)) or known_tasks.DEFAULT, seeds, origin_seeds, iterations,
                        min(20, iterations), seed)
    store = Store(out / FOLDER)
    _say_what_is_kept(store, campaign, resume)
    try:
        with _progress(campaign) as progress:
            results = conduct(campaign, _workers(jobs, scheduler), store, resume, progress)
    except KeyboardInterrupt:
        click.echo(f"{store.kept(campaign.units())} of {len(campaign.units())} units are kept: the same command with "
                   "--resume goes on from there", err=True)
        raise
    for path in write(results, out):
        click.echo(f"wrote {path}", err=True)
    for unit, why in results.lost:
        click.echo(f"annprobe: the unit {unit.name} ({', '.join(unit.tasks)}) gave no result: {why}", err=True)
    if not results.lost:
        store.forget(campaign.units())
    return 1 if results.lost else 0


def _say_what_is_kept(store: Store, campaign: Campaign, resume: bool) -> None:
    units = campaign.units()
    kept = store.kept(units)
    if resume:
        click.echo(f"{kept} of {len(units)} units are finished already", err=True)
    elif kept:
        click.echo(f"starts anew: what an earlier one finished ({kept} of {len(units)} units) is dropped; --resume "
                   "keeps it", err=True)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _workers(jobs: int | None, scheduler: str | None) -> Workers:
    """Where the units run."""
    import functools
    import os

    from annprobe.survey import workers

    if scheduler is not None:
        return functools.partial(workers.on_dask, address=scheduler)
    count = jobs or os.cpu_count() or 1
    return workers.in_process if count == 1 else functools.partial(workers.in_pool, jobs=count)


@contextmanager
def _progress(campaign: Campaign) -> Iterator[Callable[[int, int], None] | None]:
    """A bar over units on stderr; None where nobody watches."""
    from annprobe.commands.progress import watched

    if not watched():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(*Progress.get_default_columns(), console=Console(stderr=True)) as bar:
        task = bar.add_task(f"{len(campaign.mutants)} mutants", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
