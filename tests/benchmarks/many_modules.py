"""Marks a folder of generated submissions and compares the table with what was planted. Run by hand:

    python tests/benchmarks/many_modules.py [COUNT] [JOBS]
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from annprobe.batch import diagnose_many
from annprobe.config import diagnosis_options
from annprobe.report import render_many
from annprobe.report.rows import groups

RIGHT = """\
import numpy as np

{x} = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
{y} = np.array([[0.0], [1.0], [1.0], [0.0]])
rng = np.random.default_rng({seed})
{w}1, {b}1 = rng.normal(size=(2, {hidden})), np.zeros({hidden})
{w}2, {b}2 = rng.normal(size=({hidden}, 1)), np.zeros(1)


def {f}(z):
    return 1 / (1 + np.exp(-z))


for step in range(5000):
    hidden = {f}({x} @ {w}1 + {b}1)
    output = {f}(hidden @ {w}2 + {b}2)
    cost = 0.5 * np.sum((output - {y}) ** 2)
    delta2 = (output - {y}) * output * (1 - output)
    delta1 = (delta2 @ {w}2.T) * hidden * (1 - hidden)
    {w}2 -= 1.0 * hidden.T @ delta2
    {b}2 -= 1.0 * delta2.sum(axis=0)
    {w}1 -= 1.0 * {x}.T @ delta1
    {b}1 -= 1.0 * delta1.sum(axis=0)
"""
# what is planted: text, its replacement, the family that is right, the verdict
FAULTS = {
    "nothing": ("", "", "", "clean"),
    "derivative forgotten": ("(delta2 @ {w}2.T) * hidden * (1 - hidden)", "delta2 @ {w}2.T",
                             "activation-derivative", "faulty"),
    "one factor of it": ("output * (1 - output)\n", "output\n", "activation-derivative", "faulty"),
    "sign": ("(output - {y}) * output", "({y} - output) * output", "sign", "faulty"),
    "bias of one example": ("delta1.sum(axis=0)", "delta1[0]", "bias", "faulty"),
    "wrong operand": ("hidden.T @ delta2", "output.T @ delta2 * np.ones(({hidden}, 1))", "layer-index", "faulty"),
    "syntax error": ("cost = 0.5 *", "cost = 0.5 * (", "", "unusable"),
}


def submission(rng: random.Random, fault: str) -> str:
    names = {"x": rng.choice(["X", "inputs", "data"]), "y": rng.choice(["Y", "t", "targets"]),
             "w": rng.choice(["W", "w", "weights"]), "b": rng.choice(["b", "bias"]),
             "f": rng.choice(["sigmoid", "act", "g"]), "hidden": rng.randint(3, 8), "seed": rng.randint(0, 99)}
    old, new, _, _ = FAULTS[fault]
    text = RIGHT.replace(old, new) if old else RIGHT
    assert not old or text != RIGHT
    return text.format(**names)


def main(count: int, jobs: int) -> None:
    rng = random.Random(0)
    with tempfile.TemporaryDirectory() as folder:
        planted = {}
        for i in range(count):
            path = Path(folder, f"student{i:03d}.py")
            planted[str(path)] = rng.choice(list(FAULTS))
            path.write_text(submission(rng, planted[str(path)]), "utf-8")
        begin = time.perf_counter()
        found = diagnose_many(planted, diagnosis_options({"effort": "quick"}), jobs=jobs)
        seconds = time.perf_counter() - begin
        os.chdir(folder)
        print(render_many(found, "text"))
        print(f"\n{count} modules in {seconds:.0f} s with {jobs} jobs: {seconds / count:.2f} s each")
        right: Counter[tuple[str, str]] = Counter()
        for diagnosis, (_, fault) in zip(found, planted.items(), strict=True):
            *_, family, verdict = FAULTS[fault]
            first = diagnosis.findings[0].family if diagnosis.findings else ""
            right[fault, "right" if (first, diagnosis.verdict) == (family, verdict) else
                  f"{diagnosis.verdict} {first}"] += 1
        for (fault, outcome), times in sorted(right.items()):
            print(f"{fault:24} {outcome:30} {times}")
        print(len(groups(found)), "groups of equal findings")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:3]) if len(sys.argv) == 3 else (200, os.cpu_count() or 1))
