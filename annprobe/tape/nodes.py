"""The tape's data: nodes, references between them, and the places in the source that made them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import CodeType
from typing import Any, Protocol

import numpy as np

Frame = tuple[CodeType, int]  # a code object and the offset of the instruction that was running in it


class Ref:
    """Stands in a node's arguments for the value of an earlier node."""

    __slots__ = ("node",)

    def __init__(self, node: int) -> None:
        self.node = node

    def __repr__(self) -> str:
        return f"%{self.node}"


class Objects:
    """Stands in a node's arguments for an array of objects of which some are on the tape."""

    __slots__ = ("entries", "shape")

    def __init__(self, entries: list[Any], shape: tuple[int, ...]) -> None:
        self.entries = entries
        self.shape = shape

    def filled(self, entries: list[Any]) -> Any:
        """The array of objects with these entries."""
        array = np.empty(len(entries), dtype=object)
        for i, entry in enumerate(entries):
            array[i] = entry
        return array.reshape(self.shape)

    def __repr__(self) -> str:
        return f"objects({self.entries!r})"


class Deferred(Protocol):
    """A value that is looked up, or computed again, when it is asked for."""

    def get(self) -> Any:
        """The value."""


class Node:
    """One operation that the module performed.

    ``kind`` is ``"op"`` for a computation, ``"leaf"`` for an array or number that the module made from nothing
    (zeros, random draws, literals, data), ``"const"`` for an array that came from outside the tape.
    ``fn`` is pure: applied to the values of ``args`` and ``kwargs`` it gives ``value`` again; None for a leaf.
    ``write`` is true when the operation changed an existing array in place; ``value`` is all of that array then.
    ``straight``: a factor for each input where an adjoint is handed on without a derivative; () for nearly all nodes.
    """

    __slots__ = (
        "args", "deferred", "fn", "held", "inputs", "kind", "kwargs", "op", "site", "straight", "tag", "turn", "write",
    )  # fmt: skip

    def __init__(
        self,
        op: str,
        fn: Callable[..., Any] | None,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        value: Any,
        kind: str,
        site: int,
        turn: int,
        inputs: tuple[int, ...],
    ) -> None:
        self.op = op
        self.fn = fn
        self.args = args
        self.kwargs = kwargs
        self.held = value
        self.deferred: Deferred | None = None
        self.kind = kind
        self.site = site
        self.turn = turn
        self.inputs = inputs
        self.write = False
        self.straight: tuple[float, ...] = ()
        self.tag = ""

    @property
    def value(self) -> Any:
        """What the operation gave, at that moment."""
        return self.held if self.deferred is None else self.deferred.get()

    def __repr__(self) -> str:
        return f"{self.op}{self.args!r}"


def references(value: Any) -> Iterator[int]:
    """Node numbers in a structure of arguments, in order, repeated ones repeated."""
    kind = type(value)
    if kind is Ref:
        yield value.node
    elif kind in (tuple, list):
        for item in value:
            yield from references(item)
    elif kind is dict:
        for item in value.values():
            yield from references(item)
    elif kind is slice:
        yield from references((value.start, value.stop, value.step))
    elif kind is Objects:
        yield from references(value.entries)


def substitute(value: Any, lookup: Callable[[int], Any]) -> Any:
    """The structure with every reference replaced by ``lookup(node)``."""
    kind = type(value)
    if kind is Ref:
        return lookup(value.node)
    if kind is tuple:
        return tuple([substitute(item, lookup) for item in value])
    if kind is list:
        return [substitute(item, lookup) for item in value]
    if kind is dict:
        return {key: substitute(item, lookup) for key, item in value.items()}
    if kind is slice:
        return slice(*[substitute(item, lookup) for item in (value.start, value.stop, value.step)])
    if kind is Objects:
        return value.filled([substitute(item, lookup) for item in value.entries])
    return value


class Values(Protocol):
    """A tape as it was recorded, or the same operations with other values."""

    def __len__(self) -> int: ...

    def __getitem__(self, number: int) -> Node: ...

    def value(self, number: int) -> Any:
        """The value of a node."""


@dataclass
class Tape:
    """Everything recorded in one run, in order; inputs of a node always come before it.

    ``sites`` are stacks of user frames, innermost first; a node holds an index into it.
    ``turns`` are the loop turns at that moment, outermost first; a node holds an index into it.
    """

    nodes: list[Node] = field(default_factory=list)
    sites: list[tuple[Frame, ...]] = field(default_factory=list)
    turns: list[tuple[tuple[int, int], ...]] = field(default_factory=list)
    reattached: list[int] = field(default_factory=list)  # nodes whose thread was lost and found again by value
    mutated: list[tuple[str, int]] = field(default_factory=list)  # tagged data changed in place: (tag, node)
    # operations that raised, also where the module caught it: (operation, arguments, site, message)
    raised: list[tuple[str, tuple[Any, ...], int, str]] = field(default_factory=list)
    planned: dict[int, int] = field(default_factory=dict)  # loop -> how many turns it was to have, where known
    stopped: str = ""  # why recording ended before the module did

    def __len__(self) -> int:
        return len(self.nodes)

    def __getitem__(self, number: int) -> Node:
        return self.nodes[number]

    def value(self, number: int) -> Any:
        """The recorded value of a node."""
        return self.nodes[number].value
