"""``python -m tests.listing.table``: plants every fault, runs the listing on it, writes ``reports/listing.md``.

``--pairs N`` plants two faults in one module, N times, and ``--write`` writes the table of that alone.

Options: ``--style NAME`` for one style only, ``--sample N`` for N drawn plants instead of all (the report says so),
``--show`` to print what missed, ``--write`` to write the report.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import traceback
import warnings
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from annprobe.findings import Finding
from tests.listing.pairs import Pair, pairs
from tests.listing.planting import BEYOND, STYLES, Plant, plants
from tests.reading import read

REPORT = Path(__file__).parents[2] / "reports" / "listing.md"


@dataclass(frozen=True)
class Result:
    """What came of one plant: ``found`` as (line, family, message), in order."""

    plant: Plant
    found: tuple[tuple[int | None, str, str], ...]
    trouble: str = ""

    @property
    def line(self) -> bool:
        """Whether the planted line is among those that findings point to first."""
        return any(line in self.plant.lines() for line, _, _ in self.found)

    @property
    def family(self) -> bool:
        """Whether a finding, at the planted line where one is, has a right name."""
        here = [family for line, family, _ in self.found if line in self.plant.lines()]
        if not self.found and "unknown" in self.plant.families:
            return True  # silent, so not misnamed
        return bool(set(here or [family for _, family, _ in self.found]) & self.plant.families)

    @property
    def extra(self) -> int:
        """Findings that point elsewhere."""
        return sum(line not in self.plant.lines() for line, _, _ in self.found)


@dataclass(frozen=True)
class PairResult:
    """What came of two plants in one module."""

    pair: Pair
    found: tuple[tuple[int | None, str, str], ...]
    trouble: str = ""

    @property
    def accused(self) -> int:
        """How many of the two planted lines are pointed at."""
        return sum(any(line in lines for line, _, _ in self.found) for lines in self.pair.lines())

    @property
    def extra(self) -> int:
        """Findings that point to a third line."""
        lines = set.union(*self.pair.lines())
        return sum(line not in lines for line, _, _ in self.found)


def outcome(plant: Plant) -> Result:
    """Run one faulty module and read it."""
    return Result(plant, *_read(plant.text()))


def outcome_of_pair(pair: Pair) -> PairResult:
    """Run one module with two faults and read it."""
    return PairResult(pair, *_read(pair.text()))


def _read(text: str) -> tuple[tuple[tuple[int | None, str, str], ...], str]:
    """(line, family, message) of what is found in a module, and what went wrong with that."""
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "net.py"
        path.write_text(text)
        try:
            understanding, findings = read(path)
        except Exception as error:
            return (), f"{type(error).__name__}: {error} {traceback.format_exc()[-300:]}"
    return tuple(_plain(f) for f in findings), "not understood" if understanding is None else understanding.missing


def _plain(finding: Finding) -> tuple[int | None, str, str]:
    return finding.places[0].line if finding.places else None, finding.family, finding.message


def outcomes(chosen: Sequence[Plant], workers: int = 2) -> list[Result]:
    """All results, in order."""
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(outcome, chosen))


def table(results: Iterable[Result], total: int) -> str:
    """The report: shares by family and by style; ``total`` is the number of plants that these were drawn from."""
    everything = list(results)
    results = [r for r in everything if r.plant.style in STYLES]
    beyond = [r for r in everything if r.plant.style in BEYOND]
    by_network: dict[str, list[Result]] = defaultdict(list)
    for result in beyond:
        by_network[result.plant.style].append(result)
    by_family: dict[str, list[Result]] = defaultdict(list)
    by_style: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        by_family[_GROUPS.get(result.plant.mutant.split("-")[0], "other")].append(result)
        by_style[result.plant.style].append(result)
    return "\n".join(
        [
            "# Faults planted in source: does the listing accuse the line, and name the fault?",
            "",
            "Every mutant of the catalogue that has a counterpart in source, planted in networks of eight styles "
            "(`tests/listing/styles`, edits in `tests/listing/plants`). "
            "Made by `python -m tests.listing.table --write`.",
            f"{len(everything)} of {total} plants" + (", drawn at random." if len(everything) < total else "."),
            "",
            "Where the forward pass lacks an activation (`fw-`), the line of its derivative may be accused as well: "
            "the tape shows that the two do not agree, not which of them is meant. A gradient that is exactly that of "
            "cross-entropy is no fault where the module only prints a squared error while it trains: output "
            "derivatives left out there count as missed.",
            "",
            *_rows("mutants of", by_family, results),
            "",
            *_rows("style", by_style, results),
            "",
            "Bugs outside the catalogue (recurrent, convolutional, normalised, attention, embedding, residual, tied), "
            "planted in right networks of `tests/subjects`; *right family* means not misnamed (`unknown` is right):",
            "",
            *_rows("network", by_network, beyond),
            "",
        ]
    )


def table_of_pairs(results: Sequence[PairResult]) -> str:
    """The share of pairs with both lines accused, by style."""
    by_style: dict[str, list[PairResult]] = defaultdict(list)
    for result in results:
        by_style[result.pair.first.style].append(result)
    rows = []
    for name, group in [*sorted(by_style.items()), ("all", list(results))]:
        counts = [sum(r.accused == 2 and not r.extra for r in group), sum(r.accused == 2 for r in group),
                  sum(r.accused > 0 for r in group), sum(r.extra > 0 for r in group)]
        rows.append(f"| {name} | {len(group)} | " + " | ".join(f"{c} ({100 * c / len(group):.0f} %)" for c in counts)
                    + " |")
    return "\n".join([
        PAIRS, "", "Drawn pairs of these plants, in lines of their own, in one module. Made by "
        f"`python -m tests.listing.table --pairs {len(results)} --write`. Pairs are drawn from all plants, those "
        "included that are missed alone, that raise, or that leave nothing on the tape for the other one to show "
        "itself in.", "",
        "| style | pairs | both lines and no third | both lines | at least one | a third line |",
        "|---|---:|---:|---:|---:|---:|", *rows, ""])


PAIRS = "## Two faults in one module"
_GROUPS = {
    "li": "layer index",
    "tr": "transposes and products",
    "bs": "bias",
    "ad": "activation derivative",
    "ld": "loss derivative",
    "rd": "reduction",
    "dr": "recursion of the deltas",
    "gp": "outer product",
    "sg": "update",
    "up": "update",
    "ac": "stale state",
}


def _rows(head: str, groups: dict[str, list[Result]], everything: list[Result]) -> list[str]:
    rows = [f"| {head} | planted | right line | right family | elsewhere as well |", "|---|---:|---:|---:|---:|"]
    for name, group in [*sorted(groups.items()), ("all", everything)]:
        line, family = sum(r.line for r in group), sum(r.family for r in group)
        extra = sum(r.line and r.extra > 0 for r in group)
        rows.append(f"| {name} | {len(group)} | {_share(line, group)} | {_share(family, group)} | {extra} |")
    return rows


def _share(count: int, group: Sequence[Result]) -> str:
    return f"{count} ({100 * count / len(group):.0f} %)" if group else "0"


def main(arguments: Sequence[str]) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--style", choices=[*STYLES, *BEYOND])
    parser.add_argument("--only", default="")
    parser.add_argument("--sample", type=int)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--pairs", type=int)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(arguments)
    if options.pairs:
        _main_of_pairs(options.pairs, options.workers, options.show, options.write)
        return
    styles = [options.style] if options.style else [*STYLES, *BEYOND]
    chosen = [p for style in styles for p in plants(style) if options.only in p.name]
    total = len(chosen)
    if options.sample is not None and options.sample < total:
        chosen = random.Random(1).sample(chosen, options.sample)
    results = outcomes(chosen, options.workers) if options.write or not options.show else [outcome(p) for p in chosen]
    for result in results if options.show else ():
        if not (result.line and result.family) or result.extra:
            flags = "".join(c if ok else "-" for c, ok in (("L", result.line), ("F", result.family)))
            print(f"{flags}{result.extra} {result.plant.name} wants {sorted(result.plant.lines())} "
                  f"{sorted(result.plant.families)} {result.trouble}")
            for found in result.found[:4]:
                print("      ", found)
    text = table(results, total)
    print(text)
    if options.write:
        kept = REPORT.read_text().partition(PAIRS)[1:] if REPORT.exists() else ()
        REPORT.write_text("\n".join([text, "".join(kept)]) if any(kept) else text)


def _main_of_pairs(count: int, workers: int, show: bool, write: bool) -> None:
    chosen = pairs(count)
    with ProcessPoolExecutor(workers) as pool:
        results = list(pool.map(outcome_of_pair, chosen))
    for result in results if show else ():
        if result.accused < 2 or result.extra:
            print(f"{result.accused}{result.extra} {result.pair.name} wants {result.pair.lines()} {result.trouble}")
            for found in result.found[:5]:
                print("      ", found)
    text = table_of_pairs(results)
    print(text)
    if write:
        REPORT.write_text("\n".join([REPORT.read_text().partition(PAIRS)[0].rstrip(), "", text]))


if __name__ == "__main__":
    main(sys.argv[1:])
