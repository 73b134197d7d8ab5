"""Where a parameter's gradient ends and its update rule begins: momentum, decay and Adam are passed upwards."""

from __future__ import annotations

import numpy as np

from annprobe.listing.proportion import constant
from annprobe.listing.scene import Scene, Several
from annprobe.subject.roles.dependence import Dependence
from annprobe.subject.roles.steps import Move
from annprobe.tape.nodes import Ref
from annprobe.tape.replay import slice_of

_LONGEST = 60


def gradient_node(scene: Scene, move: Move, correction: int, demand: Several) -> int:
    """The value on the way to the correction that should be the gradient (up to a constant)."""
    node = correction
    for _ in range(_LONGEST):
        if constant(scene.values(node), demand) is not None:
            return node
        below = _through_rule(scene, move, node)
        if below is not None and _is_anothers(scene, move, below):
            return node  # another parameter's gradient is right as it is, and used here
        fewer = below is not None and np.size(scene.found.tape.value(below)) < np.size(scene.found.tape.value(node))
        if below is None or fewer or is_of_fewer(scene, below, demand):
            break
        node = below
    return _behind_ratio(scene, move, node, np.size(demand[0]))


def _is_anothers(scene: Scene, move: Move, node: int) -> bool:
    """Whether a value is, or leads to, another parameter's right gradient, and is no part of this one's own."""
    if another(scene, move, node):
        return True
    own = (part for _, part in scene.parts(move.before))
    return node in scene.good and not any(_same(scene.values(node), part) for part in own)


def _same(values: Several, wanted: Several) -> bool:
    return np.shape(values[0]) == np.shape(wanted[0]) and constant(values, wanted) is not None


def is_of_fewer(scene: Scene, node: int, demand: Several) -> bool:
    """Whether a value is a right adjoint with fewer entries than are asked for: what follows lacks the inputs.

    A sum of too many entries is itself what is wrong.
    """
    if np.size(scene.found.tape.value(node)) >= np.size(demand[0]):
        return False
    summed = any(scene.found.tape[n].op in ("sum", "mean", "add.reduce") for n in scene.region(node))
    return not summed and scene.label(node) is not None


def takes_another(scene: Scene, move: Move, node: int) -> bool:
    """Whether an update rule is given the gradient of another parameter of the step."""
    if scene.alone:
        return False  # the updates are ours
    below = _through_rule(scene, move, node)
    return below is not None and another(scene, move, below)


def another(scene: Scene, move: Move, node: int) -> bool:
    """Whether a value is the gradient of another parameter of the step."""
    values = scene.values(node)
    if np.shape(values[0]) != np.shape(scene.found.tape.value(move.before)):
        return False  # it cannot have been taken for this parameter's own
    for other in scene.found.judged_step.moves:
        adjoint = scene.adjoint(other.before) if other.before != move.before else None
        fits = adjoint is not None and np.shape(adjoint[0]) == np.shape(values[0]) and np.size(values[0]) > 1
        if fits and adjoint is not None and constant(values, adjoint) is not None:
            return True
    return False


def current(scene: Scene) -> int:
    """The parameter versions that this step's forward pass used, as a mask."""
    dependence = scene.found.dependence
    assert dependence is not None
    return sum(1 << dependence.version_bits[m.before] for m in scene.found.judged_step.moves)


def _through_rule(scene: Scene, move: Move, node: int) -> int | None:
    """The error-carrying operand, where the other one is a number or comes from earlier steps alone."""
    operation = scene.found.tape[node]
    if operation.op not in ("add", "subtract", "multiply", "divide", "negative") or not operation.args:
        return None
    refs = [a.node for a in operation.args if isinstance(a, Ref)]
    carrying = [r for r in dict.fromkeys(refs) if r in scene.error] or _made_of_outputs(scene, move, refs)
    others = [r for r in refs if r not in carrying]
    if len(carrying) != 1 or refs.count(carrying[0]) > 1:
        return None
    dependence = scene.found.dependence
    assert dependence is not None
    if operation.op in ("multiply", "divide"):
        if not np.any(scene.found.tape.value(node)):
            return None  # a factor zero
        fixed = all(np.size(scene.found.tape.value(r)) == 1 and not dependence.touched(r) for r in others)
        fixed = fixed and all(_same_everywhere(scene, r) for r in others)  # an input is another one at other points
        first = operation.args[0]
        above = operation.op == "multiply" or (isinstance(first, Ref) and first.node == carrying[0])
        return carrying[0] if fixed and above else None
    now = current(scene)
    own = 1 << dependence.version_bits[move.before]
    for other in others:
        seen = dependence.versions[other] & now
        if seen & ~own or (seen and _penalised(scene, move.before)):
            return None
    return carrying[0] if others else (carrying[0] if operation.op == "negative" else None)


def _same_everywhere(scene: Scene, node: int) -> bool:
    own, *others = (np.ravel(np.asarray(v, dtype=float)) for v in scene.values(node))
    return all(np.array_equal(own, other) for other in others)


def _made_of_outputs(scene: Scene, move: Move, refs: list[int]) -> list[int]:
    """Where no target comes in at all: the operand that this step's other parameters come in by."""
    dependence = scene.found.dependence
    assert dependence is not None
    others = current(scene) & ~(1 << dependence.version_bits[move.before])
    return [r for r in dict.fromkeys(refs) if r in scene.backward and dependence.versions[r] & others]


def _penalised(scene: Scene, parameter: int) -> bool:
    """Whether the cost depends on the parameter beside the network's outputs."""
    inside = set(scene.forward)
    return any(consumer not in inside for consumer, _ in scene.parts(parameter))


def _behind_ratio(scene: Scene, move: Move, node: int, size: int) -> int:
    """Behind a rule that is not linear in the gradient: the one value that everything in it is made from."""
    several = sum(i in scene.error for i in set(scene.found.tape[node].inputs)) > 1
    if not several and scene.found.tape[node].op not in ("sqrt", "power", "clip", "sign", "where"):
        return node
    if leads_to_others(scene, move.chain, node):
        return node  # an error, not what the rule makes of one parameter's gradient
    dependence = scene.found.dependence
    assert dependence is not None
    made_of = _rule_above(scene, node, current(scene), dependence)
    inner = sorted(n for n in made_of if n != node and np.size(scene.found.tape.value(n)) == size)
    return next((n for n in inner[:_MOST_INNER] if _all_through(n, node, made_of)), node)


def _rule_above(scene: Scene, node: int, now: int, dependence: Dependence) -> dict[int, list[int]]:
    """The values of an update rule, from a node up to what is no rule: each with what carries the error into it."""
    made_of: dict[int, list[int]] = {}
    stack = [node]
    while stack:
        number = stack.pop()
        operation = scene.found.tape[number]
        fixed = not any(i not in scene.error and dependence.versions[i] & now for i in operation.inputs)
        plain = operation.op in _RULE and fixed
        made_of[number] = [i for i in operation.inputs if i in scene.error] if plain else []
        stack += [i for i in made_of[number] if i not in made_of]
    return made_of


def _all_through(inner: int, node: int, made_of: dict[int, list[int]]) -> bool:
    """Whether all that a node is made of comes through the inner one."""
    seen, stack = {node}, [node]
    while stack:
        number = stack.pop()
        if not made_of[number]:
            return False
        fresh = [i for i in made_of[number] if i != inner and i not in seen]
        seen.update(fresh)
        stack += fresh
    return True


def leads_to_others(scene: Scene, parameter: int, node: int) -> bool:
    """Whether a value leads to the corrections of other parameters than this one."""
    others = [
        link.correction
        for move in scene.found.judged_step.moves
        if move.chain != parameter
        for link in move.links
        if link.correction is not None
    ]
    return node in slice_of(scene.found.tape, others, stop=scene.versions)


_MOST_INNER = 200
_RULE = {"add", "subtract", "multiply", "divide", "sqrt", "power", "square", "negative", "clip", "maximum", "minimum",
         "copy", "astype", "item", "absolute", "sign", "where", "getitem", "setitem", "reciprocal"}
