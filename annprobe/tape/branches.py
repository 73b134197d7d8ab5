"""Branches that only choose between two numbers, as conditional expressions.

``if z > 0: return 1`` / ``else: return 0`` and ``y = 0`` / ``if z > 0: y = 1`` become ``1 if z > 0 else 0``, which the
tape can see. What is computed stays the same; the expression stands where the condition stood.
"""

from __future__ import annotations

import ast
import copy

_ORDER = (ast.Gt, ast.GtE, ast.Lt, ast.LtE)


class Assigned(ast.IfExp):
    """A conditional expression whose numbers were assigned: they stay literals with a place."""


class _Branches(ast.NodeTransformer):
    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                setattr(node, name, _joined(block))
        return node


def _joined(block: list[ast.stmt]) -> list[ast.stmt]:
    """The statements of a block with those that choose a number turned into one."""
    result: list[ast.stmt] = []
    for statement in reversed(_flat(block)):
        after = result[-1] if result else None
        if isinstance(statement, ast.If) and not statement.orelse and isinstance(after, ast.Return):
            chosen = _returned(statement, [after])
            if chosen is not None:
                result[-1] = chosen
                continue
        result.append(_chosen(statement))
    result.reverse()
    return [_overwritten(before, now) for before, now in zip([None, *result], result, strict=False)]


def _flat(block: list[ast.stmt]) -> list[ast.stmt]:
    """Without the ``else`` after ``return A``: ``elif`` is the next ``if``."""
    flat: list[ast.stmt] = []
    for statement in block:
        flat.append(statement)
        while isinstance(flat[-1], ast.If) and flat[-1].orelse and _returns(flat[-1]):
            last = flat[-1]
            flat += last.orelse
            last.orelse = []
    return flat


def _returns(statement: ast.If) -> bool:
    one = _only(statement.body)
    return isinstance(one, ast.Return) and is_number(one.value) and is_order(statement.test)


def _chosen(statement: ast.stmt) -> ast.stmt:
    """``if c: return A`` / ``else: return B``, or the same with one variable, as one statement."""
    if not isinstance(statement, ast.If) or not statement.orelse:
        return statement
    return _returned(statement, statement.orelse) or _assigned(statement, statement.orelse) or statement


def _returned(statement: ast.If, others: list[ast.stmt]) -> ast.Return | None:
    one, other = _only(statement.body), _only(others)
    if not (isinstance(one, ast.Return) and isinstance(other, ast.Return)):
        return None
    value = _expression(ast.IfExp, statement.test, one.value, other.value)
    return None if value is None else ast.copy_location(ast.Return(value), statement)


def _assigned(statement: ast.If, others: list[ast.stmt]) -> ast.Assign | None:
    one, other = _only(statement.body), _only(others)
    if not (isinstance(one, ast.Assign) and isinstance(other, ast.Assign) and _same_target(one, other)):
        return None
    value = _expression(Assigned, statement.test, one.value, other.value)
    return None if value is None else ast.copy_location(ast.Assign(one.targets, value), statement)


def _overwritten(before: ast.stmt | None, statement: ast.stmt) -> ast.stmt:
    """``y = B``, then ``if c: y = A``: the second one."""
    if not isinstance(before, ast.Assign) or not isinstance(statement, ast.If) or statement.orelse:
        return statement
    return (_assigned(statement, [before]) if is_number(before.value) else None) or statement


def _only(block: list[ast.stmt]) -> ast.stmt | None:
    return block[0] if len(block) == 1 else None


def _same_target(one: ast.Assign, other: ast.Assign) -> bool:
    """Whether both statements give their value to the same variable or attribute, and to no other."""
    if len(one.targets) != 1 or len(other.targets) != 1 or not isinstance(one.targets[0], (ast.Name, ast.Attribute)):
        return False
    return ast.dump(one.targets[0]) == ast.dump(other.targets[0])


def _expression(
    kind: type[ast.IfExp], test: ast.expr, one: ast.expr | None, other: ast.expr | None
) -> ast.IfExp | None:
    if not is_order(test) or one is None or other is None or not is_number(one):
        return None
    if not (is_number(other) or (kind is ast.IfExp and is_choice(other, test))):
        return None
    return ast.copy_location(kind(test=test, body=one, orelse=copy.deepcopy(other)), test)


def is_order(node: ast.expr) -> bool:
    """``a > b`` and its like."""
    return isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], _ORDER)


def is_number(node: ast.expr | None) -> bool:
    """``1``, ``-1.0``, ``True``."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        node = node.operand
    return isinstance(node, ast.Constant) and type(node.value) in (int, float, bool)


def is_choice(node: ast.expr, test: ast.expr) -> bool:
    """A choice between numbers that can be made beforehand: it compares the same names that ``test`` compares."""
    return (
        isinstance(node, ast.IfExp)
        and is_order(test)
        and is_order(node.test)
        and all(isinstance(part, _PLAIN) for part in ast.walk(node.test))
        and _names(node.test) <= _names(test)
        and is_number(node.body)
        and (is_number(node.orelse) or is_choice(node.orelse, node.test))
    )


def _names(node: ast.expr) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


_PLAIN = (ast.Compare, *_ORDER, ast.Name, ast.Load, ast.Constant, ast.UnaryOp, ast.USub, ast.UAdd)


def as_expressions(tree: ast.Module) -> ast.Module:
    """The module with branches that only choose a number as conditional expressions; changes and returns it."""
    result: ast.Module = _Branches().visit(tree)
    return result
