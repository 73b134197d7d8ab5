"""Places in statements that annprobe wrote are no places to point at: the user's code that they call is."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from annprobe.listing.scene import Scene
from annprobe.subject.running.outcome import USAGE
from annprobe.tape.places import Source, Span


def users_span(scene: Scene, node: int) -> Span | None:
    """Where the user's code made what a node takes; else where it returned what it was given. None: nowhere."""
    places, tape = scene.found.places, scene.found.tape
    waiting, seen = [node], {node}
    while waiting:
        number = waiting.pop(0)
        span = places.span(number)
        if span is not None and span.file != USAGE:
            return span
        fresh = [i for i in tape[number].inputs if i in scene.error and i not in seen]
        seen.update(fresh)
        waiting += fresh
    written, span = places.sources.get(USAGE), places.span(node)
    return _returned(scene, written.tree, span.line) if written is not None and span is not None else None


def _returned(scene: Scene, tree: ast.Module, line: int) -> Span | None:
    """The ``return`` of the function that is given, or gave, the value of a line of ours."""
    statements = [n for n in ast.walk(tree) if isinstance(n, (ast.Assign, ast.AugAssign)) and n.lineno == line]
    names = {n.id for s in statements for n in ast.walk(s) if isinstance(n, ast.Name)}
    for statement in ast.walk(tree):
        if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Call):
            continue
        told = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}
        called = statement.value.func
        if not (told & names and isinstance(called, ast.Name) and _goes_back(statement, names)):
            continue
        for file, source in scene.found.places.sources.items():
            if file != USAGE and (found := _return_of(source, called.id)) is not None:
                return Span(file, found.lineno, found.col_offset, found.end_lineno or 0, found.end_col_offset or 0)
    return None


def _goes_back(statement: ast.Assign, names: set[str]) -> bool:
    """Whether the call makes gradients of the value, or is given it as an error."""
    call = statement.value
    assert isinstance(call, ast.Call)
    given = {n.id for a in call.args for n in ast.walk(a) if isinstance(n, ast.Name)}
    made = {n.id for t in statement.targets for n in ast.walk(t) if isinstance(n, ast.Name)}
    return any(n.startswith(("error", "grads")) for n in names & (given | made))


def _return_of(source: Source, name: str) -> ast.Return | None:
    functions: Iterator[ast.FunctionDef] = (
        n for n in ast.walk(source.tree) if isinstance(n, ast.FunctionDef) and n.name == name
    )
    returns = [n for f in functions for n in ast.walk(f) if isinstance(n, ast.Return) and n.value is not None]
    return returns[-1] if returns else None
