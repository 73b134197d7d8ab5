"""The options that say how a module is to be diagnosed; the same for every command that does it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from annprobe.config import DIAGNOSIS_SETTINGS, EFFORTS, SETTINGS, diagnosis_options

if TYPE_CHECKING:
    from annprobe.findings import Diagnosis

F = TypeVar("F", bound=Callable[..., Any])

_TYPES: dict[str, Any] = {"seed": click.INT, "effort": click.Choice(EFFORTS), "seconds": click.FLOAT}
_METAVARS = {"sizes": "N,N,...", "data": "FILE", "log": "FILE", "run": "COMMAND", "network": "NAME", "forward": "NAME",
             "gradient": "NAME", "cost": "NAME", "task": "NAME", "layout": "rows|columns|example"}


def subject_options(command: F) -> F:
    """Add ``--seed``, ``--effort``, ``--sizes`` and the rest; they arrive as keyword arguments, None when not given."""
    for name in reversed(DIAGNOSIS_SETTINGS):
        setting = SETTINGS[name]
        option = click.option(f"--{name}", type=_TYPES.get(name, str), metavar=_METAVARS.get(name), default=None,
                              help=setting.help[0].upper() + setting.help[1:] + ".")
        command = option(command)
    return command


def _complete_example(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from annprobe.commands.targets import examples

    return [name for name in examples() if name.startswith(incomplete)]


def example_option(command: F) -> F:
    """Add ``--example NAME``."""
    return click.option("--example", metavar="NAME", shell_complete=_complete_example,
                        help="A network that comes with annprobe: first_network.")(command)


def diagnose_for(
    module: str | None, example: str | None, given: dict[str, Any], *, facts_only: bool = False
) -> Diagnosis:
    """The diagnosis of the one module that a command was called with; ``facts_only``: without any judgement.

    Raises ``UnusableModule`` where there is none to show.
    """
    from annprobe.batch import diagnose_one
    from annprobe.commands.progress import progress_line
    from annprobe.commands.targets import one_target
    from annprobe.errors import UnusableModule

    path = one_target(module, example)
    options = diagnosis_options(given, facts_only=facts_only)
    with progress_line() as progress:
        diagnosis = diagnose_one(path, options, progress)
    if diagnosis.verdict == "unusable" and not diagnosis.adapter:
        named = diagnosis.message.startswith(os.path.basename(path))
        raise UnusableModule(diagnosis.message if named else f"{path}: {diagnosis.message}")
    return diagnosis
