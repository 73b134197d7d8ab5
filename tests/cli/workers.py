"""Stands in for the work of a worker process; what happens is in the module's file name."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from annprobe.findings import Diagnosis, SubjectFacts
from annprobe.report.as_json import plain


def work(path: str, options: Any) -> dict[str, Any]:
    name = Path(path).name
    if name.startswith("dies"):
        os.kill(os.getpid(), signal.SIGKILL)
    if name.startswith("once"):
        mark = Path(path + ".mark")
        if not mark.exists():
            mark.touch()
            os._exit(3)
    return plain(Diagnosis("0", SubjectFacts(path), "clean", seed=options.seed))
