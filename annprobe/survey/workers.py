"""Where units run: in this process, in a pool of processes, or on a Dask cluster. The results are the same."""

from __future__ import annotations

import importlib
import os
import signal
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from annprobe.errors import AnnprobeError, BadArgument
from annprobe.survey.measure import run_unit
from annprobe.survey.units import Unit

Result = dict[str, Any]
Work = Callable[[Unit], Result]

TRIES = 3  # for a unit whose worker dies
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True, eq=False)
class Outcome:
    """A unit with its result; or, where it has none, why."""

    unit: Unit
    result: Result | None
    why: str = ""


Workers = Callable[[Sequence[Unit]], Iterator[Outcome]]


def _told(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def _settled(unit: Unit, ask: Callable[[], Result]) -> Outcome:
    """The outcome of a unit that has been run; errors meant for the reader are raised."""
    try:
        return Outcome(unit, ask())
    except (AnnprobeError, BrokenProcessPool):
        raise
    except Exception as error:
        return Outcome(unit, None, _told(error))


def in_process(units: Sequence[Unit], work: Work = run_unit) -> Iterator[Outcome]:
    """One after the other, here."""
    for unit in units:
        yield _settled(unit, lambda unit=unit: work(unit))  # type: ignore[misc]


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes started now use one thread for linear algebra: there is one process for each core."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value


@contextmanager
def _processes(count: int) -> Iterator[ProcessPoolExecutor]:
    """A pool whose processes end silently when they are interrupted: what there is to say is said once, here."""
    with _one_thread_each(), ProcessPoolExecutor(count, get_context("spawn"), signal.signal,
                                                 (signal.SIGINT, signal.SIG_DFL)) as pool:
        yield pool


def in_pool(units: Sequence[Unit], jobs: int, work: Work = run_unit) -> Iterator[Outcome]:
    """In ``jobs`` processes. Where one dies, a new pool goes on with what is missing.

    The units that were running then are suspects: each is run alone, and given up when its process has died three
    times.
    """
    waiting, tries = deque(units), Counter[str]()
    while waiting:
        suspects: list[Unit] = []
        with _processes(jobs) as pool:
            running: dict[Future[Result], Unit] = {}
            while (waiting or running) and not suspects:
                while waiting and len(running) < jobs:
                    unit = waiting.popleft()
                    running[pool.submit(work, unit)] = unit
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    unit = running.pop(future)
                    try:
                        yield _settled(unit, future.result)
                    except BrokenProcessPool:
                        suspects = [unit, *running.values()]
                        break
        for unit in suspects:
            yield from _alone(unit, tries, work)


def _alone(unit: Unit, tries: Counter[str], work: Work) -> Iterator[Outcome]:
    """A unit in a process of its own, until it is through or has been tried three times in all."""
    tries[unit.name] += 1
    while tries[unit.name] < TRIES:
        with _processes(1) as pool:
            try:
                yield _settled(unit, pool.submit(work, unit).result)
                return
            except BrokenProcessPool:
                tries[unit.name] += 1
    yield Outcome(unit, None, f"its process died {TRIES} times")


def on_dask(units: Sequence[Unit], address: str, work: Work = run_unit, patience: float = 10.0) -> Iterator[Outcome]:
    """On the workers of a Dask scheduler (``tcp://host:8786``), each of which has annprobe installed.

    Units of a worker that dies are run again by others; Dask gives one up after several deaths.
    Raises :class:`BadArgument` where the extra is not installed, or nobody answers within ``patience`` seconds.
    """
    try:
        distributed = importlib.import_module("distributed")
    except ImportError as error:
        raise BadArgument("a survey on a Dask cluster needs the extra `distributed`: "
                          "pip install 'annprobe[distributed]'") from error
    try:
        client = distributed.Client(address, timeout=patience, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise BadArgument(f"no Dask scheduler answers at {address!r}: {_told(error)}") from error
    with client:
        futures = {client.submit(work, unit, key=f"annprobe-{unit.name}", pure=False): unit for unit in units}
        for future in distributed.as_completed(list(futures), loop=client.loop):
            yield _settled(futures.pop(future), future.result)
