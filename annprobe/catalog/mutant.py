"""One mutant: a deliberately bugged step, with everything that is said of it."""

from __future__ import annotations

import inspect
from dataclasses import dataclass

from annprobe.engine.marking import Condition
from annprobe.engine.network import Network
from annprobe.engine.steps import REFERENCE, Step, Steps
from annprobe.findings import CODES


@dataclass(frozen=True)
class Mutant:
    """One deliberately bugged step.

    id, family    ``bs-slice-last``, ``bias``
    step          name of the step that ``function`` replaces
    seen_by       the check that kills it; None for an equivalent mutant
    silent        when it computes the same as the reference
    code          of the cause it stands for
    summary, correct, bugged, silent_text, shows, fix, seen   the sections of its docstring
    origin        module it comes from
    """

    id: str
    family: str
    step: str
    function: Step
    seen_by: str | None
    silent: Condition
    code: str
    summary: str
    correct: str
    bugged: str
    silent_text: str
    shows: str
    fix: str
    seen: str
    origin: str

    @property
    def steps(self) -> Steps:
        """The reference's table with this one entry replaced."""
        return REFERENCE.replaced(self.step, self.function)

    def silent_throughout(self, network: Network) -> bool:
        """Is it the reference on every network of this architecture, size and setup? A run would be wasted."""
        return self.silent.holds(network) and not self.silent.here_only

    @property
    def cause(self) -> str:
        """Family of the cause, as findings name it."""
        return CODES[self.code]

    @property
    def gradient_check(self) -> bool:
        """Does a gradient check of the network see it?"""
        return self.seen_by == "gradient"

    @property
    def source(self) -> str:
        """The function as it is written, without marker and docstring."""
        return source_of(self.function)

    @property
    def source_of_step(self) -> str:
        """The reference's function for the same step, without its docstring."""
        return source_of(getattr(REFERENCE, self.step))


def source_of(function: Step) -> str:
    """The lines of a function from ``def`` on, without its docstring; '' where there is no source."""
    try:
        lines = inspect.getsource(function).splitlines()
    except OSError:
        return ""
    while not lines[0].startswith("def "):
        lines.pop(0)
    doc = [i for i, line in enumerate(lines) if line.strip().startswith('"""') or line.rstrip().endswith('"""')]
    if doc:
        del lines[doc[0] : (doc[1] if len(doc) > 1 and lines[doc[0]].count('"""') == 1 else doc[0]) + 1]
    return "\n".join(lines)
