"""Pieces of one array of parameters: what the whole is asked for, each piece is asked for its part of.

``T1 = theta[:20].reshape(5, 4)`` only picks entries, so that the same operations pick them from the gradient.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from annprobe.listing.moves import MOVES
from annprobe.listing.proportion import constant
from annprobe.listing.scene import Scene, Several

_PICKS = (MOVES - {"negative", "setitem", "scatter"}) | {"getitem"}


def parts_of_piece(scene: Scene, demand: Several) -> list[tuple[int, Several]]:
    """(consumer, its contribution) to what is asked of a piece of the parameters; [] where it is asked of none."""
    for version, way in _pieces(scene, np.shape(demand[0])):
        whole = scene.adjoint(version)
        picked = scene.recomputed(way, {version: whole}) if whole is not None else None
        if picked is None or constant(demand, picked) is None:
            continue
        parts = [(consumer, scene.recomputed(way, {version: value})) for consumer, value in scene.parts(version)]
        return [(consumer, value) for consumer, value in parts if value is not None and any(map(np.any, value))]
    return []


def _pieces(scene: Scene, shape: tuple[int, ...]) -> Iterator[tuple[int, list[int]]]:
    """(array of parameters, operations that pick a piece of that shape from it)."""
    for number in sorted(scene.forward):
        node, way = number, list[int]()
        while node not in scene.versions and scene.found.tape[node].op in _PICKS:
            way.insert(0, node)
            if len(scene.found.tape[node].inputs) != 1:
                break
            node = scene.found.tape[node].inputs[0]
        if way and node in scene.versions and np.shape(scene.found.tape.value(number)) == shape:
            yield node, way
