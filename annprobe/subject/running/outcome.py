"""What a run of a module left behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from annprobe.subject.running.loops import Cut
from annprobe.subject.running.printed import Printed
from annprobe.tape.places import Source as TextSource

Ended = Literal["completed", "stopped", "raised", "time"]

USAGE = "<usage>"  # the file name of statements that annprobe wrote


@dataclass(frozen=True, slots=True)
class UserFrame:
    """A function of the user that was running when an error was raised; ``variables`` are the objects themselves."""

    file: str
    line: int
    function: str
    variables: dict[str, Any] = field(repr=False)


@dataclass(slots=True)
class Outcome:
    """What a run left behind.

    ended   "completed", "stopped" (the recorder had its budget), "raised" (an error of the module), "time"
    cut     why the guard ended loops before that ("" if it did not); an error after a cut may be the cut's
    frames  for an error: the user's own frames, outermost first
    sources every file that was recorded, for ``Places``: file name -> its text and tree
    stood_in  lengths of the data that took the place of missing ones
    cuts    which loops were cut and where, for a guard that is to cut another run in the same places
    """

    namespace: dict[str, Any] = field(repr=False)
    ended: Ended = "completed"
    cut: Cut = ""
    error: BaseException | None = None
    frames: tuple[UserFrame, ...] = ()
    printed: list[Printed] = field(default_factory=list, repr=False)
    dropped: int = 0
    notes: tuple[str, ...] = ()
    stood_in: frozenset[int] = frozenset()
    seconds: float = 0.0
    sources: dict[str, TextSource] = field(default_factory=dict, repr=False)
    cuts: dict[tuple[int, int], int] = field(default_factory=dict, repr=False)

    @property
    def data_missing(self) -> bool:
        """Whether it ran on other data than the module's own."""
        return bool(self.stood_in)

    @property
    def line(self) -> int | None:
        """The line of the user's file where the error was raised."""
        return self.frames[-1].line if self.frames else None

    @property
    def message(self) -> str:
        """The error in one line: ``ValueError: shapes (2,3) and (2,3) not aligned``."""
        if self.error is None:
            return ""
        text = " ".join(str(self.error).split())
        return f"{type(self.error).__name__}: {text}" if text else type(self.error).__name__
