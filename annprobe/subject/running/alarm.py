"""An end to code that no loop guard sees."""

from __future__ import annotations

import contextlib
import gc
import signal
import threading
import types
from collections.abc import Iterator

from annprobe.patience import patient_time
from annprobe.subject.running.loops import TimeUp


@contextlib.contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """Raise :class:`TimeUp` in the main thread after ``seconds`` and again and again, where the platform can."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number: int, frame: types.FrameType | None) -> None:
        if patient_time() >= due and not collecting:
            raise TimeUp

    def collector_starts(phase: str, info: dict[str, int]) -> None:
        collecting.add("now")

    def collector_is_done(phase: str, info: dict[str, int]) -> None:
        if phase == "stop":
            collecting.clear()

    collecting: set[str] = set()  # what is raised while garbage is collected is lost, and Python prints it
    due = patient_time() + seconds
    before = signal.signal(signal.SIGALRM, ring)
    gc.callbacks.insert(0, collector_starts)
    gc.callbacks.append(collector_is_done)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        gc.callbacks.remove(collector_starts)
        gc.callbacks.remove(collector_is_done)
        signal.signal(signal.SIGALRM, before)
