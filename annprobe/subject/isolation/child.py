"""Child side of the sandbox: takes the request, sets the limits, streams events as JSON lines.

A worker module ends with::

    if __name__ == "__main__":
        serve(work)
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

Event = dict[str, Any]
Work = Callable[[dict[str, Any], Callable[[Event], None]], None]

DONE = "done"  # the last event of a child that ended properly
FAULT = "fault"  # an error of annprobe itself in the child
MEMORY = "memory"


def serve(work: Work) -> None:
    """Call ``work(request, emit)`` and end the process; never returns.

    The process ends at once afterwards: threads and exit functions of the user's module are not waited for.
    """
    envelope = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    channel = os.open(envelope["events"], os.O_WRONLY | os.O_APPEND)
    emit = _Emitter(channel)
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"  # in processes that the module starts; here: while it runs
    _die_with(envelope["parent"])
    _limit(envelope)
    try:
        work(envelope["request"], emit)
        emit({"event": DONE})
    except MemoryError:
        emit({"event": MEMORY})
    except KeyboardInterrupt:
        pass
    except BaseException:
        emit({"event": FAULT, "traceback": traceback.format_exc()})
    finally:
        os._exit(0)


class _Emitter:
    """Writes one event a line, at once, so that a crash loses nothing that was said before."""

    def __init__(self, channel: int) -> None:
        self._channel = channel
        self._owner = os.getpid()

    def __call__(self, event: Event) -> None:
        if os.getpid() != self._owner:
            return  # a fork of the user's module
        line = (json.dumps(event) + "\n").encode()
        while line:
            line = line[os.write(self._channel, line) :]


def _die_with(parent: int) -> None:
    """Where the system can do that, the child ends when its parent is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os._exit(1)


def _limit(envelope: dict[str, Any]) -> None:
    """Limits of the operating system, as far as it has them; the parent's clock is there in any case."""
    try:
        import resource
    except ImportError:
        return
    wanted = {
        "RLIMIT_AS": envelope["memory_bytes"],
        "RLIMIT_CPU": int(envelope["seconds"]) + 5,
        "RLIMIT_FSIZE": envelope["file_bytes"],
        "RLIMIT_NPROC": _processes() + envelope["processes"],
        "RLIMIT_CORE": 0,
    }
    for name, limit in wanted.items():
        kind = getattr(resource, name, None)
        if kind is None:
            continue
        _, hard = resource.getrlimit(kind)
        value = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        try:
            resource.setrlimit(kind, (value, hard))
        except (ValueError, OSError):
            continue  # this platform does not let it be set


def _processes() -> int:
    """How many processes and threads this user has now (the limit counts them all)."""
    me, count = os.getuid(), 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if folder.stat().st_uid == me:
                count += len(list((folder / "task").iterdir()))
        except OSError:
            continue
    return count or 1024
