"""No false alarm on correct networks, and no planted bug missed.

A few draws by default; in full, about ten minutes on one core:

    ANNPROBE_DRAWS=1000 python -m pytest tests/gradcheck/test_families.py -s
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from annprobe.gradcheck import check_gradients

from .networks import FAMILIES, Network, member

DRAWS = int(os.environ.get("ANNPROBE_DRAWS", "20"))
FLOAT64 = [family for family in FAMILIES if family != "float32"]
Array = NDArray[Any]
Bug = Callable[[Array], Array]


def one_weight(net: Network, theta: Array, rng: np.random.Generator) -> Bug:
    """One weight of at least median size at the user's point, 1 % off."""
    size = np.abs(net.gradient(theta))
    factors = np.ones(net.size)
    factors[rng.choice(np.flatnonzero(size >= np.median(size)))] = 1.01
    return lambda g: g * factors


def one_layer(net: Network, theta: Array, rng: np.random.Generator) -> Bug:
    factors = np.ones(net.size)
    net.split(factors)[0][...] = 1.001
    return lambda g: g * factors


def all_by_n(net: Network, theta: Array, rng: np.random.Generator) -> Bug:
    return lambda g: g / len(net.X)


def no_bias(net: Network, theta: Array, rng: np.random.Generator) -> Bug:
    factors = np.ones(net.size)
    net.split(factors)[0][:, 0] = 0
    return lambda g: g * factors


PLANTS: list[Callable[[Network, Array, np.random.Generator], Bug]] = [one_weight, one_layer, all_by_n, no_bias]


@pytest.mark.parametrize("family", FAMILIES)
def test_correct_gradients_raise_no_alarm(family: str) -> None:
    alarms = []
    for seed in range(DRAWS):
        net, theta = member(family, seed)
        result = check_gradients(net.cost, theta, net.gradient, shapes=net.shapes, seed=seed)
        if result.verdict not in ("right", "right elsewhere"):
            alarms.append((seed, result.verdict))
    assert not alarms


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
@pytest.mark.parametrize("family", FLOAT64)
def test_planted_bugs_are_seen(family: str, plant: Callable[[Network, Array, np.random.Generator], Bug]) -> None:
    """At most 1 in 1,000 may pass. Where the plant changes nothing at the user's point, there is nothing to miss."""
    missed = []
    for seed in range(DRAWS):
        net, theta = member(family, seed)

        bug = plant(net, theta, np.random.default_rng(seed))

        def wrong(at: Array, net: Network = net, bug: Bug = bug) -> Array:
            return bug(net.gradient(at))

        right = net.gradient(theta)
        if np.allclose(wrong(theta), right, rtol=1e-12, atol=0.0):
            continue
        if check_gradients(net.cost, theta, wrong, shapes=net.shapes, seed=seed).agrees:
            missed.append(seed)
    assert len(missed) <= DRAWS / 1000, missed
