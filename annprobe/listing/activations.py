"""Elementwise stretches of the forward pass, activations and gates, and their derivatives."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from annprobe.listing.scene import Scene, Several


def derivatives(scene: Scene, near: int | None = None) -> list[tuple[int, int, Several]]:
    """(pre-activation, activation, f'(z)) for every elementwise stretch of the forward pass (of a node's example)."""
    if scene.derivatives is None:
        scene.derivatives = list(_derivatives(scene))
    if near is None:
        return scene.derivatives
    return [pair for pair in scene.derivatives if scene.related(near, pair[1])] or scene.derivatives


def _derivatives(scene: Scene) -> Iterator[tuple[int, int, Several]]:
    seen: set[tuple[int, int]] = set()
    order = {node: k for k, node in enumerate(scene.quantities)}
    for node in scene.quantities:
        after = scene.adjoint(node)
        if after is None or np.size(after[0]) == 0:
            continue
        for source in sorted((n for n in _before(scene, node) if n in order), key=order.__getitem__):
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


def is_activation(scene: Scene, source: int, node: int) -> bool:
    """Whether a stretch of the forward pass depends on its beginning alone, as an activation does on z.

    A gate is elementwise, too, but mixes several values: ``(1 - z) * h + z * c`` is no activation of z. What is added
    to the beginning, as biases are, belongs to z.
    """
    asked = ("activation", source, node)
    if asked not in scene.stretches:
        scene.stretches[asked] = _is_activation(scene, source, node)
    return scene.stretches[asked]


def _is_activation(scene: Scene, source: int, node: int) -> bool:
    dependence, tape = scene.found.dependence, scene.found.tape
    assert dependence is not None
    stretch = _between(scene, source, node)
    sums = {source}
    for number in sorted(stretch - {source}):
        inputs = set(tape[number].inputs)
        if tape[number].op in _LINEAR and (inputs & stretch) <= sums:
            sums.add(number)
        elif any(dependence.touched(i) for i in inputs - stretch):
            return False
    return True


def is_slope(scene: Scene, node: int) -> bool:
    """Whether a value is the derivative of sigmoid or tanh, written with its output, of some value of the network."""
    own = [np.asarray(value, dtype=float) for value in scene.values(node)]
    for quantity in scene.quantities:
        values = [np.asarray(value, dtype=float) for value in scene.values(quantity)]
        if [v.shape for v in values] != [v.shape for v in own]:
            continue
        for slopes in ([a * (1.0 - a) for a in values], [1.0 - a * a for a in values]):
            if all(np.allclose(s, slope, rtol=1e-9) for s, slope in zip(own, slopes, strict=True)):
                return True
    return False


_LINEAR = {"add", "subtract", "negative", "copy", "item", "astype"}


def is_elementwise(scene: Scene, source: int, node: int) -> bool:
    """Whether every entry of the end depends on one entry of the beginning alone: a softmax is no such function."""
    asked, shape = ("elementwise", source, node), np.shape(scene.found.tape.value(node))
    if asked not in scene.stretches:
        alike = (np.shape(scene.found.tape.value(n)) == shape for n in _between(scene, source, node))
        scene.stretches[asked] = all(alike)
    return scene.stretches[asked]


def _between(scene: Scene, source: int, node: int) -> set[int]:
    """The values that are made of the one and that the other is made of."""
    led_to = scene.descendants(source)
    found, stack = {node}, [node]
    while stack:
        fresh = [i for i in scene.found.tape[stack.pop()].inputs if i in led_to and i not in found]
        found.update(fresh)
        stack += fresh
    return found


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
