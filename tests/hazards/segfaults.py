"""Reads memory that is not there."""

import ctypes

print("training")
ctypes.string_at(0)
