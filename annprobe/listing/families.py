"""From a change to the family of the bug."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from annprobe.listing.activations import is_activation, is_slope
from annprobe.listing.blame import Accused, is_masked
from annprobe.listing.edits import Change
from annprobe.listing.gradient_node import leads_to_others, takes_another
from annprobe.listing.operand_families import (
    BUT_ONE,
    PRODUCTS,
    bias_like,
    of_operand,
    of_product,
    of_slope,
    slope_wanted,
    weight_of,
)
from annprobe.listing.proportion import constant
from annprobe.listing.scene import Scene
from annprobe.tape.nodes import Ref


def family_of(scene: Scene, accused: Accused, change: Change | None) -> str:
    """The slug of the family; "unknown" where neither the change nor the place tells."""
    if reads_newer_version(scene, accused.node):
        return "delta-order"
    if _of_another(scene, accused):
        return "bias" if bias_like(scene, accused.parameter) else "update"
    if is_masked(scene, accused.node) and accused.quantity not in scene.versions:
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
        "sliced": lambda: _sliced(scene, change),
        "term": lambda: "layer-index" if change.detail == "error" else "loss-derivative",
        "axis": lambda: "bias" if bias_like(scene, accused.parameter) else "scale",
        "passes": lambda: "scale",
        "path": lambda: "unknown",
        "overwritten": lambda: "state",
        "sign": lambda: _sign(scene, accused, change),
        "repeats": lambda: "scale",
        "edge": lambda: "bias",
        "product": lambda: of_product(scene, accused, change),
        "added": lambda: _of_slope(scene, change),
        "derivative": lambda: _of_slope(scene, change),
        "dropped": lambda: _dropped(scene, accused, change),
        "operand": lambda: of_operand(scene, accused, change),
    }
    return by_kind[change.kind]()


def _of_another(scene: Scene, accused: Accused) -> bool:
    """Whether the update takes another parameter's gradient."""
    move = next(m for m in scene.found.judged_step.moves if m.chain == accused.parameter)
    return accused.quantity == move.before and takes_another(scene, move, accused.node)


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


def _sign(scene: Scene, accused: Accused, change: Change) -> str:
    """A sum for a difference: in the error of the outputs, in the derivative of an activation, or elsewhere."""
    if _at_output(scene, accused):
        return "loss-derivative"
    in_slope = change.place not in scene.error and slope_wanted(scene, accused)
    return "activation-derivative" if in_slope else "sign"


def _sliced(scene: Scene, change: Change) -> str:
    """Another part of an array: often without the biases, or the column of ones, where these were to go or to stay."""
    assert change.new is not None
    label = scene.label(change.new) if change.new in scene.error else None
    if "::-1" in change.detail:
        return "transpose"
    if label is None:
        return "bias"
    whole = np.asarray(scene.found.tape.value(label.forward), dtype=float)
    return "bias" if whole.ndim and any(np.all(np.take(whole, k, -1) == 1.0) for k in (0, -1)) else "layer-index"


def _of_slope(scene: Scene, change: Change) -> str:
    """The derivative of an activation, or the factor that a gate gives, which has no family of its own."""
    assert change.old is not None
    assert change.new is not None
    return "activation-derivative" if is_activation(scene, change.old, change.new) else "unknown"


def _dropped(scene: Scene, accused: Accused, change: Change) -> str:
    at_output = _at_output(scene, accused)
    if change.detail == "term":
        return "delta-order"
    if change.detail == "derivative":
        return "loss-derivative" if at_output else "activation-derivative"
    if change.detail in ("absolute", "square", "power", "sign") and at_output and change.place in scene.error:
        return "loss-derivative"
    if change.place not in scene.error and _multiplied(scene, change.place):
        return "layer-index"  # an operand of a product of matrices: something else was made of it first
    if change.detail == "multiply" and change.old in scene.error:
        return "unknown"  # an error times an error
    if change.detail in ("absolute", "sign"):
        return "delta-order" if change.new is not None and weight_of(scene, change.new) is not None else "sign"
    factor = _constant_factor(scene, change)
    if factor is not None and change.detail != "power":
        return "dtype" if factor == 0.0 else "scale"
    if change.old is not None and weight_of(scene, change.old) is not None:
        return "bias" if bias_like(scene, accused.parameter) else "layer-index"
    if accused.quantity in scene.versions or (change.old is not None and is_slope(scene, change.old)):
        return "activation-derivative"
    return of_slope(scene, accused)


def _multiplied(scene: Scene, node: int) -> bool:
    """Whether a value goes into a product of matrices as it is."""
    users = [n for n in scene.backward if node in scene.found.tape[n].inputs]
    return bool(users) and all(scene.found.tape[n].op in PRODUCTS for n in users)


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


def _by_place(scene: Scene, accused: Accused) -> str:
    """No change was found: what the place says."""
    own = accused.quantity in scene.versions
    if _own(scene, accused) and (bias_like(scene, accused.parameter) or _edge_only(scene, accused)):
        return "bias"
    if _own(scene, accused) and _through_itself(scene, accused):
        return "layer-index"
    if accused.node not in scene.error:
        return "update"
    if _at_output(scene, accused):
        return "loss-derivative"
    ops = {scene.found.tape[n].op for n in scene.region(accused.node)}
    elementwise = "multiply" in ops and not ops & PRODUCTS
    as_matrices = "multiply" not in ops and bool(ops & PRODUCTS)
    as_matrices = as_matrices and leads_to_others(scene, accused.parameter, accused.node)
    if accused.quantity is not None and not own and (elementwise or as_matrices) and slope_wanted(scene, accused):
        return "activation-derivative"  # its factors are wrong, or multiplied as matrices
    return "unknown"


def _through_itself(scene: Scene, accused: Accused) -> bool:
    """Whether a parameter's gradient is a product with the parameter itself, where the layer's input belongs."""
    versions = set(scene.found.chains[accused.parameter].versions)
    region = scene.region(accused.node)
    return any(scene.found.tape[n].op in PRODUCTS and versions & set(scene.found.tape[n].inputs) for n in region)


def _at_output(scene: Scene, accused: Accused) -> bool:
    """Whether the accused value is the error that the loss gives."""
    return _meets(scene, accused.node) or accused.quantity in {m.output for m in scene.found.judged_step.meetings}


def _own(scene: Scene, accused: Accused) -> bool:
    """Whether the value is one parameter's gradient and leads to no other parameter."""
    return accused.quantity in scene.versions and not leads_to_others(scene, accused.parameter, accused.node)


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
        for cut in BUT_ONE
    )
