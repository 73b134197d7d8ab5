"""Which examples a value is made of: every entry's row and column in the array of data that it came from.

Reading, joining and rearranging carry an entry along with its origin; arithmetic entry by entry keeps the origin of the
operand that has the result's shape; a reduction or a product keeps what is the same for all entries that it combines.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from annprobe.tape.nodes import Node, Ref, Tape, substitute
from annprobe.tape.replay import evaluate

_READS = {"getitem", "take", "transpose", "reshape", "ravel", "squeeze", "expand_dims", "swapaxes", "moveaxis", "flip",
          "atleast_2d", "atleast_1d", "roll", "repeat", "tile", "delete"}  # fmt: skip
_KEEPS = {"copy", "astype", "asarray", "asanyarray", "ascontiguousarray", "asfortranarray", "view"}
_JOINS = {"concatenate", "hstack", "vstack", "column_stack", "c_", "r_", "stack", "append", "array", "insert"}
_REDUCES = {"sum", "mean", "max", "min", "prod", "std", "var", "argmax", "argmin", "any", "all"}
_PRODUCTS = {"dot", "matmul"}
_LARGEST = 2_000_000  # entries; beyond that nothing is traced
_CONSTANT = -1  # an entry that no data made, as in a column of ones
_MIXED = -2  # an entry made of several rows (or columns)
_COUNTERS = ("random.", "arange")  # indices that choose examples; other indices are data, as labels are


@dataclass(frozen=True)
class Origin:
    """Where a value's entries come from.

    leaf     the node of the data
    indices  for the leaf's first axis and its last one (where it has two): the index of each entry, shape of the
             value; negative where an entry comes from no single one
    """

    leaf: int
    indices: tuple[Any, ...]


class Origins:
    """The origins of values on one tape."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._known: dict[int, Origin | None] = {}

    def of(self, node: int) -> Origin | None:
        """The origin of a value's entries; None where they do not come from one array of data."""
        stack = [node]
        while stack:
            number = stack[-1]
            missing = [i for i in self._tape[number].inputs if i not in self._known]
            if number not in self._known and missing and self._tape[number].kind == "op":
                stack.extend(missing)
                continue
            stack.pop()
            if number not in self._known:
                self._known[number] = self._origin(number)
        return self._known[node]

    def _origin(self, number: int) -> Origin | None:
        node = self._tape[number]
        value = node.value
        if isinstance(value, (tuple, list)) or not 0 < np.size(value) <= _LARGEST:
            return None
        if node.kind != "op":
            return _own(number, value)
        known = [(i, self._known[i]) for i in dict.fromkeys(node.inputs) if self._known.get(i) is not None]
        if not known:
            return None
        if node.op in _KEEPS:
            return self._known[node.inputs[0]]
        if node.op in _READS:
            return self._looked_up(node) if len(node.inputs) > 1 else self._moved(node, node.inputs[:1])
        if node.op in _JOINS:
            return self._moved(node, node.inputs)
        if node.op in _REDUCES:
            return self._reduced(node)
        if node.op in _PRODUCTS:
            return self._multiplied(node)
        if node.op == "setitem" and isinstance(node.args[2], Ref) and np.shape(value) == self._shape(node.args[2].node):
            return self._known[node.args[2].node]  # all rows put into another order
        return next((o for i, o in known if o is not None and self._shape(i) == np.shape(value)), None)

    def _shape(self, number: int) -> tuple[int, ...]:
        return np.shape(self._tape.value(number))

    def _moved(self, node: Node, data: Iterable[int]) -> Origin | None:
        """The operation itself, on the indices instead of the data."""
        sources = {i: self._known[i] for i in data}
        first = next((o for o in sources.values() if o is not None), None)
        if first is None:
            return None
        indices = []
        for axis in range(len(first.indices)):

            def lookup(number: int, axis: int = axis) -> Any:
                if number not in sources:
                    return self._tape.value(number)
                origin = sources[number]
                if origin is None or origin.leaf != first.leaf:
                    return np.full(self._shape(number), _CONSTANT)
                return origin.indices[axis]

            try:
                moved = evaluate(node, substitute(node.args, lookup), substitute(node.kwargs, lookup))
            except (ValueError, TypeError, IndexError):
                return None
            if np.shape(moved) != np.shape(node.value):
                return None
            indices.append(np.asarray(moved, dtype=np.intp))
        return Origin(first.leaf, tuple(indices))

    def _looked_up(self, node: Node) -> Origin | None:
        """``X[order]`` takes rows of X; ``np.eye(k)[labels]`` makes one row of each label."""
        chosen = [self._known[i] for i in node.inputs[1:]]
        width = max(1, np.shape(node.value)[-1]) if np.ndim(node.value) else 1
        table = len(self._tape.value(node.inputs[0])) < np.size(node.value) // width
        if not table and all(o is None or self._tape[o.leaf].op.startswith(_COUNTERS) for o in chosen):
            return self._moved(node, node.inputs[:1])
        shape, label = np.shape(node.value), chosen[0]
        known = table or self._tape[node.inputs[0]].op in ("eye", "identity")
        if not known or label is None or len(chosen) > 1:
            return None
        if np.shape(label.indices[0]) != shape[:-1]:
            return None
        return Origin(label.leaf, tuple(np.broadcast_to(np.expand_dims(i, -1), shape) for i in label.indices))

    def _reduced(self, node: Node) -> Origin | None:
        origin = self._known[node.inputs[0]]
        if origin is None:
            return None
        kept = {key: value for key, value in node.kwargs.items() if key in ("axis", "keepdims")}
        axis = kept.get("axis", node.args[1] if len(node.args) > 1 and isinstance(node.args[1], int) else None)
        keepdims = bool(kept.get("keepdims", False))
        if isinstance(axis, (Ref, tuple)):
            return None
        return Origin(origin.leaf, tuple(_shared(index, axis, keepdims) for index in origin.indices))

    def _multiplied(self, node: Node) -> Origin | None:
        """The rows of X in X @ A, the columns of X in A @ X."""
        shape = np.shape(node.value)
        for operand, axis in zip(node.args[:2], (-1, 0), strict=False):
            origin = self._known.get(operand.node) if isinstance(operand, Ref) else None
            if origin is None or np.ndim(origin.indices[0]) != 2:
                continue
            indices = []
            for index in origin.indices:
                one = _shared(index, axis, keepdims=True)
                indices.append(np.broadcast_to(one, shape) if _fits(one, shape) else np.full(shape, _MIXED))
            return Origin(origin.leaf, tuple(indices))
        return None


def _own(number: int, value: Any) -> Origin | None:
    """The entries of a leaf are their own origin."""
    shape = np.shape(value)
    if not shape or (shape[0] < 2 and shape[-1] < 2):
        return None
    grid = np.indices(shape, sparse=True)
    axes = (grid[0], grid[-1]) if len(shape) > 1 else (grid[0],)
    return Origin(number, tuple(np.broadcast_to(axis, shape) for axis in axes))


def _shared(index: Any, axis: int | None, keepdims: bool) -> Any:
    """The index that all reduced entries have in common, else -1."""
    high = np.max(index, axis=axis, keepdims=keepdims)
    compared = np.max(index, axis=axis, keepdims=True) if axis is not None else high
    return np.where(np.all((index == compared) | (index == _CONSTANT), axis=axis, keepdims=keepdims), high, _MIXED)


def _fits(one: Any, shape: tuple[int, ...]) -> bool:
    try:
        return bool(np.broadcast_shapes(np.shape(one), shape) == shape)
    except ValueError:
        return False


def example_indices(origin: Origin, count: int) -> list[tuple[int, Any]]:
    """Ways to read ``count`` examples off an origin: (axis of the leaf, its index for each example).

    The examples lie along one axis of the value, and all entries of one example share an index of the leaf.
    """
    found = []
    for leaf_axis, index in enumerate(origin.indices):
        if count == 1 and np.all((index == np.max(index)) | (index == _CONSTANT)) and np.max(index) >= 0:
            found.append((leaf_axis, np.array([np.max(index)])))
            continue
        for axis in range(np.ndim(index)):
            if np.shape(index)[axis] != count:
                continue
            rest = tuple(k for k in range(np.ndim(index)) if k != axis)
            high = np.max(index, axis=rest, keepdims=True)
            if np.all((index == high) | (index == _CONSTANT)) and np.all(high >= 0):
                found.append((leaf_axis, np.ravel(high)))
    return found
