"""Architectures small enough to be drawn, smallest first."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

MOST_UNITS = 6
MOST_LAYERS = 4  # layers of units, the inputs counted
EXAMPLES = (1, 2, 3)


def drawable() -> Iterator[tuple[tuple[int, ...], int]]:
    """(widths, number of examples): few units first, then few examples, then few layers."""
    widths = (
        widths
        for depth in range(2, MOST_LAYERS + 1)
        for widths in itertools.product(range(1, MOST_UNITS), repeat=depth)
        if sum(widths) <= MOST_UNITS
    )
    pairs = itertools.product(widths, EXAMPLES)
    yield from sorted(pairs, key=lambda pair: (sum(pair[0]) + pair[1], pair[1], len(pair[0]), max(pair[0])))
