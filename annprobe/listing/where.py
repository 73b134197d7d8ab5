"""The place to point at: the operand's own statement, a helper or its caller, a line that only passes a value on."""

from __future__ import annotations

import ast

from annprobe.listing.blame import Accused
from annprobe.listing.edits import Change, editable
from annprobe.listing.factors import derivatives
from annprobe.listing.proportion import constant
from annprobe.listing.scene import Scene
from annprobe.tape.nodes import Frame
from annprobe.tape.places import Span


def blamed(scene: Scene, accused: Accused, change: Change | None) -> tuple[int, int]:
    """The node whose expression is to be edited, and how many calls further out that is."""
    if change is None:
        return accused.node, 0
    helper = wrong_helper(scene, accused, change) if _is_derivative(scene, change) else None
    if helper is not None:
        return helper, len(_stack(scene, helper)) - len(_stack(scene, accused.node)) - 1
    level = caller_level(scene, accused, change)
    if level:
        return accused.node, level
    here, there = scene.found.places.span(accused.node), scene.found.places.span(change.place)
    if here is None or there is None or here.line == there.line:
        return accused.node, 0
    if _called(scene, change.place, accused.node):
        return accused.node, 0
    return change.place, _handed_in(scene, accused, change)


def blamed_helper(scene: Scene, accused: Accused, change: Change | None) -> Frame | None:
    """The call of the function that is to blame for a factor of the accused line; None where the line is itself."""
    if change is None or not _is_derivative(scene, change):
        return None
    node, level = blamed(scene, accused, change)
    deep, own = _stack(scene, node), _stack(scene, accused.node)
    return deep[level] if node != accused.node and len(deep) > len(own) and level < len(deep) - len(own) else None


def takes_factor_from(scene: Scene, accused: Accused, change: Change | None, helpers: set[Frame]) -> bool:
    """Whether a wrong factor of the accused line was made in one of these calls."""
    if not helpers or (change is not None and change.kind in ("operand", "turned", "sliced", "axis")):
        return False
    wrong = helpers - {frame for n in scene.mended for frame in _stack(scene, n)}
    return any(not wrong.isdisjoint(_stack(scene, n)) for n in editable(scene, accused.node))


def _handed_in(scene: Scene, accused: Accused, change: Change) -> int:
    """How many calls further out the wrong operand is handed in: 0 where it was computed in the same call."""
    deep, own = _stack(scene, change.place), _stack(scene, accused.node)
    depth = len(deep) - len(own)
    if change.kind != "operand" or change.old is None or [c for c, _ in deep[depth:]] != [c for c, _ in own]:
        return 0
    made = _stack(scene, change.old)
    return next((n for n in range(depth + 1) if made[len(made) - len(deep[n + 1 :]) :] == deep[n + 1 :]), 0)


def _is_derivative(scene: Scene, change: Change) -> bool:
    """Whether a factor of the line is to blame, not what it is multiplied with."""
    product = change.kind == "product" and change.detail == "x * y" and scene.found.tape[change.place].op == "multiply"
    return product or change.kind in ("derivative", "dropped", "added")


def _stack(scene: Scene, node: int) -> tuple[Frame, ...]:
    return scene.found.tape.sites[scene.found.tape[node].site]


def _called(scene: Scene, inner: int, outer: int) -> bool:
    """Whether the one was computed in a function that the statement of the other called."""
    deep, own = _stack(scene, inner), _stack(scene, outer)
    depth = len(deep) - len(own)
    if depth <= 0 or [code for code, _ in deep[depth:]] != [code for code, _ in own]:
        return False
    statement = scene.found.places.statement(outer)
    return statement is not None and scene.found.places.statement(inner, depth) is statement


def caller_level(scene: Scene, accused: Accused, change: Change | None) -> int:
    """1 where a helper was given the error that elsewhere is given forward values, and rightly; else 0."""
    if change is None or change.kind not in ("derivative", "product", "operand"):
        return 0
    frames = _stack(scene, accused.node)
    if len(frames) < 2:
        return 0
    for site, other in enumerate(scene.found.tape.sites):
        if other[:1] == frames[:1] and other != frames and site in _forward_sites(scene):
            return 1
    return 0


def _forward_sites(scene: Scene) -> set[int]:
    return {scene.found.tape[n].site for n in scene.backward if n not in scene.error}


def wrong_helper(scene: Scene, accused: Accused, change: Change) -> int | None:
    """The result of a derivative function that was called with the right value and returns the wrong one."""
    inside = [n for n in editable(scene, accused.node) if n not in scene.error and _called(scene, n, accused.node)]
    elsewhere = change.kind == "dropped" and change.detail != "derivative" and change.place not in inside
    if not inside or elsewhere:
        return None
    result = max(inside)
    deep = _stack(scene, result)
    called = deep[len(deep) - len(_stack(scene, accused.node)) - 1]
    if any(called in _stack(scene, n) for n in scene.forward):
        return None  # what the forward pass uses, too, is right there: the caller wanted something else
    given = {i for n in inside for i in scene.found.tape[n].inputs if i not in inside}
    right = _right_arguments(scene, accused, change)
    return result if given and given <= right else None


def _right_arguments(scene: Scene, accused: Accused, change: Change) -> set[int]:
    """Pre-activations and activations that the missing derivative could be computed from."""
    named = {n for n in (change.old, change.new) if n is not None}
    found: set[int] = set()
    for source, node, _ in derivatives(scene, accused.node):
        if accused.quantity in (source, node) or {source, node} <= named or _is_demanded(scene, accused, source):
            found |= {source, node}
    return found


def _is_demanded(scene: Scene, accused: Accused, source: int) -> bool:
    """Whether the accused value should be the adjoint of a pre-activation, whatever else has the same adjoint."""
    adjoint = scene.adjoint(source)
    return adjoint is not None and constant(accused.demand, adjoint) is not None


def passed_on(scene: Scene, accused: Accused, change: Change | None) -> Span | None:
    """A statement that only hands a value on where an operation is missing: ``dZ = dA``, ``return grad``."""
    if change is not None and change.kind == "passes":
        return _overwritten(scene, accused.node, change.inner)
    if change is not None and change.kind == "derivative":
        return _identity_function(scene, accused.node)
    if change is None or change.kind not in ("added", "product", "operand"):
        return None
    span = scene.found.places.span(accused.node)
    source = scene.found.places.source(span) if span is not None else None
    statement = scene.found.places.statement(accused.node)
    if span is None or source is None or statement is None:
        return None
    if change.kind == "added":
        after = _renamed_after(source.tree, statement)
        if after is not None:
            return _span(span.file, after)
    elif change.kind == "product":
        errors = [i for i in scene.outside(scene.region(accused.node)) if i in scene.error]
        before = _renamed_before(source.tree, statement, {scene.found.places.name(i) for i in errors})
        if before is not None:
            return _span(span.file, before)
    return _identity_method(scene, change, statement)


def _overwritten(scene: Scene, node: int, inner: int) -> Span | None:
    """The assignment of a loop that replaces what the pass before it gave, where a call made the value.

    inner  loops around the value's own statement that are inside that loop
    """
    for level in range(len(_stack(scene, node))):
        span, statement = scene.found.places.span(node, level), scene.found.places.statement(node, level)
        source = scene.found.places.source(span) if span is not None else None
        if span is None or source is None or not isinstance(statement, ast.Assign):
            continue
        around = _loops_around(source.tree, statement)
        if around <= inner:
            inner -= around
            continue
        if level == 0:
            return None
        targets = [n for t in statement.targets for n in ast.walk(t)]
        made = {ast.unparse(n) for n in targets if isinstance(n, (ast.Name, ast.Attribute))}
        body = _block(source.tree, statement)
        later = body[body.index(statement) + 1 :] if statement in body else []
        adding = {scene.found.places.line(n) for n in scene.error}
        taken = (s for s in later if _takes(s, made) and s.lineno not in adding)
        return _span(span.file, next(taken, statement))
    return None


def _takes(statement: ast.stmt, made: set[str]) -> bool:
    """Whether a statement gives one of the values another name, or keeps it in a list."""
    if not isinstance(statement, ast.Assign):
        return False
    return any(isinstance(n, (ast.Name, ast.Attribute)) and ast.unparse(n) in made for n in ast.walk(statement.value))


def _loops_around(tree: ast.Module, statement: ast.stmt) -> int:
    """How many loops of its function a statement stands in."""
    functions = [f for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) and _holds(f, statement.lineno)]
    inside = max(functions, key=lambda f: f.lineno, default=tree)
    return sum(
        isinstance(loop, (ast.For, ast.While)) and statement is not loop and _holds(loop, statement.lineno)
        for loop in ast.walk(inside)
    )


def _span(file: str, node: ast.stmt) -> Span:
    return Span(file, node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or 0)


def _block(tree: ast.Module, statement: ast.stmt) -> list[ast.stmt]:
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


def _renamed_after(tree: ast.Module, statement: ast.stmt) -> ast.stmt | None:
    """The later ``new = name`` of what the statement assigns."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return None
    name = ast.unparse(statement.targets[0])
    body = _block(tree, statement)
    for later in body[body.index(statement) + 1 :] if statement in body else []:
        renamed = _renames(later)
        if renamed is not None and renamed[1] == name:
            return later
    return None


def _renamed_before(tree: ast.Module, statement: ast.stmt, errors: set[str]) -> ast.stmt | None:
    """The earlier ``name = error`` of a name that the statement uses."""
    used = {ast.unparse(n) for n in ast.walk(statement) if isinstance(n, (ast.Name, ast.Attribute))}
    body = _block(tree, statement)
    for earlier in body[: body.index(statement)][::-1] if statement in body else []:
        renamed = _renames(earlier)
        if renamed is not None and renamed[0] in used and renamed[1] in errors:
            return earlier
    return None


def _identity_function(scene: Scene, node: int) -> Span | None:
    """In the function that the statement calls for its factor: a branch that returns its argument as it came."""
    span, statement = scene.found.places.span(node), scene.found.places.statement(node)
    source = scene.found.places.source(span) if span is not None else None
    if span is None or source is None or statement is None:
        return None
    called = {c.func.id for c in ast.walk(statement) if isinstance(c, ast.Call) and isinstance(c.func, ast.Name)}
    functions = [f for f in ast.walk(source.tree) if isinstance(f, ast.FunctionDef) and f.name in called]
    if len(functions) != 1 or any(_called(scene, n, node) for n in editable(scene, node)):
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
                if where is None or not isinstance(owner, ast.ClassDef) or not _holds(owner, where.line):
                    continue
                for method in owner.body:
                    if isinstance(method, ast.FunctionDef) and not _holds(method, where.line):
                        returned = _returns_argument(method)
                        if returned is not None and returned is not statement:
                            return _span(where.file, returned)
    return None


def _holds(node: ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def _returns_argument(method: ast.FunctionDef) -> ast.stmt | None:
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
