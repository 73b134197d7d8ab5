"""Two faults of the catalogue planted in one module: pairs of the single plants of a style, in different lines."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass

from tests.listing.planting import STYLES, Plant, changed_lines, plants, right


@dataclass(frozen=True)
class Pair:
    """Two plants that can stand in one module."""

    first: Plant
    second: Plant

    @property
    def name(self) -> str:
        """For reports."""
        return f"{self.first.style}: {self.first.mutant} + {self.second.mutant}"

    def text(self) -> str:
        """The module with both."""
        return self.second.planted_in(self.first.text())

    def lines(self) -> tuple[set[int], set[int]]:
        """The lines that may be accused for the first, and those for the second."""
        both = self.text()
        return (changed_lines(self.second.text(), both) | set(self.first.also),
                changed_lines(self.first.text(), both) | set(self.second.also))


def possible(first: Plant, second: Plant) -> bool:
    """Do both fit into one module, in lines of their own, and leave all other lines where they are?"""
    text, length = right(first.style), len(right(first.style).splitlines())
    if first.mutant == second.mutant or first.lines() & second.lines():
        return False
    if any(len(plant.text().splitlines()) != length for plant in (first, second)):
        return False
    changed = first.text()
    return changed != text and all(changed.count(old) == 1 for old, _ in second.edits)


def pairs(count: int, seed: int = 1) -> list[Pair]:
    """Drawn pairs, as many of every style."""
    rng = random.Random(seed)
    found: list[Pair] = []
    for number, style in enumerate(STYLES):
        every = [Pair(a, b) for a, b in itertools.combinations(plants(style), 2) if possible(a, b)]
        wanted = (count - len(found)) // (len(STYLES) - number)
        found += rng.sample(every, min(wanted, len(every)))
    return found
