"""What may stand between a gradient and a parameter's change: numbers, state of the optimiser, the parameter itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from annprobe.subject.roles.dependence import Dependence
from annprobe.subject.roles.links import COPIES, SHAPES, alias
from annprobe.subject.roles.steps import Move
from annprobe.tape.nodes import Values


def entry_by_entry(point: Values, number: int, way: list[int], corrections: list[int], size: int) -> bool:
    """Whether the gradient's entries reach the update one by one, not added up or averaged on the way."""
    after = {number}
    for user in way:
        if user > number and np.size(point.value(user)) >= size and any(i in after for i in point[user].inputs):
            after.add(user)
    return bool(after & set(corrections))


def rule_only(point: Values, dependence: Dependence, current: int, number: int, way: list[int], move: Move) -> bool:
    """Whether nothing of this step's forward pass but scalars and the parameter itself comes in on the way to ΔP.

    A matrix that the gradient is divided by, as Newton's method does, is part of the rule.
    """
    after = {number}
    dimensions = np.ndim(point.value(number))
    for user in way:
        node = point[user]
        if user <= number or not any(i in after for i in node.inputs) or np.ndim(point.value(user)) < dimensions:
            continue  # a norm, by which the gradient may be clipped
        after.add(user)
        for source in node.inputs:
            if source == move.before and node.op in ("multiply", "divide"):
                return False  # decay adds the parameter; a factor P is no update rule
            if source in after or source == move.before or not dependence.versions[source] & current:
                continue
            scalar = np.ndim(point.value(source)) == 0 < np.ndim(point.value(user))
            divisor = (node.op == "solve" and source == node.inputs[0]) or point[source].op in ("inv", "pinv")
            if not scalar and not divisor and not _of_itself(point, source, move.before):
                return False
    return True


def times_data(points: Sequence[Values], number: int, way: list[int]) -> bool:
    """Whether a gradient of one number is multiplied by an entry of the data on the way to ΔP: that is no rate."""
    if len(points) < 2 or np.size(points[0].value(number)) != 1:
        return False
    after = {number}
    for user in way:
        node = points[0][user]
        if user > number and any(i in after for i in node.inputs):
            after.add(user)
            others = [i for i in node.inputs if i not in after] if node.op == "multiply" else []
            if any(_is_entry(points, i) for i in others):
                return True
    return False


def _is_entry(points: Sequence[Values], node: int) -> bool:
    """Whether a value is one of the data, which are others at the other points."""
    leaf = alias(points[0], node, COPIES | SHAPES | {"getitem"})
    return points[0][leaf].kind != "op" and any(
        not np.array_equal(point.value(leaf), points[0].value(leaf)) for point in points[1:]
    )


def _of_itself(point: Values, node: int, parameter: int) -> bool:
    """Whether a value is the parameter times numbers, or its sign: what a decay takes off."""
    while node != parameter:
        arrays = [i for i in point[node].inputs if np.ndim(point.value(i)) > 0]
        if point[node].op not in _OF_ITSELF or len(arrays) != 1:
            return False
        node = arrays[0]
    return True


_OF_ITSELF = {"multiply", "divide", "negative", "sign"}
