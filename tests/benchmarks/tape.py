"""What recording costs, by hand: ``python tests/benchmarks/tape.py [--large]``. Processor seconds, best of several.

Aims: a step on arrays of 1,000 numbers takes at most 30 times as long as a plain one, one on arrays of a million 1.5
times; ``annprobe inspect`` of a typical module takes less than 2 s; with ``--large``: three steps of a 784-100-10
network on 60,000 rows stay under 2 GiB.
"""

from __future__ import annotations

import argparse
import ast
import builtins
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from annprobe.tape import Budget, Recorder
from annprobe.tape.instrument import instrument

ROOT = Path(__file__).resolve().parents[2]
ARRAYS = """
for step in range(steps):
    h = 1 / (1 + np.exp(-(x @ w)))
    d = (h - y) * h * (1 - h)
    g = x.T @ d
    w = w - 0.1 * g
"""
NUMBERS = """
import math
w = [[0.1 * i - 0.2 * j for i in range(10)] for j in range(10)]
x = [0.3 * i for i in range(10)]
for step in range(steps):
    out = []
    for row in w:
        s = 0.0
        for a, b in zip(row, x):
            s += a * b
        out.append(1 / (1 + math.exp(-s)))
    for j in range(10):
        for i in range(10):
            w[j][i] -= 0.01 * (out[j] - 0.5) * out[j] * (1 - out[j]) * x[i]
"""
CASES: tuple[tuple[str, str, tuple[int, int, int], int], ...] = (
    ("arrays of 1,000 numbers", ARRAYS, (50, 20, 20), 40),
    ("arrays of a million", ARRAYS, (1000, 1000, 1000), 4),
    ("numbers of Python", NUMBERS, (1, 1, 1), 30),
)
MODULES = ("moons_class", "fc_functions", "mini_batches", "pure_lists", "conv_naive", "rnn_adder", "scipy_trained")


def plain(text: str, shape: tuple[int, int, int], steps: int) -> float:
    """Processor seconds of the plain program."""
    return _timed(compile(text, "<p>", "exec"), {"np": np, "steps": steps, **_data(shape)})


def recorded(text: str, shape: tuple[int, int, int], steps: int) -> tuple[float, int]:
    """Processor seconds and operations of the recorded program."""
    recorder = Recorder({"<p>"}, Budget(nodes=10**6, seconds=600.0, bytes=1 << 33))

    def importing(name: str, *args: Any) -> Any:
        return recorder.modules.get(name) or __import__(name, *args)

    names = {"np": recorder.modules["numpy"], "steps": steps}
    code = compile(instrument(ast.parse(text)), "<p>", "exec")
    builtin = {**vars(builtins), **recorder.builtins, "__import__": importing}
    with recorder:
        data = {name: recorder.leaf("data", value) for name, value in _data(shape).items()}
        seconds = _timed(code, {**names, **data, "__builtins__": builtin})
    return seconds, len(recorder.tape)


def _data(shape: tuple[int, int, int]) -> dict[str, Any]:
    n, k, m = shape
    rng = np.random.default_rng(0)
    return {"x": rng.normal(size=(n, k)), "y": rng.normal(size=(n, m)), "w": 0.1 * rng.normal(size=(k, m))}


def _timed(code: Any, scope: dict[str, Any]) -> float:
    start = time.process_time()
    exec(code, scope)
    return time.process_time() - start


def _best(run: Callable[..., Any], text: str, shape: tuple[int, int, int], steps: int) -> Any:
    return min(run(text, shape, steps) for _ in range(5))


def command(*words: str) -> tuple[float, float]:
    """Wall clock and processor seconds of one call of annprobe."""
    before, start = os.times(), time.perf_counter()
    subprocess.run([sys.executable, "-m", "annprobe", *words], capture_output=True, check=False)
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - start, used


def main() -> None:
    """Print all figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--large", action="store_true", help="the memory of 60,000 rows as well")
    large = options.parse_args().large
    for name, text, shape, steps in CASES:
        alone = _best(plain, text, shape, steps)
        taped, nodes = _best(recorded, text, shape, steps)
        each = 1e6 * (taped - alone) / nodes
        print(f"{name:28s} {taped / alone:8.1f} x   {nodes:6d} operations, {each:8.1f} us more each")
    for module in MODULES:
        file = str(ROOT / "tests" / "subjects" / f"{module}.py")
        looked, diagnosed = command("inspect", file), command("diagnose", file, "--effort", "quick")
        print(f"{module:28s} inspect {looked[0]:5.1f} s ({looked[1]:5.1f} of the processor), "
              f"diagnose {diagnosed[0]:5.1f} s ({diagnosed[1]:5.1f})")  # fmt: skip
    if large:
        sys.path.insert(0, str(ROOT))
        from tests.tape.test_budgets import TRAINING

        run = subprocess.run([sys.executable, "-c", TRAINING, "60000", "3"], capture_output=True, text=True, check=True)
        print(f"784-100-10 on 60,000 rows: {run.stdout.strip()} MiB at most")


if __name__ == "__main__":
    main()
