"""How well outputs fit targets, free of scale: against the best predictor that always says the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

_DECISIONS = 4  # two values among fewer examples are as well two numbers to be hit
Kind = Literal["classes", "binary", "values"]


@dataclass(frozen=True)
class Score:
    """Of a stack of networks, each entry (networks,).

    left   squared error relative to that of the best constant predictor: 0 perfect, 1 no better than the mean
    wrong  share of the examples on the wrong side, relative to that of the best constant predictor; NaN for values
    """

    left: Any
    wrong: Any

    @property
    def badness(self) -> Any:
        """The number that training is judged by: wrong decisions where there are decisions, else what is left."""
        return np.where(np.isnan(self.wrong), self.left, self.wrong)


class Judge:
    """Compares outputs with targets T, shape (examples, units)."""

    def __init__(self, targets: Any, logits: bool = False) -> None:
        self.targets = np.asarray(targets, dtype=float)
        self.logits = logits
        self.kind: Kind = _kind(self.targets)
        spread = np.square(self.targets - self.targets.mean(axis=0))
        self.constant = float(spread.sum())
        self.middle = 0.5 * (float(self.targets.min()) + float(self.targets.max()))
        self.usual = self._constant_wrong()

    @property
    def learnable(self) -> bool:
        """Whether there is anything to tell apart: targets that are all equal teach nothing."""
        return self.constant > 0.0

    def _constant_wrong(self) -> float:
        if self.kind == "classes":
            counts = np.bincount(self.targets.argmax(axis=1))
            return float(1.0 - counts.max() / counts.sum())
        if self.kind == "binary":
            high = (self.targets > self.middle).mean(axis=0)
            return float(np.minimum(high, 1.0 - high).mean())
        return 0.0

    def __call__(self, outputs: Any, start: Any = None) -> Score:
        """Score outputs of shape (networks, examples, units); ``start`` are the squared errors at the start, which
        take the constant predictor's place where all targets are equal."""
        values = self._values(outputs)
        squared = self.squared(outputs)
        whole = self.constant if self.learnable else (squared if start is None else start)
        with np.errstate(all="ignore"):
            left = squared / whole
        left = np.where(np.isfinite(left), left, np.inf)
        if self.usual == 0.0:
            return Score(left, np.full(len(outputs), np.nan))
        if self.kind == "classes":
            wrong = (values.argmax(axis=2) != self.targets.argmax(axis=1)).mean(axis=1)
        else:
            wrong = ((values > self.middle) != (self.targets > self.middle)).mean(axis=(1, 2))
        return Score(left, np.where(np.isfinite(squared), wrong, 1.0) / self.usual)

    def squared(self, outputs: Any) -> Any:
        """Sum of squared errors of each network."""
        with np.errstate(all="ignore"):
            return np.square(self._values(outputs) - self.targets).sum(axis=(1, 2))

    def _values(self, outputs: Any) -> Any:
        with np.errstate(all="ignore"):
            return 1.0 / (1.0 + np.exp(-outputs)) if self.logits else outputs


def _kind(targets: Any) -> Kind:
    levels = np.unique(targets)
    if len(levels) != 2 or len(targets) < _DECISIONS:
        return "values"
    if targets.shape[1] > 1 and bool(((targets == levels[1]).sum(axis=1) == 1).all()):
        return "classes"
    return "binary"
