"""``annprobe diagnose``: one module or many, one report on stdout and any number in files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from annprobe.cli import INTERRUPTED
from annprobe.commands.console import color_option
from annprobe.commands.options import example_option, subject_options
from annprobe.report import FORMATS

if TYPE_CHECKING:
    from annprobe.commands.output import Output
    from annprobe.diagnosis import Options
    from annprobe.findings import Diagnosis


@click.command()
@click.argument("modules", nargs=-1, metavar="[MODULE|FOLDER]...", type=click.Path(readable=False))
@example_option
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True,
              help="What stdout gets.")
@click.option("--report", "reports", multiple=True, metavar="FORMAT:PATH",
              help="Write a report to a file as well; may be given several times.")
@click.option("--max-findings", type=click.INT, default=None, metavar="N", help="Report at most N findings a module.")
@click.option("--jobs", type=click.INT, default=None, metavar="N",
              help="Modules diagnosed at once, where there are several; default: one a processor.")
@click.option("--resume", metavar="FILE",
              help="Keep results in FILE, and take from it those of modules that have not changed since.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 also when there are findings.")
@color_option
@subject_options
def command(modules: tuple[str, ...], example: str | None, form: str, reports: tuple[str, ...], exit_zero: bool,
            resume: str | None, color: str, max_findings: int | None, jobs: int | None, **given: Any) -> int:
    """Find out what is wrong with a network: the cause, the line, the evidence and the repair.

    MODULE is a file, a notebook or a dotted name. A folder, or several modules, get a table with a row a module.

    Exit code: 0 nothing wrong found, 1 findings, 2 not diagnosed, 130 interrupted: what is known by then is reported.
    """
    from annprobe.commands.output import Output
    from annprobe.commands.targets import targets
    from annprobe.config import diagnosis_options, effective

    paths, several = targets(modules, example)
    settings = effective({**given, "max_findings": max_findings, "jobs": jobs})
    output = Output(form, reports, color, settings["max_findings"].value)
    options = diagnosis_options(given)
    if several or resume:
        return _many(paths, options, settings["jobs"].value or os.cpu_count() or 1, resume, output, exit_zero)
    return _one(paths[0], options, output, exit_zero)


def _one(path: str, options: Options, output: Output, exit_zero: bool) -> int:
    from annprobe.batch import diagnose_one
    from annprobe.commands.progress import progress_line
    from annprobe.report.words import exit_code

    with progress_line() as progress:
        diagnosis = diagnose_one(path, options, progress)
    output.one(diagnosis)
    return _exit(exit_code(diagnosis), exit_zero)


def _many(paths: list[str], options: Options, jobs: int, resume: str | None, output: Output, exit_zero: bool) -> int:
    from annprobe.batch import diagnose_many
    from annprobe.commands.progress import progress_bar
    from annprobe.commands.store import Store
    from annprobe.report.words import exit_code

    store = Store(resume, options)
    known = store.known(paths)
    left = [path for path in paths if path not in known]

    found, interrupted = dict(known), False
    try:
        with progress_bar(len(left)) as advance:
            def done(path: str, diagnosis: Diagnosis) -> None:
                found[path] = diagnosis
                store.add(path, diagnosis)
                advance(diagnosis)

            diagnose_many(left, options, jobs=jobs, done=done)
    except KeyboardInterrupt:
        interrupted = True
    diagnoses = [found[path] for path in paths if path in found]
    if diagnoses:
        output.many(diagnoses)
    if interrupted:
        return _interrupted(len(diagnoses), len(paths), resume)
    return _exit(max(map(exit_code, diagnoses)), exit_zero)


def _interrupted(done: int, total: int, resume: str | None) -> int:
    """Say how far it came and how to go on."""
    how = "the same command goes on from there" if resume else "with --resume FILE they would be kept"
    click.echo(f"annprobe: interrupted: {done} of {total} modules are diagnosed; {how}", err=True)
    return INTERRUPTED


def _exit(code: int, exit_zero: bool) -> int:
    return 0 if exit_zero and code == 1 else code
