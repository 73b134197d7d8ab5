"""What an architecture cannot represent, proved and not tried: one layer of weights and classes that no plane parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from annprobe.diagnosis.wording import node_place
from annprobe.findings import FAMILIES, Evidence, Finding
from annprobe.listing.families import bias_like
from annprobe.listing.scene import Scene
from annprobe.subject.steps import Step

_PRODUCTS = {"dot", "matmul", "inner"}


def capacity_finding(scene: Scene, epoch: list[Step], data: Mapping[int, Any]) -> Finding | None:
    """No hidden layer, two classes, and a point that belongs to the hulls of both."""
    weights = [c for i, c in enumerate(scene.found.chains) if not bias_like(scene, i)]
    if len(weights) != 1 or np.ndim(scene.found.tape.value(weights[0].origin)) == 0:
        return None
    examples = (tuple(data.values()) if data else None) or _examples(scene, epoch)
    if data and examples is not None:
        examples = _oriented(*examples)
    if examples is None:
        return None
    x, y = examples
    levels = np.unique(y)
    if len(levels) != 2 or separable(x[y == levels[1]], x[y == levels[0]]) is not False:
        return None
    place = node_place(scene, weights[0].origin)
    return Finding(
        FAMILIES["capacity"],
        "capacity",
        "a network without a hidden layer cannot represent this: no straight line (plane) parts the two classes",
        (place,) if place is not None else (),
        None,
        None,
        (Evidence("examples", len(y)), Evidence("common point of both classes' hulls", True)),
        ("this is proved, not tried: the classes' convex hulls meet",),
        "add a hidden layer with at least two units",
        "cause",
        "verified",
    )


def _examples(scene: Scene, epoch: list[Step]) -> tuple[Any, Any] | None:
    """Inputs (N, n) and targets (N,) of one epoch."""
    inputs, targets = [], []
    for step in epoch:
        versions = {move.before for move in step.moves}
        product = next(
            (
                n
                for n in range(min(versions), step.last)
                if scene.found.tape[n].op in _PRODUCTS and _direct(scene, n, versions)
            ),
            None,
        )
        if product is None:
            return None
        data = next(i for i in scene.found.tape[product].inputs if not _touched(scene, i))
        y = np.concatenate([np.ravel(np.asarray(m.value, dtype=float)) for m in step.meetings])
        x = np.atleast_2d(np.asarray(scene.found.tape.value(data), dtype=float))
        x = x if x.shape[0] == y.size else x.T
        if x.shape[0] != y.size:
            return None
        inputs.append(x)
        targets.append(y)
    return np.concatenate(inputs), np.concatenate(targets)


def _oriented(x: Any, y: Any) -> tuple[Any, Any]:
    """Rows of examples, and the first output's targets."""
    return (x, y[:, 0]) if x.shape[0] == y.shape[0] else (x.T, y[0])


def _direct(scene: Scene, node: int, versions: set[int]) -> bool:
    sources = scene.found.tape[node].inputs
    return (
        any(_touched(scene, i) for i in sources)
        and any(not _touched(scene, i) and np.size(scene.found.tape.value(i)) > 1 for i in sources)
        and any(i in versions or set(scene.found.tape[i].inputs) & versions for i in sources)
    )


def _touched(scene: Scene, node: int) -> bool:
    assert scene.found.dependence is not None
    return scene.found.dependence.touched(node)


def separable(positive: np.ndarray, negative: np.ndarray, rounds: int = 2_000) -> bool | None:
    """Whether a hyperplane parts two sets of points; None where that stays open.

    Gilbert (1966): the point of least norm in the set of differences. A common point of both hulls proves that there is
    none; a positive distance that is its own certificate proves that there is one.
    """
    scale = max(float(np.abs(positive).max(initial=0.0)), float(np.abs(negative).max(initial=0.0)), 1.0)
    v = (positive[0] - negative[0]) / scale
    for _ in range(rounds):
        support = positive[np.argmin(positive @ v)] / scale - negative[np.argmax(negative @ v)] / scale
        if float(v @ support) > 1e-12:
            return True
        if float(v @ v) < 1e-20:
            return False
        step = v - support
        v = v - np.clip(float(v @ step) / float(step @ step), 0.0, 1.0) * step if float(step @ step) > 0 else v
    return False if float(v @ v) < 1e-6 else None
