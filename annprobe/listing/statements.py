"""Statements of the user's source: the block they stand in, the loops around them, names that only hand a value on."""

from __future__ import annotations

import ast


def loops_around(tree: ast.Module, statement: ast.stmt) -> int:
    """How many loops of its function a statement stands in."""
    functions = [f for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) and holds(f, statement.lineno)]
    inside = max(functions, key=lambda f: f.lineno, default=tree)
    return sum(
        isinstance(loop, (ast.For, ast.While)) and statement is not loop and holds(loop, statement.lineno)
        for loop in ast.walk(inside)
    )


def block_of(tree: ast.Module, statement: ast.stmt) -> list[ast.stmt]:
    """The statements of the body that a statement stands in."""
    for node in ast.walk(tree):
        for body in (getattr(node, "body", None), getattr(node, "orelse", None)):
            if isinstance(body, list) and statement in body:
                return body
    return []


def _renames(statement: ast.stmt) -> tuple[str, str] | None:
    """(new, old) of ``new = old``."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, (ast.Name, ast.Attribute)) and isinstance(statement.value, (ast.Name, ast.Attribute)):
            return ast.unparse(target), ast.unparse(statement.value)
    return None


def renamed_after(tree: ast.Module, statement: ast.stmt) -> ast.stmt | None:
    """The later ``new = name`` of what the statement assigns."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return None
    name = ast.unparse(statement.targets[0])
    body = block_of(tree, statement)
    for later in body[body.index(statement) + 1 :] if statement in body else []:
        renamed = _renames(later)
        if renamed is not None and renamed[1] == name:
            return later
    return None


def renamed_before(tree: ast.Module, statement: ast.stmt, errors: set[str]) -> ast.stmt | None:
    """The earlier ``name = error`` of a name that the statement uses."""
    used = {ast.unparse(n) for n in ast.walk(statement) if isinstance(n, (ast.Name, ast.Attribute))}
    body = block_of(tree, statement)
    for earlier in body[: body.index(statement)][::-1] if statement in body else []:
        renamed = _renames(earlier)
        if renamed is not None and renamed[0] in used and renamed[1] in errors:
            return earlier
    return None


def holds(node: ast.stmt, line: int) -> bool:
    """Whether a line belongs to a statement."""
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def returned_argument(method: ast.FunctionDef) -> ast.stmt | None:
    """The last statement of a method, where it returns one of the arguments as it came."""
    last = method.body[-1]
    names = {a.arg for a in method.args.args[1:]}
    if isinstance(last, ast.Return) and isinstance(last.value, ast.Name) and last.value.id in names:
        changed = any(
            isinstance(n, (ast.Name, ast.Subscript)) and isinstance(n.ctx, ast.Store)
            and ast.unparse(n).split("[")[0] == last.value.id
            for n in ast.walk(method)
        )
        return None if changed else last
    return None


def takes(statement: ast.stmt, made: set[str]) -> bool:
    """Whether a statement gives one of the values another name, or keeps it in a list."""
    if not isinstance(statement, ast.Assign):
        return False
    return any(isinstance(n, (ast.Name, ast.Attribute)) and ast.unparse(n) in made for n in ast.walk(statement.value))


def finished_sum(tree: ast.Module, statement: ast.stmt) -> ast.stmt | None:
    """The first statement that takes what the statement adds up in a loop: only the whole sum can be multiplied."""
    if not isinstance(statement, ast.AugAssign):
        return None
    name, looped = ast.unparse(statement.target), False
    around = _around(tree, statement)
    while around is not None and not isinstance(around, ast.FunctionDef):
        looped = looped or isinstance(around, (ast.For, ast.While))
        body = block_of(tree, around)
        for later in body[body.index(around) + 1 :] if looped else ():
            if any(isinstance(n, ast.expr) and ast.unparse(n) == name for n in ast.walk(later)):
                return later
        around = _around(tree, around)
    return None


def _around(tree: ast.Module, statement: ast.stmt) -> ast.stmt | None:
    """The statement in whose block another one stands."""
    for node in ast.walk(tree):
        blocks = [getattr(node, part, None) for part in ("body", "orelse", "finalbody")]
        if isinstance(node, ast.stmt) and any(isinstance(body, list) and statement in body for body in blocks):
            return node
    return None


def _function(tree: ast.Module, statement: ast.stmt) -> ast.Module | ast.FunctionDef:
    around = [f for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) and holds(f, statement.lineno)]
    return max(around, key=lambda f: f.lineno, default=tree)


def arguments_of(tree: ast.Module, statement: ast.stmt) -> set[str]:
    """What the function that a statement stands in is given."""
    function = _function(tree, statement)
    return {a.arg for a in function.args.args} if isinstance(function, ast.FunctionDef) else set()


def lines_naming(tree: ast.Module, statement: ast.stmt, name: str) -> set[int]:
    """The lines of the statement's function that read a name."""
    return {n.lineno for n in ast.walk(_function(tree, statement))
            if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)}


def taken_by_index(tree: ast.Module, statement: ast.stmt) -> list[tuple[str, ast.stmt]]:
    """(name, the statement before that took it out of a container with a computed index) of the names in a statement.

    ``out = outputs[i + 1]``, also of two by a condition.
    """
    read = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    found: dict[str, ast.stmt] = {}
    made: dict[str, int] = {}
    for node in ast.walk(_function(tree, statement)):
        if not isinstance(node, ast.Assign) or len(node.targets) != 1 or not isinstance(node.targets[0], ast.Name):
            continue
        name = node.targets[0].id
        made[name] = made.get(name, 0) + 1
        if name in read and node.lineno < statement.lineno and _by_index(node.value):
            found[name] = node
    return [(name, source) for name, source in found.items() if made[name] == 1]


def _by_index(value: ast.expr) -> bool:
    if isinstance(value, ast.IfExp):
        return _by_index(value.body) and _by_index(value.orelse)
    return isinstance(value, ast.Subscript) and any(isinstance(n, ast.Name) for n in ast.walk(value.slice))
