"""What a diagnosis may be asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from annprobe.errors import BadArgument

Effort = Literal["quick", "normal", "thorough"]
TASKS = ("and", "or", "xor")

# seconds for finding a usage, for the experiments, and for the child as a whole
BUDGETS: dict[str, tuple[float, float, float]] = {
    "quick": (4.0, 1.2, 30.0),
    "normal": (14.0, 8.0, 90.0),
    "thorough": (40.0, 40.0, 240.0),
}
# processor seconds for the change of a line that would mend it
CHANGES = {"quick": 2.5, "normal": 8.0, "thorough": 30.0}


@dataclass(frozen=True)
class Options:
    """How a module is to be diagnosed; every field has a sensible default.

    sizes     architecture to build where the module does not say: "2,4,1"
    task      and | or | xor: data to use where annprobe makes them
    data      an npz or csv file with the examples
    log       a file with numbers that a run of the module printed, or that were posted
    run       the module's own usage, as a command or as statements
    network, forward, gradient, cost, layout   names where annprobe finds none by itself
    seconds   limit for the whole diagnosis, wall clock
    facts_only   say what the module is, judge nothing
    """

    seed: int = 0
    effort: str = "normal"
    sizes: str | None = None
    task: str | None = None
    data: str | None = None
    log: str | None = None
    run: str | None = None
    network: str | None = None
    forward: str | None = None
    gradient: str | None = None
    cost: str | None = None
    layout: str | None = None
    seconds: float | None = None
    facts_only: bool = False

    def widths(self) -> tuple[int, ...] | None:
        """``sizes`` as numbers. Raises ``BadArgument`` when they are none."""
        if self.sizes is None:
            return None
        try:
            widths = tuple(int(part) for part in self.sizes.replace(" ", "").strip("[]()").split(","))
        except ValueError:
            widths = ()
        if len(widths) < 2 or min(widths, default=0) < 1:
            raise BadArgument(f"--sizes {self.sizes}: give the layers' widths, input first, as in --sizes 2,4,1")
        return widths

    def budgets(self) -> tuple[float, float, float]:
        """Seconds for the usage, the experiments and the whole."""
        if self.effort not in BUDGETS:
            raise BadArgument(f"--effort {self.effort}: one of {', '.join(BUDGETS)}")
        usage, experiments, whole = BUDGETS[self.effort]
        if self.seconds is None:
            return usage, experiments, whole
        return min(usage, self.seconds * 0.4), min(experiments, self.seconds * 0.3), self.seconds
