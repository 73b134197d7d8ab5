"""Stands in for the work of a worker process; what happens is in the module's file name."""

from __future__ import annotations

import os
import select
import signal
from pathlib import Path
from typing import Any

from annprobe import batch
from annprobe.findings import Diagnosis, SubjectFacts
from annprobe.report.as_json import plain
from annprobe.subject.isolation.sandbox import _polite_end


def _wait_in_a_diagnosis() -> None:
    """As the sandbox waits for a module, with its answer to being asked to end; by way of the pool's own function."""
    def wait(*_: Any) -> None:
        with _polite_end():
            while True:  # a signal just before a wait without an end would be answered only after it
                select.select([], [], [], 0.02)

    batch.diagnose_one = wait  # type: ignore[assignment]
    batch._work("", None)  # type: ignore[arg-type]


def work(path: str, options: Any) -> dict[str, Any]:
    """``interrupts`` has Ctrl-C pressed, ``orphans`` kills the process that it works for; both go on for ever.

    ``dies`` kills its process, but not before ``once`` is under way beside it; ``once`` waits to be swept away."""
    name = Path(path).name
    mark, meeting = Path(path).with_name("mark"), Path(path).with_name("meeting")
    if name.startswith("dies"):
        if not mark.exists():
            meeting.open("r").close()
        os.kill(os.getpid(), signal.SIGKILL)
    if name.startswith("once") and not mark.exists():
        mark.touch()
        meeting.open("w").close()
        signal.pause()
    if name.startswith(("interrupts", "orphans")):
        os.kill(os.getppid(), signal.SIGINT if name.startswith("interrupts") else signal.SIGKILL)
        _wait_in_a_diagnosis() if "in_a_diagnosis" in name else signal.pause()
    return plain(Diagnosis("0", SubjectFacts(path), "clean", seed=options.seed))
