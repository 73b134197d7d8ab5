"""What meets the output and is no target: constants, masks, parameters that are corrected, parameters themselves."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from annprobe.subject.roles.dependence import Dependence
from annprobe.subject.roles.links import COPIES, SHAPES, alias
from annprobe.tape.nodes import Ref, Tape
from annprobe.tape.places import Places, Span
from annprobe.tape.replay import slice_of

_CONSTANTS = {"ones", "ones_like", "full", "full_like"}


def is_only_moved(tape: Tape, dependence: Dependence, node: int) -> bool:
    """Whether it is a parameter minus something: a rule that pulls parameters towards data has no outputs."""
    operation = tape[node]
    if operation.op not in ("add", "subtract") or len(operation.inputs) != 2 or node in dependence.version_bits:
        return False
    way = COPIES | SHAPES | {"getitem"}
    moved = [i for i in operation.inputs if dependence.touched(i)]
    return len(moved) == 1 and alias(tape, moved[0], way) in dependence.version_bits


def corrects(tape: Tape, places: Places, number: int, other: Any) -> bool:
    """Whether the statement corrects its left operand: a parameter of another network, that is no target."""
    if not isinstance(other, Ref) or not tape[number].args or other is not tape[number].args[0]:
        return False
    statement, span = places.statement(number), places.span(number)
    value = getattr(statement, "value", None)
    if isinstance(statement, ast.AugAssign):
        return _is_whole(span, statement)
    if not isinstance(statement, ast.Assign) or not isinstance(value, ast.BinOp) or not _is_whole(span, value):
        return False
    return ast.unparse(statement.targets[0]) == ast.unparse(value.left)


def _is_whole(span: Span | None, node: ast.stmt | ast.expr) -> bool:
    """Whether an operation is the node's outermost one."""
    ends = (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
    return span is not None and (span.line, span.column, span.end_line, span.end_column) == ends


def written_here(places: Places, number: int, value: float) -> bool:
    """Whether the number stands in the expression itself, as the 1 of ``1 - a`` does."""
    span = places.span(number)
    source = places.source(span) if span else None
    expression = source.expression(span) if source and span else None
    if isinstance(expression, ast.BinOp):
        operands: list[ast.expr] = [expression.left, expression.right]
        return any(isinstance(o, ast.Constant) and o.value == value for o in operands)
    statement = source.statement(span) if source and span else None
    return statement is None or any(
        isinstance(node, ast.Constant) and node.value == value for node in ast.walk(statement)
    )


def is_constant(tape: Tape, places: Places, number: int, other: int, op: str) -> bool:
    """Factors and constants that are no data: literals of the same line, rates, arrays of ones."""
    origin = alias(tape, other, COPIES | SHAPES | {"getitem"})
    if tape[origin].op in _CONSTANTS:
        return True
    if tape[origin].op != "literal":
        return op in ("divide", "multiply", "power") and np.ndim(tape.value(other)) == 0 and _of_literals(tape, origin)
    if _inside(places.span(origin), places.span(number)):
        return True
    return op != "subtract" and np.ndim(tape.value(other)) == 0


def is_drawn(tape: Tape, dependence: Dependence, node: int) -> bool:
    """Whether a condition is drawn in training, as the mask of dropout is."""
    first = min((chain.origin for chain in dependence.chains), default=0)
    leaves = (n for n in slice_of(tape, [node]) if n > first and tape[n].kind != "op")
    return any(tape[n].op.startswith("random.") for n in leaves)


def _of_literals(tape: Tape, node: int) -> bool:
    """Whether a number was computed from literals alone, as ``np.sqrt(64)`` is."""
    if tape[node].kind != "op":
        return tape[node].op == "literal"
    return bool(tape[node].inputs) and all(_of_literals(tape, i) for i in tape[node].inputs)


def _inside(inner: Span | None, outer: Span | None) -> bool:
    return inner is not None and outer is not None and inner.file == outer.file and inner.line == outer.line
