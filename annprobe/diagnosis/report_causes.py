"""Findings about what the module reports of its own success."""

from __future__ import annotations

import numpy as np

from annprobe.diagnosis.data_causes import class_axis
from annprobe.diagnosis.wording import node_place
from annprobe.findings import FAMILIES, Evidence, Finding
from annprobe.listing.scene import Scene
from annprobe.tape.nodes import Ref


def report_findings(scene: Scene) -> list[Finding]:
    """A decision taken over the examples where it should be over the classes."""
    tape, dependence = scene.found.tape, scene.found.dependence
    assert dependence is not None
    meeting = scene.found.judged_step.meetings[0]
    output = np.asarray(tape.value(meeting.output), dtype=float)
    classes = class_axis(scene, output)
    if classes is None:
        return []
    compared = {i for node in tape.nodes if node.op in ("equal", "not_equal") for i in node.inputs}
    for number in sorted(compared):
        node = tape[number]
        if node.op != "argmax" or not isinstance(node.args[0], Ref) or not dependence.touched(node.args[0].node):
            continue
        axis = node.kwargs.get("axis", node.args[1] if len(node.args) > 1 else None)
        shape = np.shape(tape.value(node.args[0].node))
        if not isinstance(axis, int) or len(shape) != 2 or shape[classes] != output.shape[classes]:
            continue
        if axis % 2 == classes or dependence.breadth(node.args[0].node) < dependence.breadth(meeting.output):
            continue
        place = node_place(scene, number)
        return [
            Finding(
                FAMILIES["metric"],
                "metric",
                f"the decision is the largest entry along axis {axis}, that of the examples: what is compared is one "
                "number for each class, not one for each example",
                (place,) if place is not None else (),
                None,
                None,
                (Evidence("decisions", int(np.size(node.value))), Evidence("examples", int(shape[1 - classes]))),
                ("training is not touched by this; what the module reports is",),
                f"take the largest entry over the classes: argmax(axis={classes})",
                "harmless",
                "measured",
            )
        ]
    return []
