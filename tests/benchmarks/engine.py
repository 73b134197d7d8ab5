"""Speed of the engine, the strategies and the search for exhibits: ``python -m tests.benchmarks.engine``.

Every figure is set against something measured in the same run, because machines differ: the arithmetic floor of
training (counted operations at this machine's rate of matrix products and exponentials), the same runs one network at a
time, and Hypothesis's own speed with plain integers. Written to ``reports/engine-speed.md``. The survey has its own:
``survey.py``.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tabulate import tabulate

from annprobe import catalog, strategies
from annprobe.engine.architecture import Architecture
from annprobe.engine.network import random_network
from annprobe.engine.numerical import numerical_gradient
from annprobe.engine.setup import Setup
from annprobe.engine.steps import evaluate
from annprobe.engine.tasks import make
from annprobe.engine.training import Run, train
from annprobe.exhibits.search import search
from tests.benchmarks.machine import best, rates

REPORT = Path(__file__).parents[2] / "reports" / "engine-speed.md"
FLOOR = "<= 20"
GENERATION = ">= 0.3"  # 1,200 networks a second, on a machine that drew 4,000 integers
Row = tuple[str, float, str, str]  # what, measured, unit, target


def marginal(runs: list[Run], iterations: int) -> float:
    """Seconds of an iteration of all runs together, without what is done once."""

    def timed(count: int) -> float:
        again = [Run(r.architecture, Setup(**{**r.setup.__dict__, "iterations": count}), r.data, r.steps) for r in runs]
        return best(lambda: train(again, every=20), 3)

    return (timed(iterations + 20) - timed(20)) / iterations


def training() -> list[Row]:
    """A thousand networks as one stack, beside the floor and beside a single one."""
    rows: list[Row] = []
    for name in ("xor", "sign", "parity"):
        task = make(name)
        architecture = task.architecture()
        stack = [Run(architecture, Setup(4.0, 0, seed=k), task.data) for k in range(1000)]
        each, alone = marginal(stack, 200) / 1000, marginal(stack[:1], 400)
        least = rates().floor(architecture, len(task.data.X))
        rows += [
            (f"{name} {list(architecture.widths)}: an iteration of a network in a stack of 1000", each * 1e6, "us", ""),
            (f"{name}: times the arithmetic floor", each / least, "x", FLOOR if name == "xor" else ""),
            (f"{name}: one network at a time takes longer", alone / each, "x", ""),
        ]
    return rows


def checking() -> list[Row]:
    """Gradient and numerical gradient of one network."""
    rows: list[Row] = []
    for widths in ((2, 4, 1), (4, 8, 1), (64, 16, 10)):
        architecture = Architecture.of(widths)
        n = random_network(architecture, 8, np.random.default_rng(0))
        g = best(lambda n=n: [evaluate(n.architecture, n.W, n.X, n.Y) for _ in range(20)]) / 20  # type: ignore[misc]
        c = best(lambda n=n: numerical_gradient(n.architecture, n.W, n.X, n.Y))  # type: ignore[misc]
        rows += [
            (f"{list(widths)}: gradient of one network", g * 1e6, "us", ""),
            (f"{list(widths)}: numerical gradient, {architecture.parameters} parameters at once", c * 1e6, "us", ""),
        ]
    return rows


def generation() -> list[Row]:
    """Examples a second, beside plain integers; and what one exhibit costs."""

    def drawn(strategy: st.SearchStrategy[object]) -> float:
        @settings(max_examples=1000, deadline=None, database=None)
        @given(strategy)
        def test(value: object) -> None:
            pass

        return 1000 / best(test, 3)

    plain, tiny = drawn(st.integers()), drawn(strategies.networks(max_layers=2))
    one = best(lambda: search(catalog.get("bs-slice-last")), 3)
    return [
        ("integers drawn in a second", plain, "", ""),
        ("tiny networks drawn in a second", tiny, "", ""),
        ("tiny networks: share of the speed of integers", tiny / plain, "", ""),
        ("search and shrinking of one exhibit (bs-slice-last)", one, "s", ""),
    ]


def main() -> None:
    """Measure everything, print it and write it down."""
    rows = [*training(), *checking(), *generation()]
    cells = [(name, f"{value:.3g}" if value < 1000 else f"{value:,.0f}", *rest) for name, value, *rest in rows]
    table = tabulate(cells, ("what", "measured", "unit", "target"), "github", disable_numparse=True)
    text = (f"# Speed of the engine\n\nProcessor time, measured by `python -m tests.benchmarks.engine` on one core. "
            f"This machine: {rates()}. What the survey costs: survey-speed.md.\n\n{table}\n")
    REPORT.write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
