"""What accused statements give once their known faults are repaired, on the module's own scale."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from annprobe.listing.accusing import accusations
from annprobe.listing.blame import Accused
from annprobe.listing.change import Explained, given
from annprobe.listing.edits import Change
from annprobe.listing.explained import Pair
from annprobe.listing.mended import Repaired
from annprobe.listing.moves import MOVES
from annprobe.listing.proportion import constant
from annprobe.listing.scene import Scene, Several
from annprobe.tape.replay import slice_of


@dataclass(frozen=True)
class Known:
    """What is wrong with a statement.

    unit   the factor of the repaired value, for errors that are ∂C/∂v themselves where ``errors`` is true
    sized  whether that is known, not only its sign
    role   which of the values that the wanted one leads to has the adjoint that the statement starts from, counted
           from it on; None where that is not known
    """

    explained: Explained | None
    unit: float
    sized: bool
    errors: bool
    role: int | None


def knowledge(scene: Scene, pairs: Iterable[Pair]) -> dict[int, Known]:
    """site -> what the explanation of an accused statement tells about its repair."""
    known: dict[int, Known] = {}
    tape = scene.found.tape
    for item, explained in pairs:
        errors, role, relative = errors_of(scene, item.node), None, False
        factor = explained.change.factor if explained is not None and _sized(scene, explained.change) else 0.0
        factor = factor or _factor_beside(scene, item)
        if explained is not None and explained.also is not None:
            roles = _roles(scene, item, explained.also[0])
            role = roles.index(explained.also[2]) if explained.also[2] in roles else None
            relative = True
        elif errors and (label := scene.label(errors[0])) is not None:
            factor, values, relative = factor / label.factor, scene.values(errors[0]), True
            fits = (k for k, node in enumerate(_roles(scene, item, errors[0])) if _is_adjoint(scene, values, node))
            role = next(fits, None)
        elif errors and explained is None and _roles(scene, item, errors[0]):
            relative, role = True, 0  # the errors are wrong, too: for what is nearest they should be right
        unit = factor or _sign(scene, item)
        known.setdefault(tape[item.node].site, Known(explained, unit, factor != 0.0, relative, role))
    return known


def _factor_beside(scene: Scene, item: Accused) -> float:
    """The factor of all other entries of the gradient that a value is only joined with others to; 0 where unknown."""
    top, size = item.node, np.size(scene.found.tape.value(item.node))
    move = next(m for m in scene.found.judged_step.moves if m.chain == item.parameter)
    demand = scene.adjoint(move.before)
    while (users := scene.users(top)) and len(users) == 1 and scene.found.tape[users[0]].op in MOVES:
        top = users[0]
    values = scene.values(top)
    if demand is None or np.shape(values[0]) != np.shape(demand[0]) or np.size(values[0]) <= size:
        return 0.0
    with np.errstate(all="ignore"):
        ratios = np.concatenate([np.ravel(np.asarray(v) / d) for v, d in zip(values, demand, strict=True)])
    middle = float(np.median(ratios)) if np.isfinite(ratios).all() else 0.0
    others = len(values) * (np.size(values[0]) - size)
    return middle if np.sum(np.abs(ratios - middle) <= _NEAR * abs(middle)) >= others else 0.0


_NEAR = 1e-7


def _sized(scene: Scene, change: Change) -> bool:
    """Whether what the edited statement gives has the size that its author meant: sums may be meant as means."""
    known = change.new in scene.forward or change.new in scene.error
    return change.kind in _SIZED and (change.kind != "operand" or known)


_SIZED = {"operand", "turned", "sliced", "dropped", "added", "derivative", "edge", "passes"}


def errors_of(scene: Scene, node: int) -> list[int]:
    """The errors that a statement starts from."""
    return [i for i in scene.outside(scene.region(node)) if i in scene.error]


def repairs(scene: Scene, known: dict[int, Known], pairs: Iterable[Pair]) -> dict[int, Repaired]:
    """What known statements give once they are repaired: of the errors that they start from, right or wrong."""
    found: dict[int, Repaired] = {}
    accused = {item.node: item for item in [*(a for a, _ in pairs), *accusations(scene)]}
    for item in sorted(accused.values(), key=lambda item: item.node):
        one = known.get(scene.found.tape[item.node].site)
        if one is None or found.keys() & set(slice_of(scene.found.tape, [item.node], stop=scene.versions)):
            continue  # what it is made of changes first
        made = repaired(scene, one, item)
        if made is None:
            continue
        shape = np.shape(scene.found.tape.value(item.node))
        shaped = [shaped_as(value, shape) for value in made.values]
        if all(m is not None for m in shaped):
            found |= _where_wrong(scene, item.node, replace(made, values=shaped))
    return found


def _where_wrong(scene: Scene, node: int, made: Repaired) -> dict[int, Repaired]:
    """The repaired value, in its place; where something right is made of the old one, too, what others make of it."""
    others = [user for user in scene.users(node) if user not in scene.good]
    if node not in scene.good or not others:
        return {node: made}
    several = {user: scene.recomputed([user], {node: made.values}) for user in others}
    return {user: Repaired(values) for user, values in several.items() if values is not None} or {node: made}


def repaired(scene: Scene, known: Known, item: Accused) -> Repaired | None:
    """The value of an accused statement once its known fault is repaired, on the module's own scale."""
    unit, errors = known.unit, errors_of(scene, item.node)
    label = scene.label(errors[0]) if errors and known.errors else None
    roles = _roles(scene, item, errors[0]) if errors else []
    due = roles[known.role] if known.role is not None and known.role < len(roles) else None
    if label is not None and (due is None or _is_adjoint(scene, scene.values(errors[0]), due)):
        values = [label.factor * unit * np.asarray(d, dtype=float) for d in item.demand]
        return Repaired(values, errors[0], due if due is not None else label.forward)
    if not known.errors or not errors:
        return Repaired([unit * np.asarray(d, dtype=float) for d in item.demand])
    if item.quantity is None or due is None:
        return None
    made = given(scene, errors[0], due, item.quantity)
    values = [unit * np.asarray(m, dtype=float) for m in made or ()]
    return Repaired(values, errors[0], due) if values else None


def _roles(scene: Scene, item: Accused, error: int) -> list[int]:
    """The values of the forward pass that the wanted one leads to, as large as an error of the same example."""
    shape = np.shape(scene.found.tape.value(error))
    led_to = sorted(scene.descendants(item.quantity)) if item.quantity is not None else []
    return [n for n in led_to if np.shape(scene.found.tape.value(n)) == shape and scene.related(error, n)]


def _is_adjoint(scene: Scene, values: Several, node: int) -> bool:
    adjoint = scene.adjoint(node)
    return adjoint is not None and constant(values, adjoint) is not None


def _sign(scene: Scene, item: Accused) -> float:
    """The sign that fits best, where the scale is not known."""
    value = np.ravel(np.asarray(scene.found.tape.value(item.node), dtype=float))
    wanted = np.ravel(np.asarray(item.demand[0], dtype=float))
    return -1.0 if value.size == wanted.size and value @ wanted < 0 else 1.0


def shaped_as(demand: Any, shape: tuple[int, ...]) -> Any:
    """What is demanded in the shape that the module's value has; None where it would not be the same entries."""
    wanted = np.asarray(demand, dtype=float)
    if len(shape) == wanted.ndim == 2 and 1 not in shape and wanted.shape != shape:
        wanted = wanted.T
        return wanted if wanted.shape == shape else None
    return wanted.reshape(shape) if wanted.size == np.prod(shape) else None
