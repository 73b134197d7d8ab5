"""A finding about a cost that is never set back: what is shown of it grows, however well the training goes."""

from __future__ import annotations

import ast
from collections import defaultdict

import numpy as np

from annprobe.diagnosis.causes.data.reports import reported
from annprobe.findings import Evidence, Finding
from annprobe.listing.scene import Scene
from annprobe.subject.roles.points import data_operands
from annprobe.tape.places import Source

_LEAST = 3  # additions that are no accident


def total_findings(scene: Scene) -> list[Finding]:
    """``cost += ...`` over steps that all see the same examples, in the loop that shows it."""
    tape, places = scene.found.tape, scene.found.places
    if not _same_examples(scene):
        return []
    sites: dict[int, list[int]] = defaultdict(list)
    for number, node in enumerate(tape.nodes):
        earlier = sites[node.site][-1:] if node.op == "add" and np.ndim(node.value) == 0 else []
        if node.op == "add" and np.ndim(node.value) == 0 and (not sites[node.site] or earlier[0] in node.inputs):
            sites[node.site].append(number)
    for numbers in sites.values():
        if len(numbers) < _LEAST or not _costs(scene, numbers):
            continue
        span, statement = places.span(numbers[0]), places.statement(numbers[0])
        source = places.source(span) if span is not None else None
        if source is None or not isinstance(statement, ast.AugAssign) or not _is_shown(source, statement):
            continue
        name = source.segment(statement.target)
        return [
            reported(
                scene,
                numbers[0],
                f"{name} adds up the costs of all passes so far: it grows, however well the training goes",
                (Evidence("passes that are added up", len(numbers)),),
                f"set {name} to 0 before each pass over the data, or write = instead of +=",
            )
        ]
    return []


def _same_examples(scene: Scene) -> bool:
    """Whether the first steps all see one and the same data."""
    dependence, tape = scene.found.dependence, scene.found.tape
    assert dependence is not None
    seen = set()
    for step in scene.found.steps[:_LEAST]:
        data = sorted(data_operands(tape, dependence, step))
        seen.add(b"".join(np.asarray(tape.value(n)).tobytes() for n in data))
    return len(scene.found.steps) >= _LEAST and len(seen) == 1


def _costs(scene: Scene, numbers: list[int]) -> bool:
    """Whether every one adds something that the network has a part in, with parameters of another step."""
    dependence, tape = scene.found.dependence, scene.found.tape
    assert dependence is not None
    masks = []
    for before, number in zip([None, *numbers], numbers, strict=False):
        added = [i for i in tape[number].inputs if i != before and dependence.touched(i)]
        masks.append(dependence.versions[added[-1]] if added else 0)
    return 0 not in masks and len(set(masks)) == len(masks)


def _is_shown(source: Source, statement: ast.AugAssign) -> bool:
    """Whether the loop that adds prints or collects the sum as it is, and never sets it back."""
    name = source.segment(statement.target)
    line = statement.lineno
    around = [n for n in ast.walk(source.tree) if isinstance(n, (ast.For, ast.While))]
    loops = [n for n in around if n.lineno < line <= (n.end_lineno or n.lineno)]
    if not loops:
        return False
    loop = max(loops, key=lambda n: n.lineno)
    for node in ast.walk(loop):
        if isinstance(node, ast.Assign) and any(source.segment(t) == name for t in node.targets):
            return False
    calls = [n for n in ast.walk(loop) if isinstance(n, ast.Call)]
    shown = [a for c in calls if _shows(c) for a in (*c.args, *_formatted(c))]
    return any(source.segment(a) == name for a in shown)


def _shows(call: ast.Call) -> bool:
    return getattr(call.func, "id", getattr(call.func, "attr", "")) in ("print", "append", "format", "write")


def _formatted(call: ast.Call) -> list[ast.expr]:
    """What stands in braces, or behind a percent sign."""
    found: list[ast.expr] = [n.value for n in ast.walk(call) if isinstance(n, ast.FormattedValue)]
    for node in ast.walk(call):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            found += node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
    return found
