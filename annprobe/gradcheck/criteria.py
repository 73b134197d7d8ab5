"""Does a user's acceptance test reject wrong gradients? It is fed gradients with one planted fault each.

A check that never fails proves nothing; the best test of a checker is mutation.
Source: DeMillo, Lipton & Sayward, Hints on test data selection, IEEE Computer 11 (1978) 34.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from annprobe.gradcheck.functions.layout import Layout, lay_out

Array = NDArray[np.float64]

Plant = Literal[
    "sign of all",
    "scale of all",  # cosine-only tests let it pass
    "tenth of all",  # absolute tolerances and loose ratios do
    "small scale of all",  # 1 % off
    "sizes scrambled",  # signs kept: sign-only tests let it pass
    "one array zero",
    "one entry wrong",
    "sum kept",  # two entries exchanged: tests of the sum let it pass
    "undefined",  # NaN: `if error > tolerance: fail` lets it pass
    "anything",  # a gradient of random numbers
    "nothing",  # the right gradient: must pass
]


@dataclass(frozen=True, slots=True)
class BlindSpot:
    """A planted fault on which the test gave the wrong answer: it passed, or, for ``nothing``, it failed.

    array  name of the parameter array that the fault was planted in; empty for all
    """

    plant: Plant
    array: str = ""


def blind_spots(passes: Callable[[Any, Any], bool], true: Any, *, seed: int = 0) -> tuple[BlindSpot, ...]:
    """Planted faults that ``passes(analytic, numerical)`` does not see; empty for a sound test.

    passes  the user's acceptance test of two gradients, true when it accepts
    true    the right gradient in the user's nest, used as the numerical one; to be taken at random parameters
    """
    layout = lay_out(true)
    rng = np.random.default_rng(seed)
    blind = []
    for plant, name, vector in _plants(layout, rng):
        accepted = bool(passes(layout.build(vector), layout.build(layout.values.copy())))
        if accepted != (plant == "nothing"):
            blind.append(BlindSpot(plant, name))
    return tuple(blind)


def _plants(layout: Layout, rng: np.random.Generator) -> Iterator[tuple[Plant, str, Array]]:
    g = layout.values
    yield "nothing", "", g.copy()
    yield "sign of all", "", -g
    yield "scale of all", "", 4 * g
    yield "tenth of all", "", 0.1 * g
    yield "small scale of all", "", 1.01 * g
    yield "sizes scrambled", "", np.sign(g) * rng.permutation(np.abs(g)) * 3
    yield "anything", "", rng.standard_normal(g.size) * (np.max(np.abs(g), initial=0.0) or 1.0)
    yield "undefined", "", np.full(g.size, np.nan)
    for leaf in layout.leaves:
        if g[leaf.span].any():
            yield "one array zero", leaf.name, _with(g, leaf.span, 0.0)
        largest = leaf.start + int(np.argmax(np.abs(g[leaf.span])))
        yield "one entry wrong", leaf.name, _with(g, slice(largest, largest + 1), 2 * g[largest] or 1.0)
    if g.size > 1 and np.ptp(g):
        exchanged = g.copy()
        low, high = int(np.argmin(g)), int(np.argmax(g))
        exchanged[[low, high]] = g[[high, low]]
        yield "sum kept", "", exchanged


def _with(g: Array, span: slice, value: float) -> Array:
    out = g.copy()
    out[span] = value
    return out
