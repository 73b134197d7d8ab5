"""Which derivative can be trusted for this cost at this point: complex step, its continuation, or extrapolation."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annprobe.gradcheck.derivatives.differences import (
    CROSS_STEP,
    EPSILON,
    NotAnalytic,
    Slope,
    central,
    computed_noise,
    richardson,
)
from annprobe.gradcheck.functions.blackbox import BlackBox
from annprobe.gradcheck.verdicts.result import Method
from annprobe.gradcheck.verdicts.verdict import ERROR_MARGIN, direction

Vector = NDArray[np.float64]

SMOOTH = 1e3 * 2.0**-52  # one-sided derivatives that differ by more, relative, sit at a kink
FLAT = 1e-6  # of the cost; a derivative of exactly zero is confirmed by a difference that is surer than this
USEFUL = 0.1  # a reference derivative whose error exceeds this share of its size confirms nothing


@dataclass(frozen=True, slots=True)
class Engine:
    """Directional derivatives of the cost at one point.

    noise    absolute error of one value of the cost beyond rounding of the result
    refusal  why the complex step was refused, empty where it was not tried or is used
    """

    box: BlackBox
    at: Vector
    method: Method
    noise: float = 0.0
    refusal: str = ""

    def slope(self, v: Vector) -> Slope:
        """v·∇C with a bound on its error."""
        if self.method != "extrapolated differences":
            try:
                z = self.box.slope(self.at, v, continued=self.method == "continued complex step")
            except NotAnalytic:
                pass
            else:
                return Slope(z.imag, 0.0, z.real)
        return richardson(self.box.cost, self.at, v, noise=self.noise)

    def kink(self, v: Vector) -> float:
        """|C'(v) + C'(−v)| over the larger of the two where the one-sided derivatives differ, else 0.

        By complex steps if they pass at all: at a kink no difference confirms them, yet they see it exactly.
        """
        for continued in (False, True):
            try:
                forward = self.box.slope(self.at, v, continued=continued).imag
                backward = self.box.slope(self.at, -v, continued=continued).imag
            except NotAnalytic:
                continue
            size = max(abs(forward), abs(backward))
            gap = abs(forward + backward)
            return gap / size if gap > SMOOTH * size else 0.0
        slope = richardson(self.box.cost, self.at, v, noise=self.noise)
        return min(1.0, slope.error / max(abs(slope.value), 1e-300)) if slope.kink else 0.0


def choose_engine(box: BlackBox, at: Vector, cost: float, seed: int, noise: float) -> Engine:
    """The most accurate method that an extrapolated difference confirms at this point.

    cost   C at the point, for the complex step's real part must equal it
    noise  what is left of randomness, absolute
    """
    v = direction(seed, at.size, 1)
    random = noise > 0
    if not random and _plainly_confirmed(box, at, v, cost):
        return Engine(box, at, "complex step")
    unit = v / math.sqrt(float(v @ v))
    narrow = 2 * box.epsilon * abs(cost) if box.epsilon > EPSILON else 0.0  # results of a narrower type
    noise += max(narrow, 4 * computed_noise(lambda s: box.cost(at + s * unit)))
    reference = richardson(box.cost, at, v, noise=noise)
    refusals = list(_refusals(box, at, v, cost, reference)) if not random else ["the cost is random"]
    if len(refusals) < 2 and not random:
        method: Method = "continued complex step" if refusals else "complex step"
        return Engine(box, at, method)
    return Engine(box, at, "extrapolated differences", noise, refusals[-1])


def _plainly_confirmed(box: BlackBox, at: Vector, v: Vector, cost: float) -> bool:
    """One central difference, two forward passes: enough where the cost is smooth on the scale of its step."""
    try:
        z = box.slope(at, v)
    except NotAnalytic:
        return False
    h = CROSS_STEP / math.sqrt(float(v @ v))
    if not z.imag:
        return False  # a cost that is rounded to a few decimals does not react to a short step either
    slope, _ = central(box.cost, at, v, h)
    rounding = 64 * box.epsilon * abs(cost) / h
    return abs(z.real - cost) <= 64 * box.epsilon * abs(cost) and abs(slope - z.imag) <= 1e-6 * abs(z.imag) + rounding


def _refusals(box: BlackBox, at: Vector, v: Vector, cost: float, reference: Slope) -> Iterator[str]:
    """Why the plain complex step does not apply, then why the continued one does not; ends at the first that does."""
    for continued in (False, True):
        try:
            z = box.slope(at, v, continued=continued)
        except NotAnalytic as reason:
            yield str(reason)
            continue
        if not abs(z.real - cost) <= 64 * box.epsilon * abs(cost):
            yield "complex parameters give another cost"
        elif not reference.error <= (USEFUL * max(abs(reference.value), abs(z.imag)) if z.imag else FLAT * abs(cost)):
            yield "no finite difference is accurate enough to confirm it"
        elif not abs(z.imag - reference.value) <= ERROR_MARGIN * reference.error:
            yield "it loses a part of the derivative"
        else:
            return
