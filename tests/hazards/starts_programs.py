"""Starts a program that outlives it."""

import subprocess
import sys

subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
print("started")
