"""Ends the interpreter at once."""

import os

print("training")
os._exit(3)
