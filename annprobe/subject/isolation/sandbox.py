"""Parent side of the sandbox: a worker module in a process of its own, watched, and cleared away whatever it does."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

import annprobe
from annprobe.subject.isolation.child import DONE, FAULT, MEMORY, Event
from annprobe.subject.isolation.scratch import TOKEN, end_marked, scratch

Ended = Literal["completed", "time", "memory", "exit", "crash", "fault", "interrupted"]

_MOST_OUTPUT = 100_000  # characters kept of what is written past Python's own print
_TICK = 0.02  # seconds between two looks at the child


@dataclass(frozen=True, slots=True)
class ChildResult:
    """What came back from a child.

    ended    "completed"; "time": stopped by the parent's clock; "memory"; "exit": the module ended the interpreter;
             "crash": a signal did; "fault": an error of annprobe itself; "interrupted": Ctrl-C in the parent
    message  one sentence for the reader; "" for "completed"
    events   everything that was streamed, also before a crash
    output   what the module wrote past Python's print (compiled code, other processes), cut to a limit
    """

    ended: Ended
    message: str
    events: tuple[Event, ...]
    output: str = ""
    seconds: float = 0.0
    detail: str = field(default="", repr=False)  # for "fault": the traceback


def run_child(
    module: str,
    request: dict[str, Any],
    *,
    seconds: float = 60.0,
    memory_bytes: int = 4 << 30,
    on_event: Callable[[Event], None] | None = None,
) -> ChildResult:
    """Run ``python -m module`` in a sandbox and wait for it.

    module   a worker: it calls :func:`annprobe.subject.isolation.child.serve`
    request  plain data for it
    seconds  wall clock; then the child and everything it started is ended
    """
    started = time.monotonic()
    events: list[Event] = []
    with _polite_end(), scratch() as own:
        token = own.token
        channel = own.folder / "events.jsonl"
        channel.touch()
        limits = {"seconds": seconds, "memory_bytes": memory_bytes, "file_bytes": 1 << 28, "processes": 64}
        envelope = own.folder / "request.json"
        envelope.write_text(
            json.dumps({"request": request, "events": str(channel), "parent": os.getpid(), **limits}), encoding="utf-8"
        )
        with _started(module, envelope, token) as (child, output), channel.open(encoding="utf-8") as stream:
            reader = _Lines(stream, events, on_event)
            why = _watch(child, reader, started + seconds)
            _end(child, token)
            reader.poll()
    ended, message, detail = _verdict(why, child.returncode, events, seconds, memory_bytes)
    told = tuple(e for e in events if e.get("event") not in (DONE, FAULT, MEMORY))
    return ChildResult(ended, message, told, output.text(), time.monotonic() - started, detail)


@contextlib.contextmanager
def _started(module: str, envelope: Path, token: str) -> Iterator[tuple[subprocess.Popen[bytes], _Capped]]:
    work = envelope.parent / "work"
    work.mkdir()
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", module, str(envelope)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=work,
        env=_environment(work, token),
        start_new_session=os.name == "posix",
    )
    assert child.stdout is not None
    output = _Capped(child.stdout)
    try:
        yield child, output
    finally:
        if child.returncode is None:
            _end(child, token)
        output.close()


def _environment(work: Path, token: str) -> dict[str, str]:
    here = str(Path(annprobe.__file__).parent.parent)
    above = os.environ.get("PYTHONPATH")
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
    return {
        **os.environ,
        **dict.fromkeys(threads, "1"),
        "PYTHONPATH": os.pathsep.join([here, above] if above else [here]),
        "PYTHONHASHSEED": "0",
        "PYTHONIOENCODING": "utf-8:replace",
        "MPLBACKEND": "Agg",
        "TMPDIR": str(work),
        "TEMP": str(work),
        TOKEN: token,
    }


def _watch(child: subprocess.Popen[bytes], reader: _Lines, deadline: float) -> Literal["", "time", "interrupted"]:
    try:
        while child.poll() is None:
            reader.poll()
            left = deadline - time.monotonic()
            if left <= 0:
                return "time"
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(min(_TICK, left))
    except KeyboardInterrupt:
        return "interrupted"
    return ""


def _end(child: subprocess.Popen[bytes], token: str) -> None:
    """End the child, its process group, and what left the group but still carries the token."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        end_marked(token)
    else:
        child.kill()
    child.wait()


@contextlib.contextmanager
def _polite_end() -> Iterator[None]:
    """SIGTERM and SIGHUP (``timeout``, a closed terminal) leave as Ctrl-C does: by way of what has to be cleared."""
    if os.name != "posix" or threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, frame: Any) -> None:
        raise SystemExit(128 + number)

    asked = [n for n in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(n) is signal.SIG_DFL]
    for number in asked:
        signal.signal(number, leave)
    try:
        yield
    finally:
        for number in asked:
            signal.signal(number, signal.SIG_DFL)


def _verdict(
    why: str, code: int | None, events: list[Event], seconds: float, memory_bytes: int
) -> tuple[Ended, str, str]:
    kinds = {event.get("event"): event for event in events}
    if why == "interrupted":
        return "interrupted", "interrupted: what is shown was established before", ""
    if why == "time":
        return "time", f"the module was stopped after {seconds:g} s: it had not come to an end", ""
    if DONE in kinds:
        return "completed", "", ""
    if FAULT in kinds:
        trace = str(kinds[FAULT]["traceback"])
        return "fault", f"annprobe itself failed: {trace.strip().splitlines()[-1]}", trace
    if MEMORY in kinds or code == -9:
        return "memory", f"the module needs more than the {memory_bytes / (1 << 30):.1f} GiB of memory it may have", ""
    if code is not None and code < 0:
        return "crash", f"the module crashed the Python interpreter ({_signal_name(-code)})", ""
    return "exit", f"the module ended the Python interpreter itself (exit code {code})", ""


def _signal_name(number: int) -> str:
    words = {
        "SIGSEGV": "segmentation fault",
        "SIGABRT": "abort",
        "SIGXCPU": "processor time spent",
        "SIGBUS": "bus error",
    }
    try:
        name = signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
    return words.get(name, name)


class _Lines:
    """Reads whole lines of JSON as they come."""

    def __init__(self, stream: IO[str], events: list[Event], on_event: Callable[[Event], None] | None) -> None:
        self._stream = stream
        self._events = events
        self._on_event = on_event
        self._rest = ""

    def poll(self) -> None:
        """Take what has been written since the last look."""
        *lines, self._rest = (self._rest + self._stream.read()).split("\n")
        for line in lines:
            with contextlib.suppress(ValueError):
                event = json.loads(line)
                self._events.append(event)
                if self._on_event is not None and event.get("event") not in (DONE, FAULT, MEMORY):
                    self._on_event(event)


class _Capped:
    """Reads a pipe to its end in a thread, and keeps the beginning."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._kept = bytearray()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            while data := os.read(self._pipe.fileno(), 1 << 16):
                self._kept += data[: max(_MOST_OUTPUT - len(self._kept), 0)]

    def text(self) -> str:
        """What was kept."""
        return self._kept.decode("utf-8", "replace")

    def close(self) -> None:
        """Stop reading; whatever still holds the other end is not waited for."""
        self._thread.join(1.0)
        if not self._thread.is_alive():
            self._pipe.close()
