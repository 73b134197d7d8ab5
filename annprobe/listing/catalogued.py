"""Which entries of the catalogue compute exactly what the user's backward pass computes."""

from __future__ import annotations

import numpy as np

from annprobe import catalog
from annprobe.engine.layout import Array
from annprobe.engine.stacks import FAULTS
from annprobe.engine.steps import SLOTS
from annprobe.listing.dense import Dense, factor, recognised
from annprobe.listing.scene import Scene

MOST_WORK = 5_000_000  # examples times parameters: all mutants then take about a second


def catalogued(scene: Scene) -> tuple[str, ...]:
    """Ids of the mutants whose gradient, on the user's own network and numbers, is the user's update up to one factor.

    Catalogues of other packages count like the own one. Nothing is said where the update is right up to a factor, nor
    of a network that the engine does not reproduce at every point (recurrent, convolutional, an optimiser with memory,
    ...), nor of one so large that the answer would take longer than it is worth. Several are named where they cannot
    be told apart on this network.
    """
    dense = recognised(scene)
    if dense is None or len(dense.inputs[0]) * dense.architecture.parameters > MOST_WORK:
        return ()
    moves = scene.found.judged_step.moves
    changes = [[np.asarray(move.change(point), dtype=float) for move in moves] for point in scene.points]
    shapes = [change.shape for change in changes[0]]
    if any(change.shape != np.shape(scene.values(move.before)[0])
           for change, move in zip(changes[0], moves, strict=True)):
        return ()
    if factor(changes, [dense.gradient(k, shapes) for k in range(len(changes))]) is not None:
        return ()
    return tuple(mutant.id for mutant in catalog.load().values()
                 if mutant.gradient_check and mutant.step in SLOTS and _is(mutant, dense, changes, shapes))


def _is(mutant: catalog.Mutant, dense: Dense, changes: list[list[Array]], shapes: list[tuple[int, ...]]) -> bool:
    """Does descent with this mutant change the parameters as the user's module does?"""
    wrong: list[list[Array]] = []
    for point in range(len(changes)):
        try:
            with np.errstate(all="ignore"):
                wrong.append(dense.gradient(point, shapes, mutant.steps))
        except FAULTS:
            return False
        if factor(changes[point : point + 1], wrong[point:]) is None:
            return False  # most mutants are told apart by the first point
    found = factor(changes, wrong)
    return found is not None and found < 0.0
