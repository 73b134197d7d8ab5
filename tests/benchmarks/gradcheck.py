"""Measures the gradient checker beside torch, jax, scipy and numdifftools; writes reports/benchmark-gradcheck.md.

    python -m venv anchors && anchors/bin/pip install . torch jax scipy numdifftools tabulate pytest
    anchors/bin/python tests/benchmarks/gradcheck.py --write

Anchors that are not installed are left out of the tables. All checkers of a table run in turns within one process;
times are medians of CPU time, so that they mean something on a busy machine. ``--draws 1000`` counts false alarms and
misses in full (ten minutes on an idle core); ``--quick`` takes a minute.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tabulate import tabulate

from annprobe.gradcheck import GradientCheck, check_gradients
from annprobe.gradcheck.examining.examination import examine
from annprobe.gradcheck.functions.blackbox import BlackBox
from annprobe.gradcheck.functions.layout import lay_out
from annprobe.gradcheck.localising.localise import first_look
from annprobe.gradcheck.localising.located import Letters

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tests.benchmarks.gradcheck_anchors import Run, anchors, available, torch_failure  # noqa: E402
from tests.gradcheck.idioms import AT, IDIOMS  # noqa: E402  (the tests' own networks: found only after the line above)
from tests.gradcheck.networks import FAMILIES, Network, member, network  # noqa: E402
from tests.gradcheck.test_families import FLOAT64, PLANTS  # noqa: E402
from tests.gradcheck.test_idioms import right_gradient  # noqa: E402

Array = NDArray[Any]
CALLS = 6
SIZES: list[tuple[tuple[int, ...], int, int]] = [
    ((2, 4, 1), 4, 101),
    ((64, 32, 10), 64, 51),
    ((784, 100, 10), 128, 15),
    ((784, 100, 10), 8, 31),
]


def in_turns(runs: dict[str, Run], rounds: int) -> dict[str, float]:
    """Median milliseconds of a call: in every round each runs, after the others, once to warm up and CALLS times."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            run()
            for _ in range(CALLS):
                start = time.process_time()
                run()
                times[name].append(1e3 * (time.process_time() - start))
    return {name: statistics.median(values) for name, values in times.items()}


def label(widths: tuple[int, ...], examples: int) -> str:
    return f"[{', '.join(map(str, widths))}], N = {examples}"


# --- the tables -----------------------------------------------------------------------------------------------------


def passing(quick: bool) -> str:
    """Time of a check that passes."""
    rows = []
    for widths, examples, rounds in SIZES:
        net, theta = network(widths, examples, inputs="uniform")
        runs: dict[str, Run] = {"annprobe": partial(check_gradients, net.cost, theta, net.gradient)}
        runs |= dict(anchors(net, theta))
        runs["(user's forward)"] = partial(net.cost, theta)
        runs["(user's backprop)"] = partial(net.gradient, theta)
        times = in_turns(runs, max(5, rounds // (10 if quick else 1)))
        ours = times["annprobe"]
        for name, value in times.items():
            ratio = "" if name.startswith("(") or name == "annprobe" else f"{value / ours:.2f}"
            rows.append([label(widths, examples), name, f"{value:.3g}", ratio])
    return tabulate(rows, headers=["network", "checker", "CPU ms", "times annprobe's"], tablefmt="github")


def failing(quick: bool) -> str:
    """Time until the one wrong weight has its name."""
    rows = []
    for widths, examples, _ in SIZES[:3]:
        net, theta = network(widths, examples, inputs="uniform")
        times, forwards, named = [], [], 0
        for seed in range(3 if quick else 7):
            place = heavy_weight(net, theta, seed)
            start = time.process_time()
            result = check_gradients(net.cost, theta, scaled_entry(net, place, 1.5), shapes=net.shapes)
            times.append(1e3 * (time.process_time() - start))
            forwards.append(result.costs)
            named += names_only(result, net, place)
        rows.append(
            [label(widths, examples), "annprobe", f"{statistics.median(times):.3g}", statistics.median(forwards),
             f"named in {named} of {len(times)}"]
        )  # fmt: skip
        if available("torch") and (widths[0] < 100 or not quick):
            torch_time = f"{torch_failure(net, theta):.3g}"
            rows.append([label(widths, examples), "torch gradcheck, fast mode", torch_time, "", "no index"])
    return tabulate(
        rows, headers=["network", "checker", "CPU ms", "forward passes", "the wrong weight"], tablefmt="github"
    )


def heavy_weight(net: Network, theta: Array, seed: int) -> int:
    """A weight of layer 0 whose gradient is not negligible."""
    first = np.abs(net.split(net.gradient(theta))[0]).ravel()
    return int(np.random.default_rng(seed).choice(np.flatnonzero(first > 0.1 * np.median(first))))


def scaled_entry(net: Network, place: int, factor: float) -> Callable[[Array], Array]:
    factors = np.ones(net.size)
    factors[place] = factor
    return lambda theta: net.gradient(theta) * factors


def names_only(result: GradientCheck, net: Network, place: int) -> bool:
    index = tuple(map(int, np.unravel_index(place, net.shapes[0])))
    return len(result.wrong) == 1 and [entry.index for entry in result.wrong[0].entries] == [index]


# name of the transformation of layer 0's gradient (N examples) -> what it does
TRANSFORMATIONS: dict[str, Callable[[Array, int], Array]] = {
    "N": lambda g, n: g * n,
    "1/N": lambda g, n: g / n,
    "-1": lambda g, n: -g,
    "zero": lambda g, n: 0 * g,
    "bias only: N": lambda g, n: np.column_stack([g[:, 0] * n, g[:, 1:]]),
    "bias x N, the rest x 1/N": lambda g, n: np.column_stack([g[:, 0] * n, g[:, 1:] / n]),
    "rolled by 1 along axis 1": lambda g, n: np.roll(g, 1, 1),
    "reshaped in the other order": lambda g, n: g.T.reshape(g.shape),
    "reshaped in the other order, x 1/N": lambda g, n: g.T.reshape(g.shape) / n,
    "one row: -1": lambda g, n: g * np.where(np.arange(len(g)) == 1, -1, 1)[:, None],
}


def naming(quick: bool) -> str:
    """Forward passes from a wrong gradient to the name of what is wrong with it, in a network of two layers."""
    rows = []
    for name, change in TRANSFORMATIONS.items():
        spent, named, draws = [], 0, 5 if quick else 50
        for seed in range(draws):
            net, theta = network(((2, 3, 6)[seed % 3], 5, 2), 6, seed)
            box = BlackBox(net.cost_list, partial(_first_changed, net, change), lay_out(net.split(theta)), None)
            exam = examine(box, "own", theta, seed)
            assert exam is not None
            before = box.costs
            located = first_look(exam, Letters(6, 2, (1, 0)))
            spent.append(box.costs - before)
            named += [item.check.pattern for item in located] == [name, "equal"]
        rows.append([name, f"{named} of {draws}", max(spent)])
    return tabulate(rows, headers=["layer 0's gradient", "named", "forward passes, at most"], tablefmt="github")


def _first_changed(net: Network, change: Callable[[Array, int], Array], W: list[Array]) -> list[Array]:
    first, *others = net.gradient_list(W)
    return [change(first, len(net.X)), *others]


def power(quick: bool) -> str:
    """Smallest relative error in one weight that one check sees."""
    rows = []
    for widths, examples, _ in SIZES[:3]:
        net, theta = network(widths, examples, inputs="uniform")
        typical, most = check_gradients(net.cost, theta, net.gradient).detection_limit
        fallback = check_gradients(real_only(net), theta, net.gradient)
        assert fallback.method == "extrapolated differences"
        limits = fallback.detection_limit
        row = [label(widths, examples), f"{typical:.0e} / {most:.0e}", f"{limits[0]:.0e} / {limits[1]:.0e}"]
        rows.append([*row, smallest_seen(net, theta, 3 if quick else 10)])
    headers = ["network", "complex step: typical / 95 %", "differences: typical / 95 %", "planted and seen"]
    return tabulate(rows, headers=headers, tablefmt="github")


def real_only(net: Network) -> Callable[[Array], float]:
    """The cost as code that insists on real numbers."""

    def cost(theta: Array) -> float:
        out = np.empty(theta.shape)
        out[:] = theta
        return float(net.cost(out))

    return cost


def smallest_seen(net: Network, theta: Array, draws: int) -> str:
    """The smallest power of ten that was seen in every draw when one weight of layer 0 was off by it."""
    places = [heavy_weight(net, theta, seed) for seed in range(draws)]
    for exponent in range(-12, 0):
        results = [check_gradients(net.cost, theta, scaled_entry(net, p, 1 + 10.0**exponent)).verdict for p in places]
        if all(verdict != "right" for verdict in results):
            return f"1e{exponent} in {draws} of {draws}"
    return "none"


def alarms(draws: int) -> str:
    """False alarms on correct networks, and planted bugs that pass."""
    rows = []
    for family in FAMILIES:
        wrong = missed = planted = 0
        for seed in range(draws):
            net, theta = member(family, seed)
            right = check_gradients(net.cost, theta, net.gradient, shapes=net.shapes, seed=seed)
            wrong += right.verdict not in ("right", "right elsewhere")
            if family not in FLOAT64:
                continue
            for plant in PLANTS:
                bug = plant(net, theta, np.random.default_rng(seed))
                if np.allclose(bug(net.gradient(theta)), net.gradient(theta), rtol=1e-12, atol=0.0):
                    continue
                planted += 1
                wrong_gradient = partial(_planted, net, bug)
                missed += check_gradients(net.cost, theta, wrong_gradient, shapes=net.shapes, seed=seed).agrees
        rows.append([family, draws, wrong, planted or "-", missed if planted else "-"])
    return tabulate(rows, headers=["family", "networks", "false alarms", "planted bugs", "missed"], tablefmt="github")


def _planted(net: Network, bug: Callable[[Array], Array], theta: Array) -> Array:
    return bug(net.gradient(theta))


def _scaled(name: str, factors: Array, at: Array) -> Array:
    return np.asarray(right_gradient(name, at) * factors)


def idioms() -> str:
    """Verdicts over ways to write a cost."""
    rows: dict[tuple[str, str, str], int] = {}
    for name, cost in IDIOMS.items():
        heaviest = int(np.argmax(np.abs(right_gradient(name, AT))))
        off = np.where(np.arange(AT.size) == heaviest, 1.01, 1.0)
        right = check_gradients(cost, AT, partial(right_gradient, name))
        wrong = check_gradients(cost, AT, partial(_scaled, name, off))
        key = (right.method, "passes" if right.agrees else "ALARM", "seen" if wrong.verdict == "wrong" else "MISSED")
        rows[key] = rows.get(key, 0) + 1
    table = [[method, count, a, b] for (method, a, b), count in sorted(rows.items())]
    return tabulate(table, headers=["method found to apply", "idioms", "right gradient", "1 % off"], tablefmt="github")


def machine() -> str:
    packages = ("numpy", "torch", "jax", "scipy", "numdifftools")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages if available(name))
    models = (line.split(":")[1].strip() for line in _cpuinfo() if line.startswith("model name"))
    model = next(models, platform.machine())
    load = "/".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{model}, {os.cpu_count()} cores, load {load} (1/5/15 min); Python {platform.python_version()}, {versions}"


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []


def report(quick: bool, draws: int) -> str:
    return "\n".join(
        [
            "# The gradient checker, measured",
            "",
            "Written by `tests/benchmarks/gradcheck.py`; CPU time, medians; ratios within one run, checkers in turns.",
            f"Machine: {machine()}.",
            "",
            "## A check that passes",
            "",
            passing(quick),
            "",
            "## A check that fails, with one wrong weight to name",
            "",
            failing(quick),
            "",
            "## A transformation of the gradient, to be named",
            "",
            naming(quick),
            "",
            "## Smallest relative error in one weight that is seen",
            "",
            power(quick),
            "",
            "## False alarms and misses",
            "",
            alarms(draws),
            "",
            "## 48 ways to write a cost",
            "",
            idioms(),
            "",
        ]
    )


def single_threaded() -> None:
    """Start again with one thread a library, where that was not so."""
    wanted = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    wanted |= {"JAX_PLATFORMS": "cpu", "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false"}
    if any(os.environ.get(name) != value for name, value in wanted.items()):
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | wanted)


def main() -> None:
    single_threaded()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer rounds; leaves out torch's failure at full size")
    parser.add_argument("--draws", type=int, default=100, help="networks a family (default 100)")
    parser.add_argument("--write", action="store_true", help="write reports/benchmark-gradcheck.md")
    arguments = parser.parse_args()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = report(arguments.quick, arguments.draws)
    print(text)
    if arguments.write:
        (ROOT / "reports" / "benchmark-gradcheck.md").write_text(text)


if __name__ == "__main__":
    main()
