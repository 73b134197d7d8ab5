"""A tiny constant inside a logarithm keeps it finite: ``log(p + 1e-9)`` means ``log(p)``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from annprobe.tape.nodes import Node, Ref, Values
from annprobe.tape.replay import slice_of

SMALL = 1e-5
_LOGARITHMS = {"log", "log2", "log10"}


class Exact:
    """A tape's values, but for sums with a tiny constant, which are what they would be without it."""

    def __init__(self, point: Values, exact: Mapping[int, int]) -> None:
        self._point = point
        self._exact = exact

    def __len__(self) -> int:
        return len(self._point)

    def __getitem__(self, number: int) -> Node:
        return self._point[number]

    def value(self, number: int) -> Any:
        """The value of a node."""
        kept = self._exact.get(number)
        if kept is None:
            return self._point.value(number)
        value = self._point.value(kept)
        return np.broadcast_to(value, np.shape(self._point.value(number))) if np.ndim(value) else value


def without_epsilons(tape: Values, cost: int) -> dict[int, int]:
    """Sums in a cost that add a tiny constant to the argument of a logarithm -> what it is added to."""
    found = {}
    for number in slice_of(tape, [cost]):
        node = tape[number]
        if node.op not in _LOGARITHMS or not node.inputs:
            continue
        inner = tape[node.inputs[0]]
        if inner.op != "add" or len(inner.args) != 2:
            continue
        for kept, added in (inner.args, inner.args[::-1]):
            if isinstance(kept, Ref) and _tiny(tape, added):
                found[node.inputs[0]] = kept.node
    return found


def _tiny(tape: Values, argument: Any) -> bool:
    value = argument
    if isinstance(argument, Ref):
        if tape[argument.node].kind == "op":
            return False
        value = tape.value(argument.node)
    return np.ndim(value) == 0 and isinstance(value, (int, float, np.floating)) and 0.0 < float(value) <= SMALL
