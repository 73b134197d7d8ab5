"""Edits of factors: one too many, one left out, another derivative than the activation's."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from annprobe.listing.edits import Change, Kind, works
from annprobe.listing.proportion import constant
from annprobe.listing.scene import Scene, Several
from annprobe.tape.nodes import Ref


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


def derivatives(scene: Scene, near: int | None = None) -> list[tuple[int, int, Several]]:
    """(pre-activation, activation, f'(z)) for every elementwise stretch of the forward pass (of a node's example)."""
    if scene.derivatives is None:
        scene.derivatives = list(_derivatives(scene))
    if near is None:
        return scene.derivatives
    return [pair for pair in scene.derivatives if scene.related(near, pair[1])] or scene.derivatives


def _derivatives(scene: Scene) -> Iterator[tuple[int, int, Several]]:
    seen: set[tuple[int, int]] = set()
    for node in scene.quantities:
        after = scene.adjoint(node)
        if after is None or np.size(after[0]) == 0:
            continue
        for source in sorted(_before(scene, node), key=scene.quantities.index):
            before = scene.adjoint(source)
            if source in scene.versions and len(scene.parts(source)) > 1:
                continue  # used for every example: its adjoint is the sum over all of them
            if before is None or np.shape(before[0]) != np.shape(after[0]) or (source, node) in seen:
                continue
            seen.add((source, node))
            with np.errstate(all="ignore"):
                ratio = [
                    np.where(a == 0, 0.0, np.asarray(b) / np.where(a == 0, 1.0, a))
                    for a, b in zip(after, before, strict=True)
                ]
            spread = np.concatenate([np.ravel(r) for r in ratio])
            if np.isfinite(spread).all() and np.ptp(spread) > 1e-12 * np.max(np.abs(spread), initial=0):
                yield source, node, ratio


def _before(scene: Scene, node: int, depth: int = 8) -> list[int]:
    """Forward values that the node is an elementwise function of."""
    found: list[int] = []
    front = [node]
    shape = np.shape(scene.found.tape.value(node))
    for _ in range(depth):
        front = [
            i
            for n in front
            for i in scene.found.tape[n].inputs
            if scene.found.tape[n].op in _ELEMENTWISE
            and not _weighted(scene, n, i)
            and np.shape(scene.found.tape.value(i)) == shape
            and scene.adjoint(i) is not None
            and i not in found
        ]
        found.extend(dict.fromkeys(front))
    return found


def _weighted(scene: Scene, node: int, source: int) -> bool:
    """Whether a product is that with a single weight, as in a network written number by number."""
    if scene.found.tape[node].op != "multiply":
        return False
    return any(_is_weight(scene, i) for i in scene.found.tape[node].inputs)


def _is_weight(scene: Scene, node: int) -> bool:
    """Whether a value is a single number that is a parameter, or read from one."""
    if np.size(scene.found.tape.value(node)) != 1:
        return False
    while node not in scene.versions and scene.found.tape[node].op in ("getitem", "item", "copy"):
        if not scene.found.tape[node].inputs:
            return False
        node = scene.found.tape[node].inputs[0]
    return node in scene.versions


_ELEMENTWISE = {
    "exp",
    "negative",
    "add",
    "subtract",
    "multiply",
    "divide",
    "reciprocal",
    "tanh",
    "maximum",
    "where",
    "expit",
    "power",
    "square",
    "log1p",
    "log",
    "sqrt",
    "absolute",
    "clip",
    "minimum",
    "arctan",
    "sin",
    "cos",
    "logaddexp",
    "copy",
    "setitem",
    "sinh",
    "cosh",
    "erf",
    "sign",
    "expm1",
    "item",
    "astype",
}


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


def other_derivative(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """An error times the derivative of an activation, where the factors that stand there are something else."""
    errors = [n for n in dict.fromkeys([*scene.outside(region), *region]) if n in scene.error]
    pairs = derivatives(scene, region[-1])
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
