"""Training runs of the reference engine as traces, for tests of detectors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from annprobe import catalog
from annprobe.engine.architecture import Architecture
from annprobe.engine.passes import Pass
from annprobe.engine.setup import Data, Setup
from annprobe.engine.steps import REFERENCE, outputs
from annprobe.engine.tasks import make
from annprobe.engine.training import Run, train
from annprobe.symptoms.trace import Trace

Array = NDArray[np.float64]


def _state(p: Pass) -> dict[str, Array]:
    kinds = {"W": p.W, "G": p.G, "z": p.z, "a": p.a}
    return {f"{kind}{layer}": arrays[layer] for kind, arrays in kinds.items() for layer in range(1, p.L + 1)}


def traced(mutant: str | None = None, task: str = "xor", hidden: tuple[int, ...] = (4,), rate: float = 4.0,
           iterations: int = 2000, initialiser: str = "xavier", seed: int = 0, activation: str = "sigmoid",
           output: str = "sigmoid", cost: str = "squared error", data: Data | None = None) -> Trace:
    """One run of the reference, or of a mutant, as a trace with everything known."""
    examples = make(task).data if data is None else data
    widths = (examples.X.shape[1], *hidden, examples.Y.shape[1])
    architecture = Architecture.of(widths, activation, output, cost)
    steps = REFERENCE if mutant is None else catalog.get(mutant).steps
    setup = Setup(rate, iterations, initialiser=initialiser, seed=seed)
    run = Run(architecture, setup, examples, steps)
    first, whole = (train([replace(run, setup=replace(setup, iterations=count))], min(20, count), _state)[0]
                    for count in (1, iterations))
    assert whole.fault is None
    architecture = whole.architecture
    X, Y = steps.prepare(examples)
    layers = range(1, architecture.L + 1)
    W = tuple(whole.recorded[f"W{layer}"] for layer in layers)
    G = [whole.recorded[f"G{layer}"] for layer in layers]
    for g, layer in zip(G, layers, strict=True):
        g[0] = first.recorded[f"G{layer}"][-1]
    U = tuple(first.recorded[f"W{layer}"][[-1]] - first.recorded[f"W{layer}"][[0]] for layer in layers)
    return Trace(iterations=whole.iterations, cost=whole.cost, constant_cost=constant_cost(architecture, Y),
                 moments=whole.iterations, X=X, Y=Y, outputs=whole.outputs,
                 z=tuple(whole.recorded[f"z{layer}"] for layer in layers),
                 a=tuple(whole.recorded[f"a{layer}"] for layer in layers), W=W, G=tuple(G), U=U,
                 activations=architecture.activations, learning_rate=whole.setup.learning_rate)


def constant_cost(architecture: Architecture, Y: Array) -> Array:
    """Cost of the best constant predictor: a network of one layer whose weights are zero."""
    mean = Y.mean(axis=0)
    inside = np.clip(mean, 1e-12, 1.0 - 1e-12)
    inverse = {"sigmoid": np.log(inside / (1.0 - inside)), "softmax": np.log(inside)}.get(
        architecture.activations[-1], mean)
    constant = Architecture((1, Y.shape[1]), architecture.activations[-1:], architecture.cost, architecture.reduction)
    W = np.column_stack([inverse, np.zeros_like(mean)])
    return outputs(constant, [W], np.zeros((len(Y), 1)), Y).C
