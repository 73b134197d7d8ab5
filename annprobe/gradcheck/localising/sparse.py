"""Single wrong entries by moments: a bucket that holds one wrong entry tells its address by division.

Probing a bucket with r and with r·(row + 1) gives gaps whose quotient is row + 1 if only one entry of the bucket is
wrong, and no integer otherwise; then the buckets are refined. About 10 forward passes a wrong entry.
Source: Cormode & Muthukrishnan, Combinatorial algorithms for compressed sensing (2006), with positions as the weights.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from annprobe.gradcheck.examining.examination import Examination
from annprobe.gradcheck.functions.layout import Leaf

Array = NDArray[np.float64]

MOST_PROBES = 200
ROUNDS = 12
HOPELESS = 8  # buckets of which none holds exactly one wrong entry: too many are wrong


@dataclass(slots=True)
class Search:
    """Finds wrong entries of one array; ``found`` maps flat index to what the user's gradient lacks there."""

    exam: Examination
    leaf: Leaf
    rng: np.random.Generator
    until: int  # number of calls of the cost at which to give up
    probes: int = 0
    found: dict[int, float] = field(default_factory=dict)

    def run(self) -> bool:
        """Whether every wrong entry was found within :data:`MOST_PROBES` questions."""
        size, buckets = self.leaf.stop - self.leaf.start, 1
        for _ in range(ROUNDS):
            home = self.rng.integers(0, buckets, size)
            r = self.rng.uniform(0.5, 1.5, size) * self.rng.choice((-1.0, 1.0), size)
            hits = [self._bucket(np.flatnonzero(home == k), r) for k in range(buckets)]
            if self._spent() or (buckets >= HOPELESS and not self.found):
                return False
            if self._closed(r):
                return True
            if sum(hit == "one" for hit in hits) < max(1, sum(hit != "none" for hit in hits) // 2):
                buckets = max(2, 2 * buckets)
            if 4 * buckets > size:
                return False
        return False

    def _bucket(self, members: NDArray[np.intp], r: Array) -> str:
        """``none``, ``one`` or ``many`` wrong entries among ``members``."""
        if not members.size or self._spent():
            return "none"
        base, allowed = self._gap(members, r[members])
        if abs(base) <= allowed:
            return "none"
        address = self._address(members, r, base, allowed)
        if address is None or address not in members:
            return "many"
        lacking, unit_allowed = self._gap(np.array([address]), np.ones(1))
        if abs(lacking) <= unit_allowed or abs(lacking * r[address] - base) > 1e-6 * abs(base) + 2 * allowed:
            return "many"
        self.found[address] = self.found.get(address, 0.0) + lacking
        return "one"

    def _address(self, members: NDArray[np.intp], r: Array, base: float, allowed: float) -> int | None:
        shape = self.leaf.shape or (1,)
        places = np.unravel_index(members, shape)
        index = []
        for axis, place in enumerate(places):
            if shape[axis] == 1:
                index.append(0)
                continue
            moment, moment_allowed = self._gap(members, r[members] * (place + 1))
            line = whole_line(moment, base, moment_allowed, allowed, shape[axis])
            if line is None:
                return None
            index.append(line)
        return int(np.ravel_multi_index(index, shape))

    def _gap(self, members: NDArray[np.intp], coefficients: Array) -> tuple[float, float]:
        """What the user's gradient, with the entries found so far repaired, lacks along these coefficients."""
        self.probes += 1
        part = np.zeros(self.leaf.stop - self.leaf.start)
        part[members] = coefficients
        probe = self.exam.probe(self.exam.within(self.leaf, part))
        known = sum(part[index] * lacking for index, lacking in self.found.items())
        return probe.gap - known, probe.allowed

    def _spent(self) -> bool:
        return self.probes >= MOST_PROBES or self.exam.box.costs >= self.until

    def _closed(self, r: Array) -> bool:
        gap, allowed = self._gap(np.arange(r.size), np.roll(r, 1))
        return abs(gap) <= allowed


def whole_line(moment: float, base: float, moment_allowed: float, allowed: float, count: int) -> int | None:
    """The line on which all of a gap lies: moment/base − 1, if that is an integer within its error, else None."""
    quotient = moment / base if base else math.nan
    blur = (moment_allowed + abs(quotient) * allowed) / abs(base) if base else math.inf
    nearest = round(quotient) if math.isfinite(quotient) else 0
    if not 1 <= nearest <= count or blur > 0.1 or abs(quotient - nearest) > max(2 * blur, 1e-9 * count):
        return None
    return nearest - 1
