"""Where output goes and whether it is coloured; shared by the commands."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

F = TypeVar("F", bound=Callable[..., Any])


def color_option(command: F) -> F:
    """Add ``--color``; ``auto`` follows the terminal, NO_COLOR, FORCE_COLOR and TERM=dumb."""
    return click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True,
                        help="Colour the report; auto also follows NO_COLOR and FORCE_COLOR.")(command)


def colored(color: str) -> bool:
    """Whether stdout is to be coloured."""
    if color != "auto":
        return color == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def report_width() -> int:
    """Columns for text: the terminal's, between 60 and 120; 100 where there is no terminal."""
    import shutil

    return min(max(shutil.get_terminal_size((100, 24)).columns, 60), 120) if sys.stdout.isatty() else 100


def console() -> Console:
    """A rich console on stdout that colours always and neither wraps nor interprets what it is given."""
    from rich.console import Console

    return Console(file=sys.stdout, force_terminal=True, no_color=False, highlight=False, markup=False, soft_wrap=True,
                   legacy_windows=False)


def show_text(text: Text, color: str) -> None:
    """Print a styled text, coloured or plain."""
    if colored(color):
        console().print(text)
    else:
        click.echo(text.plain)


def show_markdown(text: str, color: str) -> None:
    """Print Markdown: rendered in colour, else as it is written."""
    if not colored(color):
        click.echo(text)
        return
    from rich.markdown import Markdown

    terminal = console()
    terminal.width = report_width()
    terminal.soft_wrap = False
    terminal.print(Markdown(text))
