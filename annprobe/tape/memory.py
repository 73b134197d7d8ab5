"""Which arrays look into the same memory, and which nodes hold what is in it now.

Writing to memory advances the version of its buffer. Before that, nodes that still live there get a copy of their
value; after it, other views of the buffer learn their new node when they are read next.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from annprobe.tape.nodes import Node, Tape
from annprobe.tape.recall import LARGE, Faded, Recall

View = tuple[str, Callable[..., Any], tuple[Any, ...], dict[str, Any]]
"""How one array looks into another: operation, function, its further arguments and keywords."""


class Buffer:
    """Memory that arrays look into; ``sharing`` are the nodes whose value is what is there now."""

    __slots__ = ("memory", "owner", "root", "sharing", "version")

    def __init__(self, owner: Any, memory: Memory) -> None:
        key = id(owner)
        self.owner = weakref.ref(owner, lambda _: memory.forget(key))
        self.memory = memory
        self.root: Callable[[], Window | None] = _nothing
        self.sharing: list[int] = []
        self.version = 0


def _nothing() -> None:
    return None


class Window:
    """What one array sees of a buffer: ``node`` was its contents when the buffer had ``version``.

    array         the plain array
    parent, view  the window that it looks into, and how; None for a window on memory of its own
    """

    __slots__ = ("__weakref__", "array", "buffer", "node", "parent", "version", "view")

    def __init__(
        self, array: Any, buffer: Buffer, node: int, parent: Window | None = None, view: View | None = None
    ) -> None:
        self.array = array
        self.buffer = buffer
        self.node = node
        self.parent = parent
        self.view = view
        self.version = buffer.version
        if parent is None:
            buffer.root = weakref.ref(self)

    def written(self, node: int) -> None:
        """Its contents are this node from now on."""
        self.node = node
        self.version = self.buffer.version


class Memory:
    """All buffers of one recording, and how many bytes the tape itself keeps alive."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._recall = Recall(tape)
        self._buffers: dict[int, Buffer] = {}
        self.bytes = 0

    def forget(self, key: int) -> None:
        """The memory was freed."""
        self._buffers.pop(key, None)

    def buffer(self, array: Any) -> Buffer:
        """The buffer that a plain array looks into."""
        owner = owner_of(array)
        key = id(owner)
        buffer = self._buffers.get(key)
        if buffer is None:
            buffer = self._buffers[key] = Buffer(owner, self)
        return buffer

    def known(self, array: Any) -> Buffer | None:
        """The buffer of memory that some node or window already lives in."""
        return self._buffers.get(id(owner_of(array)))

    def hold(self, number: int, value: Any) -> None:
        """A new node has this array (or these several) for its value: keep it, or know how to have it again."""
        if isinstance(value, tuple):
            for item in value:
                if isinstance(item, np.ndarray):
                    self.buffer(item).sharing.append(number)
            return
        owner = owner_of(value)
        buffer = self._buffers.get(id(owner)) or self.buffer(owner)
        if owner.nbytes >= LARGE:
            self._hold_large(number, value, owner, buffer)
        elif not buffer.sharing:
            self.bytes += owner.nbytes
        buffer.sharing.append(number)

    def _hold_large(self, number: int, value: Any, owner: Any, buffer: Buffer) -> None:
        node = self._tape[number]
        node.deferred = self._recall.fade(number, value)
        if node.deferred is not None:
            node.held = None
        elif all(self._tape[n].deferred is not None for n in buffer.sharing):
            self.bytes += owner.nbytes

    def node_at(self, array: Any) -> int | None:
        """A node whose value is exactly what this plain array sees now."""
        buffer = self.known(array)
        if buffer is None:
            return None
        wanted = geometry(array)
        for number in reversed(buffer.sharing):
            value = _present(self._tape[number])
            if value is not None and geometry(value) == wanted:
                return number
        return None

    def detach(self, buffer: Buffer) -> None:
        """The buffer is about to be written to: nodes that live there get memory of their own."""
        numbers, buffer.sharing = buffer.sharing, []
        held = []
        for number in numbers:
            deferred = self._tape[number].deferred
            if isinstance(deferred, Faded):
                deferred.overwritten()
            elif isinstance(self._tape[number].held, np.ndarray):
                held.append(self._tape[number])
            else:
                self._tape[number].held = tuple([_copied(item) for item in self._tape[number].held])
        if held:
            self._copy(buffer.owner(), held)

    def _copy(self, owner: Any, nodes: list[Node]) -> None:
        """Values keep their strides, so that operations replayed on them round as they did."""
        if owner is None or sum(node.held.nbytes for node in nodes) < owner.nbytes:
            for node in nodes:
                node.held = node.held.copy(order="K")
                self.bytes += node.held.nbytes
            return
        copy = np.array(owner, order="K")
        self.bytes += copy.nbytes
        alike = copy.strides == owner.strides
        for node in nodes:
            node.held = _same_view(node.held, owner, copy) if alike else node.held.copy(order="K")


_BASE: Callable[[Any], Any] = np.ndarray.__dict__["base"].__get__  # not what a subclass says of itself


def owner_of(array: Any) -> Any:
    """The array that the memory belongs to."""
    while True:
        base = _BASE(array)
        if not isinstance(base, np.ndarray):
            base = getattr(base, "base", None)  # numpy's strided views have a helper in between
            if not isinstance(base, np.ndarray):
                return array
        array = base


def geometry(array: Any) -> tuple[Any, ...]:
    """Where an array's entries lie; equal for arrays that see exactly the same."""
    return array.__array_interface__["data"][0], array.shape, array.strides, array.dtype


def _copied(value: Any) -> Any:
    return value.copy(order="K") if isinstance(value, np.ndarray) else value


def _present(node: Node) -> Any:
    if isinstance(node.deferred, Faded):
        return node.deferred.seen()
    return node.held if isinstance(node.held, np.ndarray) else None


class _Lens:
    """Memory seen with a geometry of its own (numpy's array interface, version 3)."""

    def __init__(self, array: Any, offset: int, like: Any) -> None:
        start = array.__array_interface__["data"][0] + offset
        self.array = array
        self.__array_interface__ = {
            "version": 3,
            "data": (start, False),
            "shape": like.shape,
            "strides": like.strides,
            "typestr": like.dtype.str,
        }


def _same_view(value: Any, owner: Any, copy: Any) -> Any:
    """The view of ``copy`` that ``value`` is of ``owner``."""
    offset = value.__array_interface__["data"][0] - owner.__array_interface__["data"][0]
    plain = np.asarray(_Lens(copy, offset, value))
    return plain if type(value) is np.ndarray else plain.view(type(value))
