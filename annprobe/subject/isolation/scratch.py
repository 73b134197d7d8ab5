"""Folders for what a run writes: gone when it is over, whatever ended it.

Each folder is held by a lock of its owner, which the operating system lets go of when the owner ends, however it does.
Whoever makes a folder first removes those whose owner is gone (killed, or ended by ``os._exit``), and ends what was
started by them and still runs.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

TOKEN = "ANNPROBE_SANDBOX"  # names a variable that marks everything a sandbox starts
_PREFIX, _LOCK = "annprobe-run-", "owner"
_UNOWNED = 60.0  # seconds after which a folder that nobody owns is left over


class Scratch:
    """A folder of one process; ``token`` marks, as the variable ``TOKEN``, the processes that were started for it."""

    def __init__(self) -> None:
        remove_abandoned()
        self.token = secrets.token_hex(8)
        self.owner = os.getpid()
        self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self._lock = (self.folder / _LOCK).open("w")
        _hold(self._lock, wait=True)
        self._lock.write(self.token)
        self._lock.flush()

    def remove(self) -> None:
        """The folder and all that is in it; a fork of the owner removes nothing."""
        if self.owner == os.getpid():
            self._lock.close()
            shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def scratch() -> Iterator[Scratch]:
    """A folder for the block."""
    made = Scratch()
    try:
        yield made
    finally:
        made.remove()


def remove_abandoned() -> None:
    """Remove folders whose owner is gone, and end what still runs for them."""
    if os.name != "posix":
        return
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        if not (folder / _LOCK).exists():
            _remove_unowned(folder)
            continue
        with contextlib.suppress(OSError), (folder / _LOCK).open("r+") as lock:
            _hold(lock, wait=False)  # raises while the owner lives
            token = lock.read()
            if token:
                end_marked(token)
                shutil.rmtree(folder, ignore_errors=True)


def _remove_unowned(folder: Path) -> None:
    """Remove a folder whose owner ended before it could say so; a new one may still become owned."""
    with contextlib.suppress(OSError):
        if time.time() - folder.stat().st_mtime > _UNOWNED:
            shutil.rmtree(folder, ignore_errors=True)


def end_marked(token: str) -> None:
    """End every process whose environment carries the token (where /proc tells)."""
    for pid in _marked(token):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def _marked(token: str) -> Iterator[int]:
    mark = f"{TOKEN}={token}".encode()
    for place in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in place.read_bytes():
                yield int(place.parent.name)
        except OSError:
            continue


def _hold(file: IO[str], *, wait: bool) -> None:
    """Take the lock of an open file; without waiting it raises ``OSError`` when another process has it."""
    if os.name == "posix":
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
