"""Starts a thread that never ends."""

import threading

gate = threading.Event()
threading.Thread(target=gate.wait).start()
print("started")
