"""A pass over the module's syntax tree that gives literals a place on the tape.

``0.01`` becomes a recorded leaf with its line and column; ``float(x)`` keeps the thread. Positions of everything else
stay what they were, so that nodes and tracebacks point into the user's own text.
"""

from __future__ import annotations

import ast


class _Instrument(ast.NodeTransformer):
    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return _call("__annprobe_literal__", node) if type(node.value) is float else node

    def visit_List(self, node: ast.List) -> ast.AST:
        if not isinstance(node.ctx, ast.Load):
            return node
        node.elts = [_call("__annprobe_literal__", item) if _is_int(item) else self.visit(item) for item in node.elts]
        return node

    def visit_Tuple(self, node: ast.Tuple) -> ast.AST:
        if isinstance(node.ctx, ast.Load) and len(node.elts) > 1 and all(_is_int(item) for item in node.elts):
            node.elts = [_call("__annprobe_literal__", item) for item in node.elts]  # a row of a table of data
            return node
        return self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        if _is_int(node.value) and not _counts(node.targets):
            node.value = _call("__annprobe_constant__", node.value)
            return node
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "float":
            node.func = ast.copy_location(ast.Name("__annprobe_float__", ast.Load()), node.func)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        node.value = self.visit(node.value)
        if not isinstance(node.slice, (ast.Constant, ast.Slice, ast.List)):
            node.slice = self.visit(node.slice)
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_Match(self, node: ast.Match) -> ast.AST:
        for case in node.cases:
            case.body = [self.visit(statement) for statement in case.body]
        return node


def _is_int(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int


def _counts(targets: list[ast.expr]) -> bool:
    """Names that look like loop counters or switches by being one letter i..n are left alone."""
    return all(isinstance(t, ast.Name) and t.id in {"i", "j", "k", "l", "m", "n"} for t in targets)


def _call(name: str, node: ast.expr) -> ast.Call:
    call = ast.Call(func=ast.Name(name, ast.Load()), args=[node], keywords=[])
    return ast.fix_missing_locations(ast.copy_location(call, node)) if _locate(call, node) else call


def _locate(call: ast.Call, node: ast.expr) -> bool:
    ast.copy_location(call.func, node)
    return True


def instrument(tree: ast.Module) -> ast.Module:
    """The same module with literals and ``float(...)`` on the tape; positions unchanged."""
    docstring = tree.body[0] if tree.body and isinstance(tree.body[0], ast.Expr) else None
    result: ast.Module = _Instrument().visit(tree)
    if docstring is not None:
        result.body[0] = docstring
    return ast.fix_missing_locations(result)
