"""The marker for bugged steps. Marking registers nothing: ``annprobe.catalog`` collects what is marked.

This module imports neither numpy nor the rest of the engine, so that a catalogue of mutants is cheap to declare.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from annprobe.engine.network import Network

F = TypeVar("F", bound=Callable[..., Any])
ATTRIBUTE = "__annprobe_mutant__"


@dataclass(frozen=True)
class Condition:
    """When a mutant computes the same as the reference: in words, and as a test of a network.

    here_only  it is about the values here, and need not hold any more after a step of training
    Conditions combine with ``|`` (or), ``&`` (and) and ``~`` (not).
    """

    text: str
    holds: Callable[[Network], bool]
    here_only: bool = False

    def __or__(self, other: Condition) -> Condition:
        holds, either = self.holds, self.here_only or other.here_only
        return Condition(f"{self.text}, or {other.text}", lambda n: holds(n) or other.holds(n), either)

    def __and__(self, other: Condition) -> Condition:
        holds, either = self.holds, self.here_only or other.here_only
        return Condition(f"{self.text} and {other.text}", lambda n: holds(n) and other.holds(n), either)

    def __invert__(self) -> Condition:
        return Condition(f"not {self.text}", lambda n: not self.holds(n), self.here_only)

    def but(self, text: str) -> Condition:
        """The same test in other words."""
        return Condition(text, self.holds, self.here_only)


NEVER = Condition("never", lambda n: False)
ALWAYS = Condition("always", lambda n: True)


@dataclass(frozen=True)
class Mark:
    """What the decorator attaches to a function.

    id       stable name, e.g. ``bs-slice-last``
    step     name of the step that the function replaces
    seen_by  name of the check that kills it (``annprobe.engine.checks``); None for an equivalent mutant
    silent   when it computes the same as the reference
    code     code of the cause it stands for; None for its family's
    """

    id: str
    step: str
    seen_by: str | None
    silent: Condition
    code: str | None = None


def mutant(id: str, *, step: str, seen_by: str | None = "gradient", silent: Condition = NEVER,
           code: str | None = None) -> Callable[[F], F]:
    """Mark a function as the bugged variant of one step; it has that step's arguments and returns what the step
    returns.

    Its docstring has a first line that says what is wrong, and the sections ``Correct``, ``Bugged``, ``Silent``,
    ``Shows``, ``Fix`` and ``Seen``, each one line or more, in this order. The catalogue refuses a mutant without them.
    """

    def marked(function: F) -> F:
        setattr(function, ATTRIBUTE, Mark(id, step, seen_by, silent, code))
        return function

    return marked
