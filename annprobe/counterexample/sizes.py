"""Architectures small enough to be drawn, smallest first."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

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


Shape = tuple[int, ...]


def drawn(sizes: tuple[int, ...], shapes: Sequence[Shape]) -> tuple[int, ...] | None:
    """The widths of a network with parameters of these shapes that was made as ``sizes``; None where it is too large.

    A module may have a hidden layer that it was not asked for, as wide as its inputs, say; and beside the matrices of
    its layers a factor and a shift for each unit (batch normalisation), or a square one (a recurrent layer).
    """
    total = sum(int(np.prod(shape)) for shape in shapes)
    if total <= sum((a + 1) * b for a, b in itertools.pairwise(sizes)):
        return sizes
    n_in, n_out = sizes[0], sizes[-1]
    wider = [(n_in, hidden, n_out) for hidden in range(1, MOST_UNITS - n_in - n_out + 1)]
    return next((widths for widths in (wider if len(sizes) == 2 else [sizes]) if _is_of(widths, shapes)), None)


def _is_of(widths: tuple[int, ...], shapes: Sequence[Shape]) -> bool:
    """Whether parameters of these shapes are a matrix for each layer, and nothing beside that is larger than that."""
    layers, matrices = list(itertools.pairwise(widths)), [shape for shape in shapes if len(shape) == 2]
    total = sum(int(np.prod(shape)) for shape in shapes)
    if sum(widths) > MOST_UNITS or total > sum((a + b + 3) * b for a, b in layers):
        return False
    for layer in layers:
        own = next((shape for shape in matrices if shape in (layer, layer[::-1])), None)
        if own is None:
            return False
        matrices.remove(own)
    return all(a == b and a in widths[1:-1] for a, b in matrices if 1 not in (a, b))
