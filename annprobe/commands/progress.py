"""Progress on stderr, only where somebody watches: a terminal, and not a CI service."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from annprobe.findings import Diagnosis


def watched() -> bool:
    """Whether stderr is a terminal that can show something moving."""
    return sys.stderr.isatty() and not os.environ.get("CI") and os.environ.get("TERM") != "dumb"


@contextmanager
def progress_line() -> Iterator[Callable[[str], None] | None]:
    """A line that says what is being done; None where nobody watches."""
    if not watched():
        yield None
        return
    with _terminal() as terminal, terminal.status("reading the module") as status:
        yield status.update


@contextmanager
def progress_bar(total: int) -> Iterator[Callable[[Diagnosis], None]]:
    """A bar over modules, with the last one's verdict beside it; silent where nobody watches."""
    if not watched() or total == 0:
        yield lambda diagnosis: None
        return
    from rich.progress import Progress

    with _terminal() as terminal, Progress(*Progress.get_default_columns(), console=terminal) as bar:
        task = bar.add_task("diagnosing", total=total)

        def advance(diagnosis: Diagnosis) -> None:
            name = os.path.basename(diagnosis.subject.path)
            bar.update(task, advance=1, description=f"{name}: {diagnosis.verdict}")

        yield advance


@contextmanager
def _terminal() -> Iterator[Console]:
    """The terminal on stderr. Its cursor is shown again at the end, also where Ctrl-C comes before a bar has begun."""
    from rich.console import Console

    terminal = Console(stderr=True)
    try:
        yield terminal
    finally:
        terminal.show_cursor(True)
