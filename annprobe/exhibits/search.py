"""The search for exhibits: random networks until the mutant shows, then the smallest that still shows it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, TypedDict

import numpy as np
from hypothesis import Phase, find, settings
from hypothesis.errors import NoSuchExample

from annprobe import strategies
from annprobe.catalog.mutant import Mutant
from annprobe.engine.audit import falsified
from annprobe.engine.checks import judge
from annprobe.engine.layout import Array
from annprobe.engine.network import Network
from annprobe.engine.observe import Observation, group, observe, words
from annprobe.engine.steps import REFERENCE
from annprobe.exhibits.pictures import picture
from annprobe.exhibits.store import Exhibit, pack


class Size(TypedDict):
    """Bounds of the networks that are searched."""

    max_layers: int
    max_width: int
    max_examples: int


SIZES: tuple[Size, ...] = (
    {"max_layers": 2, "max_width": 2, "max_examples": 2},
    {"max_layers": 3, "max_width": 3, "max_examples": 4},
    {"max_layers": 3, "max_width": 5, "max_examples": 6},
)
# How many networks are tried of each size; are those accepted in which the mutant stops with an error?
ATTEMPTS = ((600, False), (1000, True), (12_000, False))
DIGITS = 12  # of stored numbers
AT_ONCE = ("gradient", "forward", "numerics")  # checks that look at a single pass


def shows(mutant: Mutant, n: Network, faults: bool) -> bool:
    """Does the mutant differ from the reference here, and its check fail it but pass the reference?"""
    mine, names = differing(mutant, n)
    if mutant.seen_by in AT_ONCE:
        names = tuple(name for name in names if not _later(name))
    if not names or (mine.fault is not None and not faults):
        return False
    if mutant.seen_by is None:
        return True
    return judge(mutant.seen_by, REFERENCE, n).passed and not judge(mutant.seen_by, mutant.steps, n).passed


def differing(mutant: Mutant, n: Network) -> tuple[Observation, tuple[str, ...]]:
    """What the mutant does here, and the names of what differs from the reference."""
    what = group(mutant.steps)
    mine = observe(mutant.steps, n, what)
    return mine, mine.differences(observe(REFERENCE, n, what))


def _later(name: str) -> bool:
    return "second" in name or "training" in name


def search(mutant: Mutant, seed: int = 0) -> Network | None:
    """The smallest network that shows a mutant; one where it stops with an error only if there is no other."""
    for count, faults in ATTEMPTS:
        for size in SIZES:
            found = _find(partial(shows, mutant, faults=faults), size, count, seed)
            if found is not None:
                return found
    return None


def _find(condition: Callable[[Network], bool], size: Size, count: int, seed: int) -> Network | None:
    limits = settings(database=None, deadline=None, max_examples=count, phases=(Phase.generate, Phase.shrink))
    try:
        return find(strategies.networks(**size), condition, settings=limits, random=Random(seed))
    except NoSuchExample:
        return None


def exhibit(mutant: Mutant, n: Network) -> Exhibit:
    """What this network shows of the mutant."""
    mine, names = differing(mutant, n)
    right = observe(REFERENCE, n, group(mutant.steps))
    quantity = min(names, key=lambda name: (_later(name), "delta" in name, "verdict" in name))
    if mine.fault is not None:
        return Exhibit(pack(n), quantity, [], mine.fault, picture(mutant))
    ours, theirs = _lists(right.values.get(quantity, [])), _lists(mine.values.get(quantity, []))
    if "verdict" in quantity:
        quantity, ours, theirs = _verdict(quantity, n, ours, theirs)
    if quantity in ("settings", "architecture"):
        ours, theirs = ([words(observed.values[quantity][0])] for observed in (right, mine))
    return Exhibit(pack(n), quantity, ours, theirs, picture(mutant))


def _verdict(quantity: str, n: Network, right: list[Any], wrong: list[Any]) -> tuple[str, list[Any], list[Any]]:
    """The first verdict that differs, in words."""
    names = ["the right gradient", *(name for name, _ in falsified(n.W)), "a wrong gradient against itself"]
    place = next(i for i, (a, b) in enumerate(zip(right[0], wrong[0], strict=True)) if a != b)
    words = {0.0: "rejected", 1.0: "accepted"}
    small = " (all entries a thousandth)" if "small" in quantity else ""
    return f"verdict on {names[place]}{small}", [words[right[0][place]]], [words[wrong[0][place]]]


def _lists(arrays: list[Array]) -> list[Any]:
    return [_plain(np.round(a, DIGITS).tolist()) for a in arrays]


def _plain(value: Any) -> Any:
    """JSON has no infinity and no NaN: their names stand for them."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if np.isfinite(value) else str(value)


def found(mutant: Mutant) -> Exhibit | None:
    """The exhibit of a mutant, searched now, which may take seconds; None if nothing small shows it."""
    network = search(mutant)
    return None if network is None else exhibit(mutant, network)


def store(path: Path, mutants: tuple[Mutant, ...]) -> None:
    """Search the exhibits of these mutants and put them into the file, beside those that are there."""
    known = json.loads(path.read_text("utf-8")) if path.exists() else {}
    for mutant in mutants:
        made = found(mutant)
        if made is not None:
            known[mutant.id] = dataclasses.asdict(made)
        path.write_text(text(known), "utf-8")


def text(known: dict[str, Any]) -> str:
    """The file's text: one exhibit a line, in the order of the ids."""
    lines = [f"{json.dumps(id)}: {json.dumps(known[id], ensure_ascii=False)}" for id in sorted(known)]
    return "{\n" + ",\n".join(lines) + "\n}\n"
