"""Making nodes: places, budgets, versions of arrays.

Every value that the module holds is tied to the node that made it; an array that numpy made out of our sight is found
again by its values.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, Any, Self, cast

import numpy as np

from annprobe.tape.arrays import (
    NUMBERS,
    NUMERIC,
    SCALARS,
    Active,
    Buffer,
    Recorded,
    RecordedMatrix,
    make_number,
    raw,
)
from annprobe.tape.functions import VIEWS, owner_of
from annprobe.tape.nodes import Frame, Node, Ref, Tape

if TYPE_CHECKING:
    from annprobe.tape.recorder import Recorder


class Stop(BaseException):
    """Raised inside the user's code when the budget is spent: the normal end of a recording."""


@dataclass(frozen=True)
class Budget:
    """When to stop: number of nodes, seconds, bytes of recorded values."""

    nodes: int = 200_000
    seconds: float = 20.0
    bytes: int = 1 << 30


_REATTACH_WINDOW = 3_000
_COPY_BELOW = 1 << 20
_FIRST_LOOK = 400


class NodeMaker:
    """Makes nodes of values: the half of a recorder that knows no operation.

    files      absolute names of the files whose lines count as the user's
    budget     when to stop
    satisfied  called with the tape now and then; once it returns true, ``when_enough`` is called
    """

    def __init__(
        self,
        files: Collection[str],
        budget: Budget | None = None,
        *,
        satisfied: Callable[[Tape], bool] | None = None,
        when_enough: Callable[[], None] | None = None,
    ) -> None:
        from annprobe.tape.standins import make_builtins, make_modules

        self.files = set(files)
        self.budget = budget or Budget()
        self.tape = Tape()
        self.satisfied = satisfied
        self.when_enough = when_enough
        self.turns: Callable[[], tuple[tuple[int, int], ...]] | None = None  # the loop guard, if there is one
        self.enough = False
        self._next_look = _FIRST_LOOK
        self._bytes = 0
        self._site_numbers: dict[tuple[Frame, ...], int] = {}
        self._turn_numbers: dict[tuple[tuple[int, int], ...], int] = {}
        self._live: dict[int, list[int]] = {}  # id of a memory owner -> nodes whose value shares it
        self._foreign: dict[int, tuple[Any, int]] = {}  # id of a plain array -> (the array, its node)
        self._started = time.perf_counter()
        self.modules: dict[str, ModuleType] = make_modules(cast("Recorder", self))
        self.builtins: dict[str, Any] = make_builtins(cast("Recorder", self))

    def __enter__(self) -> Self:
        Active.recorder = self  # type: ignore[assignment]  # it is always the whole recorder
        self._started = time.perf_counter()
        return self

    def __exit__(self, *exc: object) -> None:
        Active.recorder = None

    # --- pushing nodes -----------------------------------------------------------------------------------------

    def push(
        self,
        op: str,
        fn: Callable[..., Any] | None,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        value: Any,
        kind: str = "op",
    ) -> int:
        """Append a node; returns its number. ``args`` may hold recorded values."""
        nodes = self.tape.nodes
        node = Node(
            op, fn, self.refs(args), self.refs(kwargs) if kwargs else kwargs, value, kind, self._site(), self._turn()
        )
        number = len(nodes)
        nodes.append(node)
        if isinstance(value, np.ndarray):
            self._share(value, number)
        self._spend(number)
        return number

    def _share(self, value: Any, number: int) -> None:
        owner = owner_of(value)
        sharing = self._live.setdefault(id(owner), [])
        if not sharing:
            self._bytes += owner.nbytes
        sharing.append(number)

    def _spend(self, number: int) -> None:
        if number >= self.budget.nodes:
            self._stop(f"{self.budget.nodes} operations recorded")
        if self._bytes > self.budget.bytes:
            self._stop(f"{self._bytes >> 20} MiB recorded")
        if number % 256 == 0 and time.perf_counter() - self._started > self.budget.seconds:
            self._stop(f"{self.budget.seconds:g} s spent")
        if number >= self._next_look and not self.enough and self.satisfied is not None:
            self._look(number)

    def _look(self, number: int) -> None:
        self._next_look = int(number * 2.2) + 1
        Active.recorder = None
        try:
            self.enough = bool(self.satisfied and self.satisfied(self.tape))
        finally:
            Active.recorder = self  # type: ignore[assignment]  # it is always the whole recorder
        if self.enough and self.when_enough is not None:
            self.when_enough()

    def _stop(self, why: str) -> None:
        self.tape.stopped = why
        Active.recorder = None
        raise Stop(why)

    def _site(self) -> int:
        frame: FrameType | None = sys._getframe(2)
        files = self.files
        stack: list[Frame] = []
        while frame is not None:
            if frame.f_code.co_filename in files:
                stack.append((frame.f_code, frame.f_lasti))
            frame = frame.f_back
        key = tuple(stack)
        number = self._site_numbers.get(key)
        if number is None:
            number = self._site_numbers[key] = len(self.tape.sites)
            self.tape.sites.append(key)
        return number

    def _turn(self) -> int:
        key = self.turns() if self.turns is not None else ()
        number = self._turn_numbers.get(key)
        if number is None:
            number = self._turn_numbers[key] = len(self.tape.turns)
            self.tape.turns.append(key)
        return number

    # --- from values to nodes and back ---------------------------------------------------------------------------

    def refs(self, value: Any) -> Any:
        """The structure of arguments with everything recorded replaced by references."""
        if isinstance(value, Recorded):
            return Ref(self.node_of(value))
        if isinstance(value, NUMBERS):
            return Ref(value._node)
        kind = type(value)
        if kind is np.ndarray or kind is np.matrix:
            return Ref(self._foreign_node(value)) if value.dtype.kind in NUMERIC else value
        if kind is tuple:
            return tuple([self.refs(item) for item in value])
        if kind is list:
            return [self.refs(item) for item in value]
        if kind is dict:
            return {key: self.refs(item) for key, item in value.items()}
        if kind is slice:
            return slice(self.refs(value.start), self.refs(value.stop), self.refs(value.step))
        return value

    def node_of(self, array: Recorded) -> int:
        """The node that holds the array's present contents."""
        buffer = array._buffer
        if array._node is None or buffer is None:
            return self._adopt(array)
        if array._version == buffer.version:
            return array._node
        if array._parent is None or array._view is None:
            return array._node
        op, fn, args, kwargs = array._view
        parent = self.node_of(array._parent)
        node = self.push(op, fn, (Ref(parent), *args), kwargs, raw(array))
        array._node, array._version = node, buffer.version
        return node

    def _adopt(self, array: Recorded) -> int:
        """An array that numpy made out of our sight: find it by its values, or take it as a leaf."""
        value = raw(array)
        found = self._find(value)
        node = self.push("lost", None, (), {}, value, "leaf") if found is None else found
        if found is not None:
            self.tape.reattached.append(found)
        array._node, array._buffer, array._version = node, Buffer(), 0
        return node

    def _find(self, value: Any) -> int | None:
        if value.size < 2:
            return None
        nodes = self.tape.nodes
        for number in range(len(nodes) - 1, max(-1, len(nodes) - _REATTACH_WINDOW), -1):
            other = nodes[number].value
            if (
                isinstance(other, np.ndarray)
                and other.shape == value.shape
                and other.dtype == value.dtype
                and np.array_equal(other, value)
            ):
                return number
        return None

    def _foreign_node(self, value: Any) -> int:
        known = self._foreign.get(id(value))
        if known is not None and known[0] is value:
            return known[1]
        kept = value.copy() if value.nbytes < _COPY_BELOW else value  # its owner may change it out of our sight
        node = self.push("const", None, (), {}, kept, "const")
        self._foreign[id(value)] = (value, node)
        return node

    def wrap(
        self,
        value: Any,
        node: int,
        op: str = "",
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
        fn: Callable[..., Any] | None = None,
    ) -> Any:
        """The recorded value for a result; views are tied to the array that they look into."""
        if isinstance(value, np.ndarray):
            array = value.view(RecordedMatrix if isinstance(value, np.matrix) else Recorded)
            array._node = node
            parent = args[0] if args and isinstance(args[0], Recorded) and op in VIEWS else None
            if parent is not None and np.may_share_memory(value, raw(parent)):
                buffer = self._buffer_of(parent)
                array._buffer, array._version, array._parent = buffer, buffer.version, parent
                array._view = (op, fn or (lambda x: x), self.refs(args[1:]), kwargs or {})
            else:
                array._buffer, array._version = Buffer(), 0
            return array
        made = SCALARS.get(type(value))
        return value if made is None else make_number(made, value, node)

    def _buffer_of(self, array: Recorded) -> Buffer:
        if array._buffer is None:
            self.node_of(array)
        assert array._buffer is not None
        return array._buffer
