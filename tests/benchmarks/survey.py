"""Speed of the survey: ``python tests/benchmarks/survey.py [ITERATIONS]``. Written to ``reports/survey-speed.md``.

Some units of the default survey are run with few iterations and with more; the difference is what an iteration costs,
the rest what a unit costs besides. The same networks, a sample of them, are then trained one at a time. Processor time
of one core; ratios are within one run.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import dataclasses
import sys
import time
from pathlib import Path

import numpy as np
from tabulate import tabulate

from annprobe.engine.training import Run, train
from annprobe.survey.campaign import Campaign, all_that_train
from annprobe.survey.measure import HEALTHY, run_unit, steps_of
from annprobe.survey.settings import sensible, setup_of
from annprobe.survey.tasks import make
from annprobe.survey.units import Unit

REPORT = Path(__file__).parents[2] / "reports" / "survey-speed.md"
FEW = 40
UNITS = (3, 8, 12, 18)  # one and two hidden layers, sigmoid and relu
SAMPLE = 12  # mutants trained one at a time


def seconds(unit: Unit) -> tuple[float, int]:
    """Processor time of a unit, and the networks that it trained."""
    start = time.process_time()
    result = run_unit(unit)
    return time.process_time() - start, sum(len(cell["runs"]) for cell in result["cells"].values())


def alone(unit: Unit, iterations: int) -> float:
    """Processor time of one iteration of one network, when each is trained by itself."""
    ends = unit.blueprint.complete(make(unit.tasks[0]))
    setup = setup_of(unit.blueprint, sensible(unit.blueprint, [ends])[0], len(ends[1].X), iterations, 0)
    times = []
    for variant in (HEALTHY, *unit.mutants[:: len(unit.mutants) // SAMPLE]):
        start = time.process_time()
        trace = train([Run(ends[0], setup, ends[1], steps_of(variant))], iterations)[0]
        if trace.fault is None:
            times.append((time.process_time() - start) / iterations)
    return float(np.mean(times))


def main(iterations: int) -> None:
    """Measure and write the report."""
    campaign = Campaign(all_that_train())
    units = campaign.units()
    rows, networks, fixed, each, single = [], 0, 0.0, 0.0, 0.0
    for number in UNITS:
        unit = units[number]
        short, count = seconds(dataclasses.replace(unit, iterations=FEW))
        long, _ = seconds(dataclasses.replace(unit, iterations=FEW + iterations))
        step, lonely = (long - short) / iterations, alone(unit, iterations)
        rows.append([str(unit.blueprint.hidden), unit.blueprint.activation, count, short - FEW * step, 1e3 * step,
                     1e6 * step / count, 1e6 * lonely, lonely * count / step])
        networks, fixed = networks + count, fixed + short - FEW * step
        each, single = each + step, single + lonely * count
    share = len(units) / len(UNITS)
    whole = share * (fixed + each * campaign.iterations)
    million = whole / (share * networks) * 1e6 / 3600
    table = tabulate(rows, ["hidden", "activation", "networks", "unit, s", "iteration, ms", "a network, µs",
                            "one at a time, µs", "times faster"], tablefmt="github", floatfmt=".3g")
    REPORT.write_text(
        f"# Speed of the survey\n\nProcessor time of one core, measured by `python tests/benchmarks/survey.py "
        f"{iterations}`.\n\n{table}\n\n"
        f"The default survey ({len(units)} units, {share * networks:.0f} networks, {campaign.iterations} iterations): "
        f"{whole:.0f} s of one core, {whole / 2:.0f} s on two; {single / each:.0f} times faster than one network at a "
        f"time. A million networks: {million:.1f} worker hours.\n", "utf-8")
    print(REPORT.read_text("utf-8"))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
