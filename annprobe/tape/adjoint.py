"""Reverse mode over the recorded operations: ∂C/∂v of every value in one sweep.

Costs about three forward passes, whatever the number of parameters. An operation without a rule is differentiated by
central differences, entry by entry, and is listed as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from annprobe.tape import rules_linear, rules_reduce, rules_shape  # noqa: F401  # they enter their rules
from annprobe.tape.nodes import Node, Ref, Values, references, substitute
from annprobe.tape.recall import evaluate
from annprobe.tape.replay import slice_of
from annprobe.tape.rules import FLAT, RULES

_LARGEST_DIFFERENCED = 4_000


@dataclass
class Adjoints:
    """``of[node]`` = ∂C/∂value, same shape as the value; ``differenced`` lists nodes that had no rule,
    ``unknown`` those whose derivative could not be had at all."""

    of: dict[int, Any] = field(default_factory=dict)
    parts: dict[int, list[tuple[int, Any]]] = field(default_factory=dict)  # (consumer, what it contributed)
    differenced: list[int] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)


def adjoints(tape: Values, seeds: Mapping[int, Any], stop: Iterable[int] = ()) -> Adjoints:
    """∂C/∂v for every node v that the seeded nodes depend on.

    seeds  node -> ∂C/∂node, same shape as the node's value
    stop   nodes that are taken as independent: their adjoint is computed, but not passed on
    """
    result = Adjoints()
    closed = set(stop)
    for number, seed in seeds.items():
        result.of[number] = np.array(seed, dtype=float).reshape(np.shape(tape.value(number)))
    with np.errstate(all="ignore"):
        for number in reversed(slice_of(tape, seeds, stop)):
            if number in result.of and number not in closed:
                _pull(tape, number, result)
    return result


def _pull(tape: Values, number: int, result: Adjoints) -> None:
    node = tape[number]
    for source, factor in zip(node.inputs, node.straight, strict=False):
        if factor:
            _add(tape, source, factor * result.of[number], result, number)
    if node.straight or not node.inputs or node.op in FLAT or node.kind != "op":
        return
    args = substitute(node.args, tape.value)
    kwargs = substitute(node.kwargs, tape.value)
    try:
        parts: Any = _by_rule(tape, node, result.of[number], tape.value(number), args, kwargs)
    except (NotImplementedError, ValueError, TypeError, IndexError, StopIteration, KeyError, AttributeError):
        parts = _differenced(tape, number, args, kwargs, result)
    _distribute(tape, node.args, parts, result, number)


def _by_rule(tape: Values, node: Node, g: Any, value: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if node.op not in RULES:
        raise NotImplementedError(node.op)
    if any(tape[source].op != "literal" for source in references(node.kwargs)):
        raise NotImplementedError("a masked write, or operands given by name")
    return RULES[node.op](g, value, args, kwargs)


def _distribute(tape: Values, structure: Any, parts: Any, result: Adjoints, consumer: int) -> None:
    """Add each part to the adjoint of the node that stands at the same place among the arguments."""
    if parts is None:
        return
    if type(structure) is Ref:
        _add(tape, structure.node, parts, result, consumer)
    elif isinstance(structure, (list, tuple)):
        for item, part in zip(structure, parts, strict=False):
            _distribute(tape, item, part, result, consumer)


def _add(tape: Values, number: int, part: Any, result: Adjoints, consumer: int) -> None:
    value = tape.value(number)
    if several(value):  # a node of several results gets one adjoint for each of them
        known = result.of.setdefault(number, [None] * len(value))
        for i, item in enumerate(part):
            if item is not None:
                known[i] = item if known[i] is None else known[i] + item
        return
    folded = unbroadcast(np.asarray(part, dtype=float), np.shape(value))
    result.parts.setdefault(number, []).append((consumer, folded))
    result.of[number] = result.of[number] + folded if number in result.of else folded


def several(value: Any) -> bool:
    """Whether an operation has several results: a tuple, or a list of arrays as ``np.split`` gives."""
    return isinstance(value, tuple) or (isinstance(value, list) and any(np.ndim(item) for item in value))


def unbroadcast(g: Any, shape: tuple[int, ...]) -> Any:
    """Sum a cotangent over the axes along which its value was broadcast."""
    if g.shape == shape:
        return g
    if g.ndim < len(shape) or (g.ndim == len(shape) and any(a < b for a, b in zip(g.shape, shape, strict=True))):
        return np.array(np.broadcast_to(g, shape)) if g.size != np.prod(shape) else g.reshape(shape)
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    for axis, n in enumerate(shape):
        if n == 1 and g.shape[axis] != 1:
            g = g.sum(axis=axis, keepdims=True)
    return g


def _differenced(tape: Values, number: int, args: tuple[Any, ...], kwargs: dict[str, Any], result: Adjoints) -> Any:
    """Cotangents of an operation without a rule, entry by entry."""
    node = tape[number]
    g = result.of[number]
    inputs = [i for i in sorted(set(node.inputs)) if np.asarray(tape.value(i)).dtype.kind == "f"]
    size = sum(np.size(tape.value(i)) for i in inputs)
    if size > _LARGEST_DIFFERENCED or several(tape.value(number)):
        result.unknown.append(number)
        return None
    result.differenced.append(number)
    for i in inputs:
        _add(tape, i, _jacobian_product(tape, node, i, g), result, number)
    return None


def _jacobian_product(tape: Values, node: Node, source: int, g: Any) -> Any:
    base = np.asarray(tape.value(source), dtype=float)
    product = np.zeros(base.size)
    for k in range(base.size):
        product[k] = float(np.sum(g * _directional(tape, node, source, base, k)))
    return product.reshape(base.shape)


def _directional(tape: Values, node: Node, source: int, base: Any, k: int) -> Any:
    """∂value/∂(entry k of the source), by a central difference."""
    step = np.cbrt(np.finfo(float).eps) * max(1.0, abs(float(base.reshape(-1)[k])))
    sides = []
    for sign in (1.0, -1.0):
        moved = base.copy()
        moved.reshape(-1)[k] += sign * step
        lookup = {source: moved if base.shape else float(moved)}
        sides.append(np.asarray(_evaluated(tape, node, lookup), dtype=float))
    return (sides[0] - sides[1]) / (2.0 * step)


def _evaluated(tape: Values, node: Node, changed: Mapping[int, Any]) -> Any:
    def value(number: int) -> Any:
        return changed[number] if number in changed else tape.value(number)

    return evaluate(node, substitute(node.args, value), substitute(node.kwargs, value))
