"""Speed of the survey: ``python -m tests.benchmarks.survey [ITERATIONS]``. Written to ``reports/survey-speed.md``.

Every unit of the default survey is run with few iterations and with more; the difference is what an iteration costs,
the rest what a unit costs besides. The same networks, a sample of them, are then trained one at a time. Processor time
of one core; ratios are within one run. The floor is what the counted products and exponentials alone would take here.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import dataclasses
import resource
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from tabulate import tabulate

from annprobe.engine.training import Run, train
from annprobe.survey.campaign import Campaign, all_that_train
from annprobe.survey.measure import HEALTHY, run_unit, steps_of
from annprobe.survey.settings import sensible, setup_of
from annprobe.survey.tasks import make
from annprobe.survey.units import Unit
from tests.benchmarks.machine import Rates, rates

REPORT = Path(__file__).parents[2] / "reports" / "survey-speed.md"
FEW = 20
SAMPLE = 12  # mutants trained one at a time, of each unit
ALONE = 60  # iterations of those
TARGET = 60.0  # seconds on two cores, for 130 mutants x 20 architectures x 5 seeds x 4 tasks x 2,000 iterations ...
TARGET_WORK = 130 * 20 * 5 * 4 * 2000.0  # ... that is for so many iterations of a network ...
TARGET_MACHINE = Rates(2.0 / 63e9, 0.35e-9)  # ... on a machine with these rates


@dataclasses.dataclass(frozen=True)
class Measured:
    """One unit, in seconds of processor time: what it costs once, an iteration of all its networks, and of a network
    that is trained alone; and the floor of an iteration of one network, here and on the machine of the target."""

    unit: Unit
    networks: int
    once: float
    iteration: float
    alone: float
    floor: float
    floor_there: float

    def row(self) -> list[object]:
        """Its line in the table."""
        b, each = self.unit.blueprint, self.iteration / self.networks
        name = f"{list(b.hidden)} {b.activation}, {b.ending}, {b.optimiser}{', batches' * b.batched}"
        return [name, self.networks, self.once, 1e3 * self.iteration, 1e6 * each, each / self.floor, 1e6 * self.alone,
                self.alone / each]


def seconds(unit: Unit) -> tuple[float, int]:
    """Processor time of a unit, and the networks that it trained."""
    start = time.process_time()
    result = run_unit(unit)
    return time.process_time() - start, sum(len(cell["runs"]) for cell in result["cells"].values())


def alone(unit: Unit) -> float:
    """Processor time of one iteration of one network, when each is trained by itself."""
    ends = unit.blueprint.complete(make(unit.tasks[0]))
    setup = setup_of(unit.blueprint, sensible(unit.blueprint, [ends])[0], len(ends[1].X), ALONE, 0)
    times = []
    for variant in (HEALTHY, *unit.mutants[:: len(unit.mutants) // SAMPLE]):
        start = time.process_time()
        trace = train([Run(ends[0], setup, ends[1], steps_of(variant))], unit.every)[0]
        if trace.fault is None:
            times.append((time.process_time() - start) / ALONE)
    return float(np.mean(times))


def measured(unit: Unit, iterations: int, here: Rates) -> Measured:
    """One unit's figures."""
    short, networks = seconds(dataclasses.replace(unit, iterations=FEW))
    long, _ = seconds(dataclasses.replace(unit, iterations=FEW + iterations))
    step = (long - short) / iterations
    architecture, data = unit.blueprint.complete(make(unit.tasks[0]))
    N = unit.blueprint.batch(len(data.X)) or len(data.X)
    return Measured(unit, networks, short - FEW * step, step, alone(unit), here.floor(architecture, N),
                    TARGET_MACHINE.floor(architecture, N))


def slowdown(unit: Unit) -> float:
    """How much longer, in processor time, the same work takes where both cores do it."""
    short = dataclasses.replace(unit, iterations=10 * FEW)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        list(pool.map(seconds, [dataclasses.replace(unit, iterations=FEW)] * 2))  # both have imported everything
        single = pool.submit(seconds, short).result()[0]
        return max(taken for taken, _ in pool.map(seconds, [short] * 2)) / single


def report(found: Sequence[Measured], campaign: Campaign, here: Rates, both: float) -> str:
    """The table and what it comes to."""
    networks = sum(m.networks for m in found)
    once, each = sum(m.once for m in found), sum(m.iteration for m in found)
    whole = once + each * campaign.iterations
    loop = sum(m.alone * m.networks for m in found) / each
    floor, there = (sum(m.networks * getattr(m, name) for m in found) for name in ("floor", "floor_there"))
    work = networks * campaign.iterations
    million, wanted = whole / networks * 1e6 / 3600, 2.0 * TARGET / TARGET_WORK
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    table = tabulate([m.row() for m in found],
                     ["unit", "networks", "once, s", "iteration, ms", "a network, µs", "times its floor",
                      "one at a time, µs", "stack is faster, times"], tablefmt="github", floatfmt=".3g")
    lines = [
        f"The default survey is {len(found)} units with {networks} networks that train ({len(campaign.mutants)} "
        f"mutants and the right code, {len(campaign.tasks)} tasks, {campaign.seeds} + {campaign.origin_seeds} seeds), "
        f"{campaign.iterations} iterations: {whole:.0f} s of one core, {once:.0f} s of it once for the units, the rest "
        f"in proportion to the iterations. That is {whole / 2:.0f} s on two cores that do not slow each other down; "
        f"here the same work takes {both:.2g} times as long when both are busy, which makes it {whole / 2 * both:.0f} "
        f"s (target: {TARGET:.0f} s).",
        f"An iteration of a network takes {1e6 * whole / work:.2g} µs: {each / floor:.2g} times the floor. That is "
        f"{loop:.0f} times less than one network at a time on one core, {2.0 * loop / both:.0f} times with both cores "
        f"against a loop on one, which is how the target was measured (50).",
        f"The target was set for {TARGET_WORK / 1e6:.0f} million iterations of a network, {1e6 * wanted:.2g} µs each, "
        f"on a machine with {TARGET_MACHINE}. There the floor of these networks is {floor / there:.1f} times lower "
        f"than here: the target is {wanted * networks / there:.2g} times that machine's floor. The survey has grown to "
        f"{work / 1e6:.0f} million.",
        f"A unit takes {whole / len(found):.0f} s of a core on the average, and cost grows in proportion to the units: "
        f"a million networks of {campaign.iterations} iterations are {1e6 / networks * len(found):.0f} units and "
        f"{million:.1f} worker hours. This process had {peak:.0f} MB at most.",
    ]
    head = (f"# Speed of the survey\n\nProcessor time of one core, measured by `python -m tests.benchmarks.survey`. "
            f"This machine: {here}.\n")
    return "\n".join([head, table, "", *(f"* {line}" for line in lines), ""])


def main(iterations: int) -> None:
    """Measure and write the report."""
    campaign = Campaign(all_that_train())
    here, found = rates(), []
    for unit in campaign.units():
        found.append(measured(unit, iterations, here))
        print(found[-1].row(), flush=True)
    REPORT.write_text(report(found, campaign, here, slowdown(found[0].unit)), "utf-8")
    print(REPORT.read_text("utf-8"))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
