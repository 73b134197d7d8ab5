"""Losses that the module's text speaks of: functions for a cost that its training never calls."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from annprobe.subject.reading.words import is_slope, stage_of

_LOGARITHMS = {"log", "log2", "log10", "log1p", "xlogy"}
_SQUARES = {"square", "norm"}
_ABSOLUTES = {"abs", "absolute", "fabs"}


def meant_losses(trees: Iterable[ast.AST]) -> frozenset[str]:
    """Names in the catalogue of the losses that the functions named like a cost compute; empty where none tells."""
    functions = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    costs = (node for node in functions if stage_of(node.name) == "cost" and not is_slope(node.name))
    return frozenset(loss for node in costs for loss in _losses(node))


def _losses(function: ast.FunctionDef) -> tuple[str, ...]:
    called = {_called(node) for node in ast.walk(function) if isinstance(node, ast.Call)}
    if called & _LOGARITHMS:
        return ("binary cross-entropy", "cross-entropy")
    if called & _SQUARES or any(_squared(node) for node in ast.walk(function)):
        return ("squared error",)
    return ("absolute error",) if called & _ABSOLUTES else ()


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _squared(node: ast.AST) -> bool:
    """``x ** 2``, ``np.power(x, 2)``, ``d * d`` or ``d @ d``."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.MatMult)):
        return ast.dump(node.left) == ast.dump(node.right)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return _is_two(node.right)
    return isinstance(node, ast.Call) and _called(node) in ("power", "pow") and any(map(_is_two, node.args[1:2]))


def _is_two(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value == 2
