"""Findings about whole numbers: divisions that round a factor to 0."""

from __future__ import annotations

import ast

import numpy as np

from annprobe.diagnosis.clauses.wording import node_place
from annprobe.findings import FAMILIES, Evidence, Finding, Place
from annprobe.listing.scene import Scene
from annprobe.subject.roles.gradient.judged import Judged
from annprobe.tape.places import Source
from annprobe.tape.replay import slice_of

_DIVISIONS = (ast.Div, ast.FloorDiv)


def rounded_away(scene: Scene) -> Finding | None:
    """Corrections that are 0 at every point: a factor is a quotient of whole numbers, rounded down."""
    places = [p for j in scene.hypothesis.judged if _nothing(j) for p in _zero_factors(scene, j)]
    if not places:
        return None
    names = ", ".join(scene.found.names[j.move.chain] for j in scene.hypothesis.judged if _nothing(j))
    return Finding(
        FAMILIES["dtype"],
        "dtype",
        f"a quotient of whole numbers is rounded down to 0, and with it every step of {names}",
        tuple(dict.fromkeys(places)),
        "0 · ∂C/∂P",
        "∂C/∂P",
        (Evidence("largest correction", 0.0),),
        (),
        "divide as floating-point numbers: 1.0 / m, and / instead of //",
        "untested",
        "measured",
    )


def _nothing(judged: Judged) -> bool:
    """Whether nothing of the gradient reaches the parameter, at any point where there is one."""
    return all(m.zero for m in judged.changes) and not all(m.no_gradient for m in judged.changes)


def _zero_factors(scene: Scene, judged: Judged) -> list[Place]:
    """Where the zeros that multiply something on the way to the correction come from."""
    corrections = [link.correction for link in judged.move.links if link.correction is not None]
    found = []
    for node in slice_of(scene.found.tape, corrections, stop=scene.versions):
        operation = scene.found.tape[node]
        zero = [a for a in operation.args if isinstance(a, (int, np.integer)) and not isinstance(a, bool) and a == 0]
        if operation.op == "multiply" and zero and node in scene.error:
            found += _quotient(scene, node)
    return found


def _quotient(scene: Scene, node: int) -> list[Place]:
    """The division itself: in the product's own expression, or where its factor was given its name."""
    span = scene.found.places.span(node)
    source = scene.found.places.source(span) if span is not None else None
    expression = source.expression(span) if source is not None and span is not None else None
    if source is None or span is None or not isinstance(expression, ast.BinOp):
        return []
    if _divides(expression):
        own = node_place(scene, node)
        return [own] if own is not None else []
    names = {source.segment(n) for n in ast.walk(expression) if isinstance(n, (ast.Name, ast.Attribute))}
    return [_statement_place(source, span.file, s) for s in ast.walk(source.tree)
            if isinstance(s, ast.Assign) and source.segment(s.targets[0]) in names and _divides(s.value)]  # fmt: skip


def _divides(expression: ast.expr) -> bool:
    return any(isinstance(n, ast.BinOp) and isinstance(n.op, _DIVISIONS) for n in ast.walk(expression))


def _statement_place(source: Source, file: str, statement: ast.stmt) -> Place:
    line = statement.lineno
    return Place(file, line, statement.col_offset, statement.end_lineno or line, statement.end_col_offset or 0,
                 source.lines[line - 1])  # fmt: skip
