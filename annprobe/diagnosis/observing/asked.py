"""The user's gradient as a function of parameters and examples: the recorded step, replayed with other numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from annprobe.engine.layout import Array
from annprobe.engine.steps import evaluate
from annprobe.listing.dense import Dense, equal
from annprobe.listing.scene import Scene
from annprobe.tape.replay import replay, slice_of

Filler = Callable[[Array, Array], Array]  # X, Y by rows to the values of one node


@dataclass(frozen=True)
class Asked:
    """The step of a recognised network, ready to be asked elsewhere.

    fillers  nodes that hold X or Y, each with the way to fill it
    wanted   nodes that the change of the parameters is computed from
    """

    scene: Scene
    dense: Dense
    fillers: Mapping[int, Filler]
    wanted: tuple[int, ...]

    def __call__(self, W: Sequence[Array], X: Array, Y: Array) -> list[Array] | None:
        """What the module subtracts from its parameters there, as G[1] ... G[L]; None where its outputs are not the
        engine's: then something else than the named numbers went into them.
        """
        tape, moves = self.scene.found.tape, self.scene.found.judged_step.moves
        changed = {node: fill(X, Y) for node, fill in self.fillers.items()}
        for move, piece in zip(moves, self.dense.pieces, strict=True):
            value = piece.take(W[piece.layer - 1], np.shape(tape.value(move.before)))
            changed[move.before] = value if np.shape(value) else float(value)  # type: ignore[assignment]
        point = replay(tape, changed, self.wanted)
        meeting = self.scene.found.judged_step.meetings[0]
        outputs = _as_rows(point.value(meeting.output), Y.shape, self.dense.turned)
        if not equal([outputs], [evaluate(self.dense.architecture, W, X, Y).a[-1]]):
            return None
        G = [np.zeros_like(w) for w in W]
        for move, piece in zip(moves, self.dense.pieces, strict=True):
            change = np.asarray(move.change(point), dtype=float)
            if change.shape != np.shape(tape.value(move.before)):
                return None
            piece.put(-change, G[piece.layer - 1])
        return G


def asked(scene: Scene, dense: Dense) -> Asked | None:
    """The step as a function; None where its numbers come from more than parameters, X and Y."""
    moves, meeting = scene.found.judged_step.moves, scene.found.judged_step.meetings[0]
    links = [link for move in moves for link in move.links]
    if meeting.target is None or len(links) != len(moves) or any(link.correction is None for link in links):
        return None
    tape = scene.found.tape
    wanted = (meeting.output, *(move.after for move in moves), *(c for link in links if (c := link.correction)))
    fillers: dict[int, Filler] = {dense.node: _filler(np.shape(tape.value(dense.node)), dense.turned, 0)}
    fillers[meeting.target] = _filler(np.shape(tape.value(meeting.target)), dense.turned, 1)
    stop = {move.before for move in moves}
    sources = {dense.node: 0, meeting.target: 1}
    for node in slice_of(tape, wanted, stop={*stop, *fillers}):
        twin = next((s for s in sources if node not in fillers and _twins(scene, node, s)), None)
        if twin is not None:
            fillers[node] = _filler(np.shape(tape.value(node)), dense.turned, sources[twin])
    origins = set(slice_of(tape, fillers, stop=stop)) - set(fillers) - stop
    used = set(slice_of(tape, wanted, stop={*stop, *fillers}))
    if any(np.size(tape.value(n)) > 1 for n in origins & used if not isinstance(tape.value(n), tuple)):
        return None
    return Asked(scene, dense, fillers, wanted)


def _twins(scene: Scene, node: int, source: int) -> bool:
    """Is it the same array made once more, of data only, at every point?"""
    dependence = scene.found.dependence
    if dependence is None or dependence.touched(node) or node == source:
        return False
    pairs = list(zip(scene.values(node), scene.values(source), strict=True))
    return all(isinstance(v, np.ndarray) and v.size > 1 and np.array_equal(v, w) for v, w in pairs)


def _filler(shape: tuple[int, ...], turned: bool, which: int) -> Filler:
    """Rows into an array of the user's shape."""

    def fill(X: Array, Y: Array) -> Array:
        rows = Y if which else X
        if turned and len(shape) == 2:
            return rows.reshape(shape[::-1]).T.copy()
        return rows.reshape(shape).copy()

    return fill


def _as_rows(value: object, shape: tuple[int, ...], turned: bool) -> Array | None:
    array = np.asarray(value, dtype=float)
    if array.size != shape[0] * shape[1]:
        return None
    return array.T.reshape(shape) if turned and array.ndim == 2 else array.reshape(shape)
