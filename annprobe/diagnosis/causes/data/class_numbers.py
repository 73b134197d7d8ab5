"""Class numbers where one target for each class belongs: ``probabilities - labels`` with labels 0, 1, 2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from annprobe.diagnosis.clauses.wording import node_place
from annprobe.findings import FAMILIES, Evidence, Finding
from annprobe.listing.scene import Scene

_STEPS = 200  # that are looked at for the largest class number
_HELP = "give each class a column of its own, 1 where it is the right one: np.eye({classes})[labels]"


def with_class_numbers(scene: Scene, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings, with the class numbers in the place of what follows from them: targets that seem out of the
    output's range, and a derivative of the loss that is none."""
    classes = _classes(scene)
    if classes is None:
        return tuple(findings)
    found = _finding(classes, scene)
    lines = {place.line for place in found.places}
    follows = [f for f in findings if f.code.startswith("AP3") and lines & {place.line for place in f.places[:1]}]
    return (found, *(f for f in findings if f not in follows and f.code != FAMILIES["targets"]))


def _finding(classes: int, scene: Scene) -> Finding:
    meeting = scene.found.judged_step.meetings[0]
    place = node_place(scene, meeting.node)
    return Finding(
        FAMILIES["labels"],
        "labels",
        f"the targets are class numbers from 0 to {classes - 1}, but the outputs are one for each class: all "
        f"{classes} meet the same number",
        (place,) if place is not None else (),
        None,
        None,
        (
            Evidence("classes", classes),
            Evidence("shape of the outputs", str(np.shape(scene.found.tape.value(meeting.output)))),
            Evidence("shape of the targets", str(np.shape(meeting.value))),
        ),
        (),
        _HELP.format(classes=classes),
        "untested",
        "measured",
    )


def _classes(scene: Scene) -> int | None:
    """How many classes the outputs have, where one whole number from 0 on is subtracted from all of them."""
    meeting = scene.found.judged_step.meetings[0]
    output, target = np.asarray(scene.found.tape.value(meeting.output)), np.asarray(meeting.value)
    if meeting.indexed or np.shape(scene.found.tape.value(meeting.node)) != output.shape:
        return None
    axes = [axis for axis in range(output.ndim) if _spread_over(output, target, axis)]
    if len(axes) != 1:
        return None
    classes = output.shape[axes[0]]
    values = np.concatenate([np.ravel(m.value) for s in scene.found.steps[:_STEPS] for m in s.meetings]).astype(float)
    whole = np.array_equal(values, np.round(values)) and values.min() >= 0.0
    if not whole or values.max() > classes - 1 or len(np.unique(values)) < 2:
        return None
    told = values.max() == classes - 1 and classes > 2
    return classes if told or np.allclose(output.sum(axis=axes[0]), 1.0, atol=1e-6) else None


def _spread_over(output: Any, target: Any, axis: int) -> bool:
    """Whether the target has one entry where the output has several along the axis, and otherwise the same shape."""
    if output.shape[axis] < 2 or target.size * output.shape[axis] != output.size:
        return False
    wanted = tuple(1 if i == axis else n for i, n in enumerate(output.shape))
    lead = (1,) * (output.ndim - target.ndim)
    return (*lead, *target.shape) == wanted
