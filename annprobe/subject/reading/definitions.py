"""Which statements of a module define things, so that its functions can be called without running its training."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from annprobe.subject.reading.source import is_main_guard

_TRAINING = ("train", "fit", "learn", "main", "run", "descent", "optimi", "epoch", "test", "entren", "apprend")
_DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


def definitions(tree: ast.Module) -> ast.Module:
    """The module reduced to imports, functions, classes, constants, and the assignments that those need."""
    needed = _needed_names(tree)
    return ast.Module([s for s in tree.body if _is_kept(s, needed)], tree.type_ignores)


def loaded_names(tree: ast.AST) -> set[str]:
    """Names that are read somewhere and assigned nowhere in the module."""
    loaded: set[str] = set()
    stored: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (loaded if isinstance(node.ctx, ast.Load) else stored).add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            stored.add(node.name)
        elif isinstance(node, ast.alias):
            stored.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, ast.arg):
            stored.add(node.arg)
    return loaded - stored


def _needed_names(tree: ast.Module) -> set[str]:
    """Names that functions and classes read, and the names that the assignments to those read."""
    needed: set[str] = set()
    for statement in tree.body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            needed |= _loads(statement)
    while True:
        more = set(needed)
        for statement in tree.body:
            if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign)) and _stores(statement) & needed:
                more |= _loads(statement)
        if more == needed:
            return needed
        needed = more


def _is_kept(statement: ast.stmt, needed: set[str]) -> bool:
    if isinstance(statement, _DEFINING) or _is_seeding(statement):
        return True
    if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        value = statement.value
        if value is None or _is_literal(value) or "Subject" in _called(value):
            return True
        return bool(_stores(statement) & (needed | {"network"})) and not _trains(value)
    if isinstance(statement, ast.Try):
        return all(_is_kept(s, needed) for s in statement.body)
    if isinstance(statement, ast.If) and not is_main_guard(statement):
        return all(_is_kept(s, needed) for s in [*statement.body, *statement.orelse])
    return isinstance(statement, ast.With) and bool(set().union(*map(_stores, statement.body)) & needed)


def _is_literal(value: ast.expr) -> bool:
    """No calls but those of array makers on literals: constants, containers, lambdas, arithmetic."""
    if isinstance(value, ast.Lambda):
        return True
    for node in ast.walk(value):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name not in {"array", "asarray", "matrix", "mat", "float", "int", "list", "tuple", "dict", "range"}:
                return False
        elif isinstance(node, (ast.Await, ast.Yield)):
            return False
    return True


def _is_seeding(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Call)
        and any(
            isinstance(node, ast.Attribute) and node.attr in {"seed", "seterr"}
            for node in ast.walk(statement.value.func)
        )
    )


def _trains(value: ast.expr) -> bool:
    """Whether a call in the expression has a name that speaks of training."""
    return any(any(stem in name.lower() for stem in _TRAINING) for name in _called(value))


def _called(value: ast.expr) -> Iterator[str]:
    for node in ast.walk(value):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node.func.id
            elif isinstance(node.func, ast.Attribute):
                yield node.func.attr


def _loads(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _stores(node: ast.AST) -> set[str]:
    """Names that a statement assigns, also those of which it changes an entry or an attribute."""
    found: set[str] = set()
    for child in ast.walk(node):
        targets: list[ast.expr] = []
        if isinstance(child, ast.Assign):
            targets = child.targets
        elif isinstance(child, (ast.AnnAssign, ast.AugAssign)):
            targets = [child.target]
        for target in targets:
            found |= {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}
    return found
