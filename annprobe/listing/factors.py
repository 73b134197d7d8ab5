"""Edits of factors: one too many, one left out, another derivative than the activation's."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from annprobe.listing.activations import derivatives, is_activation, is_elementwise
from annprobe.listing.edits import Change, Kind, works
from annprobe.listing.proportion import constant
from annprobe.listing.scene import Scene, Several
from annprobe.tape.nodes import Ref, substitute


def dropped(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """A factor too many, or a function too many."""
    for node in region:
        operation = scene.found.tape[node]
        if operation.op not in ("multiply", "divide", "square", "power", "absolute", "exp", "sign", "tanh", "maximum"):
            continue
        for arg in operation.args[:1] if operation.op in ("divide", "power") else operation.args:
            if isinstance(arg, Ref) and (c := works(scene, region, {node: scene.values(arg.node)}, demand)):
                other = next((a.node for a in operation.args if isinstance(a, Ref) and a.node != arg.node), arg.node)
                yield Change("dropped", node, other, arg.node, operation.op, c)
    for node in region:
        for inner in _factors_within(scene, region, node):
            if c := works(scene, region, {node: scene.values(inner)}, demand):
                yield Change("dropped", node, node, inner, "derivative", c)
    whole = "term" if scene.found.tape[region[-1]].op in ("add", "subtract") else "derivative"
    for node in region[:-1]:
        if node in scene.error and (c := constant(scene.values(node), demand) or 0.0):
            yield Change("dropped", region[-1], region[-1], node, whole, c)


def _factors_within(scene: Scene, region: list[int], node: int) -> list[int]:
    """The errors that a product of several factors holds, below its own two operands."""
    tape, inside = scene.found.tape, set(region)
    found: list[int] = []
    stack = [i for i in tape[node].inputs if i in inside] if tape[node].op == "multiply" else []
    while stack:
        number = stack.pop()
        if tape[number].op == "multiply" and number in scene.error:
            found += [i for i in tape[number].inputs if i in scene.error]
            stack += [i for i in tape[number].inputs if i in inside]
    return found


def missing_factor(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """The derivative of an activation that was left out, or is there once too often."""
    values = scene.values(region[-1])
    shape = np.shape(values[0])
    for source, node, ratio in derivatives(scene, region[-1]):
        for turned in (False, True):
            factor = [np.transpose(r) for r in ratio] if turned else ratio
            if np.shape(factor[0]) != shape and np.size(factor[0]) != np.size(values[0]):
                continue
            shaped = [np.reshape(f, shape) for f in factor]
            changes: tuple[tuple[Kind, Any], ...] = (("added", _times), ("dropped", _over))
            for kind, changed in changes:
                if constant([changed(values[0], shaped[0])], demand[:1]) is None:
                    continue
                several = [changed(v, f) for v, f in zip(values, shaped, strict=True)]
                if c := constant(several, demand):
                    yield Change(kind, region[-1], source, node, "times" if kind == "added" else "derivative", c)


def _times(value: Any, factor: Any) -> Any:
    return np.asarray(value) * factor


def _over(value: Any, factor: Any) -> Any:
    with np.errstate(all="ignore"):
        return np.where(factor == 0, 0.0, np.asarray(value) / np.where(factor == 0, 1.0, factor))


def missing_factor_of_operand(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """The same for one of the errors that a statement starts from: ``dxhat = dout`` for ``dxhat = dout * gamma``."""
    for error in (n for n in scene.outside(region) if n in scene.error):
        values = scene.values(error)
        shape = np.shape(values[0])
        for source, node, ratio in sorted(derivatives(scene, region[-1]), key=lambda pair: pair[1] - pair[0]):
            if time.process_time() > deadline:
                return
            if np.shape(ratio[0]) == shape and shape:
                several = [np.asarray(v) * r for v, r in zip(values, ratio, strict=True)]
                if c := works(scene, region, {error: several}, demand):
                    place = next(n for n in region if error in scene.found.tape[n].inputs)
                    yield Change("added", place, source, node, "operand", c)


def missing_value(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """A value of the forward pass that an error goes through, as a gate is, and is not multiplied with on the way back.

    Also where the error is only handed on, ``dc_next = dc``.
    """
    tape = scene.found.tape
    products = [n for n in scene.forward if tape[n].op == "multiply"]
    factors = list(dict.fromkeys(i for n in products for i in tape[n].inputs))
    for error in (n for n in [region[-1], *scene.outside(region)] if n in scene.error):
        values = scene.values(error)
        shape = np.shape(values[0])
        for factor in factors if shape else ():
            if time.process_time() > deadline:
                return
            if np.shape(tape.value(factor)) != shape:
                continue
            several = [np.asarray(v) * np.asarray(f) for v, f in zip(values, scene.values(factor), strict=True)]
            if error == region[-1] and (c := constant(several, demand)):
                yield Change("product", error, error, factor, "x * y", c)
            elif error != region[-1] and (c := works(scene, region, {error: several}, demand)):
                place = next(n for n in region if error in tape[n].inputs)
                yield Change("product", place, error, factor, "x * y", c)


def other_sign(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """A sum for a difference, or the other way round."""
    for node in region:
        operation = scene.found.tape[node]
        if operation.op not in ("add", "subtract") or len(operation.args) != 2:
            continue
        turned = np.subtract if operation.op == "add" else np.add
        given = [substitute(operation.args, point.value) for point in scene.points]
        try:
            several = [turned(*(np.asarray(a, dtype=float) for a in args)) for args in given]
        except (TypeError, ValueError):
            continue
        if c := works(scene, region, {node: several}, demand):
            yield Change("sign", node, node, None, "-" if operation.op == "add" else "+", c)


def other_derivative(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """An error times the derivative of an activation, where the factors that stand there are something else."""
    pairs = [pair for pair in derivatives(scene, region[-1]) if _plain(scene, *pair[:2])]
    return _other_factor(scene, region, demand, deadline, pairs)


def other_gate(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """The same where the stretch mixes several values, or entries, as a softmax does."""
    pairs = [pair for pair in derivatives(scene, region[-1]) if not _plain(scene, *pair[:2])]
    return _other_factor(scene, region, demand, deadline, pairs)


def _plain(scene: Scene, source: int, node: int) -> bool:
    return is_activation(scene, source, node) and is_elementwise(scene, source, node)


def _other_factor(
    scene: Scene, region: list[int], demand: Several, deadline: float, pairs: list[tuple[int, int, Several]]
) -> Iterator[Change]:
    errors = [n for n in dict.fromkeys([*scene.outside(region), *region]) if n in scene.error]
    for node in region:
        if scene.found.tape[node].op != "multiply" or node not in scene.error or time.process_time() > deadline:
            continue
        shape = np.shape(scene.found.tape.value(node))
        for error in errors:
            for source, activation, ratio in pairs if error < node else ():
                several = [
                    np.asarray(e) * np.reshape(r, np.shape(e))
                    for e, r in zip(scene.values(error), ratio, strict=True)
                    if np.size(e) == np.size(r)
                ]
                if (
                    len(several) == len(ratio)
                    and np.shape(several[0]) == shape
                    and (c := works(scene, region, {node: several}, demand))
                ):
                    yield Change("derivative", node, source, activation, "", c)
