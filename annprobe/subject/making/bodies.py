"""What a function does with its parameters, read off its text: what can be handed to it."""

from __future__ import annotations

import ast


def is_rate(function: ast.FunctionDef, name: str) -> bool:
    """Whether each time the name is read it is a factor of a product that is subtracted or added in one statement."""
    factors = [
        operand
        for node in ast.walk(function)
        if isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, (ast.Sub, ast.Add))
        for product in [node.right if isinstance(node, ast.BinOp) else node.value]
        if isinstance(product, ast.BinOp) and isinstance(product.op, ast.Mult)
        for operand in (product.left, product.right)
        if isinstance(operand, ast.Name) and operand.id == name
    ]
    read = [n for n in ast.walk(function) if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)]
    return bool(read) and len(factors) == len(read)


def is_indexed(function: ast.FunctionDef, name: str) -> bool:
    """Whether entries are taken of it by a variable, as of a list of layers."""
    return any(
        isinstance(n, ast.Subscript) and isinstance(n.value, ast.Name) and n.value.id == name
        and not isinstance(n.slice, (ast.Constant, ast.Slice, ast.Tuple))
        for n in ast.walk(function)
    )  # fmt: skip


def are_labels(function: ast.FunctionDef, name: str) -> bool:
    """Whether it stands beside the rows' numbers in an index."""
    indices = [n.slice for n in ast.walk(function) if isinstance(n, ast.Subscript)]
    pairs = [index.elts for index in indices if isinstance(index, ast.Tuple)]
    return any(
        isinstance(k, ast.Name) and k.id == name and isinstance(rows, ast.Call)
        and {"arange", "range"} & {getattr(rows.func, "attr", ""), getattr(rows.func, "id", "")}
        for rows, k in (pair for pair in pairs if len(pair) == 2)
    )  # fmt: skip


def is_array(function: ast.FunctionDef, name: str) -> bool:
    """Whether it is a factor of a matrix product, or has a shape or a transpose."""
    held = [n.value for n in ast.walk(function) if isinstance(n, ast.Attribute) and n.attr in ("shape", "T")]
    for n in ast.walk(function):
        if isinstance(n, ast.BinOp) and isinstance(n.op, ast.MatMult):
            held += [n.left, n.right]
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr in ("dot", "matmul"):
            held += [*n.args, n.func.value]
    return any(isinstance(n, ast.Name) and n.id == name for n in held)


def stored_as(function: ast.FunctionDef) -> dict[str, str]:
    """parameter -> the attribute under which the object keeps it: ``self.start = how``."""
    pairs: list[tuple[ast.expr, ast.expr]] = []
    for node in (n for n in ast.walk(function) if isinstance(n, ast.Assign)):
        target, value = node.targets[0], node.value
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            pairs += zip(target.elts, value.elts, strict=False)
        else:
            pairs.append((target, value))
    return {v.id: t.attr for t, v in pairs if isinstance(t, ast.Attribute) and isinstance(v, ast.Name)}


def only_tested(tree: ast.Module) -> frozenset[str]:
    """Names of variables and attributes that are never read but to ask whether they hold: ``if self.with_bias:``."""
    tests = [n.test for n in ast.walk(tree) if isinstance(n, (ast.If, ast.IfExp, ast.While))]
    asked = {id(n): _last_name(n) for test in tests for n in _conditions(test)}
    kept = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Assign)}
    kept |= {id(e) for n in ast.walk(tree) if isinstance(n, ast.Assign) for e in getattr(n.value, "elts", ())}
    read = {
        _last_name(n)
        for n in ast.walk(tree)
        if isinstance(n, (ast.Name, ast.Attribute)) and isinstance(n.ctx, ast.Load) and id(n) not in kept | asked.keys()
    }
    return frozenset(asked.values()) - read


def _conditions(test: ast.expr) -> list[ast.expr]:
    """What is tested for itself, not compared: the parts of ``a and not b``."""
    if isinstance(test, ast.BoolOp):
        return [part for value in test.values for part in _conditions(value)]
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _conditions(test.operand)
    return [test] if isinstance(test, (ast.Name, ast.Attribute)) else []


def compared_strings(tree: ast.Module) -> dict[str, tuple[str, ...]]:
    """For names of variables and attributes, the strings that they (or entries of them) are compared with."""
    found: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.Eq, ast.In)):
            sides = [node.left, *node.comparators]
            entries = [n for side in sides for n in getattr(side, "elts", [side])]
            texts = [n.value for n in entries if isinstance(n, ast.Constant) and isinstance(n.value, str)]
            for name in filter(None, map(_last_name, sides)):
                found.setdefault(name, []).extend(texts)
    return {name: tuple(dict.fromkeys(texts)) for name, texts in found.items() if texts}


def _last_name(node: ast.expr) -> str:
    while isinstance(node, (ast.Subscript, ast.Call)):
        node = node.value if isinstance(node, ast.Subscript) else node.func
        node = node.value if isinstance(node, ast.Attribute) and node.attr in ("lower", "upper", "strip") else node
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
