"""Findings about what the module reports of its own success."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from annprobe.diagnosis.causes.data.values import class_axis
from annprobe.diagnosis.clauses.wording import node_place
from annprobe.findings import FAMILIES, Evidence, Finding
from annprobe.listing.scene import Scene
from annprobe.tape.nodes import Ref

COMPARISONS = ("equal", "not_equal")
_REDUCTIONS = {"mean", "sum", "average", "count_nonzero", "add.reduce"}
_THROUGH = {"astype", "multiply", "asarray", "array", "copy"}  # between a comparison and the count of it
_FEW, _STRANGE = 0.2, 0.1  # labels for each example; share of the values that are none
_NOTE = "training is not touched by this; what the module reports is"


def report_findings(scene: Scene) -> list[Finding]:
    """A decision over the wrong axis, or among one; decisions of which each meets every target; or none at all."""
    for maker in (_over_examples, _among_one, _every_with_every, _no_decision):
        found = maker(scene)
        if found is not None:
            return [found]
    return []


def reported(scene: Scene, node: int, message: str, evidence: tuple[Evidence, ...], help_text: str) -> Finding:
    """A finding of the family; it never is why training fails."""
    place = node_place(scene, node)
    places = (place,) if place is not None else ()
    return Finding(FAMILIES["metric"], "metric", message, places, None, None, evidence, (_NOTE,), help_text,
                   "harmless", "measured")  # fmt: skip


def _decisions(scene: Scene) -> Iterator[tuple[int, tuple[int, ...], Any]]:
    """(node, shape it was taken from, axis) of every argmax of what the network computed that is compared later."""
    tape, dependence = scene.found.tape, scene.found.dependence
    assert dependence is not None
    compared = {i for node in tape.nodes if node.op in COMPARISONS for i in node.inputs}
    for number in sorted(compared):
        node = tape[number]
        if node.op != "argmax" or not isinstance(node.args[0], Ref) or not dependence.touched(node.args[0].node):
            continue
        axis = node.kwargs.get("axis", node.args[1] if len(node.args) > 1 else None)
        yield number, np.shape(tape.value(node.args[0].node)), axis


def _over_examples(scene: Scene) -> Finding | None:
    """A decision taken over the examples where it should be over the classes."""
    tape, dependence = scene.found.tape, scene.found.dependence
    assert dependence is not None
    meeting = scene.found.judged_step.meetings[0]
    output = np.asarray(tape.value(meeting.output), dtype=float)
    classes = class_axis(scene, output)
    for number, shape, axis in _decisions(scene) if classes is not None else ():
        assert classes is not None
        if not isinstance(axis, int) or len(shape) != 2 or shape[classes] != output.shape[classes]:
            continue
        if axis % 2 == classes or dependence.breadth(number) < dependence.breadth(meeting.output):
            continue
        return reported(
            scene,
            number,
            f"the decision is the largest entry along axis {axis}, that of the examples: what is compared is one "
            "number for each class, not one for each example",
            (Evidence("decisions", int(np.size(tape.value(number)))), Evidence("examples", int(shape[1 - classes]))),
            f"take the largest entry over the classes: argmax(axis={classes})",
        )
    return None


def _among_one(scene: Scene) -> Finding | None:
    """The largest of one output is always the first."""
    dependence = scene.found.dependence
    assert dependence is not None
    full = dependence.breadth(scene.found.judged_step.meetings[0].output)
    for number, shape, axis in _decisions(scene):
        entries = int(np.prod(shape)) if axis is None else shape[axis] if isinstance(axis, int) else 0
        if entries == 1 and dependence.breadth(number) == full:
            return reported(
                scene,
                number,
                "the decision is the largest of one output, and so 0 whatever the network computes",
                (Evidence("outputs to choose from", 1), Evidence("network output", str(shape))),
                "compare the output with the middle of the targets' range, for example output > 0.5",
            )
    return None


def _every_with_every(scene: Scene) -> Finding | None:
    """``(N, 1) == (N,)``: N x N comparisons, which are then counted."""
    tape, dependence = scene.found.tape, scene.found.dependence
    assert dependence is not None
    for number, node in enumerate(tape.nodes):
        if node.op not in COMPARISONS or len(node.args) != 2 or not dependence.touched(number):
            continue
        shapes = [np.shape(tape.value(a.node) if isinstance(a, Ref) else a) for a in node.args]
        n = int(np.prod(shapes[0]))
        touched = [isinstance(a, Ref) and dependence.touched(a.node) for a in node.args]
        if n < 2 or np.prod(shapes[1]) != n or np.size(node.value) != n * n or all(touched):
            continue
        if _counted(scene, number):
            return reported(
                scene,
                number,
                f"decisions {shapes[touched.index(True)]} and targets {shapes[touched.index(False)]} are compared "
                f"as {np.shape(node.value)}: each decision with every target",
                (Evidence("comparisons", n * n), Evidence("examples", n)),
                "give both the same shape, for example with ravel()",
            )
    return None


def _no_decision(scene: Scene) -> Finding | None:
    """Outputs that are compared with labels as they are: ``np.mean(probabilities == y)``."""
    tape, dependence = scene.found.tape, scene.found.dependence
    assert dependence is not None
    full = dependence.breadth(scene.found.judged_step.meetings[0].output)
    for number, node in enumerate(tape.nodes):
        if node.op not in COMPARISONS or len(node.args) != 2 or not dependence.touched(number):
            continue
        touched = [isinstance(a, Ref) and dependence.touched(a.node) for a in node.args]
        values = [np.ravel(np.asarray(tape.value(a.node) if isinstance(a, Ref) else a)) for a in node.args]
        if all(touched) or dependence.breadth(number) < full or len(values[0]) != len(values[1]):
            continue
        given, labels = values[touched.index(True)], np.unique(values[touched.index(False)])
        if not 2 <= len(labels) <= _FEW * len(given) or not np.array_equal(labels, np.round(labels)):
            continue
        strange = float(np.mean(~np.isin(given, labels)))
        if strange > _STRANGE and not np.array_equal(given, np.round(given)) and _counted(scene, number):
            return reported(
                scene,
                number,
                f"outputs are compared with labels that they cannot equal: {strange:.0%} of the values are no label",
                (Evidence("labels", ", ".join(f"{label:g}" for label in labels[:5])),
                 Evidence("a value that is none", float(given[~np.isin(given, labels)][0]))),
                "decide first, for example output > 0.5 or argmax over the classes, then compare",
            )  # fmt: skip
    return None


def _counted(scene: Scene, node: int) -> bool:
    """Whether one number is made of all entries."""
    tape = scene.found.tape
    same = {node}
    for number in range(node + 1, len(tape)):
        operation = tape[number]
        if not same & set(operation.inputs):
            continue
        if operation.op in _REDUCTIONS and np.ndim(operation.value) == 0:
            return True
        if operation.op in _THROUGH and np.size(operation.value) == np.size(tape.value(node)):
            same.add(number)
    return False
