"""Faults of the catalogue, planted in the engine: one, two or three of them, in all layers or in one.

A planting counts where it runs, where each of its faults can be seen beside the others (without it the gradient would
be another), and where the gradient is not 0 altogether.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annprobe.catalog import Mutant
from annprobe.decoder.vocabulary import BACKWARD, mutants
from annprobe.engine.architecture import Architecture
from annprobe.engine.layout import Array
from annprobe.engine.network import random_network, same
from annprobe.engine.stacks import FAULTS
from annprobe.engine.steps import REFERENCE, Steps, evaluate

LAYERLESS = ("cost_derivative", "output_delta")


@dataclass(frozen=True)
class Configuration:
    """A network and the size of the batches that its gradient is asked with."""

    architecture: Architecture
    examples: int

    def __str__(self) -> str:
        return f"{self.architecture}, N = {self.examples}"


# Three kinds of network, each with widths that all differ and with equal ones (there wrong indices and transposes run).
CONFIGURATIONS = tuple(
    Configuration(Architecture.of(widths, hidden, output, cost, reduction, l2), examples)
    for hidden, output, cost, reduction, l2 in (
        ("sigmoid", "sigmoid", "halved squared error", "mean", 0.0),
        ("tanh", "softmax", "categorical cross-entropy", "mean", 0.1),
        ("leaky relu", "sigmoid", "binary cross-entropy", "sum", 0.0),
    )
    for widths, examples in (((4, 6, 5, 3), 7), ((4, 4, 4, 4), 4))
)


@dataclass(frozen=True)
class Fault:
    """A mutant, in all layers or in one."""

    mutant: Mutant
    layer: int | None = None

    def __str__(self) -> str:
        return self.mutant.id if self.layer is None else f"{self.mutant.id} in layer {self.layer}"

    def step(self) -> Callable[..., Any]:
        """The bugged step."""
        return self.mutant.function if self.layer is None else functools.partial(_in_layer, self.mutant, self.layer)


def _in_layer(mutant: Mutant, only: int, p: Any, layer: int) -> Array:
    wrong = layer == only
    return np.asarray(mutant.function(p, layer) if wrong else getattr(REFERENCE, mutant.step)(p, layer))


def faults(layers: int) -> Iterator[Fault]:
    """Every mutant of the backward pass in every place it can have."""
    for step in BACKWARD:
        for mutant in mutants(step):
            yield Fault(mutant)
            if step not in LAYERLESS:
                for layer in range(1, layers + (step != "hidden_delta")):
                    yield Fault(mutant, layer)


def planted(chosen: Sequence[Fault]) -> Steps:
    """The table of steps with these faults, each of another step."""
    steps = REFERENCE
    for fault in chosen:
        steps = steps.replaced(fault.mutant.step, fault.step())
    return steps


def gradient(configuration: Configuration, chosen: Sequence[Fault]) -> Callable[..., list[Array]]:
    """What the decoder asks."""
    steps = planted(chosen)

    def asked(W: Sequence[Array], X: Array, Y: Array) -> list[Array]:
        return evaluate(configuration.architecture, W, X, Y, steps).gradient()

    return asked


def values(configuration: Configuration, chosen: Sequence[Fault], seed: int = 99) -> list[Array] | None:
    """The gradient of generic networks; None where it cannot be computed."""
    rng = np.random.default_rng(seed)
    found: list[Array] = []
    for _ in range(3):
        n = random_network(configuration.architecture, configuration.examples, rng)
        try:
            with np.errstate(all="ignore"):
                found += gradient(configuration, chosen)(n.W, n.X, n.Y)
        except FAULTS:
            return None
    return found if all(np.isfinite(g).all() for g in found) else None


def shows(configuration: Configuration, chosen: Sequence[Fault]) -> bool:
    """Does it run, and does each of the faults make a difference beside the others?"""
    given = values(configuration, chosen)
    if given is None or max(float(np.abs(g).max()) for g in given) < 1e-9:
        return False
    for k in range(len(chosen)):
        without = values(configuration, [*chosen[:k], *chosen[k + 1 :]])
        if without is None or same(given, without, 1e-9):
            return False
    return True


@functools.cache
def singles(configuration: Configuration) -> list[tuple[Fault, ...]]:
    """All plantings of one fault that show."""
    return [(f,) for f in faults(configuration.architecture.L) if shows(configuration, [f])]


def drawn(configuration: Configuration, order: int, count: int, seed: int) -> list[tuple[Fault, ...]]:
    """Plantings of several faults, of different steps, that show."""
    rng = np.random.default_rng(seed)
    single = [f for (f,) in singles(configuration)]
    found: dict[str, tuple[Fault, ...]] = {}
    while len(found) < count:
        chosen = tuple(single[i] for i in sorted(rng.choice(len(single), order, replace=False)))
        if len({f.mutant.step for f in chosen}) == order and shows(configuration, chosen):
            found.setdefault(" + ".join(map(str, chosen)), chosen)
    return list(found.values())
