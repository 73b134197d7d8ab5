"""Runs the lines of a counter-example as a reader would: pasted into a fresh interpreter beside the module."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path


def printed_by(script: str, folder: Path) -> tuple[float, float]:
    """The user's value and the true one, as the lines print them. Raises ``ValueError`` where they print none."""
    run = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, timeout=120)
    found = re.search(r"yours (\S+), true (\S+)", run.stdout)
    if found is None:
        raise ValueError(run.stderr)
    return float(found[1]), float(found[2])
