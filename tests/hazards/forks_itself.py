"""Runs the rest of the module in two processes, both of which print and go on."""

import os

child = os.fork()
print("child" if child == 0 else "parent")
