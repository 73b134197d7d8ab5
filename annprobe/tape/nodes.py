"""The tape's data: nodes, references between them, and the places in the source that made them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import CodeType
from typing import Any, Protocol

Frame = tuple[CodeType, int]  # a code object and the offset of the instruction that was running in it


class Ref:
    """Stands in a node's arguments for the value of an earlier node."""

    __slots__ = ("node",)

    def __init__(self, node: int) -> None:
        self.node = node

    def __repr__(self) -> str:
        return f"%{self.node}"


class Node:
    """One operation that the module performed.

    ``kind`` is ``"op"`` for a computation, ``"leaf"`` for an array or number that the module made from nothing
    (zeros, random draws, literals, data), ``"const"`` for an array that came from outside the tape.
    ``write`` is true when the operation changed an existing array in place.
    """

    __slots__ = ("args", "fn", "inputs", "kind", "kwargs", "op", "site", "tag", "turn", "value", "write")

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
    ) -> None:
        self.op = op
        self.fn = fn
        self.args = args
        self.kwargs = kwargs
        self.value = value
        self.kind = kind
        self.site = site
        self.turn = turn
        self.inputs: tuple[int, ...] = tuple(references((args, kwargs)))
        self.write = False
        self.tag = ""

    def __repr__(self) -> str:
        return f"{self.op}{self.args!r}"


def references(value: Any) -> Iterator[int]:
    """Node numbers in a structure of arguments, in order, repeated ones repeated."""
    if type(value) is Ref:
        yield value.node
    elif type(value) in (tuple, list):
        for item in value:
            yield from references(item)
    elif type(value) is dict:
        for item in value.values():
            yield from references(item)
    elif type(value) is slice:
        yield from references((value.start, value.stop, value.step))


def substitute(value: Any, lookup: Callable[[int], Any]) -> Any:
    """The structure with every reference replaced by ``lookup(node)``."""
    if type(value) is Ref:
        return lookup(value.node)
    if type(value) is tuple:
        return tuple(substitute(item, lookup) for item in value)
    if type(value) is list:
        return [substitute(item, lookup) for item in value]
    if type(value) is dict:
        return {key: substitute(item, lookup) for key, item in value.items()}
    if type(value) is slice:
        return slice(*(substitute(item, lookup) for item in (value.start, value.stop, value.step)))
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
