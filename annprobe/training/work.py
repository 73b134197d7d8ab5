"""Time that is counted, not measured: the same module gets the same experiments on a busy machine.

A step of a stack of networks costs so much for each operation and so much for each number that it makes, as fitted to
short runs of the steps of many modules (two thirds lie within a third of what was measured). The watch is looked at all
the same: where work takes longer by far than its count says, the watch counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from annprobe.patience import patient_time
from annprobe.training.program import Program
from annprobe.training.stacking import REDUCTIONS

_SLACK = 2.5  # times what was counted that work may take
# seconds a step, an operation, and a number that it makes
_STEP, _OPERATION, _NUMBER = 2.5e-6, 5e-7, 1.5e-9
_REDUCTION, _PRODUCT, _ALONE = 3e-6, 1.5e-6, 7e-6
_GIVEN = 3e-6
_CURVED, _TERM = 6e-9, 4e-10  # a number of an exponential and the like; a term of a matrix product
_CURVES = {"exp", "tanh", "log", "power", "float_power", "sqrt", "log1p", "sin", "cos"}
_PRODUCTS = {"dot", "matmul", "einsum", "tensordot"}


class WorkClock:
    """Seconds of work since it was made."""

    def __init__(self, watch: Callable[[], float] = patient_time) -> None:
        self.counted = 0.0
        self._watch, self._began = watch, watch()

    def __call__(self) -> float:
        """What was counted; more where that is far too little."""
        return max(self.counted, (self._watch() - self._began) / _SLACK)

    def spend(self, seconds: float) -> None:
        """Count work that was done."""
        self.counted += seconds


@dataclass(frozen=True)
class Price:
    """Seconds that one run of a program takes: for itself, and for each network of the stack."""

    empty: float
    each: float

    def of(self, networks: int) -> float:
        """For a stack of so many."""
        return self.empty + networks * self.each


def price(program: Program, anew: int = 0) -> Price:
    """What a run of a program costs, with so many operations that give it its shared values anew."""
    empty, each = _STEP + _GIVEN * anew, _ALONE * len(program.plain)
    for number in program.operations():
        node = program.graph.nodes[number]
        sizes = [_size(program, number), *(_size(program, i) for i in node.inputs)]
        if node.op in _PRODUCTS:
            empty, each = empty + _PRODUCT, each + _TERM * float(np.sqrt(np.prod(sizes, dtype=float)))
        elif node.op in REDUCTIONS:
            empty, each = empty + _REDUCTION, each + _NUMBER * max(sizes)
        else:
            empty, each = empty + _OPERATION, each + (_CURVED if node.op in _CURVES else _NUMBER) * sizes[0]
    return Price(empty, each)


def _size(program: Program, number: int) -> int:
    sample = program.graph.sample(number)
    return 1 if isinstance(sample, tuple) else np.size(sample)
