"""Little memory for a while: an array of gigabytes, asked for by mistake, is refused instead of filled for a minute."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator


@contextlib.contextmanager
def little_memory(more: int) -> Iterator[None]:
    """While the block runs, the process gets at most so many bytes more; beyond, ``MemoryError`` is raised.

    Without effect where the system does not tell how much the process has, or does not limit it.
    """
    try:
        import resource

        with open("/proc/self/statm", "rb", buffering=0) as told:
            has = int(told.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        before, most = resource.getrlimit(resource.RLIMIT_AS)
        wanted = has + more
        if before != resource.RLIM_INFINITY:
            wanted = min(wanted, before)
        resource.setrlimit(resource.RLIMIT_AS, (wanted, most))
    except (ImportError, OSError, ValueError):
        yield
        return
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (before, most))
