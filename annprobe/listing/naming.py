"""What the user calls a value, and how a derivative of the cost is written with that name."""

from __future__ import annotations

import ast

from annprobe.listing.scene import Scene

_NAMELESS = "a value"


def name_of(scene: Scene, node: int) -> str:
    """The user's word for a value: its variable, else its expression; for a helper's result the call."""
    places = scene.found.places
    dependence = scene.found.dependence
    if dependence is not None and node in dependence.owner:
        return scene.found.names[dependence.owner[node]]
    for level in range(4):
        statement, span = places.statement(node, level), places.span(node, level)
        if isinstance(statement, ast.AugAssign) and span is not None and span.column == statement.col_offset:
            return ast.unparse(statement.target)
        value = getattr(statement, "value", None)
        if span is None or value is None:
            break
        whole = (span.line, span.column, span.end_line, span.end_column) == (
            value.lineno,
            value.col_offset,
            value.end_lineno,
            value.end_col_offset,
        )
        if not whole:
            return places.text(node, level) or _NAMELESS
        if not isinstance(statement, ast.Return):
            return places.name(node) or places.text(node, level)
    return places.text(node) or places.name(node) or _NAMELESS


def operand_name(scene: Scene, user: int, node: int) -> str:
    """The user's word for an operand; where nothing in the source made it, the word that the product has for it."""
    name, span = name_of(scene, node), scene.found.places.span(user)
    source = scene.found.places.source(span) if span is not None else None
    if name != _NAMELESS or source is None or span is None or node not in scene.found.tape[user].inputs:
        return name
    expression = source.expression(span)
    if not isinstance(expression, ast.BinOp):
        return name
    side = expression.left if scene.found.tape[user].inputs[0] == node else expression.right
    return source.segment(side) if isinstance(side, (ast.Name, ast.Attribute, ast.Subscript)) else name


def quantity_name(scene: Scene, node: int) -> str:
    """``∂C/∂name`` of a forward value; with parentheses where the name is a sum or a product."""
    name = name_of(scene, node)
    return f"∂C/∂({name})" if is_composed(name) else f"∂C/∂{name}"


def without_minus(scene: Scene, node: int) -> int:
    """z where the node is −z: in 1/(1 + exp(−z)) people mean z when they speak of the argument."""
    turned = scene.found.tape[node]
    return turned.inputs[0] if turned.op == "negative" and len(turned.inputs) == 1 else node


def is_composed(name: str) -> bool:
    """Whether a name is an expression of several terms or factors, spaced out or not."""
    try:
        tree = ast.parse(name, mode="eval").body
    except (SyntaxError, ValueError):
        return " " in name
    return isinstance(tree, (ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp))


def factor_text(factor: float) -> str:
    """``"−"``, ``"1/4 · "``: the constant before a derivative; '' for 1."""
    if abs(factor - 1.0) < 1e-9:
        return ""
    if abs(factor + 1.0) < 1e-9:
        return "−"
    inverse = 1.0 / factor
    if abs(inverse - round(inverse)) < 1e-6 and 1 < abs(round(inverse)) <= 100_000:
        return f"{'−' if factor < 0 else ''}1/{abs(round(inverse))} · "
    return f"{factor:.6g} · "
