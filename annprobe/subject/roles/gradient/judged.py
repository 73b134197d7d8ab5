"""One loss, and how the parameters of a step fit it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from annprobe.subject.roles.gradient.matches import Match
from annprobe.subject.roles.steps import Move
from annprobe.tape.adjoint import Adjoints


@dataclass(frozen=True)
class Judged:
    """One parameter's change against one hypothesis, at several points (the module's own point first).

    changes   ΔP against the gradient, one match a point (negative factor: descent)
    gradient  node in the backward pass that is proportional to the gradient at every point, when ΔP itself is not
    factor    the constant, where there is one
    """

    move: Move
    true: Any
    changes: tuple[Match, ...]
    gradient: int | None
    factor: float | None
    decay: float = 0.0  # ΔP also holds −decay · P: weight decay that the judged cost does not know

    @property
    def change(self) -> Match:
        """At the module's own point."""
        return self.changes[0]

    @property
    def untold(self) -> bool:
        """Whether both change and gradient were zero wherever it was looked: nothing can be said."""
        return all(m.no_gradient and m.equal for m in self.changes)

    @property
    def right(self) -> bool:
        """Whether the module computed the gradient, up to a constant factor (or nothing speaks against it)."""
        return self.factor is not None or self.untold


@dataclass
class Hypothesis:
    """A loss, and how the step's parameters fit it. ``cost`` is the node of the module's own cost, if it is that."""

    name: str
    points: list[Adjoints]
    judged: list[Judged] = field(default_factory=list)
    cost: int | None = None

    @property
    def adjoint(self) -> Adjoints:
        """∂C/∂v at the module's own point."""
        return self.points[0]

    @property
    def right(self) -> int:
        """How many parameters fit."""
        return sum(j.right for j in self.judged)

    @property
    def uniform(self) -> bool:
        """Whether all parameters that fit have one and the same factor."""
        found = [j.factor for j in self.judged if j.factor is not None and j.gradient is None]
        return not found or max(abs(f - found[0]) for f in found) <= 1e-6 * abs(found[0])

    @property
    def score(self) -> tuple[int, bool, float]:
        """Better is larger: first how many fit, then whether with one factor, then how close the others are."""
        cosines = [max(m.cosine**2 for m in j.changes) for j in self.judged]
        return self._fitting if self.told else 0, self.uniform, float(np.mean(cosines)) if cosines else 0.0

    @property
    def _fitting(self) -> int:
        """Those that fit; single numbers of which only some value on the way does, where they are no few.

        Of the errors of a network that is written number by number some are always the derivative of another loss.
        """
        near = sum(j.gradient is not None and np.ndim(j.true) == 0 for j in self.judged)
        return self.right if 2 * self.right > len(self.judged) else self.right - near

    @property
    def told(self) -> bool:
        """Whether a parameter fits of which something can be said: that 0 is 0 speaks for no loss."""
        return any(j.factor is not None for j in self.judged)
