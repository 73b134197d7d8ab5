"""Values that the tape does not keep alive: seen while the module still has them, computed again afterwards.

Only large results of pure operations are treated so; what they are computed from is kept, or computed again itself.
So a recorded run of large arrays needs hardly more memory, or time, than the run alone.
"""

from __future__ import annotations

import weakref
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np

from annprobe.tape.nodes import Node, Tape, substitute

LARGE = 1 << 20  # bytes; from here on a result is not kept
_DEEPEST = 48  # so many operations in a row are computed again at most
_CACHE = 256 << 20  # bytes of values computed again that are kept


def evaluate(node: Node, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The operation's value for other arguments; a leaf keeps its own."""
    return node.value if node.fn is None else node.fn(*args, **kwargs)


class Faded:
    """The value of a node that is not kept. ``depth`` is how many operations in a row have to be done again for it."""

    __slots__ = ("_array", "_number", "_recall", "depth")

    def __init__(self, array: Any, number: int, recall: Recall, depth: int) -> None:
        self._array: Callable[[], Any] | None = weakref.ref(array)
        self._number = number
        self._recall = recall
        self.depth = depth

    def seen(self) -> Any:
        """The value if the module still has it, or None."""
        return self._array() if self._array is not None else None

    def get(self) -> Any:
        """The value."""
        array = self.seen()
        return array if array is not None else self._recall.value(self._number)

    def overwritten(self) -> None:
        """The module's memory holds something else from now on."""
        self._array = None


class Recall:
    """Computes values again, and keeps the last ones."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._kept: OrderedDict[int, Any] = OrderedDict()
        self._bytes = 0

    def fade(self, number: int, value: Any) -> Faded | None:
        """A way to have the node's value without keeping it; None when it must be kept."""
        node = self._tape[number]
        if node.fn is None:
            return None
        depth = 1 + max([self._depth(source) for source in node.inputs], default=0)
        return Faded(value, number, self, depth) if depth <= _DEEPEST else None

    def _depth(self, number: int) -> int:
        deferred = self._tape[number].deferred
        return deferred.depth if isinstance(deferred, Faded) else 0

    def value(self, number: int) -> Any:
        """The value of a node that is nowhere any more."""
        if number in self._kept:
            self._kept.move_to_end(number)
            return self._kept[number]
        chain = self._missing(number)
        uses = Counter(source for n in chain for source in self._tape[n].inputs)
        values: dict[int, Any] = {}
        for n in chain:
            values[n] = self._computed(n, values)
            for source in set(self._tape[n].inputs) & values.keys():
                uses[source] -= self._tape[n].inputs.count(source)
                if not uses[source]:
                    del values[source]
        return values[number]

    def _missing(self, number: int) -> list[int]:
        """Nodes that must be computed for this one, in order."""
        seen: set[int] = set()
        stack = [number]
        while stack:
            n = stack.pop()
            if n not in seen and self._is_missing(n):
                seen.add(n)
                stack.extend(self._tape[n].inputs)
        return sorted(seen)

    def _is_missing(self, number: int) -> bool:
        deferred = self._tape[number].deferred
        return isinstance(deferred, Faded) and deferred.seen() is None and number not in self._kept

    def _computed(self, number: int, values: dict[int, Any]) -> Any:
        def lookup(n: int) -> Any:
            return values[n] if n in values else self._tape.value(n)

        node = self._tape[number]
        with np.errstate(all="ignore"):
            value = evaluate(node, substitute(node.args, lookup), substitute(node.kwargs, lookup))
        self._keep(number, value)
        return value

    def _keep(self, number: int, value: Any) -> None:
        self._kept[number] = value
        self._bytes += np.asarray(value).nbytes
        while self._bytes > _CACHE and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= np.asarray(dropped).nbytes
