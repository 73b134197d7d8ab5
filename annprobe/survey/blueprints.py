"""Architectures and settings for a survey: drawn from decks, so that few of them already cover the variety."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from annprobe.engine.architecture import Architecture
from annprobe.engine.setup import Data, Setup
from annprobe.engine.tasks import Task

T = TypeVar("T")

# Decks. Each is dealt as evenly as possible over the blueprints, in a random order.
DEPTHS = (1, 2, 1, 2, 1, 2, 1, 2, 1, 0)  # hidden layers
WIDTHS = (5, 6, 7)  # never 8: the examples of the usual tasks are 8, and N should not look like a width
SQUARE = (True, False)  # all hidden layers as wide as the first: index and transposition faults then run
HIDDEN = ("sigmoid", "tanh", "sigmoid", "relu", "sigmoid", "tanh", "leaky relu")
ENDINGS = ("sigmoid", "sigmoid", "cross-entropy", "softmax", "linear", "sigmoid", "softmax squared")
REDUCTIONS = ("mean", "mean", "mean", "sum")
PENALTIES = (0.0, 0.0, 0.0, 0.0, 1e-4)
OPTIMISERS = ("gradient descent",) * 8 + ("momentum", "adam")
BATCHED = (False,) * 7 + (True,)
UNITS = (1.0, 1.0, 1.0, 1.0, 255.0)  # what raw inputs are counted in


@dataclass(frozen=True)
class Blueprint:
    """An architecture without its ends, and how it is trained; a task completes it.

    hidden     widths of the hidden layers
    activation of the hidden layers
    ending     "sigmoid" or "linear" (squared error), "cross-entropy", "softmax", "softmax squared"
    batched    mini-batches of a third of the examples, the last one smaller where they do not divide
    unit       of the raw inputs
    """

    hidden: tuple[int, ...]
    activation: str
    ending: str
    reduction: str = "mean"
    l2: float = 0.0
    optimiser: str = "gradient descent"
    batched: bool = False
    unit: float = 1.0

    def complete(self, task: Task) -> tuple[Architecture, Data]:
        """The architecture and the examples for a task.

        Softmax wants classes or shares of 1: a single 0/1 target becomes two columns; else sigmoid stands in.
        """
        Y, ending = task.data.Y, self.ending
        if ending.startswith("softmax") and task.kind == "binary" and task.outputs == 1:
            Y = np.column_stack([1.0 - Y, Y])
        elif ending.startswith("softmax") and task.kind not in ("classes", "shares"):
            ending = "sigmoid" if ending == "softmax squared" or task.kind == "values" else "cross-entropy"
        output, cost = {
            "sigmoid": ("sigmoid", "squared error"),
            "linear": ("identity", "halved squared error"),
            "cross-entropy": ("sigmoid", "binary cross-entropy"),
            "softmax": ("softmax", "categorical cross-entropy"),
            "softmax squared": ("softmax", "squared error"),
        }[ending]
        widths = (task.inputs, *self.hidden, Y.shape[1])
        architecture = Architecture.of(widths, self.activation, output, cost, self.reduction, self.l2)
        raw = task.data.X / task.data.unit * self.unit
        return architecture, Data(raw, Y, self.unit)

    def batch(self, N: int) -> int | None:
        """Examples a step, of N."""
        return max(2, -(-N // 3)) if self.batched and N > 3 else None

    def setup(self, N: int, learning_rate: float, iterations: int, initialiser: str, seed: int) -> Setup:
        """The training of one run."""
        return Setup(learning_rate, iterations, self.optimiser, self.batch(N), initialiser, seed=seed)


def sensible_initialiser(blueprint: Blueprint) -> str:
    """Glorot's for sigmoid and tanh, He's for relu and its kin."""
    return "he" if blueprint.activation in ("relu", "leaky relu") else "xavier"


def _dealt(deck: Sequence[T], count: int, rng: np.random.Generator) -> list[T]:
    """``count`` cards, each as often as its share of the deck, in a random order."""
    cards = [deck[i % len(deck)] for i in range(count)]
    return [cards[i] for i in rng.permutation(count)]


def blueprints(count: int, seed: int = 0) -> tuple[Blueprint, ...]:
    """``count`` blueprints, the same for the same seed."""
    rng = np.random.default_rng((seed, count))
    depths, square = _dealt(DEPTHS, count, rng), _dealt(SQUARE, count, rng)
    first, second = _dealt(WIDTHS, count, rng), _dealt(WIDTHS, count, rng)
    hidden = [(a, a if same else b)[:depth]
              for depth, same, a, b in zip(depths, square, first, second, strict=True)]
    decks = [_dealt(deck, count, rng) for deck in (HIDDEN, ENDINGS, REDUCTIONS, PENALTIES, OPTIMISERS, BATCHED, UNITS)]
    return tuple(Blueprint(h, *rest) for h, rest in zip(hidden, zip(*decks, strict=True), strict=True))
