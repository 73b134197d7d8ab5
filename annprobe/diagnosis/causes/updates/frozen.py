"""Findings about biases that never learn: zeros or random numbers that are added in every step and never change."""

from __future__ import annotations

import ast
from collections import defaultdict

import numpy as np

from annprobe.diagnosis.clauses.wording import established, node_place
from annprobe.findings import Evidence, Finding
from annprobe.listing.naming import name_of
from annprobe.listing.scene import Scene
from annprobe.subject.roles.links import COPIES, SHAPES
from annprobe.tape.nodes import Ref
from annprobe.tape.replay import slice_of

_MADE = {"zeros", "ones", "zeros_like", "ones_like"}
_ARITHMETIC = {*COPIES, *SHAPES, "getitem", "multiply", "divide", "add", "subtract", "negative", "clip"}
_MOST = 40  # operations between a start value and its use: each step may take a zero off


def frozen_findings(scene: Scene) -> list[Finding]:
    """One finding a line that makes such biases."""
    dependence = scene.found.dependence
    assert dependence is not None
    uses: dict[int, set[int]] = defaultdict(set)
    adds: dict[int, int] = {}
    for k, step in enumerate(scene.found.steps[:3]):
        for node in slice_of(scene.found.tape, [m.output for m in step.meetings], stop=dependence.version_bits):
            leaf = None if node in dependence.version_bits else _added_leaf(scene, node)  # no start value's correction
            if leaf is not None:
                uses[leaf].add(k)
                adds.setdefault(leaf, node)
    found: dict[int, Finding] = {}
    for leaf, steps in uses.items():
        if len(steps) > 1:
            place = node_place(scene, leaf)
            found[place.line if place is not None else leaf] = _finding(scene, leaf, adds[leaf])
    return list(found.values())


def _finding(scene: Scene, leaf: int, add: int) -> Finding:
    name, zero = _operand_name(scene, add, leaf), _zero_correction(scene, leaf)
    evidence = (Evidence("shape", str(np.shape(scene.found.tape.value(leaf)))),)
    if zero is None:
        return established(
            "bias",
            f"{name} is added like a bias and never updated: it cannot learn",
            (node_place(scene, leaf),),
            evidence,
            f"update {name} with its gradient: the sum of the layer's delta over the examples",
        )
    return established(
        "bias",
        f"what is taken for the gradient of {name} is always zero: it cannot learn",
        (node_place(scene, zero), node_place(scene, leaf)),
        evidence,
        f"the gradient of {name} is the sum of the layer's delta over the examples",
    )


def _zero_correction(scene: Scene, leaf: int) -> int | None:
    """The zeros that the value is corrected by, where there are any."""
    tape = scene.found.tape
    shape = np.shape(tape.value(leaf))
    for node in tape.nodes:
        if node.op not in ("add", "subtract") or len(node.inputs) != 2 or np.shape(node.value) != shape:
            continue
        old, zero = node.inputs
        if np.any(tape.value(zero)) or leaf not in slice_of(tape, [old]) or _start(scene, old) != leaf:
            continue
        made = [n for n in slice_of(tape, [zero]) if tape[n].op in ("zeros", "zeros_like")]
        return made[-1] if made else zero
    return None


def _added_leaf(scene: Scene, node: int) -> int | None:
    """The start value of the smaller operand of a sum, where training does not touch it."""
    tape, dependence = scene.found.tape, scene.found.dependence
    operation = tape[node]
    if operation.op != "add" or len(operation.args) != 2 or not all(isinstance(a, Ref) for a in operation.args):
        return None
    assert dependence is not None
    first, second = (a.node for a in operation.args)
    for mine, other in ((first, second), (second, first)):
        if dependence.touched(mine) or not dependence.touched(other):
            continue
        shape = np.shape(tape.value(mine))
        small = np.prod(shape) < np.size(tape.value(other)) or shape in ((), (1,), (1, 1)) or 1 in shape
        leaf = _start(scene, mine) if small else None
        if leaf is not None:
            return leaf
    return None


def _start(scene: Scene, node: int) -> int | None:
    """The random numbers, or zeros, that a value was made of by arithmetic with numbers alone."""
    tape = scene.found.tape
    way = slice_of(tape, [node])
    if len(way) > _MOST or any(tape[n].op not in _ARITHMETIC for n in way if tape[n].kind == "op"):
        return None
    leaves = [n for n in way if tape[n].kind != "op"]
    drawn = [n for n in leaves if tape[n].op.startswith("random.") or tape[n].op in _MADE]
    if not drawn:
        return leaves[0] if len(leaves) == 1 and tape[leaves[0]].op == "literal" and leaves[0] == node \
            and tape.value(node) == 0.0 else None
    others = [n for n in leaves if n not in drawn and np.size(tape.value(n)) > 1]
    return None if others else drawn[0]


def _operand_name(scene: Scene, add: int, leaf: int) -> str:
    """The user's word for what is added: the operand's name, else the expression that made the start value."""
    span = scene.found.places.span(add)
    source = scene.found.places.source(span) if span is not None else None
    expression = source.expression(span) if source is not None and span is not None else None
    if source is None or not isinstance(expression, ast.BinOp):
        return name_of(scene, leaf)
    named = [o for o in (expression.right, expression.left) if isinstance(o, (ast.Name, ast.Attribute, ast.Subscript))]
    return source.segment(named[0]) if named else name_of(scene, leaf)
