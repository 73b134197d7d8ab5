"""Starts processes that outlive it, one of them in a session of its own."""

import os
import time

for apart in (False, True):
    if os.fork() == 0:
        if apart:
            os.setsid()
        while True:
            time._base.sleep(60)  # type: ignore[attr-defined]  # the real one
print("started")
