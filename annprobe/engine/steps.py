"""The table of steps, and the order in which they run.

A :class:`Steps` value holds one function for each named step; :data:`REFERENCE` is the right one. A mutant is the
reference with one entry replaced, so everything that runs a network takes a table.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annprobe.engine import backward as _backward
from annprobe.engine import checker, optimisers, records
from annprobe.engine import forward as _forward
from annprobe.engine import setup as _setup
from annprobe.engine.architecture import Architecture, closest
from annprobe.engine.layout import Array
from annprobe.engine.passes import Pass

Step = Callable[..., Any]


class ShapeFault(ValueError):
    """A step returned an array of another shape than its quantity has."""


@dataclass(frozen=True)
class Steps:
    """One function for every step of building, training and checking a network."""

    settings: Step = _setup.settings
    prepare: Step = _setup.prepare
    initialise: Step = _setup.initialise
    batch: Step = _setup.batch
    preactivation: Step = _forward.preactivation
    activate: Step = _forward.activate
    cost: Step = _forward.cost
    predict: Step = _forward.predict
    cost_derivative: Step = _backward.cost_derivative
    derivative: Step = _backward.derivative
    output_delta: Step = _backward.output_delta
    hidden_delta: Step = _backward.hidden_delta
    weight_gradient: Step = _backward.weight_gradient
    bias_gradient: Step = _backward.bias_gradient
    reduce: Step = _backward.reduce
    penalty_gradient: Step = _backward.penalty_gradient
    update: Step = optimisers.update
    monitor: Step = records.monitor
    keep_best: Step = records.keep_best
    check_point: Step = checker.check_point
    analytic_gradient: Step = checker.analytic_gradient
    numerical_gradient: Step = checker.numerical_gradient
    agree: Step = checker.agree

    def replaced(self, step: str, function: Step) -> Steps:
        """The same table with one entry replaced. Raises :class:`BadArgument` for a step that does not exist."""
        return dataclasses.replace(self, **{closest("step", step, STEP_NAMES): function})

    def differences(self, other: Steps) -> tuple[str, ...]:
        """Names of the steps in which two tables differ."""
        return tuple(name for name in STEP_NAMES if getattr(self, name) is not getattr(other, name))


STEP_NAMES: tuple[str, ...] = tuple(field.name for field in dataclasses.fields(Steps))
REFERENCE = Steps()

# Step name to the buffer that it fills: attribute of the pass, indexed by layer or not.
SLOTS: dict[str, str] = {
    "preactivation": "z",
    "activate": "a",
    "cost": "C",
    "cost_derivative": "error",
    "derivative": "slope",
    "output_delta": "delta",
    "hidden_delta": "delta",
    "weight_gradient": "SV",
    "bias_gradient": "Sb",
    "reduce": "G",
    "penalty_gradient": "R",
    "update": "W",
}


Call = tuple[Step, tuple[Any, ...], Array, str]


def run(p: Pass, step: str, *layer: int) -> None:
    """Run a step into its buffer, in each part of the stack by that part's function."""
    _execute(_calls(p, step, *layer))


def _calls(p: Pass, step: str, *layer: int) -> list[Call]:
    """The function calls that make up one step of a pass, with the buffers that they fill."""
    usual: list[Any] = [(p, getattr(p.steps, step))]
    parts = p.patches.get(step, usual)
    return [(function, (part, *layer), _slot(part, step, *layer), step) for part, function in parts]


def _slot(p: Pass, step: str, *layer: int) -> Array:
    buffer = getattr(p, SLOTS[step])
    if layer:
        buffer = buffer[layer[0]]
    elif step == "output_delta":
        buffer = buffer[p.L]
    return buffer  # type: ignore[no-any-return]


def _execute(calls: list[Call]) -> None:
    for function, arguments, slot, step in calls:
        result = function(*arguments)
        if result is not slot:
            if result.shape != slot.shape:
                raise ShapeFault(_wrong_shape(step, arguments[1:], result.shape, slot.shape))
            slot[...] = result


def _wrong_shape(step: str, layer: tuple[int, ...], given: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    where = f" of layer {layer[0]}" if layer else ""
    return f"{step}{where} has shape {given}; the quantity it is has shape {wanted}"


def _sequence(half: str, p: Pass) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The steps of one half of a training iteration in their order, each with its layer (if it has one)."""
    upwards, downwards = range(1, p.L + 1), range(p.L, 0, -1)
    if half == "forward":
        for layer in upwards:
            yield from (("preactivation", (layer,)), ("activate", (layer,)))
    elif half == "update":
        yield from (("update", (layer,)) for layer in upwards)
    else:
        yield from (("cost_derivative", ()), ("derivative", (p.L,)), ("output_delta", ()))
        for layer in downwards[1:]:
            yield from (("derivative", (layer,)), ("hidden_delta", (layer,)))
        for layer in downwards:
            yield from (("weight_gradient", (layer,)), ("bias_gradient", (layer,)), ("reduce", (layer,)))


def _half(half: str, p: Pass) -> None:
    if half not in p.plans:
        p.plans[half] = [call for step, layer in _sequence(half, p) for call in _calls(p, step, *layer)]
    _execute(p.plans[half])


def forward(p: Pass) -> None:
    """From the inputs to the outputs."""
    _half("forward", p)


def backward(p: Pass) -> None:
    """From the outputs to the gradient; the forward pass has been run."""
    _half("backward", p)
    if p.architecture.l2:
        for layer in range(1, p.L + 1):
            run(p, "penalty_gradient", layer)
            p.G[layer] += p.R[layer]


def update(p: Pass) -> None:
    """From the gradient to new parameters; the backward pass has been run."""
    _half("update", p)


def evaluate(architecture: Architecture, W: Sequence[Array], X: Array, Y: Array, steps: Steps = REFERENCE) -> Pass:
    """Forward pass, cost and gradient of a network or of a stack: all quantities in one :class:`Pass`.

    W  W[1], ..., W[L], each (..., n_l, n_{l-1} + 1)
    X, Y  (..., N, n_0), (..., N, n_L), with or without the leading axes
    """
    p = Pass(architecture, W, X, Y, steps)
    with np.errstate(all="ignore"):
        forward(p)
        run(p, "cost")
        backward(p)
    return p


def outputs(architecture: Architecture, W: Sequence[Array], X: Array, Y: Array, steps: Steps = REFERENCE) -> Pass:
    """Forward pass and cost only."""
    p = Pass(architecture, W, X, Y, steps, forward_only=True)
    with np.errstate(all="ignore"):
        forward(p)
        run(p, "cost")
    return p
