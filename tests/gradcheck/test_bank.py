"""Planted transformations are named, alone and in products, with few questions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from annprobe.gradcheck.examining.examination import examine
from annprobe.gradcheck.functions.blackbox import BlackBox
from annprobe.gradcheck.functions.layout import lay_out
from annprobe.gradcheck.localising.localise import locate
from annprobe.gradcheck.localising.located import Letters

from .networks import network

Array = NDArray[Any]
SHAPES = [(3, 5, 2), (4, 4, 4), (2, 6, 3), (5, 8, 3), (6, 3, 2)]
N = 7

# what the user's gradient of one layer (bias in column 0) becomes, and what that must be called
PLANTS: dict[str, Callable[[Array], Array]] = {
    "equal": lambda g: g,
    "1/N": lambda g: g / N,
    "N": lambda g: g * N,
    "2": lambda g: 2 * g,
    "1/2": lambda g: g / 2,
    "-1": lambda g: -g,
    "-1/N": lambda g: -g / N,
    "zero": lambda g: 0 * g,
    "bias only: N": lambda g: np.column_stack([g[:, 0] * N, g[:, 1:]]),
    "bias only: 1/N": lambda g: np.column_stack([g[:, 0] / N, g[:, 1:]]),
    "bias x N, the rest x 1/N": lambda g: np.column_stack([g[:, 0] * N, g[:, 1:] / N]),
    "rolled by -1 along axis 1": lambda g: np.roll(g, -1, 1),
    "rolled by -1 along axis 1, x 2": lambda g: 2 * np.roll(g, -1, 1),
    "reversed along axis 0": lambda g: g[::-1],
    "reshaped in the other order": lambda g: g.ravel(order="F").reshape(g.shape),
    "reshaped in the other order, x 1/N": lambda g: g.ravel(order="F").reshape(g.shape) / N,
}


def planted(widths: tuple[int, ...], seed: int, layer: int, plant: Callable[[Array], Array]) -> tuple[list[str], int]:
    """Names of both layers' patterns, and the forward passes that naming took."""
    net, theta = network(widths, N, seed)

    def gradient(W: list[Array]) -> list[Array]:
        g = net.gradient_list(W)
        return [plant(x) if index == layer else x for index, x in enumerate(g)]

    W = net.split(theta)
    layout = lay_out(W)
    box = BlackBox(net.cost_list, gradient, layout, W)
    exam = examine(box, "own", layout.values, seed)
    assert exam is not None
    before = box.costs
    located = locate(exam, Letters(N, None, (1, 0)))
    return [item.check.pattern for item in located], box.costs - before


@pytest.mark.parametrize("name", PLANTS)
@pytest.mark.parametrize("widths", SHAPES)
def test_a_planted_transformation_is_named(widths: tuple[int, ...], name: str) -> None:
    for seed in range(4):
        for layer in (0, 1):
            names, forwards = planted(widths, seed, layer, PLANTS[name])
            assert (names[layer], names[1 - layer]) == (name, "equal")
            assert forwards <= 20


@pytest.mark.parametrize("widths", SHAPES)
def test_what_is_in_no_bank_gets_no_name(widths: tuple[int, ...]) -> None:
    for plant in (np.square, np.abs, np.sign, lambda g: g + 0.1, lambda g: np.clip(g, -0.01, 0.01)):
        names, _ = planted(widths, 3, 0, plant)
        assert names[0] in ("other", "equal") or "entr" in names[0] or "one" in names[0]
