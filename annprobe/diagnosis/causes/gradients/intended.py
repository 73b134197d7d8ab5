"""A derivative that is right for the softmax that was meant, and wrong only because that softmax is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from annprobe.findings import Finding
from annprobe.listing.accusing import accusations
from annprobe.listing.proportion import constant
from annprobe.listing.scene import Scene, Several

_BACKWARD = "AP3"


def without_consequences(scene: Scene, findings: Sequence[Finding]) -> list[Finding]:
    """Without what is said of lines that compute output - target, where the softmax sums over the wrong axis.

    That is the derivative of the cross-entropy behind a softmax over the classes (Bishop, Pattern Recognition and
    Machine Learning, equation 5.18 and section 4.3.4): with the softmax put right nothing is wrong with the line.
    """
    if not any(f.family == "softmax-axis" for f in findings):
        return list(findings)
    lines = {scene.found.places.line(item.node) for item in accusations(scene) if _is_error(scene, item.node)}
    return [f for f in findings if not (f.code.startswith(_BACKWARD) and lines & {p.line for p in f.places})]


def _is_error(scene: Scene, node: int) -> bool:
    """Whether a value is output - target, up to a constant, at every point."""
    values = scene.values(node)
    return any(constant(values, error) is not None for error in _errors(scene) if np.shape(error[0]) == _shape(values))


def _errors(scene: Scene) -> Iterator[Several]:
    for meeting in scene.found.judged_step.meetings:
        target = meeting.target
        yield [
            np.asarray(point.value(meeting.output), dtype=float)
            - np.asarray(point.value(target) if target is not None else meeting.value, dtype=float)
            for point in scene.points
        ]


def _shape(values: Several) -> tuple[int, ...]:
    return np.shape(values[0])
