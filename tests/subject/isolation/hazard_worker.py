"""A worker for the tests: runs a module and streams what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from annprobe.subject.isolation.child import serve
from annprobe.subject.reading.source import read_source
from annprobe.subject.running.execute import execute
from annprobe.tape import Recorder


def work(request: dict[str, Any], emit: Callable[[dict[str, Any]], None]) -> None:
    if request.get("fault"):
        raise LookupError("a slip of annprobe")
    source = read_source(request["path"])
    emit({"event": "read", "kind": source.kind})
    recorder = Recorder(set()) if request.get("record") else None
    outcome = execute(source, recorder, seconds=request["seconds"])
    emit({
        "event": "ran", "ended": outcome.ended, "cut": outcome.cut, "message": outcome.message, "line": outcome.line,
        "notes": outcome.notes, "printed": [entry.text[:40] for entry in outcome.printed], "dropped": outcome.dropped,
    })  # fmt: skip


if __name__ == "__main__":
    serve(work)
