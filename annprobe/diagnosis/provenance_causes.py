"""Findings that only the tape can see: what depends on what, and what should."""

from __future__ import annotations

import ast
from collections import defaultdict

import numpy as np

from annprobe.diagnosis.wording import node_place
from annprobe.findings import FAMILIES, Evidence, Finding
from annprobe.listing.naming import name_of
from annprobe.listing.scene import Scene
from annprobe.tape.nodes import Ref
from annprobe.tape.replay import slice_of


def provenance_findings(scene: Scene) -> list[Finding]:
    """Lost updates, biases that never learn, predictions of one input."""
    found = [*_lost_updates(scene), *_frozen_biases(scene)]
    return found + [f for f in (_one_input(scene),) if f is not None]


def _lost_updates(scene: Scene) -> list[Finding]:
    """New values of a parameter that the forward pass never uses: it goes on with the old one."""
    dependence = scene.found.dependence
    assert dependence is not None
    found: dict[int, Finding] = {}
    used = 0
    for meeting in scene.found.frontier:
        used |= dependence.versions[meeting.output]
    for number, chain in enumerate(scene.found.chains):
        later = [v for v in chain.versions[1:] if used >> dependence.version_bits[v] & 1]
        if later or not chain.lost:
            continue
        place = node_place(scene, chain.lost[0].new)
        name = scene.found.names[number]
        found.setdefault(
            place.line if place is not None else -1,
            Finding(
                FAMILIES["update"],
                "update",
                f"the new value of {name} is computed and never used: the network keeps the old one",
                (place,) if place is not None else (),
                None,
                None,
                (Evidence("updates lost", 1 + len(chain.lost)),),
                (),
                "store the new value where the forward pass reads it (in the list, the attribute, the dictionary), "
                "or update in place with -=",
                "untested",
                "measured",
            ),
        )
    return list(found.values())


def _frozen_biases(scene: Scene) -> list[Finding]:
    """Zeros or random numbers that are added like a bias in every step and never change."""
    dependence = scene.found.dependence
    assert dependence is not None
    uses: dict[int, set[int]] = defaultdict(set)
    adds: dict[int, int] = {}
    for k, step in enumerate(scene.found.steps[:3]):
        for node in slice_of(scene.found.tape, [m.output for m in step.meetings], stop=dependence.version_bits):
            for leaf in _added_leaf(scene, node):
                uses[leaf].add(k)
                adds[leaf] = node
    found = {}
    for leaf, steps in uses.items():
        if len(steps) < min(2, len(scene.found.steps)) or len(scene.found.steps) < 2:
            continue
        place = node_place(scene, leaf)
        name = _operand_name(scene, adds[leaf], leaf)
        found[place.line if place is not None else leaf] = Finding(
            FAMILIES["bias"],
            "bias",
            f"{name} is added like a bias and never updated: it cannot learn",
            (place,) if place is not None else (),
            None,
            None,
            (Evidence("shape", str(np.shape(scene.found.tape.value(leaf)))),),
            (),
            f"update {name} with its gradient: the sum of the layer's delta over the examples",
            "untested",
            "measured",
        )
    return list(found.values())


def _operand_name(scene: Scene, add: int, leaf: int) -> str:
    """The user's word for what is added: the operand's name where the value itself is a plain number."""
    if scene.found.tape[leaf].op != "literal":
        return name_of(scene, leaf)
    span = scene.found.places.span(add)
    source = scene.found.places.source(span) if span is not None else None
    expression = source.expression(span) if source is not None and span is not None else None
    if source is None or not isinstance(expression, ast.BinOp):
        return name_of(scene, leaf)
    named = [o for o in (expression.right, expression.left) if isinstance(o, (ast.Name, ast.Attribute, ast.Subscript))]
    return source.segment(named[0]) if named else name_of(scene, leaf)


def _added_leaf(scene: Scene, node: int) -> list[int]:
    dependence = scene.found.dependence
    assert dependence is not None
    operation = scene.found.tape[node]
    if operation.op != "add" or len(operation.args) != 2 or not all(isinstance(a, Ref) for a in operation.args):
        return []
    first, second = (a.node for a in operation.args)
    for mine, other in ((first, second), (second, first)):
        leaf = mine
        while (
            scene.found.tape[leaf].op in ("reshape", "transpose", "getitem", "copy", "multiply")
            and scene.found.tape[leaf].inputs
        ):
            leaf = scene.found.tape[leaf].inputs[0]
        made = scene.found.tape[leaf]
        drawn = (
            made.op.startswith("random.")
            or made.op in ("zeros", "ones", "zeros_like")
            or (made.op == "literal" and made.value == 0.0)
        )
        small = (
            np.size(scene.found.tape.value(mine)) < np.size(scene.found.tape.value(other))
            or np.shape(scene.found.tape.value(mine)) in ((), (1,), (1, 1))
            or 1 in np.shape(scene.found.tape.value(mine))
        )
        if drawn and made.kind == "leaf" and dependence.touched(other) and not dependence.touched(mine) and small:
            return [leaf]
    return []


def _one_input(scene: Scene) -> Finding | None:
    """A function that predicts several examples in a loop, and computes every one from the same input."""
    tape, output = scene.found.tape, scene.found.judged_step.meetings[0].output
    own = tape.sites[tape[output].site]
    if any(chain.lost for chain in scene.found.chains):
        return None  # with weights that never change, equal outputs of equal inputs are no surprise
    training = set(
        slice_of(
            tape,
            [
                link.correction
                for chain in scene.found.chains
                for link in chain.genuine()
                if link.correction is not None
            ],
        )
    )
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for number in range(scene.found.steps[0].last, len(tape)):
        stack = tape.sites[tape[number].site]
        if stack and own and stack[0] == own[0] and stack[1:] != own[1:] and len(stack) > 1 and number not in training:
            groups[stack, tape[number].op].append(number)
    for nodes in groups.values():
        turns = {tape.turns[tape[n].turn] for n in nodes}
        values = [np.asarray(tape.value(n)) for n in nodes]
        if len(turns) < 3 or len(turns) < len(nodes) or any(not np.array_equal(v, values[0]) for v in values):
            continue
        sources = [frozenset(_inputs_of(scene, n)) for n in nodes]
        if len(set(sources)) != 1:
            continue
        stack = tape.sites[tape[nodes[0]].site]
        level = next((i for i, (a, b) in enumerate(zip(stack, own, strict=False)) if a[0] is not b[0]), len(stack) - 1)
        place = node_place(scene, nodes[0], level)
        return Finding(
            FAMILIES["forward"],
            "forward",
            f"{len(nodes)} predictions in a row are computed from one and the same input",
            (place,) if place is not None else (),
            None,
            None,
            (Evidence("identical outputs", len(nodes)),),
            ("training is not touched by this; what the module reports is",),
            "feed the loop's own example, not a variable left over from elsewhere",
            "harmless",
            "measured",
        )
    return None


def _inputs_of(scene: Scene, node: int) -> list[bytes]:
    """The contents of the data that meet parameters on the way to a node."""
    dependence = scene.found.dependence
    assert dependence is not None
    way = slice_of(scene.found.tape, [node], stop=dependence.version_bits)
    met = {
        i
        for n in way
        if dependence.touched(n) and n not in dependence.version_bits
        for i in scene.found.tape[n].inputs
        if not dependence.touched(i)
    }
    return [np.asarray(scene.found.tape.value(i)).tobytes() for i in met]
