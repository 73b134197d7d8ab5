"""``python -m tests.decoder.table``: plants faults in the engine, decodes them, writes ``reports/decoder.md``.

Options: ``--drawn N`` plantings of two and of three faults for each network, ``--every N`` takes every Nth single
fault, ``--orders 1 2 3`` how many faults, ``--only N`` for one network, ``--show`` to print what was not named,
``--write`` to write the report.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from annprobe import catalog
from annprobe.catalog import Mutant
from annprobe.decoder.decode import Decoded, StageReading, decode
from annprobe.engine.network import same
from annprobe.engine.steps import REFERENCE
from tests.decoder.planting import CONFIGURATIONS, LAYERLESS, Configuration, Fault, drawn, gradient, singles, values

REPORT = Path(__file__).parents[2] / "reports" / "decoder.md"
QUANTITY = {"weight_gradient": "weights", "bias_gradient": "biases", "reduce": "reduce", "penalty_gradient": "penalty"}
ORDERS = {1: "single", 2: "double", 3: "triple"}


@dataclass(frozen=True)
class Result:
    """What came of one planting.

    named    is every planted fault named at its stage, and every other stage right, in one of the explanations given?
    same     or does an explanation with no more faults compute the very same gradient at other points?
    flagged  is a planted stage called wrong (named or not)?
    alone    was there one explanation only?
    """

    planting: tuple[Fault, ...]
    named: bool
    same: bool
    flagged: bool
    alone: bool
    text: str


def outcome(configuration: Configuration, planting: tuple[Fault, ...]) -> Result:
    """Plant, decode, compare."""
    decoded = decode(configuration.architecture, gradient(configuration, planting), examples=configuration.examples)
    if decoded is None:
        return Result(planting, False, False, False, False, "not asked")
    explanations = [decoded.stages, *decoded.others]
    wanted = _places(configuration, planting)
    named = any(_names(stages, wanted) for stages in explanations)
    equal = named or any(_computes_the_same(configuration, planting, stages) for stages in explanations)
    wrong = {(s.quantity, s.layer) for s in decoded.wrong}
    flagged = bool(wrong & {place for place, _ in wanted})
    return Result(planting, named, equal, flagged, len(explanations) == 1, _text(decoded))


def _text(decoded: Decoded) -> str:
    return "; ".join(f"{s.quantity} {s.layer}: {' or '.join('+'.join(n) or 'right' for n in s.names) or 'unknown'}"
                     + (f" x {s.factor:.4g}" if s.factor != 1.0 else "") for s in decoded.wrong)


def _places(configuration: Configuration, planting: Sequence[Fault]) -> set[tuple[tuple[str, int], str]]:
    """((quantity, layer), id) of every place where a fault changes anything."""
    L = configuration.architecture.L
    found = set()
    for fault in planting:
        step = fault.mutant.step
        layers = [L] if step in LAYERLESS else [fault.layer] if fault.layer is not None else range(1, L + 1)
        for layer in layers:
            if step == "hidden_delta" and layer == L:
                continue
            if not (len(layers) > 1 and _silent_in(configuration, planting, fault, layer)):
                found.add(((QUANTITY.get(step, "delta"), layer), fault.mutant.id))
    return found


def _silent_in(configuration: Configuration, planting: Sequence[Fault], fault: Fault, layer: int) -> bool:
    """Does one layer of a fault in all layers make no difference?"""
    rest = [f for f in planting if f is not fault]
    others = [k for k in range(1, configuration.architecture.L + 1) if k != layer]
    whole = values(configuration, planting)
    part = values(configuration, [*rest, Fault(_only_in(fault, others))])
    return whole is not None and part is not None and same(whole, part, 1e-9)


def _only_in(fault: Fault, layers: Sequence[int]) -> Mutant:
    """The mutant in these layers only."""
    right, wrong = getattr(REFERENCE, fault.mutant.step), fault.mutant.function
    return dataclasses.replace(fault.mutant, function=lambda p, layer: (wrong if layer in layers else right)(p, layer))


def _names(stages: Sequence[StageReading], wanted: set[tuple[tuple[str, int], str]]) -> bool:
    """Is at every stage exactly what was planted there among the names?"""
    for stage in stages:
        here = {id for place, id in wanted if place == (stage.quantity, stage.layer)}
        if stage.factor != 1.0 or here not in [set(names) for names in stage.names]:
            return False
    seen = {(s.quantity, s.layer) for s in stages}
    return all(place in seen for place, _ in wanted)


def _computes_the_same(configuration: Configuration, planting: Sequence[Fault], stages: Sequence[StageReading]) -> bool:
    """Does this explanation, planted in turn, give the same gradient, with no more bugs than were planted?"""
    if any(not s.known or s.factor != 1.0 for s in stages):
        return False
    chosen: dict[str, dict[int, str]] = {}
    for stage in stages:
        for id in stage.names[0]:
            chosen.setdefault(catalog.get(id).step, {})[stage.layer] = id
    bugs = {(step, id) for step, where in chosen.items() for id in where.values()}
    if len(bugs) > len(planting):
        return False
    whole = values(configuration, planting, seed=7)
    again = values(configuration, [_table(step, where) for step, where in chosen.items()], seed=7)
    return whole is not None and again is not None and same(whole, again, 1e-7)


def _table(step: str, where: dict[int, str]) -> Fault:
    right = getattr(REFERENCE, step)
    first = catalog.get(next(iter(where.values())))
    if step in LAYERLESS:
        return Fault(first)

    def mixed(p: object, layer: int) -> object:
        return catalog.get(where[layer]).function(p, layer) if layer in where else right(p, layer)

    return Fault(dataclasses.replace(first, function=mixed))


def results(orders: Iterable[int], drawn_each: int, every: int, only: int | None = None,
            show: bool = False) -> dict[int, list[Result]]:
    """All results by number of faults."""
    found: dict[int, list[Result]] = {order: [] for order in orders}
    for number, configuration in enumerate(CONFIGURATIONS):
        for order in found if only in (None, number) else ():
            plantings = singles(configuration)[number % every :: every] if order == 1 else \
                drawn(configuration, order, drawn_each, order)
            for planting in plantings:
                result = outcome(configuration, planting)
                found[order].append(result)
                if show and not result.named:
                    print(number, "same" if result.same else "MISS" if not result.flagged else "miss",
                          " + ".join(map(str, planting)), "->", result.text, flush=True)
    return found


def table(found: dict[int, list[Result]], every: int, drawn_each: int) -> str:
    """The report; ``every`` and ``drawn_each`` as they were given to :func:`results`."""
    rows = []
    for order, each in found.items():
        n = len(each)
        cells = [sum(r.named for r in each), sum(r.same for r in each), sum(r.flagged for r in each),
                 sum(r.same and r.alone for r in each)]
        rows.append(f"| {ORDERS[order]} | {n} | " + " | ".join(f"{c} ({100 * c / n:.1f} %)" for c in cells) + " |")
    return "\n".join([
        "# The decoder: faults planted in the engine, named from the gradient's values alone",
        "",
        "The mutants of the backward pass, each in all layers and in each single one"
        + (f" (every {every}. of these plantings)" if every > 1 else "") + ", and drawn pairs and triples of different "
        "steps, planted in six networks. Made by "
        f"`python -m tests.decoder.table --every {every} --drawn {drawn_each} --write`.",
        "",
        *(f"- {configuration}" for configuration in CONFIGURATIONS),
        "",
        "A planting counts where it runs and where each of its faults makes a difference beside the others. "
        "*Named*: every planted fault among the names of its stage, and all other stages called right. "
        "*Exact*: named, or an explanation with no more bugs that computes the very same gradient at other points. "
        "*Flagged*: a planted stage is called wrong. *One answer*: exact, and no other explanation is as simple.",
        "",
        "| faults | planted | named | exact | flagged | one answer |",
        "|---|---:|---:|---:|---:|---:|",
        *rows,
        "",
    ])


def main(arguments: Sequence[str]) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drawn", type=int, default=50)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--orders", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--only", type=int)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(arguments)
    text = table(results(options.orders, options.drawn, options.every, options.only, options.show),
                 options.every, options.drawn)
    print(text)
    if options.write:
        REPORT.write_text(text)


if __name__ == "__main__":
    main(sys.argv[1:])
