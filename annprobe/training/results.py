"""What came of the experiments on one module: every trial with its outcome, and the state of the training as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from annprobe.training.laboratory import Change
from annprobe.training.outcomes import Outcome, Yardstick
from annprobe.training.stack import Trace
from annprobe.training.swaps import Swap
from annprobe.training.trainer import Trainer

SOON = 0.34  # of the steps that were run: what learns within it would have been seen to learn without
MENDING = ("gradient", "repair")  # kinds of changes that take a fault of the backward pass away
_SOME = 0.4  # of the starts
State = Literal["trains", "fails", "unlucky", "between", "stalled", "unfinished"]


@dataclass
class Tried:
    """A trial and what came of it; ``before`` is the training as it is (on the same targets).

    faster  how many times fewer steps bring the changed training as far, median over the starts
    """

    changes: tuple[Change, ...]
    outcome: Outcome
    before: Outcome
    mirrored: bool = False
    faster: float = 1.0

    @property
    def cures(self) -> bool:
        """It trains with the change, and from most starts or from the module's own it does not without."""
        worse = self.before.own != "good" or not self.before.trains
        more = self.outcome.good * self.before.of > self.before.good * self.outcome.of
        return worse and more and (self.outcome.trains or self._mends_own)

    @property
    def _mends_own(self) -> bool:
        """A fault mended, and the module's own start learns, with others of its kind; before, none did. That not most
        do is the task's doing: a small network has its local minima."""
        none = self.before.own == "bad" and not self.before.good
        share = self.outcome.own == "good" and self.outcome.good >= max(2, _SOME * self.outcome.of)
        return none and share and all(change.kind in MENDING for change in self.changes)


@dataclass
class Experiments:
    """Everything that was tried on one module.

    state     of the training as it is: "unlucky" when it fails from its own start but not from most others of its kind;
              "stalled" when so many steps are planned that only some were run, and nothing was learned in these
    baseline  its outcome
    tried     every other trial
    swap      the parameters that do not follow the true gradient; None when all do
    steps     training steps a network got; ``planned``: whether the module means to train that long
    complete  whether all data that the module trains on took part
    own       the training as it is from the module's own start, with the parameters on the way
    wanted    steps that the module plans
    """

    state: State
    baseline: Outcome
    measure: Yardstick
    tried: list[Tried]
    swap: Swap | None
    steps: int
    planned: bool
    complete: bool
    trainer: Trainer
    own: Trace
    wanted: int = 0

    def cures(self, kind: str | None = None) -> list[Tried]:
        """The trials that cure, single changes first; of one kind only, if asked for.

        Where the training as it is was not run to its end, those that learn in a small part of the steps that were run.
        """
        found = [t for t in self.tried if t.cures and not t.mirrored and (kind is None or t.changes[0].kind == kind)]
        if self.state == "stalled":
            found = [t for t in found if t.outcome.steps <= SOON * self.steps]
        return sorted(found, key=lambda t: len(t.changes))

    def trial(self, change: Change, mirrored: bool = False) -> Tried | None:
        """The trial of one change alone."""
        return next((t for t in self.tried if t.changes == (change,) and t.mirrored == mirrored), None)

    @property
    def share(self) -> float:
        """What is left at the end from the module's own start, of the best constant predictor's squared error."""
        return self.own.left[-1] if self.own.left and self.own.finite else float("inf")
