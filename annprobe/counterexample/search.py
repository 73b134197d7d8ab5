"""Architectures are tried smallest first; on the first that shows the fault, Hypothesis shrinks the numbers."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException

from annprobe.counterexample.recorded import Recorded, names_in, record
from annprobe.counterexample.sizes import EXAMPLES, MOST_UNITS, drawable
from annprobe.patience import patient_time
from annprobe.strategies import TABLE
from annprobe.subject.making.workshop import Workshop
from annprobe.subject.reading.source import Source
from annprobe.subject.usage import MadeUsage

_VISIBLE = 0.02  # relative to the larger of both values: smaller differences cannot be followed by hand
_SMALLEST = 1e-3  # both values below it: nothing to look at
_BESIDE = 1e-4  # how far a difference quotient that is made by hand reaches
_ONE, _LOST = 0.3, 0.12  # of the time, for one network, and for those of a depth that none could be made with
_TELLING = 0.4  # of the time for the numbers, until a zero beside another number has to do
_SHARE = 0.7  # of the time for the architectures; the rest for the numbers

Accept = Callable[[Recorded], bool]


@dataclass(frozen=True)
class Smallest:
    """A recorded network at simple numbers, and the entry whose gradient is wrong.

    parameter  its position in ``recorded.judged``; index: of the entry
    user, true both gradients of it, in the unit of the judged cost
    """

    recorded: Recorded
    weights: list[Any]
    inputs: Any
    parameter: int
    index: tuple[int, ...]
    user: float
    true: float


def smallest(
    source: Source,
    *,
    like: MadeUsage | None = None,
    seconds: float = 4.0,
    alike: Accept = lambda recorded: False,
    accept: Accept = lambda recorded: True,
    confirm: Callable[[Smallest], bool] = lambda case: True,
) -> Smallest | None:
    """The smallest network of the module on which a gradient is wrong; None where none was found in the time.

    like    a usage whose calls are to be kept
    alike   whether a recorded network is trained as it should be: all others need only the names that it calls
    accept  whether a wrong gradient is the one that is looked for
    confirm whether the case can be shown; if not, the next larger network is looked at
    """
    among = names_in(like) if like is not None else None
    started = patient_time()
    workshop = Workshop(source, seconds)
    made: set[int] = set()  # numbers of layers that the module's networks can have
    lost: dict[int, float] = defaultdict(float)  # seconds spent on those of which none could be made
    for widths, n in drawable():
        left = seconds * _SHARE - (patient_time() - started)
        if left <= 0:
            return None
        if len(widths) not in made and lost[len(widths)] > _LOST * seconds:
            continue
        began = patient_time()
        recorded = record(source, widths, n, like, max(0.5, min(left, _ONE * seconds)), among, workshop)
        if among is None and recorded is not None and alike(recorded):
            among = names_in(recorded.usage)
        made.update([len(widths)] if recorded is not None else [])
        lost[len(widths)] += patient_time() - began
        if recorded is None or not any(recorded.wrong) or not accept(recorded):
            continue
        simple = simplest(recorded, seconds - (patient_time() - started))
        if simple is not None and confirm(simple):
            return simple
    return None


def _size(recorded: Recorded) -> int:
    return sum(int(np.prod(shape)) for shape in recorded.shapes)


def simplest(recorded: Recorded, seconds: float) -> Smallest | None:
    """The same network with the simplest weights and inputs on which the fault can be seen by hand."""
    started = patient_time()
    frame = st.binary(min_size=_size(recorded), max_size=_size(recorded))
    inputs = st.binary(min_size=MOST_UNITS * max(EXAMPLES), max_size=MOST_UNITS * max(EXAMPLES))

    def shows(drawn: tuple[bytes, bytes], telling: bool) -> bool:
        left = (_TELLING if telling else 1.0) * seconds - (patient_time() - started)
        case = at(recorded, *_numbers(recorded, *drawn)) if left > 0 else None
        return case is not None and (not telling or min(abs(case.user), abs(case.true)) > _SMALLEST)

    quietly = settings(
        max_examples=400, derandomize=True, database=None, deadline=None, phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    for telling in (True, False):  # two numbers to compare say more than one beside a zero
        with contextlib.suppress(HypothesisException):
            drawn = find(st.tuples(frame, inputs), partial(shows, telling=telling), settings=quietly, random=Random(0))
            return at(recorded, *_numbers(recorded, *drawn))
    return None


def _numbers(recorded: Recorded, weights: bytes, inputs: bytes) -> tuple[list[Any], Any]:
    """Arrays of simple numbers from the drawn bytes."""
    flat, start, arrays = TABLE[np.frombuffer(weights, dtype=np.uint8)], 0, []
    for shape in recorded.shapes:
        size = int(np.prod(shape))
        part = flat[start : start + size].reshape(shape)
        arrays.append(np.array(part) if shape else float(part))
        start += size
    n, n_in = recorded.usage.program.n, recorded.usage.program.widths[0]
    x = TABLE[np.frombuffer(inputs, dtype=np.uint8)].reshape(max(EXAMPLES), MOST_UNITS)[:n, :n_in]
    return arrays, np.array(x)


def at(recorded: Recorded, weights: list[Any], inputs: Any) -> Smallest | None:
    """The entry that is most clearly wrong at these numbers; None where none is."""
    point = recorded.point(weights, inputs)
    pairs = recorded.gradients(point) if point is not None else []
    worst: tuple[float, int, tuple[int, ...]] | None = None
    for number, (user, true) in enumerate(pairs):
        if not recorded.wrong[number]:
            continue
        size = np.maximum(np.abs(user), np.abs(true))
        gap = np.where(size > _SMALLEST, np.abs(user - true) / np.maximum(size, _SMALLEST), 0.0)
        index = tuple(int(i) for i in np.unravel_index(int(np.argmax(gap)), gap.shape))
        if gap[index] > _VISIBLE and (worst is None or gap[index] > worst[0]):
            worst = float(gap[index]), number, index
    if worst is None:
        return None
    _, number, index = worst
    user, true = pairs[number]
    case = Smallest(recorded, weights, inputs, number, index, float(user[index]), float(true[index]))
    return case if _smooth(case) else None


def _smooth(case: Smallest) -> bool:
    """Whether the gradient beside the point is that at the point: at a kink no difference quotient confirms it."""
    size = max(abs(case.user), abs(case.true))
    for step in (-_BESIDE, _BESIDE):
        weights = list(case.weights)
        moved = np.array(weights[case.parameter], dtype=float)
        moved[case.index] += step
        weights[case.parameter] = moved if moved.shape else float(moved)
        point = case.recorded.point(weights, case.inputs)
        pairs = case.recorded.gradients(point) if point is not None else []
        if not pairs or abs(float(pairs[case.parameter][1][case.index]) - case.true) > _VISIBLE * size:
            return False
    return True
