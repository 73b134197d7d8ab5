"""Which operation is to blame: from a wrong gradient up to the first value that no right input would make right.

Every value of the backward pass is demanded to be something: the correction of a parameter its gradient, an operand
of a product the adjoint that the product's rule asks for. A value that is not what is demanded is right given a wrong
input (*follows*) when another adjoint in its place would mend it; then the input is demanded to be that adjoint.
Where no input can mend it, the operation itself is accused. An input that equals the adjoint of another forward value
than the one asked for is wrong for its role, and is followed too, unless something right is made of it elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from annprobe.listing.gradient_node import is_of_fewer
from annprobe.listing.lacks import lacking
from annprobe.listing.moves import MOVES, pulled_back
from annprobe.listing.proportion import constant
from annprobe.listing.scene import Label, Scene, Several
from annprobe.listing.terms import split
from annprobe.tape.nodes import Ref

_DEPTH = 400


@dataclass(frozen=True)
class Accused:
    """An operation whose value is wrong although its inputs are not.

    node      the operation
    demand    what its value should be (up to a constant), at every point
    quantity  the forward value whose adjoint it should be, where that is known
    parameter number of the chain whose gradient led here
    lacks     forward operations that the value goes into, and of which nothing comes back: else it would be right
    """

    node: int
    demand: Several
    quantity: int | None
    parameter: int
    lacks: tuple[int, ...] = ()


def blame(scene: Scene, parameter: int, node: int, demand: Several, quantity: int | None) -> list[Accused]:
    """The accused operations behind a node that is not what is demanded; [] when it is."""
    key = key_of((node, demand, quantity))
    if key not in scene.traced:  # through time, every moment's errors are on the way of all earlier ones
        scene.traced[key] = _traced(scene, parameter, node, demand, quantity)
    return [replace(accused, parameter=parameter) for accused in scene.traced[key]]


def _traced(scene: Scene, parameter: int, node: int, demand: Several, quantity: int | None) -> list[Accused]:
    seen: set[int] = set()
    for _ in range(_DEPTH):
        if node in seen or constant(scene.values(node), demand) is not None:
            return []
        seen.add(node)
        following = _follow(scene, node, demand, quantity)
        if following is None:
            return [_accused(scene, node, demand, quantity, parameter)]
        if isinstance(following, list):
            found = [a for n, d, q in following for a in blame(scene, parameter, n, d, q)]
            return found or [_accused(scene, node, demand, quantity, parameter)]
        if following[0] != node and key_of(following) in scene.traced:
            return scene.traced[key_of(following)]
        node, demand, quantity = following
    return [Accused(node, demand, quantity, parameter)]


def key_of(wanted: tuple[int, Several, int | None]) -> tuple[int, int | None, bytes]:
    """What tells one demand from another."""
    node, demand, quantity = wanted
    return node, quantity, np.asarray(demand[0], dtype=float).tobytes()


def _accused(scene: Scene, node: int, demand: Several, quantity: int | None, parameter: int) -> Accused:
    """The operation; where a sum lacks something, in the statement that should add it, with what it should add."""
    lack = lacking(scene, node, demand, quantity)
    if lack is None:
        return Accused(node, demand, quantity, parameter)
    return Accused(lack.node, lack.demand, quantity if lack.node == node else None, parameter, lack.consumers)


def _follow(scene: Scene, node: int, demand: Several, quantity: int | None) -> Any:
    """The input to go on with, as (node, demand, quantity); a list of several; None when no input can mend the node."""
    if node in scene.mended:
        error, role = scene.mended[node]
        due = scene.adjoint(role) if role is not None else None
        if error is None or due is None or constant(scene.values(error), due) is not None:
            return None  # it was put right for errors that were wrong then
        return error, due, role
    if not scene.carrying(node):
        return None
    if scene.found.tape[node].op in MOVES and not is_masked(scene, node):
        moved = _through(scene, node, demand)
        if moved:
            return [(n, d, quantity) for n, d, _ in moved] if len(moved) == 1 else moved
    scaled = _unscaled(scene, node, demand, quantity)
    if scaled is not None:
        return None if vouched(scene, scaled[0], node) else scaled
    if scene.found.tape[node].op in ("add", "subtract", "sum", "mean", "add.reduce"):
        sums = _sums(scene, node, demand, quantity)
        if sums is not None:
            return sums or None
    region = scene.region(node)
    for source in scene.outside(region):
        if source in scene.error or (node in scene.idle and source in scene.idle):
            mended = _mending(scene, region, source, demand)
            if mended is not None:
                return None if vouched(scene, source, node) else mended
    return None


def is_masked(scene: Scene, node: int) -> bool:
    """Whether entries are written where a condition holds: the condition may be the wrong one."""
    operation = scene.found.tape[node]
    index = operation.args[1] if operation.op == "setitem" and len(operation.args) > 1 else None
    mask = scene.found.tape.value(index.node) if isinstance(index, Ref) else index
    return isinstance(mask, np.ndarray) and mask.dtype == bool


def vouched(scene: Scene, source: int, node: int) -> bool:
    """Whether another statement makes a right gradient of the input: then it is right, and used in the wrong place."""
    here = scene.statement(node)
    others = [number for number in scene.users(source) if scene.statement(number) != here]
    if any(number in scene.good for number in others):
        return True
    own = scene.label(source)
    if own is None:
        return False
    if any(_another(scene.label(number), own) for number in others):
        return True
    return any(_is_part(scene, number) for number in _made_in(scene, others))


def _another(made: Label | None, own: Label) -> bool:
    """Whether the adjoint of another forward value was made."""
    return made is not None and made.forward != own.forward


def _made_in(scene: Scene, nodes: list[int]) -> list[int]:
    """What statements make of what they begin with."""
    found, stack = list(nodes), list(nodes)
    while stack:
        number = stack.pop()
        same = [n for n in scene.users(number) if n not in found and scene.statement(n) == scene.statement(number)]
        found += same
        stack += same
    return found


def _is_part(scene: Scene, node: int) -> bool:
    """Whether a value is the gradient of some weights of a matrix without their biases, or of the biases alone."""
    values = scene.values(node)
    shape = np.shape(values[0])
    for version in scene.versions if len(shape) == _MATRIX else ():
        adjoint = scene.adjoint(version)
        for cut in _CUTS if adjoint is not None and np.ndim(adjoint[0]) == _MATRIX else ():
            parts = [a[cut] for a in adjoint or ()]
            if np.shape(parts[0]) == shape and min(shape) > 1 and constant(values, parts) is not None:
                return True
    return False


_MATRIX = 2
_CUTS = (np.s_[:, 1:], np.s_[:, :-1], np.s_[1:], np.s_[:-1])


def _unscaled(scene: Scene, node: int, demand: Several, quantity: int | None) -> tuple[int, Several, int | None] | None:
    """Through a product with a constant number (the learning rate, 1/N) the demand stays what it is."""
    operation = scene.found.tape[node]
    if operation.op not in ("multiply", "divide") or len(operation.args) != 2:
        return None
    assert scene.found.dependence is not None
    for mine, other in ((operation.args[0], operation.args[1]), (operation.args[1], operation.args[0])):
        if (
            not isinstance(mine, Ref)
            or mine.node not in scene.error
            or (other is operation.args[0] and operation.op == "divide")
            or np.size(scene.found.tape.value(mine.node)) < np.size(scene.found.tape.value(node))
            or is_of_fewer(scene, mine.node, demand)
        ):
            continue
        numbers = scene.values(other.node) if isinstance(other, Ref) else [other]
        fixed = not isinstance(other, Ref) or not scene.found.dependence.touched(other.node)
        if fixed and np.ndim(numbers[0]) == 0 and float(numbers[0]) != 0.0 and all(n == numbers[0] for n in numbers):
            return mine.node, demand, quantity
    return None


def _mending(scene: Scene, region: list[int], source: int, demand: Several) -> tuple[int, Several, int] | None:
    """The adjoint that would make the statement right in the place of one of its inputs."""
    own = scene.values(source)
    size, shape = np.size(own[0]), np.shape(own[0])
    for candidate in scene.likely(source):
        adjoint = scene.adjoint(candidate)
        if adjoint is None or np.size(adjoint[0]) != size:
            continue
        for turned in (False, True):
            shaped = _shaped(adjoint, shape, turned)
            if shaped is None or not _worth(own, shaped):
                continue
            first = scene.recomputed(region, {source: shaped}, 1)
            if first is None or constant(first, demand[:1]) is None:
                continue
            values = scene.recomputed(region, {source: shaped})
            if values is not None and constant(values, demand) is not None and constant(own, shaped) is None:
                return source, shaped, candidate
    return None


def _shaped(adjoint: Several, shape: tuple[int, ...], turned: bool) -> Several | None:
    """The adjoint in the shape of the value whose place it takes."""
    own = np.shape(adjoint[0])
    if turned:
        if len(own) != 2 or own[::-1] != shape or (own == shape and own[0] == 1):
            return None
        return [np.transpose(a) for a in adjoint]
    if own == shape:
        return [a if shape else float(a) for a in adjoint]
    if sorted(n for n in own if n != 1) != sorted(n for n in shape if n != 1) or max(own, default=1) != np.prod(own):
        return None
    return [np.reshape(a, shape) if shape else float(np.reshape(a, ())) for a in adjoint]


def _worth(own: Several, candidate: Several) -> bool:
    return bool(np.any(candidate[0])) and np.isfinite(np.asarray(own[0], dtype=float)).all()


def _through(scene: Scene, node: int, demand: Several) -> list[tuple[int, Several, int | None]]:
    """Demands on the parts of a value that was only put together."""
    return [
        (source, parts, None)
        for source, parts in pulled_back(scene, node, demand)
        if source in scene.error and constant(scene.values(source), parts) is None and np.any(parts[0])
    ]


def _sums(
    scene: Scene, node: int, demand: Several, quantity: int | None
) -> list[tuple[int, Several, int | None]] | None:
    """The terms of a sum to go on with; [] when the sum itself is to blame, None when it is none."""
    found = split(scene, node, demand, quantity)
    if found is None:
        return None
    if found.whole or any(vouched(scene, term, node) for term, _, _ in found.wrong):
        return []
    return found.wrong
