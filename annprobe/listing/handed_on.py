"""Statements that only hand a value on where an operation is missing: ``dZ = dA``, ``return grad``, ``f(dA)``."""

from __future__ import annotations

import ast

from annprobe.listing.blame import Accused
from annprobe.listing.edits import Change, editable
from annprobe.listing.scene import Scene
from annprobe.listing.statements import (
    arguments_of,
    block_of,
    finished_sum,
    holds,
    lines_naming,
    loops_around,
    renamed_after,
    renamed_before,
    returned_argument,
    taken_by_index,
    takes,
)
from annprobe.listing.where import is_called_by, newer_version, stack_of
from annprobe.tape.places import Span


def passed_on(scene: Scene, accused: Accused, change: Change | None) -> Span | None:
    """A statement that only hands a value on where an operation is missing: ``dZ = dA``, ``return grad``."""
    if change is not None and change.kind == "passes":
        return _overwritten(scene, accused.node, change.inner)
    if change is not None and change.kind == "derivative":
        return _identity_function(scene, accused.node)
    if change is not None and (made := _made_before(scene, accused, change)) is not None:
        return made
    if change is None or change.kind not in ("added", "product", "operand") or newer_version(scene, change):
        return None
    span = scene.found.places.span(accused.node)
    source = scene.found.places.source(span) if span is not None else None
    statement = scene.found.places.statement(accused.node)
    if span is None or source is None or statement is None:
        return None
    if change.kind == "operand" and (chosen := _chosen_before(scene, accused, change, source.tree, statement)):
        return _span(span.file, chosen)
    if change.kind == "added" and change.detail != "operand":
        if (between := _handed_over(scene, accused.node, change)) is not None:
            return between
        after = renamed_after(source.tree, statement) or finished_sum(source.tree, statement)
        if after is not None:
            return _span(span.file, after)
    elif change.kind == "product" and change.old == accused.node:
        after = renamed_after(source.tree, statement)
        if after is not None:
            return _span(span.file, after)
    elif change.kind in ("product", "added"):
        errors = [i for i in scene.outside(scene.region(accused.node)) if i in scene.error]
        given = arguments_of(source.tree, statement) if change.detail == "operand" else set()
        before = renamed_before(source.tree, statement, {scene.found.places.name(i) for i in errors} | given)
        if before is not None:
            return _span(span.file, before)
    return _identity_method(scene, change, statement)


def _handed_over(scene: Scene, node: int, change: Change) -> Span | None:
    """Where a function applies an activation between two calls: the place between the calls on the way back.

    What a call gives is right there, for what the call was for; the caller hands it on as it is.
    """
    level = _level_of_caller(scene, node, change)
    if level is None:
        return None
    outer = len(stack_of(scene, node)) - level
    own = scene.found.places.statement(node, level)
    front, seen, takers = [node], {node}, dict[int, int]()  # line of a taking statement -> its node
    while front:
        for user in scene.users(front.pop()):
            inner = len(stack_of(scene, user)) - outer
            statement = scene.found.places.statement(user, inner) if inner >= 0 else None
            if statement is own and user not in seen:
                front.append(user)
            elif statement is not None and statement is not own:
                takers.setdefault(statement.lineno, user)
            seen.add(user)
    if len(takers) != 1:
        return scene.found.places.span(node, level)
    taker = next(iter(takers.values()))
    return scene.found.places.span(taker, len(stack_of(scene, taker)) - outer)


def _level_of_caller(scene: Scene, node: int, change: Change) -> int | None:
    """How many calls further out the function is, in the same call, that applied the activation; None where it is not.

    That is the innermost one that both the activation's argument and its result were computed in, or below.
    """
    if change.old is None or change.new is None:
        return None
    source, made, own = (stack_of(scene, n)[::-1] for n in (change.old, change.new, node))
    alike = (k for k, (x, y) in enumerate(zip(source, made, strict=False)) if x != y)
    depth = next(alike, None)
    if depth is None or source[depth][0] is not made[depth][0] or len(own) <= depth + 1:
        return None
    same = own[:depth] == made[:depth] and own[depth][0] is made[depth][0]
    return len(own) - depth - 1 if same else None


def _made_before(scene: Scene, accused: Accused, change: Change) -> Span | None:
    """The statement that took the wrong part out of an array, or turned it, where no other line uses what it took."""
    tape, old = scene.found.tape, change.old
    if change.kind not in ("operand", "sliced", "turned") or old is None or old in scene.forward_nodes:
        return None
    if tape[old].op not in ("getitem", "transpose") or scene.statement(old) == scene.statement(accused.node):
        return None
    here, there = scene.found.places.line(accused.node), scene.found.places.line(old)
    others = {scene.found.places.line(n) for n in scene.good if old in tape[n].inputs} - {here}
    apart = stack_of(scene, old)[1:] == stack_of(scene, accused.node)[1:] and here != there
    return scene.found.places.span(old) if apart and not others else None


def _chosen_before(
    scene: Scene, accused: Accused, change: Change, tree: ast.Module, statement: ast.stmt
) -> ast.stmt | None:
    """The statement that took the wrong array out of a list, ``out = outputs[i]``, for this line alone."""
    if change.old is None or change.old in scene.error or change.detail == "unused":
        return None
    taken = [(name, source) for name, source in taken_by_index(tree, statement) if source is not statement]
    if len(taken) != 1:
        return None
    name, source = taken[0]
    others = lines_naming(tree, statement, name) - {statement.lineno}
    used = (n for n in scene.error if change.old in scene.found.tape[n].inputs)
    return None if any(scene.found.places.line(n) in others for n in used) else source


def _overwritten(scene: Scene, node: int, inner: int) -> Span | None:
    """The assignment of a loop that replaces what the pass before it gave, where a call made the value.

    inner  loops around the value's own statement that are inside that loop
    """
    for level in range(len(stack_of(scene, node))):
        span, statement = scene.found.places.span(node, level), scene.found.places.statement(node, level)
        source = scene.found.places.source(span) if span is not None else None
        if span is None or source is None or not isinstance(statement, ast.Assign):
            continue
        around = loops_around(source.tree, statement)
        if around <= inner:
            inner -= around
            continue
        if level == 0:
            return None
        targets = [n for t in statement.targets for n in ast.walk(t)]
        made = {ast.unparse(n) for n in targets if isinstance(n, (ast.Name, ast.Attribute))}
        body = block_of(source.tree, statement)
        later = body[body.index(statement) + 1 :] if statement in body else []
        adding = {scene.found.places.line(n) for n in scene.error}
        taken = (s for s in later if takes(s, made) and s.lineno not in adding)
        return _span(span.file, next(taken, statement))
    return None


def _span(file: str, node: ast.stmt) -> Span:
    return Span(file, node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or 0)


def _identity_function(scene: Scene, node: int) -> Span | None:
    """In the function that the statement calls for its factor: a branch that returns its argument as it came."""
    span, statement = scene.found.places.span(node), scene.found.places.statement(node)
    source = scene.found.places.source(span) if span is not None else None
    if span is None or source is None or statement is None:
        return None
    callees = {c.func.id for c in ast.walk(statement) if isinstance(c, ast.Call) and isinstance(c.func, ast.Name)}
    functions = [f for f in ast.walk(source.tree) if isinstance(f, ast.FunctionDef) and f.name in callees]
    if len(functions) != 1 or any(is_called_by(scene, n, node) for n in editable(scene, node)):
        return None  # what the function computes is on the tape
    names = {a.arg for a in functions[0].args.args}
    returned = [r for r in ast.walk(functions[0])
                if isinstance(r, ast.Return) and isinstance(r.value, ast.Name) and r.value.id in names]  # fmt: skip
    return _span(span.file, returned[0]) if len(returned) == 1 else None


def _identity_method(scene: Scene, change: Change, statement: ast.stmt) -> Span | None:
    """In the class whose forward method made the value: a method that returns its argument as it came."""
    if change.kind == "product" and change.new not in scene.versions:
        return None  # no weights are missing
    for node in (change.new, change.old):
        span = scene.found.places.span(node) if node is not None else None
        source = scene.found.places.source(span) if span is not None else None
        if node is None or span is None or source is None:
            continue
        made = [node, *(u for u in scene.forward if node in scene.found.tape[u].inputs)]
        for user in made:
            where = scene.found.places.span(user)
            for owner in ast.walk(source.tree):
                if where is None or not isinstance(owner, ast.ClassDef) or not holds(owner, where.line):
                    continue
                for method in owner.body:
                    if isinstance(method, ast.FunctionDef) and not holds(method, where.line):
                        returned = returned_argument(method)
                        if returned is not None and returned is not statement:
                            return _span(where.file, returned)
    return None
