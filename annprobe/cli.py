"""The command ``annprobe``: finds the sub-command, shows errors, sets the exit code; the work is elsewhere.

Nothing here imports numpy or hypothesis: ``annprobe --help`` and shell completion stay quick.
"""

from __future__ import annotations

import errno
import importlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import click

from annprobe import __version__
from annprobe.errors import AnnprobeError

INTERRUPTED, UNREAD = 130, 141  # as shells report a process that Ctrl-C, or a closed pipe, ended

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EIO)

# command -> one line of help, so that ``--help`` imports none of them
COMMANDS = {
    "diagnose": "Find out what is wrong with a hand-written network.",
    "trace": "Print the source with what each line computes, and what it should.",
    "check": "Only compare the gradient with an independent derivative.",
    "inspect": "Show what annprobe found in a module: network, cost, parameters, usage.",
    "adapt": "Print the lines that tell annprobe what it could not find out itself.",
    "write": "Print a test module for a network, yours to keep.",
    "explain": "Explain a code: what it is, how it shows, how to repair it.",
    "mutants": "List the catalogue of deliberately bugged networks.",
    "odds": "Rank what probably causes the symptoms that training shows.",
    "survey": "Train every mutant and count the symptoms that it shows.",
    "render": "Turn a saved JSON diagnosis into another format.",
    "config": "Show the settings in force and where each comes from.",
}


class Commands(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order of the help."""
        return list(COMMANDS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's, with the closest command where there is none of that name."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"to diagnose a module: annprobe diagnose {args[0]}"
            ctx.fail(f"there is no command {args[0]!r}; {hint}")
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one command."""
        if cmd_name not in COMMANDS:
            return None
        return cast(click.Command, importlib.import_module(f"annprobe.commands.{cmd_name}").command)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command. A pipe that nobody reads any more ends it, without a word also at exit."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return UNREAD

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in ``--help``, made without importing a command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="annprobe")
def cli() -> None:
    """Finds out what is wrong with a hand-written neural network: the cause, the line, the evidence, the repair.

    \b
    annprobe diagnose my_network.py
    annprobe diagnose --example first_network
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave the process with its exit code.

    0: clean, 1: findings, 2: not diagnosed, 130: interrupted with Ctrl-C.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """The exit code of one call. Errors meant for the reader are shown in one message, never as a traceback."""
    with noticed_interrupts() as interrupts:
        code = _run(arguments)
    return INTERRUPTED if interrupts else code


def _run(arguments: list[str] | None) -> int:
    try:
        result = cli.main(args=arguments, prog_name="annprobe", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return 2
    except AnnprobeError as error:
        click.echo(f"annprobe: {error}", err=True)
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("annprobe: interrupted", err=True)
        return INTERRUPTED
    except OSError as error:
        if error.errno not in _NO_ROOM:
            return _own_fault(error)
        click.echo(f"annprobe: the output could not be written: {error.strerror}", err=True)
        return 2
    except Exception as error:
        return _own_fault(error)
    return result if isinstance(result, int) else 0


@contextmanager
def noticed_interrupts() -> Iterator[list[int]]:
    """A list that gets an entry for each Ctrl-C, also where what was under way ended early and was reported."""
    seen: list[int] = []
    if threading.current_thread() is not threading.main_thread() or \
            signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield seen
        return

    def note(number: int, frame: object) -> None:
        seen.append(number)
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, note)
    try:
        yield seen
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _own_fault(error: Exception) -> int:
    """A fault of annprobe's own: say so and how to see more. Set ANNPROBE_DEBUG=1 for the traceback."""
    if os.environ.get("ANNPROBE_DEBUG"):
        raise error
    kind = type(error).__name__
    click.echo(f"annprobe: this is a fault of annprobe, not of your module ({kind}: {error}).\n"
               "Run it again with ANNPROBE_DEBUG=1 to see where, and please report it.", err=True)
    return 2
