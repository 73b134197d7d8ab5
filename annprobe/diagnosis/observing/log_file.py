"""Numbers that a run of the module printed, or that were posted: ``--log FILE``."""

from __future__ import annotations

from pathlib import Path

from annprobe.errors import BadArgument


def read_log(file: str) -> str:
    """The text. Raises ``BadArgument`` when there is none to read."""
    try:
        text = Path(file).read_text("utf-8", errors="replace")
    except OSError as error:
        raise BadArgument(f"--log {file}: it cannot be read ({error.strerror})") from None
    if not any(char.isdigit() for char in text):
        raise BadArgument(f"--log {file}: it holds no numbers")
    return text
