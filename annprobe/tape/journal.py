"""The journal of a recording: appends nodes, knows where in the source they come from, and when to stop."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from types import FrameType
from typing import Any

import numpy as np

from annprobe.patience import patient_time
from annprobe.tape.memory import Memory
from annprobe.tape.nodes import Frame, Node, Tape
from annprobe.tape.plain import Active


class Stop(BaseException):
    """Raised inside the user's code when the budget is spent: the normal end of a recording."""


@dataclass(frozen=True)
class Budget:
    """When to stop: number of nodes, seconds, bytes of recorded values."""

    nodes: int = 200_000
    seconds: float = 20.0
    bytes: int = 1 << 30


_FIRST_LOOK = 400  # nodes
_LOOK_AGAIN = 2.2  # times as many nodes


class Journal:
    """What has been recorded so far.

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
        self.files = set(files)
        self.budget = budget or Budget()
        self.tape = Tape()
        self.memory = Memory(self.tape)
        self.satisfied = satisfied
        self.when_enough = when_enough
        self.turns: Callable[[], tuple[tuple[int, int], ...]] | None = None  # the loop guard, if there is one
        self.enough = False
        self._next_look = _FIRST_LOOK
        self._site_numbers: dict[tuple[int, ...], int] = {}
        self._turn_numbers: dict[tuple[tuple[int, int], ...], int] = {}
        self._started = patient_time()

    def start_clock(self) -> None:
        """The budget of seconds runs from here."""
        self._started = patient_time()

    def append(
        self,
        op: str,
        fn: Callable[..., Any] | None,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        value: Any,
        kind: str,
        inputs: tuple[int, ...],
    ) -> int:
        """Append a node whose arguments are references already; returns its number."""
        nodes = self.tape.nodes
        number = len(nodes)
        nodes.append(Node(op, fn, args, kwargs, value, kind, self.site(), self._turn(), inputs))
        if isinstance(value, (np.ndarray, tuple)):
            self.memory.hold(number, value)
        self._spend(number)
        return number

    def _spend(self, number: int) -> None:
        if number >= self.budget.nodes:
            self._stop(f"{self.budget.nodes} operations recorded")
        if self.memory.bytes > self.budget.bytes:
            self._stop(f"{self.memory.bytes >> 20} MiB recorded")
        if patient_time() - self._started > self.budget.seconds:
            self._stop(f"{self.budget.seconds:g} s spent")
        if number >= self._next_look and not self.enough and self.satisfied is not None:
            self._look(number)

    def _look(self, number: int) -> None:
        self._next_look = int(number * _LOOK_AGAIN) + 1
        listening, Active.recorder = Active.recorder, None
        try:
            self.enough = bool(self.satisfied and self.satisfied(self.tape))
        finally:
            Active.recorder = listening
        if self.enough and self.when_enough is not None:
            self.when_enough()

    def _stop(self, why: str) -> None:
        self.tape.stopped = why
        Active.recorder = None
        raise Stop(why)

    def site(self) -> int:
        """The number of the place in the module that is running now."""
        frame: FrameType | None = sys._getframe(2)
        files = self.files
        stack: list[Frame] = []
        place: list[int] = []  # the same in numbers: to hash a code object takes long, and the tape keeps it alive
        while frame is not None:
            code = frame.f_code
            if code.co_filename in files:
                stack.append((code, frame.f_lasti))
                place += (id(code), frame.f_lasti)
            frame = frame.f_back
        key = tuple(place)
        number = self._site_numbers.get(key)
        if number is None:
            number = self._site_numbers[key] = len(self.tape.sites)
            self.tape.sites.append(tuple(stack))
        return number

    def _turn(self) -> int:
        key = self.turns() if self.turns is not None else ()
        number = self._turn_numbers.get(key)
        if number is None:
            number = self._turn_numbers[key] = len(self.tape.turns)
            self.tape.turns.append(key)
        return number
