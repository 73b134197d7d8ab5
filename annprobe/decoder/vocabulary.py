"""The decoder's words: the catalogue's mutants of the backward pass."""

from __future__ import annotations

from functools import cache

from annprobe import catalog
from annprobe.catalog.mutant import Mutant

DELTA = ("cost_derivative", "derivative", "output_delta", "hidden_delta")
BACKWARD = (*DELTA, "weight_gradient", "bias_gradient", "reduce", "penalty_gradient")


@cache
def mutants(step: str) -> tuple[Mutant, ...]:
    """The catalogue's mutants of a step that make the gradient wrong as a function of parameters and examples."""
    return tuple(m for m in catalog.load().values() if m.step == step and m.gradient_check)


def of_delta(layer: int, layers: int) -> tuple[str, ...]:
    """The steps that a layer's delta is made by."""
    return ("cost_derivative", "derivative", "output_delta") if layer == layers else ("derivative", "hidden_delta")
