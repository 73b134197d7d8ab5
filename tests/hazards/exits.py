"""Ends the program politely."""

import sys

print("training")
sys.exit("no data")
