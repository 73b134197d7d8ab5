"""Reads what is typed to it, in several ways."""

import os
import sys

print(repr(sys.stdin.read()), repr(os.read(0, 10)), sys.stdin.readlines())
