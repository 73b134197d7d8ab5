"""Findings about a number that all gradients are multiplied by, and that is another one with every step."""

from __future__ import annotations

import numpy as np

from annprobe.diagnosis.clauses.wording import node_place
from annprobe.findings import FAMILIES, Evidence, Finding
from annprobe.listing.naming import name_of
from annprobe.listing.proportion import constant
from annprobe.listing.scene import Scene
from annprobe.subject.roles.gradient.judged import Judged
from annprobe.tape.replay import slice_of

_SAME = 1e-7
_FEWEST = 2  # parameters: of one alone, any direction is a multiple at a point


def varying_findings(scene: Scene) -> list[Finding]:
    """A factor of the error that depends on the outputs: it may even turn the sign. A norm that clips is none."""
    factor = _common_factor(scene.hypothesis.judged) if not scene.alone else None
    if factor is None:
        return []
    for node in sorted(scene.error):
        if np.size(scene.found.tape.value(node)) != 1 or constant(scene.values(node), factor) is None:
            continue
        if any(_is_gradient(scene, n) for n in slice_of(scene.found.tape, [node], stop=scene.versions)):
            return []  # it is made of the gradients, as a norm by which they are clipped
        users = [n for n in scene.users(node) if np.size(scene.found.tape.value(n)) > 1]
        place = node_place(scene, users[0] if users else node)
        name = name_of(scene, node)
        ratios = Evidence("the factor at several points", ", ".join(f"{abs(f):.4g}" for f in factor))
        return [
            Finding(
                FAMILIES["loss-derivative"],
                "loss-derivative",
                f"every gradient is multiplied by {name}, which changes with the data and the weights: it is no part "
                "of the derivative",
                (place,) if place is not None else (),
                scene.found.places.text(users[0] if users else node) or None,
                None,
                (ratios, Evidence("parameters", len(scene.hypothesis.judged))),
                (),
                f"leave {name} out: average over the examples with 1/N instead",
                "untested",
                "measured",
            )
        ]
    return []


def _common_factor(judged: list[Judged]) -> list[float] | None:
    """What every change is of its gradient, point by point, where that is the same for all and differs from point to
    point; None where it is not so."""
    columns = []
    for one in judged:
        if any(m.zero or m.no_gradient or not m.equal for m in one.changes):
            return None
        factors = np.array([m.factor for m in one.changes])
        columns.append(factors / factors[0])
    if len(columns) < _FEWEST or any(np.max(np.abs(c - columns[0])) > _SAME for c in columns):
        return None
    first = columns[0]
    return [float(f) for f in first] if np.ptp(first) > _SAME else None


def _is_gradient(scene: Scene, node: int) -> bool:
    """Whether a value is the gradient of an array of parameters; that of one bias is the mean of the errors, too."""
    several = node in scene.error and np.size(scene.found.tape.value(node)) > 1
    label = scene.label(node) if several else None
    return label is not None and label.forward in scene.versions
