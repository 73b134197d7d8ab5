"""The same step with some of its backward values put right: what is wrong besides shows itself there alone."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from annprobe.listing.scene import Scene, Several
from annprobe.subject.roles.gradient.judged import Hypothesis
from annprobe.subject.roles.gradient.truth import rejudged
from annprobe.tape.nodes import Node, Tape, Values
from annprobe.tape.replay import Replayed, descendants, replay


@dataclass(frozen=True)
class Repaired:
    """What a statement gives once its fault is repaired.

    values  at every point
    error   the error that it starts from, where there is one
    role    the forward value whose adjoint that error should be
    """

    values: Several
    error: int | None = None
    role: int | None = None


_MOST = 20_000  # values on the way to the corrections: beyond that, only these are computed anew
UNREPLAYABLE = (ValueError, TypeError, IndexError, ArithmeticError, AttributeError, KeyError)


def mended(scene: Scene, right: Mapping[int, Repaired]) -> Scene | None:
    """The scene with other values at some nodes, and all that comes of them; None where it cannot be computed."""
    found, step = scene.found, scene.found.judged_step
    wanted = sorted({*scene.way, *_unused(scene, right), *(move.after for move in step.moves)})
    given: list[dict[int, Any]] = []
    for k, point in enumerate(scene.points):
        try:
            changed: dict[int, Any] = {n: point.value(n) for n in scene.mended}  # stay as they were put, at every point
            changed.update({n: np.reshape(r.values[k], np.shape(point.value(n))) for n, r in right.items()})
            given.append(dict(replay(point, changed, wanted).values))
        except UNREPLAYABLE:
            return None
    tape = _tape(found.tape, given[0], set(right))
    points: list[Values] = [tape]
    points += [Replayed(tape, {**_own(p), **new}) for p, new in zip(scene.points[1:], given[1:], strict=True)]
    assert found.dependence is not None
    old = scene.hypothesis  # the forward pass is as it was: so are the adjoints
    hypothesis = rejudged(points, found.dependence, step, Hypothesis(old.name, [*scene.whole], cost=old.cost))
    places = {n: (r.error, r.role) for n, r in right.items()}
    again = dataclasses.replace(found, tape=tape, points=points, hypothesis=hypothesis)
    known = {**scene.mended, **places}
    later = Scene(again, hypothesis, derivatives=scene.derivatives, mended=known, deadline=scene.deadline)
    later.stretches = scene.stretches  # the forward pass is the same
    return later


def _unused(scene: Scene, right: Mapping[int, Repaired]) -> list[int]:
    """What comes of the repaired values and leads nowhere, as what a loop computes in vain: it may be needed."""
    step = scene.found.judged_step
    return descendants(scene.found.tape, right, range(min(right), step.last + 1)) if len(scene.way) < _MOST else []


def _own(point: Values) -> Mapping[int, Any]:
    return point.values if isinstance(point, Replayed) else {}


def _tape(tape: Tape, values: Mapping[int, Any], right: set[int]) -> Tape:
    """A copy with other values; the nodes that were put right keep their values whatever they are given."""
    new = copy.copy(tape)
    new.nodes = list(tape.nodes)
    for number, value in values.items():
        new.nodes[number] = _node(tape.nodes[number], value, number in right)
    return new


def _node(node: Node, value: Any, right: bool) -> Node:
    made = Node(node.op, node.fn, node.args, node.kwargs, value, node.kind, node.site, node.turn, node.inputs)
    made.write, made.tag = node.write, node.tag
    if right:
        made.fn = None
    return made
