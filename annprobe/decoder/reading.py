"""What is said of each stage of a backward pass, and which of several explanations is the simplest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from annprobe.catalog.mutant import Mutant
from annprobe.engine.layout import Array

Choice = tuple[Mutant, ...]
RIGHT: tuple[Choice, ...] = ((),)
Stage = tuple[str, int]  # "delta", "weights", "biases", "reduce" or "penalty", and the layer

# A bug is one line, which may act in every layer; a factor may be anybody's; what is not known explains nothing.
BUG, PLACE, FACTOR, UNKNOWN = 10, 1, 24, 35
SLACK = 2 * BUG  # how much dearer an explanation may be and still be followed


@dataclass(frozen=True)
class Reading:
    """What one stage computes.

    choices  the mutants that it is made of: several alternatives compute the same. ``()`` is the right step, and then
             the only one; no alternative at all means that nothing known fits
    factor   of what was seen against what they compute
    """

    choices: tuple[Choice, ...] = RIGHT
    factor: float = 1.0

    def __post_init__(self) -> None:
        if () in self.choices:
            object.__setattr__(self, "choices", RIGHT)

    @property
    def right(self) -> bool:
        """Is it what the textbook says?"""
        return () in self.choices and self.factor == 1.0


@dataclass(frozen=True)
class Explanation:
    """A reading of every stage from the output down to some layer.

    deltas, slopes  by layer: what the gradient was made of according to it; slopes only where they are not the right
    """

    readings: Mapping[Stage, Reading] = field(default_factory=dict)
    deltas: Mapping[int, Array] = field(default_factory=dict)
    slopes: Mapping[int, Array] = field(default_factory=dict)

    def said(self, readings: Mapping[Stage, Reading], deltas: Mapping[int, Array] | None = None,
             slopes: Mapping[int, Array] | None = None) -> Explanation:
        """The same with more, or other, readings."""
        return replace(self, readings={**self.readings, **readings}, deltas={**self.deltas, **(deltas or {})},
                       slopes={**self.slopes, **(slopes or {})})

    @property
    def price(self) -> int:
        """How much it assumes: the same bug in several layers is one bug."""
        bugs: list[set[str]] = []
        price = 0
        for reading in self.readings.values():
            price += UNKNOWN * (not reading.choices) + FACTOR * (reading.factor != 1.0)
            if () not in reading.choices:
                for position in range(min(map(len, reading.choices), default=0)):
                    price += PLACE + _counted(bugs, {c[position].id for c in reading.choices if position < len(c)})
        return price

    @property
    def key(self) -> tuple[object, ...]:
        """What is said, for comparing."""
        return tuple((stage, r.factor, tuple(tuple(m.id for m in c) for c in r.choices))
                     for stage, r in sorted(self.readings.items()))


def simplest(explanations: Iterable[Explanation], most: int) -> list[Explanation]:
    """The cheapest explanations, each once, in order; much dearer ones than the first are dropped."""
    each = {e.key: e for e in explanations}
    ordered = sorted(each.values(), key=lambda e: e.price)
    return [e for e in ordered if e.price <= ordered[0].price + SLACK][:most]


def _counted(bugs: list[set[str]], ids: set[str]) -> int:
    """The price of one more place; bugs that may be the same become the same."""
    for known in bugs:
        if known & ids:
            known &= ids
            return 0
    bugs.append(ids)
    return BUG
