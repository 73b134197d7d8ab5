"""One module or a thousand: every one ends with a Diagnosis, whatever happens to the others."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from annprobe import __version__
from annprobe.errors import AnnprobeError, BadArgument
from annprobe.findings import Diagnosis, SubjectFacts
from annprobe.ignores import apply_ignores
from annprobe.report.as_json import diagnosis_from_plain, plain

if TYPE_CHECKING:
    from annprobe.diagnosis import Options

Done = Callable[[str, Diagnosis], None]


def diagnose_one(path: str, options: Options, progress: Callable[[str], None] | None = None) -> Diagnosis:
    """The diagnosis of one module; a module that could not be read or run becomes an ``unusable`` one.

    Raises ``BadArgument`` where an option makes no sense: that is no fact about the module.
    """
    from annprobe.diagnosis import diagnose

    begin = time.perf_counter()
    try:
        return apply_ignores(diagnose(path, options=options, progress=progress))
    except BadArgument:
        raise
    except AnnprobeError as error:
        return unusable(path, str(error), options, seconds=time.perf_counter() - begin)


def unusable(path: str, message: str, options: Options, *, seconds: float = 0.0) -> Diagnosis:
    """A diagnosis that says only why there is none."""
    return Diagnosis(__version__, SubjectFacts(path), "unusable", message, seed=options.seed, effort=options.effort,
                     seconds=seconds)


def diagnose_many(paths: Iterable[str], options: Options, *, jobs: int, done: Done | None = None) -> list[Diagnosis]:
    """The diagnoses of several modules, in their order, at most ``jobs`` at once; ``done`` hears of each as it ends.

    Each runs in a worker process. When a worker dies, the modules that were under way are run again, each in a worker
    of its own, and the one that kills that too is reported as unusable.
    Raises ``KeyboardInterrupt`` when interrupted; ``done`` has heard of those that were through by then.
    """
    order = list(dict.fromkeys(paths))
    found: dict[str, Diagnosis] = {}
    waiting = deque(order)
    while waiting:
        for path, diagnosis in _shift(waiting, options, jobs):
            found[path] = diagnosis
            if done is not None:
                done(path, diagnosis)
    return [found[path] for path in order]


def _shift(waiting: deque[str], options: Options, jobs: int) -> Iterator[tuple[str, Diagnosis]]:
    """Take modules from ``waiting`` until none is left or a worker dies; then settle those that were under way."""
    active: dict[Future[dict[str, Any]], str] = {}
    with _pool(min(jobs, len(waiting))) as pool:
        try:
            while waiting or active:
                while waiting and len(active) < jobs:
                    future = _submitted(pool, waiting[0], options)
                    active[future] = waiting.popleft()
                for future in wait(active, return_when=FIRST_COMPLETED).done:
                    diagnosis = diagnosis_from_plain(future.result())
                    yield active.pop(future), diagnosis
        except BrokenProcessPool:
            pass
    for path in active.values():
        yield path, _alone(path, options)


def _alone(path: str, options: Options) -> Diagnosis:
    try:
        with _pool(1) as pool:
            return diagnosis_from_plain(_submitted(pool, path, options).result())
    except BrokenProcessPool:
        return unusable(path, "the process that diagnosed it died; the other modules are not affected", options)


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Worker processes that end at once when the user interrupts, each clearing away the module that it runs.

    Ctrl-C is answered by this process alone: a worker would print a traceback.
    """
    others = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _begin_worker) as pool:
        try:
            yield pool
        except BaseException:
            for worker in set(multiprocessing.active_children()) - others:
                worker.terminate()
            raise


def _begin_worker() -> None:
    """Runs in a worker as it starts: interrupts are the other's, and it ends with the process that it works for."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _end_with_parent() -> None:
    """Wait until that process is gone, also killed, and leave as one leaves that is asked to."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _submitted(pool: ProcessPoolExecutor, path: str, options: Options) -> Future[dict[str, Any]]:
    """A module handed to a worker; Ctrl-C waits meanwhile, for it would interrupt the imports of a new worker."""
    if not hasattr(signal, "pthread_sigmask"):
        return pool.submit(_work, path, options)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return pool.submit(_work, path, options)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(path: str, options: Options) -> dict[str, Any]:
    """Runs in a worker: a diagnosis as plain data, also when annprobe itself fails on the module."""
    try:
        return plain(diagnose_one(path, options))
    except SystemExit:
        os._exit(1)  # asked to end: the pool would take the exception for the module's result, and this worker go on
    except AnnprobeError as error:
        return plain(unusable(path, str(error), options))
    except Exception as error:
        message = f"a fault of annprobe, not of the module ({type(error).__name__}: {error}); please report it"
        return plain(unusable(path, message, options))
