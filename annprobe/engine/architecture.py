"""What a network looks like: widths, activations, cost, reduction, regularisation."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from annprobe.engine.activations import ACTIVATIONS, Activation
from annprobe.engine.costs import COSTS, Cost
from annprobe.errors import BadArgument

REDUCTIONS = ("mean", "sum")
MOST_LISTED = 50  # names in a message


def closest(kind: str, name: str, known: Iterable[str]) -> str:
    """``name`` if it is known; else raises :class:`BadArgument`, with the closest known name, or with all if few."""
    names = list(known)
    if name in names:
        return name
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    listed = ", ".join(sorted(names)) if len(names) <= MOST_LISTED else f"{len(names)}, none of them like it"
    hint = f"; did you mean {near[0]!r}?" if near else f"; known are {listed}"
    raise BadArgument(f"there is no {kind} {name!r}{hint}")


def fits(activation: Activation, cost: Cost) -> bool:
    """Are all outputs of this activation legal arguments of this cost?"""
    inside = cost.low <= activation.low and activation.high <= cost.high
    return inside and not (activation.reaches_low and cost.low == activation.low)


@dataclass(frozen=True)
class Architecture:
    """Layer widths (input first), one activation for each layer after the input, cost, reduction over examples, L2.

    The regularised cost is ``cost + l2 / 2 * Σ V²`` (and ``b²`` with ``l2_biases``), whatever the reduction.
    Raises :class:`BadArgument` when the parts do not fit together.
    """

    widths: tuple[int, ...]
    activations: tuple[str, ...]
    cost: str = "squared error"
    reduction: str = "mean"
    l2: float = 0.0
    l2_biases: bool = False

    @staticmethod
    def of(widths: Sequence[int], hidden: str = "sigmoid", output: str = "sigmoid", cost: str = "squared error",
           reduction: str = "mean", l2: float = 0.0, l2_biases: bool = False) -> Architecture:
        """The same activation in all hidden layers."""
        names = (hidden,) * (len(widths) - 2) + (output,)
        return Architecture(tuple(widths), names, cost, reduction, l2, l2_biases)

    def __post_init__(self) -> None:
        if len(self.widths) < 2 or min(self.widths) < 1:
            raise BadArgument(f"widths must be at least two positive numbers, input first; these are {self.widths}")
        if len(self.activations) != len(self.widths) - 1:
            raise BadArgument(f"widths {self.widths} have {len(self.widths) - 1} layers after the input, but there are "
                              f"{len(self.activations)} activations: {self.activations}")
        for name in self.activations:
            closest("activation", name, ACTIVATIONS)
        closest("cost", self.cost, COSTS)
        closest("reduction", self.reduction, REDUCTIONS)
        self._check_pairs()

    def _check_pairs(self) -> None:
        coupled = [name for name in self.activations[:-1] if ACTIVATIONS[name].coupled]
        if coupled:
            raise BadArgument(f"{coupled[0]} can only be the output layer's activation")
        output, cost = ACTIVATIONS[self.activations[-1]], COSTS[self.cost]
        if not fits(output, cost):
            raise BadArgument(f"{self.cost} needs outputs between {cost.low:g} and {cost.high:g}; {output.name} gives "
                              f"{output.low:g} to {output.high:g}. Use the form from logits, or another activation")
        if self.l2 < 0:
            raise BadArgument(f"l2 must not be negative; it is {self.l2}")

    @property
    def L(self) -> int:
        """Number of layers after the input."""
        return len(self.widths) - 1

    @property
    def hidden_layers(self) -> int:
        """Number of hidden layers."""
        return len(self.widths) - 2

    def activation(self, layer: int) -> Activation:
        """Activation of layer ``layer``, 1 to L."""
        return ACTIVATIONS[self.activations[layer - 1]]

    @property
    def cost_function(self) -> Cost:
        """The cost's functions."""
        return COSTS[self.cost]

    @property
    def fused(self) -> bool:
        """Do output activation and cost belong together, so that the output delta is ``a - y``?"""
        return COSTS[self.cost].partner == self.activations[-1]

    def shape(self, layer: int) -> tuple[int, int]:
        """Shape of ``W[layer]``: (n_out, n_in + 1), the bias in column 0."""
        return self.widths[layer], self.widths[layer - 1] + 1

    @property
    def parameters(self) -> int:
        """How many numbers a network of this architecture has."""
        return sum(rows * columns for rows, columns in map(self.shape, range(1, self.L + 1)))

    def __str__(self) -> str:
        layers = " ".join(f"-{name}-> {width}" for width, name in zip(self.widths[1:], self.activations, strict=True))
        penalty = f", L2 {self.l2:g}{' with biases' if self.l2_biases else ''}" if self.l2 else ""
        return f"{self.widths[0]} {layers}, {self.cost}, {self.reduction}{penalty}"
