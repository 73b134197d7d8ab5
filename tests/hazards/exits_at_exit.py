"""Ends the program once more when it has ended."""

import atexit
import sys

atexit.register(sys.exit, 7)
print("training")
