"""Prints for ever, through Python and past it."""

import os

line = "x" * 100_000
while True:
    print(line)
    os.write(1, line.encode())
