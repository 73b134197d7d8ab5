"""Speed of the engine, the strategies and the search for exhibits: ``python tests/benchmarks/engine.py``.

Every figure is set against something measured in the same run, because machines differ: the arithmetic floor of
training (counted operations at this machine's rate of matrix products and exponentials), the same runs one network at a
time, and Hypothesis's own speed with plain integers. Written to ``reports/engine-speed.md``.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import itertools
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tabulate import tabulate

from annprobe import catalog, strategies
from annprobe.engine.architecture import Architecture
from annprobe.engine.network import Network, random_network
from annprobe.engine.numerical import numerical_gradient
from annprobe.engine.observe import GROUP_OF
from annprobe.engine.setup import Setup, initialise
from annprobe.engine.steps import evaluate
from annprobe.engine.tasks import Task, make
from annprobe.engine.training import Run, train
from annprobe.exhibits.search import search

REPORT = Path(__file__).parents[2] / "reports" / "engine-speed.md"
HIDDEN = ((2,), (4,), (8,), (16,), (3, 3), (4, 4), (8, 4), (5, 3, 2))  # a sample of the survey's architectures
SURVEY = {"architectures": 20, "iterations": 2000, "seeds": 5}
Row = tuple[str, float | str, str]


def best(function: Callable[[], object], repeats: int = 5) -> float:
    """Fastest of several times, seconds of processor time."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    return min(times)


def rates() -> tuple[float, float]:
    """Seconds of a multiplication with addition in a matrix product, and of a sigmoid, here."""
    A = np.random.default_rng(0).normal(size=(600, 600))
    product = best(lambda: A @ A) / 600**3
    z, out = A.ravel()[:10_000], np.empty(10_000)
    return product, best(lambda: [np.exp(z, out=out) for _ in range(100)]) / 1e6


def floor(task: Task, architecture: Architecture) -> float:
    """Seconds of a training iteration of one network, were there nothing but its products and sigmoids."""
    product, sigmoid = rates()
    N, widths = len(task.data.X), architecture.widths
    pairs = list(itertools.pairwise(widths))
    products = N * (2 * sum((i + 1) * o for i, o in pairs) + sum(i * o for i, o in pairs[1:]))
    return products * product + N * sum(widths[1:]) * sigmoid


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
        each, alone, least = marginal(stack, 200) / 1000, marginal(stack[:1], 400), floor(task, architecture)
        rows += [
            (f"{name} {list(architecture.widths)}: one iteration of one network in a stack of 1000", each * 1e6, "us"),
            (f"{name}: times the arithmetic floor", each / least, "x"),
            (f"{name}: one network at a time takes longer", alone / each, "x"),
        ]
    return rows


def example(name: str, hidden: tuple[int, ...]) -> Network:
    """A network for this task."""
    task = make(name)
    W = initialise(task.architecture(hidden), Setup())
    return Network(task.architecture(hidden), tuple(W), task.data.X, task.data.Y)


def survey() -> list[Row]:
    """The whole catalogue on a sample of architectures, scaled to the survey of the design."""
    groups = ("pass", "settings", "data", "start")
    mutants = [m for m in catalog.load().values() if GROUP_OF.get(m.step, "pass") in groups]
    total, alone, nets = 0.0, 0.0, 0
    for hidden in HIDDEN:
        for tasks in (("and", "xor"), ("sign",), ("parity",)):
            runs = [
                Run(make(name).architecture(hidden), Setup(4.0, 0, seed=seed), make(name).data, m.steps)
                for m in mutants
                for name in tasks
                if not m.silent_throughout(example(name, hidden))
                for seed in range(SURVEY["seeds"])
            ]
            nets += len(runs)
            total += marginal(runs, 40)
            sample = [runs[k] for k in Random(0).sample(range(len(runs)), 6)]
            alone += sum(marginal([run], 60) for run in sample) / len(sample) * len(runs)
    scale = SURVEY["architectures"] / len(HIDDEN) * SURVEY["iterations"]
    return [
        ("mutants that training can show", float(len(mutants)), ""),
        ("survey: networks (without silent ones)", nets * SURVEY["architectures"] / len(HIDDEN), ""),
        ("survey: 20 architectures x 5 seeds x 4 tasks x 2000 iterations, one core", total * scale, "s"),
        ("survey: the same on two cores (half)", total * scale / 2, "s"),
        ("survey: one network at a time takes longer", alone / total, "x"),
    ]


def checking() -> list[Row]:
    """Gradient and numerical gradient of one network."""
    rows: list[Row] = []
    for widths in ((2, 4, 1), (4, 8, 1), (64, 16, 10)):
        architecture = Architecture.of(widths)
        n = random_network(architecture, 8, np.random.default_rng(0))
        g = best(lambda n=n: [evaluate(n.architecture, n.W, n.X, n.Y) for _ in range(20)]) / 20  # type: ignore[misc]
        c = best(lambda n=n: numerical_gradient(n.architecture, n.W, n.X, n.Y))  # type: ignore[misc]
        rows += [
            (f"{list(widths)}: gradient of one network", g * 1e6, "us"),
            (f"{list(widths)}: numerical gradient, {architecture.parameters} parameters as one stack", c * 1e6, "us"),
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
        ("integers drawn in a second", plain, ""),
        ("tiny networks drawn in a second", tiny, ""),
        ("tiny networks: share of the speed of integers", tiny / plain, ""),
        ("search and shrinking of one exhibit (bs-slice-last)", one, "s"),
    ]


def main() -> None:
    """Measure everything, print it and write it down."""
    rows = [*training(), *survey(), *checking(), *generation()]
    table = tabulate(
        [(name, f"{value:.3g}", unit) for name, value, unit in rows], ("what", "measured", "unit"), "github"
    )
    product, sigmoid = rates()
    text = (
        f"# Speed of the engine\n\nProcessor time, measured by `python tests/benchmarks/engine.py` on one core. "
        f"This machine: {1e-9 / product:.1f} thousand million multiplications with addition a second in a large "
        f"matrix product, {sigmoid * 1e9:.1f} ns an exponential.\n\n{table}\n"
    )
    REPORT.write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
