"""Learning rates that a module shrinks from step to step, until nothing moves any more."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from annprobe.training.trainer import Trainer, advanced

_EQUAL = 1e-6  # relative: between the ratios of successive rates, and of an update to a doubled rate
_GONE, _EARLY = 1e-3, 0.1  # a rate that is under a thousandth of its first value after a tenth of the training


@dataclass(frozen=True)
class Fading:
    """A rate that is multiplied by ``ratio`` in each step.

    read   its number among what is handed from step to step; ``node`` makes the next value
    first  its value in the first step
    gone   steps after which it is under a thousandth of that
    """

    read: int
    node: int
    first: float
    ratio: float
    gone: int


def fading_rate(trainer: Trainer, steps: int) -> Fading | None:
    """The rate that fades away long before the training's end; None where there is none."""
    loop = trainer.loop
    place = {n: i for i, n in enumerate(loop.windows[loop.template])}
    trained = {p.read for p in loop.parameters}
    for read, made in loop.carried.items():
        start = trainer.recorded(read)
        if read in trained or np.size(start) != 1 or made not in place:
            continue
        seen = [float(np.ravel(v)[0]) for v in (start, *(loop.tape.value(w[place[made]]) for w in loop.windows))]
        ratio = _ratio(seen)
        gone = int(np.log(_GONE) / np.log(ratio)) if ratio is not None else steps
        if ratio is not None and gone < _EARLY * steps and _is_rate(trainer, read):
            return Fading(read, made, seen[0], ratio, gone)
    return None


def _ratio(seen: list[float]) -> float | None:
    """By which every value is smaller than the one before."""
    if len(seen) < 3 or min(seen) <= 0.0:
        return None
    ratios = [b / a for a, b in pairwise(seen)]
    return ratios[0] if ratios[0] < 1.0 and max(ratios) - min(ratios) <= _EQUAL * ratios[0] else None


def _is_rate(trainer: Trainer, read: int) -> bool:
    """Whether every parameter moves twice as far when the number is twice as large."""
    variant = trainer.bench.plain(rates=False)
    starts = [np.asarray(trainer.recorded(r)) for r in variant.reads]
    doubled = [2.0 * value if r == read else value for r, value in zip(variant.reads, starts, strict=True)]
    both: list[Any] = [np.stack(pair) for pair in zip(starts, doubled, strict=True)]
    after = advanced(variant, both, trainer.data.values(0, variant.step.shared))
    for p in trainer.loop.parameters:
        i = variant.reads.index(p.read)
        plain, twice = after[i][0] - starts[i], after[i][1] - starts[i]
        if not np.allclose(twice, 2.0 * plain, rtol=_EQUAL, atol=_EQUAL * float(np.max(np.abs(plain), initial=0.0))):
            return False
    return True
