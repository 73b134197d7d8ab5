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
    matrices = [shape for shape in shapes if len(shape) == 2]
    sizes = _with_hidden(sizes, matrices) if len(sizes) == 2 else sizes
    layers = list(itertools.pairwise(sizes))
    if len(sizes) < 3 or sum(sizes) > MOST_UNITS or total > sum((a + b + 3) * b for a, b in layers):
        return None
    for layer in layers:
        own = next((shape for shape in matrices if shape in _shapes_of(layer)), None)
        if own is None:
            return None
        matrices.remove(own)
    further = (a == b and a in sizes[1:-1] for a, b in matrices if 1 not in (a, b))
    return sizes if all(further) else None


def _shapes_of(layer: tuple[int, int]) -> set[Shape]:
    """What the matrix of a layer may be: with the inputs in rows or in columns, with the bias or without."""
    a, b = layer
    return {(a, b), (b, a), (a + 1, b), (b, a + 1)}


def _with_hidden(sizes: tuple[int, ...], matrices: Sequence[Shape]) -> tuple[int, ...]:
    """(n_in, n_hidden, n_out) where two matrices fit together over a hidden layer that was not asked for."""
    n_in, n_out = sizes
    for hidden in range(1, MOST_UNITS - n_in - n_out + 1):
        first, second = _shapes_of((n_in, hidden)), _shapes_of((hidden, n_out))
        if any(one in first and other in second for one, other in itertools.permutations(matrices, 2)):
            return n_in, hidden, n_out
    return sizes
