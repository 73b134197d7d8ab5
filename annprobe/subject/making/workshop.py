"""Where usages are tried out on plain numpy before one is recorded: quick, silent, and without lasting effects."""

from __future__ import annotations

import contextlib
import copy
import math
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from annprobe.patience import patient_time
from annprobe.subject.isolation.allowance import little_memory
from annprobe.subject.making.hints import Hints
from annprobe.subject.making.program import Program
from annprobe.subject.reading.pasted import whole
from annprobe.subject.reading.source import Source
from annprobe.subject.reading.words import stage_of
from annprobe.subject.running.execute import Run
from annprobe.subject.running.loops import LoopGuard
from annprobe.subject.running.outcome import UserFrame
from annprobe.subject.running.state import leaves

Kept = TypeVar("Kept")

_TURNS = 12  # of every loop, while usages are tried out
_WORTH = {"train": 3, "update": 2, "backward": 2}
_SECONDS = 1.0  # of one attempt
_MEMORY = 256 << 20  # bytes of one attempt, whose examples are a handful


@dataclass(frozen=True, slots=True)
class Failure:
    """A program that raised in the module's own code. ``progress``: larger is further."""

    program: Program
    message: str
    progress: tuple[int, int, int, tuple[int, ...], int]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of one attempt: the variables that it made, or the error that it raised and the user's frames."""

    variables: dict[str, Any]
    error: BaseException | None
    frames: tuple[UserFrame, ...] = ()

    @property
    def worked(self) -> bool:
        """Whether it ran to its end."""
        return self.error is None


class Workshop:
    """The module's definitions, loaded once without a recorder; text is tried out in their namespace."""

    def __init__(self, source: Source, seconds: float, hints: Hints | None = None) -> None:
        self.hints = hints or Hints()
        self.source = source
        self.tree, _ = whole(source.tree())
        self.guard = LoopGuard(_SECONDS, most_turns=_TURNS)
        self.run = Run(source, None, mode="definitions", guard=self.guard, seconds=min(seconds, 10.0))
        self.module = types.ModuleType(source.path.stem)
        self.module.__file__ = str(source.path)
        self.loaded = self.run.guarded(lambda: self.run.execute_in(self.module), self.module)
        self.namespace = vars(self.module)
        self.own_names = frozenset(self.namespace)
        self.own_values = {n: v for n, v in self.namespace.items() if not n.startswith("__")}
        self.own_arrays = bool(leaves(self.own_values))
        self.attempts = 0
        self._most_attempts = math.inf
        self._deadline = patient_time() + seconds
        self.failures: dict[str, Failure] = {}
        self._slice = self._deadline
        self._memory: dict[tuple[Any, ...], Any] = {}
        self._kept = _copies(self.namespace)

    def renew(self, seconds: float) -> None:
        """So much time from now on, for another search in the same module."""
        self._deadline = self._slice = patient_time() + seconds
        self._most_attempts = math.inf

    @property
    def time_left(self) -> bool:
        """Whether there is time for more attempts, and not enough of them."""
        return self.attempts < self._most_attempts and patient_time() < self._slice

    def slice(self, seconds: float, attempts: float) -> None:
        """Give the attempts from now on so much of the time, at most what is left of all; and this is their number."""
        self._slice = min(patient_time() + seconds, self._deadline)
        self._most_attempts = self.attempts + attempts

    def remember(self, key: tuple[Any, ...], make: Callable[[], Kept]) -> Kept:
        """What was found out under this key before, or what ``make`` finds out now."""
        if key not in self._memory:
            self._memory[key] = make()
        found: Kept = self._memory[key]
        return found

    def attempt(
        self, text: str, variables: dict[str, Any], then: Callable[[dict[str, Any]], None] | None = None
    ) -> Attempt:
        """Run the text with these variables; the module's own variables are put back afterwards.

        then  is called with the variables before they are put back
        """
        self.attempts += 1
        self.guard.restart(_SECONDS)
        before = set(self.namespace)
        self.namespace.update(variables)
        with little_memory(_MEMORY):
            outcome = self.run.guarded(lambda: self.run.run_text(text, self.module), self.module, seconds=_SECONDS * 2)
        made = {k: v for k, v in self.namespace.items() if k not in before or k in variables}
        if then is not None and outcome.ended == "completed":
            then(self.namespace)
        self._restore(before)
        failed = outcome.error or (None if outcome.ended == "completed" else TimeoutError(outcome.ended))
        return Attempt(made, failed, outcome.frames)

    def failed(self, program: Program, attempt: Attempt) -> None:
        """Remember, for the last function called, the failed call that got furthest into the module's own code."""
        own = [f for f in attempt.frames if f.file == str(self.source.path)]
        certain = self._is_a_missing_name(attempt.error)
        if not own or not (certain or isinstance(attempt.error, (ValueError, LookupError, ArithmeticError))):
            return
        name = program.step[-1].split(" = ")[-1].partition("(")[0]
        # a training says more than a prediction, targets of the output's shape more than others; then: how far down,
        # call within call, and with how few calls before it
        worth = _WORTH.get(stage_of(name.rpartition(".")[2]), 0)
        plain = program.form.labels == "onehot" and not program.form.lists
        progress = (int(certain), worth, int(plain), tuple(f.line for f in own), -len(program.step))
        known = self.failures.get(name)
        if known is None or progress > known.progress:
            self.failures[name] = Failure(program, f"{type(attempt.error).__name__}: {attempt.error}", progress)

    def _is_a_missing_name(self, error: BaseException | None) -> bool:
        """An error that no other call would avoid: a name, or an attribute of the module's own object, that is not."""
        if isinstance(error, AttributeError):
            return type(error.obj).__module__ == self.module.__name__
        return isinstance(error, NameError)

    def _restore(self, before: set[str]) -> None:
        for name in set(self.namespace) - before:
            del self.namespace[name]
        self.namespace.update(_copies(self._kept))


def _copies(namespace: dict[str, Any]) -> dict[str, Any]:
    """The module's own variables that calls may change."""
    kept = {}
    for name, value in namespace.items():
        if name.startswith("__") or isinstance(value, (types.ModuleType, types.FunctionType, type)):
            continue
        with contextlib.suppress(Exception):  # what cannot be copied is shared
            kept[name] = copy.deepcopy(value)
    return kept
