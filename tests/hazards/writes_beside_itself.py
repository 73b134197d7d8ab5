"""Saves its weights and logs beside itself, makes folders, removes files."""

import os
import pathlib

import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
np.save(os.path.join(here, "weights.npy"), np.ones(3))
with open(os.path.join(here, "log.txt"), "w") as log:
    log.write("epoch 1")
with open("log.txt") as log:
    print(log.read())
with open("own.csv", "w") as table:
    table.write("1,2")
os.makedirs("out/plots", exist_ok=True)
try:
    pathlib.Path(here, "made.txt").write_text("x")
except PermissionError:
    print("refused")
try:
    os.remove(os.path.join(here, "exits.py"))
except PermissionError:
    print("refused")
