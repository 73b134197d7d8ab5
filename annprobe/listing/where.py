"""The place to point at: the operand's own statement, a helper or its caller, a line that only passes a value on."""

from __future__ import annotations

from annprobe.listing.activations import derivatives
from annprobe.listing.blame import Accused
from annprobe.listing.edits import Change, editable
from annprobe.listing.proportion import constant
from annprobe.listing.scene import Scene
from annprobe.tape.nodes import Frame


def blamed(scene: Scene, accused: Accused, change: Change | None) -> tuple[int, int]:
    """The node whose expression is to be edited, and how many calls further out that is."""
    if change is None:
        return accused.node, 0
    helper = wrong_helper(scene, accused, change) if _is_derivative(scene, change) else None
    if helper is not None:
        return helper, len(stack_of(scene, helper)) - len(stack_of(scene, accused.node)) - 1
    level = caller_level(scene, accused, change)
    if level:
        return accused.node, level
    here, there = scene.found.places.span(accused.node), scene.found.places.span(change.place)
    if here is None or there is None or here.line == there.line:
        return accused.node, 0
    if is_called_by(scene, change.place, accused.node):
        return accused.node, 0
    return change.place, _handed_in(scene, accused, change)


def blamed_helper(scene: Scene, accused: Accused, change: Change | None) -> Frame | None:
    """The call of the function that is to blame for a factor of the accused line; None where the line is itself."""
    if change is None or not _is_derivative(scene, change):
        return None
    node, level = blamed(scene, accused, change)
    deep, own = stack_of(scene, node), stack_of(scene, accused.node)
    return deep[level] if node != accused.node and len(deep) > len(own) and level < len(deep) - len(own) else None


def takes_factor_from(scene: Scene, accused: Accused, change: Change | None, helpers: set[Frame]) -> bool:
    """Whether a wrong factor of the accused line was made in one of these calls."""
    if not helpers or (change is not None and change.kind in ("operand", "turned", "sliced", "axis")):
        return False
    wrong = helpers - {frame for n in scene.mended for frame in stack_of(scene, n)}
    return any(not wrong.isdisjoint(stack_of(scene, n)) for n in editable(scene, accused.node))


def _handed_in(scene: Scene, accused: Accused, change: Change) -> int:
    """How many calls further out the wrong operand is handed in: 0 where it was computed in the same call."""
    deep, own = stack_of(scene, change.place), stack_of(scene, accused.node)
    depth = len(deep) - len(own)
    if change.kind != "operand" or change.old is None or [c for c, _ in deep[depth:]] != [c for c, _ in own]:
        return 0
    made = stack_of(scene, change.old)
    return next((n for n in range(depth + 1) if made[len(made) - len(deep[n + 1 :]) :] == deep[n + 1 :]), 0)


def _is_derivative(scene: Scene, change: Change) -> bool:
    """Whether a factor of the line is to blame, not what it is multiplied with."""
    product = change.kind == "product" and change.detail == "x * y" and scene.found.tape[change.place].op == "multiply"
    return product or change.kind in ("derivative", "dropped", "added")


def stack_of(scene: Scene, node: int) -> tuple[Frame, ...]:
    """The calls that a node was computed in, innermost first."""
    return scene.found.tape.sites[scene.found.tape[node].site]


def is_called_by(scene: Scene, inner: int, outer: int) -> bool:
    """Whether the one was computed in a function that the statement of the other called."""
    deep, own = stack_of(scene, inner), stack_of(scene, outer)
    depth = len(deep) - len(own)
    if depth <= 0 or [code for code, _ in deep[depth:]] != [code for code, _ in own]:
        return False
    statement = scene.found.places.statement(outer)
    return statement is not None and scene.found.places.statement(inner, depth) is statement


def caller_level(scene: Scene, accused: Accused, change: Change | None) -> int:
    """1 where a helper was given the error that elsewhere is given forward values, and rightly; else 0."""
    if change is None or change.kind not in ("derivative", "product", "operand"):
        return 0
    frames = stack_of(scene, accused.node)
    if len(frames) < 2:
        return 0
    for site, other in enumerate(scene.found.tape.sites):
        if other[:1] == frames[:1] and other != frames and site in _forward_sites(scene):
            return 1
    return 0


def _forward_sites(scene: Scene) -> set[int]:
    return {scene.found.tape[n].site for n in scene.backward if n not in scene.error}


def wrong_helper(scene: Scene, accused: Accused, change: Change) -> int | None:
    """The result of a derivative function that was called with the right value and returns the wrong one."""
    inside = [n for n in editable(scene, accused.node) if n not in scene.error and is_called_by(scene, n, accused.node)]
    elsewhere = change.kind == "dropped" and change.detail != "derivative" and change.place not in inside
    if not inside or elsewhere:
        return None
    result = max(inside)
    deep = stack_of(scene, result)
    called = deep[len(deep) - len(stack_of(scene, accused.node)) - 1]
    if any(called in stack_of(scene, n) for n in scene.forward):
        return None  # what the forward pass uses, too, is right there: the caller wanted something else
    given = {i for n in inside for i in scene.found.tape[n].inputs if i not in inside}
    right = _right_arguments(scene, accused, change)
    return result if given and given <= right else None


def _right_arguments(scene: Scene, accused: Accused, change: Change) -> set[int]:
    """Pre-activations and activations that the missing derivative could be computed from."""
    named = {n for n in (change.old, change.new) if n is not None}
    found: set[int] = set()
    for source, node, _ in derivatives(scene, accused.node):
        if accused.quantity in (source, node) or {source, node} <= named or _is_demanded(scene, accused, source):
            found |= {source, node}
    return found


def _is_demanded(scene: Scene, accused: Accused, source: int) -> bool:
    """Whether the accused value should be the adjoint of a pre-activation, whatever else has the same adjoint."""
    adjoint = scene.adjoint(source)
    return adjoint is not None and constant(accused.demand, adjoint) is not None


def newer_version(scene: Scene, change: Change) -> bool:
    """Whether a parameter is read after its update, where the version before it is needed."""
    dependence = scene.found.dependence
    assert dependence is not None
    owner, old, new = dependence.owner, root(scene, change.old), root(scene, change.new)
    if old is None or new is None or old == new or old not in owner:
        return False
    versions = scene.found.chains[owner[old]].versions
    return owner.get(new) == owner[old] and versions.index(old) > versions.index(new)


def root(scene: Scene, node: int | None) -> int | None:
    """What an entry, a slice or a turned view was taken of."""
    while node is not None and scene.found.tape[node].op in ("getitem", "transpose") and node not in scene.versions:
        node = next(iter(scene.found.tape[node].inputs), None)
    return node
