"""Gradients that are divided by the number of examples twice: the error is, and each gradient is once more."""

from __future__ import annotations

import numpy as np

from annprobe.diagnosis.clauses.wording import node_place
from annprobe.findings import FAMILIES, Evidence, Finding
from annprobe.listing.scene import Scene
from annprobe.subject.roles.gradient.judged import Judged
from annprobe.tape.nodes import Ref
from annprobe.tape.replay import descendants, slice_of

_LONGEST = 60
_NEAR = 1e-6
_FEWEST = 3  # examples: a division by 1 is none, one by 2 has other reasons


def divided_twice_findings(scene: Scene) -> list[Finding]:
    """Every gradient is that of the cost, and on every way from the error to an update N is divided by twice."""
    judged = scene.hypothesis.judged
    count = _examples(scene)
    if count is None or not judged or any(j.factor is None for j in judged) or _is_the_costs_own(scene, count):
        return []
    ways = [_divisions(scene, j, count) for j in judged]
    if min(map(len, ways)) < 2:
        return []
    nodes = dict.fromkeys(node for way in ways for node in reversed(way))
    places = dict.fromkeys(place for place in (node_place(scene, node) for node in nodes) if place is not None)
    return [
        Finding(
            FAMILIES["scale"],
            "scale",
            f"the gradient is divided by the number of examples, {count}, {_often(min(map(len, ways)))}",
            tuple(places),
            "∂C/∂W / N²",
            "∂C/∂W / N",
            (Evidence("N", count), Evidence("parameters", len(judged))),
            ("the backward pass itself is right up to this factor; the steps are N times shorter than the rate says",),
            "divide once, where the error is computed or where the gradients are",
            "untested",
            "measured",
        )
    ]


def _examples(scene: Scene) -> int | None:
    """N, where the outputs of a step tell it: the length of the only axis that the output shares with the inputs."""
    meetings = scene.found.judged_step.meetings
    shape = np.shape(scene.found.tape.value(meetings[0].output))
    if len(meetings) != 1 or not shape:
        return None
    widths = {n for move in scene.found.judged_step.moves for n in np.shape(scene.found.tape.value(move.before))}
    lengths = [n for n in shape if n >= _FEWEST and n not in widths]
    return lengths[0] if len(lengths) == 1 else None


def _is_the_costs_own(scene: Scene, count: int) -> bool:
    """Whether the module's own cost is divided so itself: then this is its gradient."""
    cost, tape = scene.hypothesis.cost, scene.found.tape
    outputs = {m.output for m in scene.found.judged_step.meetings}
    if cost is None:
        return False
    made_of_outputs = set(descendants(tape, outputs, range(min(outputs), cost + 1)))
    way = [n for n in slice_of(tape, [cost], stop=outputs) if n in made_of_outputs]
    carried = [(n, [i for i in tape[n].inputs if i in made_of_outputs or i in outputs]) for n in way]
    return sum(_power(scene, n, inputs[0], count) for n, inputs in carried if len(inputs) == 1) > 1


def _divisions(scene: Scene, judged: Judged, count: int) -> list[int]:
    """The operations on the way from a correction up to the error that divide by ``count``, nearest first."""
    tape, found = scene.found.tape, list[int]()
    node: int | None = judged.move.links[-1].correction
    for _ in range(_LONGEST):
        if node is None:
            break
        carrying = [i for i in tape[node].inputs if i in scene.error]
        if len(carrying) == 1:
            found += [node] * _power(scene, node, carrying[0], count)
        node = carrying[-1] if carrying else None
    return found


def _power(scene: Scene, node: int, carrying: int, count: int) -> int:
    """How often an operation divides by ``count``: 0, once, or twice where that is squared."""
    tape = scene.found.tape
    operation = tape[node]
    if operation.op == "mean":
        return int(np.size(tape.value(carrying)) == count * max(np.size(tape.value(node)), 1))
    others = [a for a in operation.args if not (isinstance(a, Ref) and a.node == carrying)]
    if operation.op not in ("divide", "multiply") or len(others) != 1:
        return 0
    if operation.op == "multiply" and not _is_quotient(scene, others[0]):
        return 0
    value = np.asarray(tape.value(others[0].node) if isinstance(others[0], Ref) else others[0])
    if value.size != 1 or not value.item():
        return 0
    divisor = abs(float(value.item()) if operation.op == "divide" else 1.0 / float(value.item()))
    return next((power for power in (1, 2) if abs(divisor / count**power - 1.0) < _NEAR), 0)


def _is_quotient(scene: Scene, factor: object) -> bool:
    """Whether a factor was computed, not written down: a rate of 0.05 is no division by 20."""
    return not isinstance(factor, Ref) or scene.found.tape[factor.node].op == "divide"


def _often(times: int) -> str:
    return "twice" if times == 2 else f"{times} times"
