"""Gradients that take only some of the examples into account, or the product of their means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from annprobe.listing.edits import Change
from annprobe.listing.scene import Scene, Several, constant
from annprobe.tape.nodes import Ref


def some_examples(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """One example only, the product of means, all entries added up: what a gradient is made of, wrongly reduced."""
    values = [np.asarray(v, dtype=float) for v in scene.values(region[-1])]
    for parameter, consumer in _weights(scene, demand):
        adjoint = scene.adjoint(consumer)
        inputs = scene.values(parameter)
        if adjoint is None or np.ndim(adjoint[0]) != 2 or np.ndim(inputs[0]) != 2:
            continue
        for name, reduced in _REDUCED:
            several = [_fitted(reduced, d, a, v) for d, a, v in zip(adjoint, inputs, values, strict=True)]
            if all(s is not None for s in several) and constant(values, several) is not None:
                yield Change("axis", region[-1], consumer, parameter, name)


def _weights(scene: Scene, demand: Several) -> Iterator[tuple[int, int]]:
    """(input of the layer, its product with the weights) where the demand is the weights' gradient."""
    for version in scene.versions:
        adjoint = scene.adjoint(version)
        if adjoint is None or np.size(adjoint[0]) != np.size(demand[0]) or constant(demand, adjoint) is None:
            continue
        for consumer, _ in scene.parts(version):
            for user in (consumer, *(u for u in scene.forward if consumer in scene.found.tape[u].inputs)):
                for arg in scene.found.tape[user].args:
                    if isinstance(arg, Ref) and arg.node not in (version, consumer):
                        yield arg.node, user


def _fitted(reduced: Any, delta: Any, inputs: Any, value: Any) -> Any:
    """The reduction for examples in rows or in columns, in the shape of the value."""
    for d, a in ((delta, inputs), (delta.T, inputs.T)):
        if d.shape[0] == a.shape[0]:
            made = np.asarray(reduced(d, a))
            for turned in (made, made.T):
                if turned.shape == value.shape:
                    return turned
    return None


_REDUCED: list[tuple[str, Any]] = [
    ("the product of the means", lambda d, a: np.outer(d.mean(axis=0), a.mean(axis=0))),
    ("the last example only", lambda d, a: np.outer(d[-1], a[-1])),
    ("the first example only", lambda d, a: np.outer(d[0], a[0])),
]
