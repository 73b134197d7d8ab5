"""Waits for its user."""

import time

rate = input("Learning rate: ")
time.sleep(3600)
print(repr(rate))
