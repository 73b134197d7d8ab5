"""Arrays that the module holds itself, without a recorded one around them: they may change out of our sight.

They come from other libraries, pickles, C code. Each becomes a leaf with a copy of its contents when it is first met
(large ones are not copied, only some of their entries); when it is met again with other contents, it is a new leaf.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from annprobe.tape.memory import View, geometry, owner_of
from annprobe.tape.nodes import Ref
from annprobe.tape.recall import LARGE
from annprobe.tape.views import view_between

if TYPE_CHECKING:
    from annprobe.tape.references import References

_SAMPLE = 1_000  # entries of a large array by which a change is noticed


class _Seen:
    """One array of the module, its node, and what was in it then."""

    __slots__ = ("_alive", "_contents", "node")

    def __init__(self, array: Any, node: int, forget: Callable[[Any], object]) -> None:
        self._alive = weakref.ref(array, forget)
        self.seen(array, node)

    def seen(self, array: Any, node: int) -> None:
        """Its contents are this node."""
        self.node = node
        self._contents = _sample(array)

    def is_still(self, array: Any) -> bool:
        """Whether it is this array, with the contents that it had."""
        return self._alive() is array and bool(np.array_equal(self._contents, _sample(array), equal_nan=True))


def _sample(array: Any) -> Any:
    """A copy of the array, or of some of its entries where it is large."""
    if array.nbytes < LARGE:
        return array.copy()
    flat = array.reshape(-1) if array.flags.c_contiguous else array.T.reshape(-1)
    return flat[:: max(flat.size // _SAMPLE, 1)].copy()


class Outside:
    """All arrays of the module that were met without a recorded one around them."""

    def __init__(self, recorder: References) -> None:
        self._recorder = recorder
        self._arrays: dict[int, _Seen] = {}

    def __bool__(self) -> bool:
        return bool(self._arrays)

    def node(self, array: Any, op: str = "const", kind: str = "const") -> int:
        """The node of a plain array: of memory that is on the tape, or found again by value, or a new leaf."""
        base = self._base(array)
        seen = self._arrays.get(id(base))
        if seen is None or not seen.is_still(base):
            number = self._inside(array) if seen is None else None
            if number is not None:
                return number
            seen = self._arrays[id(base)] = _Seen(base, self._leaf(base, op, kind), self._forgetting(id(base)))
        if base is array:
            return seen.node
        view = view_between(base, array)
        return self._viewed(seen.node, view, array) if view else self._leaf(array, op, kind)

    def changed(self, array: Any) -> bool:
        """Whether the memory of an array that was met here holds something else now."""
        base = self._base(array)
        seen = self._arrays.get(id(base))
        return seen is not None and not seen.is_still(base)

    def holds(self, array: Any) -> bool:
        """Whether the module can reach the memory of an array by one that was met here."""
        return id(self._base(array)) in self._arrays

    def written(self, array: Any, node: int) -> None:
        """A recorded operation wrote to a plain array: ``node`` is what it holds now."""
        base = self._base(array)
        seen = self._arrays.get(id(base))
        if base is not array:
            view = view_between(base, array)
            if view is None:
                return
            before = seen.node if seen is not None else self._leaf(base, "const", "const")
            node = self._recorder.scattered(before, node, view, _kept(base))
        if seen is None:
            self._arrays[id(base)] = _Seen(base, node, self._forgetting(id(base)))
        else:
            seen.seen(base, node)

    def _base(self, array: Any) -> Any:
        owner = owner_of(array)
        return owner if type(owner) is np.ndarray and owner.dtype == array.dtype else array

    def _inside(self, array: Any) -> int | None:
        """The node where the memory is on the tape already."""
        memory = self._recorder.memory
        number = memory.node_at(array)
        buffer = memory.known(array)
        root = buffer.root() if buffer is not None else None
        if number is not None or root is None:
            return number
        if geometry(root.array) == geometry(array):
            return self._recorder.current(root)
        view = view_between(root.array, array)
        return None if view is None else self._viewed(self._recorder.current(root), view, array)

    def _viewed(self, base: int, view: View, array: Any) -> int:
        op, fn, args, kwargs = view
        return self._recorder.push(op, fn, (Ref(base), *args), kwargs, _kept(array))

    def _leaf(self, array: Any, op: str, kind: str) -> int:
        found = self._recorder.lost.array(array)
        if found is not None:
            self._recorder.tape.reattached.append(found)
            return found
        return self._recorder.append(op, None, (), {}, _kept(array), kind, ())

    def _forgetting(self, key: int) -> Callable[[Any], object]:
        return lambda _: self._arrays.pop(key, None)


def _kept(array: Any) -> Any:
    """What the tape keeps of an array that may change: a copy, unless it is large."""
    return array.copy(order="K") if array.nbytes < LARGE else array
