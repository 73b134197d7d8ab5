"""What an architecture cannot represent, proved and not tried: one layer of weights and classes that no plane parts."""

from __future__ import annotations

import numpy as np

from annprobe.diagnosis.wording import node_place
from annprobe.findings import FAMILIES, Evidence, Finding
from annprobe.listing.families import bias_like
from annprobe.listing.scene import Scene
from annprobe.symptoms.separation import separable
from annprobe.training.examples import examples_of
from annprobe.training.trainer import Trainer


def capacity_finding(scene: Scene, trainer: Trainer) -> Finding | None:
    """No hidden layer, two classes, and a point that belongs to the hulls of both."""
    weights = [c for i, c in enumerate(scene.found.chains) if not bias_like(scene, i)]
    if len(weights) != 1 or np.ndim(scene.found.tape.value(weights[0].origin)) == 0:
        return None
    examples = examples_of(trainer)
    if examples is None:
        return None
    x, y = examples[0], examples[1][:, 0]
    levels = np.unique(y)
    if examples[1].shape[1] != 1 or len(levels) != 2 or separable(x, y == levels[1]) is not False:
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
