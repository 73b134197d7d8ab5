"""Products and sums on a line of source: their operands as text, and whether two shapes go together in them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

MATRIX = {"dot", "matmul", "inner", "outer"}
ENTRYWISE = {"multiply", "add", "subtract"}


@dataclass(frozen=True, slots=True)
class Product:
    """Two operands as text and their columns on the line.

    entrywise  entry by entry, as ``a * b`` and ``a - b``; else a product of matrices
    """

    left: str
    right: str
    columns: tuple[int, int]
    entrywise: bool

    def fits(self, x: Any, y: Any) -> bool:
        """Whether numpy would do it with operands of these shapes."""
        try:
            matrices = isinstance(x, np.matrix) or isinstance(y, np.matrix)
            np.broadcast_shapes(np.shape(x), np.shape(y)) if self.entrywise and not matrices else np.dot(x, y)
        except ValueError:
            return False
        return True


def products(text: str) -> list[Product]:
    """Every product and sum of two operands on a line of source, innermost first."""
    try:
        tree = ast.parse(text.strip())
    except SyntaxError:
        return []
    indent = len(text) - len(text.lstrip())
    return list(_products(tree, indent))[::-1]


def _products(tree: ast.AST, indent: int) -> Iterator[Product]:
    for node in ast.walk(tree):
        pair: tuple[ast.expr, ast.expr] | None = None
        entrywise = True
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.MatMult, ast.Mult, ast.Sub, ast.Add)):
            pair, entrywise = (node.left, node.right), not isinstance(node.op, ast.MatMult)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in MATRIX | ENTRYWISE and len(node.args) == 2:
                pair, entrywise = (node.args[0], node.args[1]), node.func.attr in ENTRYWISE
            elif node.func.attr in MATRIX and len(node.args) == 1:
                pair, entrywise = (node.func.value, node.args[0]), False
        if pair is not None and isinstance(node, ast.expr):
            left, right = (ast.unparse(side) for side in pair)
            yield Product(left, right, (indent + node.col_offset, indent + (node.end_col_offset or 0)), entrywise)


def looked_up(lines: list[str], line: int, operand: str) -> tuple[str, int] | None:
    """The name in an operand that was read out of a container with a computed index, and the line where.

    ``relu_prime(z)`` with ``z = caches[l + 1][2]`` above: ("z", the line above).
    """
    names = {n.id for n in ast.walk(ast.parse(operand, mode="eval")) if isinstance(n, ast.Name)}
    for number in range(line - 1, max(line - 30, 0), -1):
        text = lines[number - 1].strip()
        if text.startswith(("def ", "class ")):
            return None
        try:
            statements = ast.parse(text).body
        except SyntaxError:
            continue
        for statement in statements:
            if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
                target = statement.targets[0]
                if isinstance(target, ast.Name) and target.id in names and _reads_by_index(statement.value):
                    return target.id, number
    return None


def _reads_by_index(value: ast.expr) -> bool:
    """``layers[l + 1]``, ``caches[l + 1][2]``, ``self.a[-i].T``"""
    while isinstance(value, (ast.Subscript, ast.Attribute)):
        if isinstance(value, ast.Subscript) and any(isinstance(n, ast.Name) for n in ast.walk(value.slice)):
            return True
        value = value.value
    return False
