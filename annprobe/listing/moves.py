"""Operations that only move, join or negate entries: what is demanded of their result is demanded of their parts."""

from __future__ import annotations

from typing import Any

import numpy as np

from annprobe.listing.scene import Scene, Several
from annprobe.tape.adjoint import unbroadcast
from annprobe.tape.nodes import Ref, substitute
from annprobe.tape.rules import RULES

MOVES = {
    "array", "concatenate", "stack", "vstack", "hstack", "column_stack", "reshape",
    "ravel", "transpose", "squeeze", "expand_dims", "flip", "setitem", "scatter",
    "swapaxes", "moveaxis", "copy", "astype", "asarray", "negative", "item",
    "atleast_2d", "asmatrix", "insert", "append", "c_", "r_",
}  # fmt: skip


def pulled_back(scene: Scene, node: int, demand: Several) -> list[tuple[int, Several]]:
    """(input, its part of what is demanded of the node) for every input, at every point."""
    operation = scene.found.tape[node]
    wanted: dict[int, Several] = {}
    for k, point in enumerate(scene.points):
        args = substitute(operation.args, point.value)
        try:
            parts = RULES[operation.op](
                np.reshape(demand[k], np.shape(point.value(node))),
                point.value(node),
                args,
                {key: substitute(value, point.value) for key, value in operation.kwargs.items()},
            )
        except (KeyError, NotImplementedError, ValueError, TypeError, IndexError, StopIteration):
            return []
        for source, part in _pairs(operation.args, parts):
            if part is not None:
                own = unbroadcast(np.asarray(part, dtype=float), np.shape(point.value(source)))
                wanted.setdefault(source, []).append(own)
    return [(source, parts) for source, parts in wanted.items() if len(parts) == len(scene.points)]


def _pairs(structure: Any, parts: Any) -> list[tuple[int, Any]]:
    """(input, its part) for every reference in a structure of arguments."""
    if parts is None:
        return []
    if type(structure) is Ref:
        return [(structure.node, parts)]
    if isinstance(structure, (list, tuple)):
        return [pair for item, part in zip(structure, parts, strict=False) for pair in _pairs(item, part)]
    return []
