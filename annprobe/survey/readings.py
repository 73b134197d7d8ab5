"""From trained stacks to symptoms: one answer for each run, as bits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annprobe.engine.architecture import Architecture
from annprobe.engine.steps import Steps
from annprobe.engine.training import Trace as Training
from annprobe.survey.bound import Bound
from annprobe.survey.recording import Watched
from annprobe.symptoms import calls
from annprobe.symptoms.registry import DETECTORS, strengths
from annprobe.symptoms.trace import Trace

Array = NDArray[np.float64]

GRADIENT_CHECK = "random-direction"
CALLS = ("first-order-efficiency", GRADIENT_CHECK, "gradient-block-zero")
SYMPTOMS: tuple[str, ...] = (*DETECTORS, *CALLS)  # bit i of a mask is for the i-th
STRONG = 0.999
POINTS = 3  # random ones, at which gradients are looked at


@dataclass(frozen=True, eq=False)
class Member:
    """One trained network of a stack, and the examples as its own steps prepared them: X (N, n_0), Y (N, n_L)."""

    steps: Steps
    training: Training
    examples: tuple[Array, Array]
    seed: int


Masks = tuple[int, int, int]


def read(stack: Watched, members: Sequence[Member]) -> Iterator[tuple[Masks, float]]:
    """For each network of a whole stack, in its order: its symptoms and what a constant predictor costs it.

    Symptoms are three masks: there, there at full strength, asked (where the question makes sense).
    """
    p = stack.of
    assert p.setup is not None
    trainings = [member.training for member in members]
    X, Y = (np.stack(arrays) for arrays in zip(*(member.examples for member in members), strict=True))
    rates = np.array([training.setup.learning_rate for training in trainings])
    bound = Bound(p.architecture, p.setup, X, Y, [member.steps for member in members], rates)
    G, U = bound.first_step(stack.W[0])
    constant = bound.constant_cost()
    trace = Trace(
        iterations=trainings[0].iterations,
        cost=np.stack([training.cost for training in trainings]),
        constant_cost=constant,
        moments=np.array(stack.moments, dtype=np.float64),
        X=X, Y=Y,
        outputs=np.stack([training.outputs[[0, len(training.outputs) // 2, -1]] for training in trainings]),
        z=_layers(stack.z), a=_layers(stack.a), W=_layers(stack.W), G=_layers([G, *stack.G[1:]]), U=_layers([U]),
        activations=p.architecture.activations,
        learning_rate=rates if p.setup.optimiser == "gradient descent" else None,
    )
    found = {**strengths(trace), **_by_calls(bound, [member.seed for member in members])}
    values = np.stack([np.broadcast_to(found.get(name, np.nan), (len(members),)) for name in SYMPTOMS])
    masks = zip(_masks(values > 0.0), _masks(values >= STRONG), _masks(~np.isnan(values)), strict=True)
    return zip(masks, constant.tolist(), strict=True)


def _layers(moments: Sequence[Sequence[Array]]) -> tuple[Array, ...]:
    """For each layer its arrays at all moments: (E, S, ...)."""
    return tuple(np.stack(layer, axis=1) for layer in zip(*moments, strict=True))


def _by_calls(bound: Bound, seeds: Sequence[int]) -> dict[str, Array]:
    """The symptoms that show at a random point, without training; the same point for runs of one seed."""
    W, *others = (_points(bound.architecture, seeds, number) for number in range(POINTS))
    G = bound.gradient(W)
    answers = (
        calls.first_order_efficiency(bound.cost, W, G, stack=1),
        calls.random_direction(bound.cost, W, G, np.random.default_rng(0), stack=1),
        calls.gradient_block_zero([G, *map(bound.gradient, others)], stack=1),
    )
    return {name: answer.strength for name, answer in zip(CALLS, answers, strict=True)}


def _points(architecture: Architecture, seeds: Sequence[int], number: int) -> list[Array]:
    """Random parameters for each network, each (E, n_l, n_{l-1} + 1)."""
    drawn = {seed: _point(architecture, seed, number) for seed in set(seeds)}
    return [np.stack(layer) for layer in zip(*(drawn[seed] for seed in seeds), strict=True)]


def _point(architecture: Architecture, seed: int, number: int) -> list[Array]:
    """Parameters N(0, 1/√n)."""
    rng = np.random.default_rng((seed, 1, number))
    shapes = [architecture.shape(layer) for layer in range(1, architecture.L + 1)]
    return [rng.normal(0.0, 1.0 / np.sqrt(columns), (rows, columns)) for rows, columns in shapes]


def _masks(rows: NDArray[np.bool_]) -> list[int]:
    """(symptoms, E) to E masks."""
    weights = 1 << np.arange(len(rows), dtype=np.int64)
    return [int(mask) for mask in weights @ rows]
