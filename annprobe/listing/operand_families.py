"""From an operand that was exchanged to the family of the bug: weights, errors, activations, columns."""

from __future__ import annotations

import numpy as np

from annprobe.listing.activations import derivatives, is_activation
from annprobe.listing.blame import Accused
from annprobe.listing.edits import Change
from annprobe.listing.proportion import constant
from annprobe.listing.scene import Scene
from annprobe.tape.replay import slice_of

PRODUCTS = {"dot", "matmul", "outer", "inner", "tensordot", "einsum"}
VIEWING = {"getitem", "reshape", "expand_dims", "atleast_2d", "squeeze", "ravel"}
# all columns or rows but one at an edge: there the column of ones, or the biases, stand
BUT_ONE: tuple[tuple[slice, ...], ...] = (
    (slice(None), slice(1, None)),
    (slice(None), slice(None, -1)),
    (slice(1, None),),
    (slice(None, -1),),
)


def bias_like(scene: Scene, parameter: int) -> bool:
    """Whether the parameter is added to something, not multiplied with anything."""
    chain = scene.found.chains[parameter]
    shape = np.shape(scene.found.tape.value(chain.origin))
    versions = set(chain.versions)
    users = _users(scene, versions)
    added = any(scene.found.tape[n].op == "add" for n in users)
    multiplied = any(scene.found.tape[n].op in PRODUCTS | {"multiply", "transpose"} for n in users)
    return added and not multiplied and sum(n != 1 for n in shape) <= 1


def _users(scene: Scene, versions: set[int]) -> list[int]:
    """What the forward pass does with a parameter, also with a view of it: ``z + b[:, np.newaxis]``."""
    known, users = set(versions), []
    for n in scene.forward:
        if known.isdisjoint(scene.found.tape[n].inputs):
            continue
        if scene.found.tape[n].op in VIEWING and np.size(scene.found.tape.value(n)) > 1:
            known.add(n)
        else:
            users.append(n)
    return users


def of_product(scene: Scene, accused: Accused, change: Change) -> str:
    """The family of another kind of product, or of one that is missing."""
    if np.ndim(scene.found.tape.value(change.place)) == 0 and change.new is not None:
        own = weight_of(scene, change.new) is not None or accused.quantity in scene.versions
        return "layer-index" if own else of_slope(scene, accused)  # between numbers there is one kind of product
    if change.old == change.new and change.detail != "x * y":
        return "transpose"
    assert change.new is not None
    elementwise = change.detail == "x * y" and np.size(scene.found.tape.value(change.new)) > 1
    if elementwise and weight_of(scene, change.new) is None:
        return of_slope(scene, accused)
    if elementwise or change.old == change.new:
        return "transpose"
    return _columns_or_layer(scene, change)


def of_slope(scene: Scene, accused: Accused) -> str:
    """The family of a factor where the derivative of an activation is asked for; a gate's has none of its own."""
    return "activation-derivative" if slope_wanted(scene, accused) else "unknown"


def slope_wanted(scene: Scene, accused: Accused) -> bool:
    """Whether the accused value should be the adjoint of something that an activation, and no gate, is applied to."""
    nodes = [node for source, node, _ in derivatives(scene) if source == accused.quantity]
    return accused.quantity is None or (bool(nodes) and all(is_activation(scene, accused.quantity, n) for n in nodes))


def _columns_or_layer(scene: Scene, change: Change) -> str:
    """Operands with the same columns in another order: the column of ones is at the wrong end; else another layer's."""
    assert change.old is not None
    assert change.new is not None
    old, new = (np.asarray(scene.found.tape.value(n), dtype=float) for n in (change.old, change.new))
    if old.ndim == 2 and old.shape == new.shape and not np.array_equal(old, new):
        for cut in BUT_ONE:
            if old[cut].size and np.array_equal(old[cut], new[cut]):
                return "bias"
        for x, y in ((old, new), (old.T, new.T)):
            if np.array_equal(x[:, np.lexsort(x)], y[:, np.lexsort(y)]):
                return "bias"
    return "layer-index"


def of_operand(scene: Scene, accused: Accused, change: Change) -> str:
    """The family of another value in the place of an operand."""
    if change.detail == "unused":
        return "bias" if bias_like(scene, accused.parameter) else "update"
    assert change.old is not None
    assert change.new is not None
    old, new = weight_of(scene, change.old), weight_of(scene, change.new)
    if old is not None and new is not None:
        if old[0] != new[0]:
            if _same_unit(scene, old[1], new[1]):
                return "bias"  # one further on in the row of weights, where the bias is
            return "transpose" if _same_layer(scene, old[1], new[1]) else "layer-index"
        return "delta-order" if old[1] != new[1] else "transpose" if change.detail == ".T" else "bias"
    if change.old in scene.error or change.new in scene.error:
        return "activation-derivative" if _but_for_derivative(scene, change.old, change.new) else "layer-index"
    derivative = change.place not in scene.error or scene.found.tape[change.place].op not in PRODUCTS
    if derivative and _one_layer(scene, change.old, change.new):
        return "activation-derivative"
    if change.place not in scene.error and slope_wanted(scene, accused) and _stretched(scene, accused, change.old):
        return "activation-derivative"  # taken at what was made of the activation: masked, scaled
    return _columns_or_layer(scene, change)


def _stretched(scene: Scene, accused: Accused, node: int) -> bool:
    """Whether a value was made entry by entry of the pre-activation whose derivative is asked for."""
    if accused.quantity is None:
        return False
    way = slice_of(scene.found.tape, [node], stop={accused.quantity, *scene.versions})
    made = [n for n in way if n > accused.quantity]
    return accused.quantity in way and not any(scene.found.tape[n].op in PRODUCTS for n in made)


def _same_layer(scene: Scene, old: int, new: int) -> bool:
    """Whether two single weights belong to one layer: then the indices are exchanged, w[k][j] for w[j][k].

    What a weight of layer l is multiplied with depends on as many weights as for any other weight of that layer.
    """
    depths = []
    for version in (old, new):
        node = next((n for n in scene.forward if version in scene.found.tape[n].inputs), None)
        if np.ndim(scene.found.tape.value(version)) > 0 or node is None or scene.found.dependence is None:
            return False
        depths.append(scene.found.dependence.breadth(node))
    return depths[0] == depths[1]


def _same_unit(scene: Scene, old: int, new: int) -> bool:
    """Whether two single weights go into one sum."""
    if any(np.ndim(scene.found.tape.value(version)) > 0 for version in (old, new)):
        return False
    return _sum_of(scene, old) == _sum_of(scene, new) != -1


def _sum_of(scene: Scene, weight: int) -> int:
    """The end of the sum that a weight's product, or a weight itself, is added to."""
    inside, ends = {weight}, -1
    for number in sorted(scene.descendants(weight)):
        operation = scene.found.tape[number]
        if number != weight and operation.op in ("multiply", "add", "sum") and inside.intersection(operation.inputs):
            if operation.op == "multiply" and ends >= 0:
                continue  # what a finished sum is multiplied with lies above it
            inside.add(number)
            ends = number if operation.op in ("add", "sum") else ends
    return ends


def weight_of(scene: Scene, node: int) -> tuple[int, int] | None:
    """(chain, version) of a parameter or of a view of one."""
    while node not in scene.found.dependence.owner if scene.found.dependence else False:
        if (
            scene.found.tape[node].op not in ("getitem", "transpose", "reshape", "copy")
            or not scene.found.tape[node].inputs
        ):
            return None
        node = scene.found.tape[node].inputs[0]
    assert scene.found.dependence is not None
    return scene.found.dependence.owner[node], node


def _but_for_derivative(scene: Scene, old: int, new: int) -> bool:
    """Whether two errors differ by the derivative of an activation."""
    ours, theirs = (
        [np.asarray(v, dtype=float) for v in scene.values(n)] for n in (old, new)
    )
    if ours[0].shape != theirs[0].shape:
        return False
    for source, node, ratio in derivatives(scene, new):
        if not is_activation(scene, source, node) or np.shape(ratio[0]) != ours[0].shape:
            continue
        for x, y in ((ours, theirs), (theirs, ours)):
            if np.any(y[0]) and constant([v * r for v, r in zip(x, ratio, strict=True)], y) is not None:
                return True
    return False


def _one_layer(scene: Scene, old: int, new: int) -> bool:
    """Whether one of the two values is an activation of the other."""
    pairs = [(source, node) for source, node, _ in derivatives(scene) if {old, new} == {source, node}]
    return any(is_activation(scene, source, node) for source, node in pairs)
