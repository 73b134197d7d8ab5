"""Clears its folder before it trains."""

import glob
import os
import shutil

here = os.path.dirname(os.path.abspath(__file__))
for path in glob.glob(os.path.join(here, "*")):
    try:
        shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
    except OSError:
        print("refused")
os.system("touch beside.txt")
