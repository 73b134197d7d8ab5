"""Time that a busy machine does not use up: processor time, and a third of the time that was spent waiting for it."""

from __future__ import annotations

import threading
from time import perf_counter, thread_time  # bound here: a module that is run may see another clock

_PATIENCE = 3.0  # seconds of waiting for each that counts
_FINEST = 5e-4  # seconds; loops ask in every turn, and to ask for processor time may take longer than the turn


class _Clock(threading.local):
    """What has passed, summed over the intervals between two looks; each thread has its own."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.cpu, self.wall = thread_time(), perf_counter()

    def look(self) -> float:
        wall = perf_counter()
        if wall - self.wall < _FINEST:
            return self.passed
        cpu = thread_time()
        self.passed += max(cpu - self.cpu, (wall - self.wall) / _PATIENCE)
        self.cpu, self.wall = cpu, wall
        return self.passed


_clock = _Clock()


def patient_time() -> float:
    """Seconds since some moment, for differences between two looks in the same thread."""
    return _clock.look()
