"""From a change to the family of the bug."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from annprobe.listing.blame import Accused
from annprobe.listing.edits import Change
from annprobe.listing.factors import derivatives
from annprobe.listing.gradient_node import takes_another
from annprobe.listing.proportion import constant
from annprobe.listing.scene import Scene
from annprobe.tape.nodes import Ref
from annprobe.tape.replay import slice_of

_PRODUCTS = {"dot", "matmul", "outer", "inner", "tensordot", "einsum"}


# all columns or rows but one at an edge: there the column of ones, or the biases, stand
_BUT_ONE: tuple[tuple[slice, ...], ...] = (
    (slice(None), slice(1, None)),
    (slice(None), slice(None, -1)),
    (slice(1, None),),
    (slice(None, -1),),
)


def family_of(scene: Scene, accused: Accused, change: Change | None) -> str:
    """The slug of the family; "unknown" where neither the change nor the place tells."""
    if reads_newer_version(scene, accused.node):
        return "delta-order"
    if _of_another(scene, accused):
        return "bias" if bias_like(scene, accused.parameter) else "update"
    if scene.found.tape[accused.node].op == "setitem" and accused.quantity not in scene.versions:
        return "activation-derivative"
    if reads_older_step(scene, accused.node):
        return "state"
    if change is None:
        return _by_place(scene, accused)
    named = change.kind in ("operand", "passes", "repeats")
    if _own(scene, accused) and not named and bias_like(scene, accused.parameter):
        return "bias"
    by_kind: dict[str, Callable[[], str]] = {
        "turned": lambda: "transpose",
        "sliced": lambda: "transpose" if "::-1" in change.detail else "bias",
        "term": lambda: "layer-index" if change.detail == "error" else "loss-derivative",
        "axis": lambda: "bias" if bias_like(scene, accused.parameter) else "scale",
        "passes": lambda: "scale",
        "repeats": lambda: "scale",
        "edge": lambda: "bias",
        "product": lambda: _product(scene, change),
        "added": lambda: "activation-derivative",
        "derivative": lambda: "activation-derivative",
        "dropped": lambda: _dropped(scene, accused, change),
        "operand": lambda: _operand(scene, accused, change),
    }
    return by_kind[change.kind]()


def _of_another(scene: Scene, accused: Accused) -> bool:
    """Whether the update takes another parameter's gradient."""
    move = next(m for m in scene.found.judged_step.moves if m.chain == accused.parameter)
    return accused.quantity == move.before and takes_another(scene, move, accused.node)


def _product(scene: Scene, change: Change) -> str:
    if change.old == change.new and change.detail != "x * y":
        return "transpose"
    assert change.new is not None
    elementwise = change.detail == "x * y" and np.size(scene.found.tape.value(change.new)) > 1
    if elementwise and _weight(scene, change.new) is None:
        return "activation-derivative"
    if elementwise or change.old == change.new:
        return "transpose"
    return _columns_or_layer(scene, change)


def bias_like(scene: Scene, parameter: int) -> bool:
    """Whether the parameter is added to something, not multiplied with anything."""
    chain = scene.found.chains[parameter]
    shape = np.shape(scene.found.tape.value(chain.origin))
    versions = set(chain.versions)
    users = [n for n in scene.forward if versions & set(scene.found.tape[n].inputs)]
    added = any(scene.found.tape[n].op == "add" for n in users)
    multiplied = any(scene.found.tape[n].op in _PRODUCTS | {"multiply", "transpose"} for n in users)
    return added and not multiplied and sum(n != 1 for n in shape) <= 1


def reads_newer_version(scene: Scene, node: int) -> bool:
    """Whether the statement reads parameters that this step has already changed."""
    return _reads(scene, node, newer=True)


def reads_older_step(scene: Scene, node: int) -> bool:
    """Whether the statement reads values that were computed with an earlier step's parameters."""
    return _reads(scene, node, newer=False)


def _reads(scene: Scene, node: int, *, newer: bool) -> bool:
    dependence = scene.found.dependence
    assert dependence is not None
    mask = 0
    for move in scene.found.judged_step.moves:
        versions = scene.found.chains[move.chain].versions
        at = versions.index(move.before)
        for version in versions[at + 1 :] if newer else versions[:at]:
            mask |= 1 << dependence.version_bits[version]
    return any(dependence.versions[source] & mask for source in scene.outside(scene.region(node)))


def _columns_or_layer(scene: Scene, change: Change) -> str:
    """Operands with the same columns in another order: the column of ones is at the wrong end; else another layer's."""
    assert change.old is not None
    assert change.new is not None
    old, new = (np.asarray(scene.found.tape.value(n), dtype=float) for n in (change.old, change.new))
    if old.ndim == 2 and old.shape == new.shape and not np.array_equal(old, new):
        for cut in _BUT_ONE:
            if old[cut].size and np.array_equal(old[cut], new[cut]):
                return "bias"
        for x, y in ((old, new), (old.T, new.T)):
            if np.array_equal(x[:, np.lexsort(x)], y[:, np.lexsort(y)]):
                return "bias"
    return "layer-index"


def _dropped(scene: Scene, accused: Accused, change: Change) -> str:
    at_output = _at_output(scene, accused)
    if change.detail == "term":
        return "delta-order"
    if change.detail == "derivative":
        return "loss-derivative" if at_output else "activation-derivative"
    if change.detail in ("absolute", "square", "power", "sign") and at_output and change.place in scene.error:
        return "loss-derivative"
    if change.detail in ("absolute", "sign"):
        return "delta-order" if change.new is not None and _weight(scene, change.new) is not None else "sign"
    factor = _constant_factor(scene, change)
    if factor is not None and change.detail != "power":
        return "dtype" if factor == 0.0 else "scale"
    if change.old is not None and _weight(scene, change.old) is not None:
        return "bias" if bias_like(scene, accused.parameter) else "layer-index"
    return "activation-derivative"


def _constant_factor(scene: Scene, change: Change) -> float | None:
    """The plain number that a dropped product multiplied with."""
    for arg in scene.found.tape[change.place].args:
        if isinstance(arg, (int, float, np.number)):
            return float(arg)
        if isinstance(arg, Ref) and arg.node != change.new and np.size(scene.found.tape.value(arg.node)) == 1:
            assert scene.found.dependence is not None
            if not scene.found.dependence.touched(arg.node):
                return float(np.asarray(scene.found.tape.value(arg.node)).reshape(()))
    return None


def _meets(scene: Scene, node: int) -> bool:
    """Whether the statement holds a meeting of output and target."""
    meetings = {m.node for m in scene.found.judged_step.meetings}
    return bool(meetings & set(scene.region(node)))


def _operand(scene: Scene, accused: Accused, change: Change) -> str:
    if change.detail == "unused":
        return "bias" if bias_like(scene, accused.parameter) else "update"
    assert change.old is not None
    assert change.new is not None
    old, new = _weight(scene, change.old), _weight(scene, change.new)
    if old is not None and new is not None:
        if old[0] != new[0]:
            return "transpose" if _same_layer(scene, old[1], new[1]) else "layer-index"
        return "delta-order" if old[1] != new[1] else "transpose" if change.detail == ".T" else "bias"
    if change.old in scene.error or change.new in scene.error:
        return "activation-derivative" if _but_for_derivative(scene, change.old, change.new) else "layer-index"
    derivative = change.place not in scene.error or scene.found.tape[change.place].op not in _PRODUCTS
    if derivative and _one_layer(scene, change.old, change.new):
        return "activation-derivative"
    return _columns_or_layer(scene, change)


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


def _weight(scene: Scene, node: int) -> tuple[int, int] | None:
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
    for _, _, ratio in derivatives(scene, new):
        if np.shape(ratio[0]) != ours[0].shape:
            continue
        for x, y in ((ours, theirs), (theirs, ours)):
            if np.any(y[0]) and constant([v * r for v, r in zip(x, ratio, strict=True)], y) is not None:
                return True
    return False


def _one_layer(scene: Scene, old: int, new: int) -> bool:
    """Whether one of the two values is an elementwise function of the other."""
    return any({old, new} == {source, node} for source, node, _ in derivatives(scene))


def _by_place(scene: Scene, accused: Accused) -> str:
    """No change was found: what the place says."""
    own = accused.quantity in scene.versions
    if _own(scene, accused) and (bias_like(scene, accused.parameter) or _edge_only(scene, accused)):
        return "bias"
    if accused.node not in scene.error:
        return "update"
    if _at_output(scene, accused):
        return "loss-derivative"
    ops = {scene.found.tape[n].op for n in scene.region(accused.node)}
    elementwise = "multiply" in ops and not ops & _PRODUCTS
    as_matrices = "multiply" not in ops and bool(ops & _PRODUCTS) and not _for_one(scene, accused)
    if accused.quantity is not None and not own and (elementwise or as_matrices) and _slope_wanted(scene, accused):
        return "activation-derivative"  # its factors are wrong, or multiplied as matrices
    return "unknown"


def _at_output(scene: Scene, accused: Accused) -> bool:
    """Whether the accused value is the error that the loss gives."""
    return _meets(scene, accused.node) or accused.quantity in {m.output for m in scene.found.judged_step.meetings}


def _own(scene: Scene, accused: Accused) -> bool:
    """Whether the value is one parameter's gradient and leads to no other parameter."""
    return accused.quantity in scene.versions and _for_one(scene, accused)


def _for_one(scene: Scene, accused: Accused) -> bool:
    """Whether the value leads to no other parameter."""
    others = [
        link.correction
        for move in scene.found.judged_step.moves
        if move.chain != accused.parameter
        for link in move.links
        if link.correction is not None
    ]
    return accused.node not in slice_of(scene.found.tape, others, stop=scene.versions)


def _edge_only(scene: Scene, accused: Accused) -> bool:
    """Whether all but the first or last column (or row) is right: there stand the biases."""
    values = [np.asarray(v, dtype=float) for v in scene.values(accused.node)]
    whole = np.shape(scene.found.tape.value(accused.quantity)) if accused.quantity is not None else ()
    moves = [j.move for j in scene.hypothesis.judged if j.move.chain == accused.parameter]
    by_rows = any(link.partial for move in moves for link in move.links)  # the parameter itself, as an embedding is
    if len(whole) == 2 and values[0].size in whole and min(whole) > 1 and not by_rows:
        return True  # one column or row of a gradient that was put together from pieces
    if any(v.ndim != 2 or v.shape != np.shape(d) for v, d in zip(values, accused.demand, strict=True)):
        return False
    return any(
        min(values[0][cut].shape) > 0
        and constant([v[cut] for v in values], [d[cut] for d in accused.demand]) is not None
        for cut in _BUT_ONE
    )


def _slope_wanted(scene: Scene, accused: Accused) -> bool:
    """Whether the accused value should be the adjoint of something that an activation is applied to."""
    return accused.quantity is None or any(source == accused.quantity for source, _, _ in derivatives(scene))
