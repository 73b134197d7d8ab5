"""The parent's side of a diagnosis: supervises the child, collects what it streams, ranks, closes."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from annprobe import __version__
from annprobe.diagnosis.observing.log_file import read_log
from annprobe.diagnosis.observing.options import TASKS, Options
from annprobe.diagnosis.verdict import rank, verdict_of
from annprobe.errors import BadArgument, UnusableModule
from annprobe.findings import SCHEMA, Diagnosis
from annprobe.subject.isolation.sandbox import ChildResult, run_child
from annprobe.subject.reading.source import read_source

WORKER = "annprobe.diagnosis.worker"
_MEMORY = 6 << 30


def diagnose(
    path: str | Path, *, options: Options | None = None, progress: Callable[[str], None] | None = None
) -> Diagnosis:
    """Find out what is wrong with the network in a module.

    path      the module's file
    options   see :class:`Options`
    progress  hears what is being done
    Raises ``UnusableModule`` when the file cannot be read or is no Python, ``BadArgument`` for a senseless option.
    """
    options = options or Options()
    options.widths()
    if options.task not in (None, *TASKS):
        raise BadArgument(f"--task {options.task}: one of {', '.join(TASKS)}")
    if options.layout not in (None, "rows", "columns", "example"):
        raise BadArgument(f"--layout {options.layout}: one of rows, columns, example")
    if options.data is not None:
        from annprobe.diagnosis.observing.examples_file import load_examples  # only here: it brings numpy

        options = dataclasses.replace(options, data=str(Path(options.data).absolute()))
        load_examples(str(options.data))
    if options.log is not None:
        options = dataclasses.replace(options, log=str(Path(options.log).absolute()))
        read_log(str(options.log))
    seconds = options.budgets()[2]
    source = read_source(path)
    started = time.perf_counter()

    def hear(event: dict[str, Any]) -> None:
        if progress is not None and event.get("event") == "progress":
            progress(str(event["text"]))

    request = {"path": str(source.path), **dataclasses.asdict(options)}
    result = run_child(WORKER, request, seconds=seconds, memory_bytes=_MEMORY, on_event=hear)
    return _assembled(source.path, source.original, options, result, time.perf_counter() - started)


def _assembled(path: Path, text: str, options: Options, result: ChildResult, seconds: float) -> Diagnosis:
    """The diagnosis made of everything that was streamed, also when the child ended early."""
    parts: dict[str, Any] = {}
    for event in result.events:
        if event.get("event") == "refused":
            raise BadArgument(str(event["text"]))
        if event.get("event") == "part":
            field, value = event["field"], event["value"]
            parts[field] = [*parts.get(field, []), *value] if isinstance(value, list) else value
    if "subject" not in parts:
        raise UnusableModule(_why(result, path))
    judged = parts.pop("judged", None)  # the first findings once more, with the roles that the experiments gave them
    if judged is not None:
        parts["findings"] = [*judged["findings"], *parts.get("findings", [])[judged["of"] :]]
    ended_early = result.ended != "completed"
    data = {
        "schema": SCHEMA,
        "annprobe": __version__,
        "verdict": "undetermined",
        "source": text,
        "seed": options.seed,
        "effort": options.effort,
        "seconds": round(seconds, 3),
        **parts,
        "partial": ended_early,
    }
    diagnosis = rank(Diagnosis.from_json(data))
    message = diagnosis.message or (result.message if ended_early else "")
    verdict = verdict_of(diagnosis)
    if result.ended == "fault" and verdict == "clean":
        verdict = "undetermined"  # what was not looked at any more may be wrong
    return dataclasses.replace(diagnosis, verdict=verdict, message=message)


def _why(result: ChildResult, path: Path) -> str:
    """Why nothing came back, for the reader."""
    if result.ended == "fault":
        last = result.detail.strip().splitlines()[-1:] or ["no detail"]
        return f"annprobe itself failed on {path.name} ({last[0]}); please report it with the module"
    if result.ended == "interrupted":
        return "interrupted before anything was known of it"
    return result.message or f"{path.name} ended before anything could be seen"
