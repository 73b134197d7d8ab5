"""``annprobe render``: a saved diagnosis in another format."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from annprobe.commands.console import color_option
from annprobe.errors import BadArgument
from annprobe.report import FORMATS


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(readable=False))
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True,
              help="What stdout gets.")
@click.option("--report", "reports", multiple=True, metavar="FORMAT:PATH", help="Write a report to a file as well.")
@color_option
def command(files: tuple[str, ...], form: str, reports: tuple[str, ...], color: str) -> int:
    """Turn diagnoses saved with --format json or --report json:FILE into another format.

    Several files, or a file about several modules, become one report. '-' reads stdin.
    """
    from annprobe.commands.output import Output

    output = Output(form, reports, color, None)
    loaded = [item for file in files for item in _load(file)]
    if len(loaded) == 1:
        output.one(loaded[0])
    else:
        output.many(loaded)
    return 0


def _load(file: str) -> list[Any]:
    from annprobe.report.as_json import diagnoses_from_plain

    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
        return diagnoses_from_plain(json.loads(text))
    except OSError as error:
        raise BadArgument(f"{file}: {error.strerror}") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadArgument(f"{file} is not JSON: {error}") from None
    except BadArgument as error:
        raise BadArgument(f"{file}: {error}") from None
