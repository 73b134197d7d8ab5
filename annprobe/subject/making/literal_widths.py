"""Widths that a training fixes itself: ``w = np.random.randn(20, 120)`` in the function that trains."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from annprobe.subject.reading.words import stage_of

_MAKERS = {"randn", "rand", "random", "normal", "uniform", "zeros", "ones", "empty", "standard_normal", "random_sample"}
_LARGEST = 5_000


def literal_widths(tree: ast.Module) -> list[tuple[int, int]]:
    """(inputs, outputs) of networks whose weights are made of literal sizes by functions that train, likeliest first.

    The first matrix is taken for the first layer's, by rows and by columns; a last vector has one output.
    """
    found: list[tuple[int, int]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and stage_of(node.name) != "make":
            shapes = list(_shapes(node))
            matrices = [s for s in shapes if len(s) == 2 and min(s) > 1]
            if matrices:
                single = len(shapes[-1]) == 1 or 1 in shapes[-1]
                (a, b), (c, d) = matrices[0], matrices[-1]
                found += [(a, 1 if single else d), (b, 1 if single else c)]
    return list(dict.fromkeys(found))


def _shapes(function: ast.FunctionDef) -> Iterator[tuple[int, ...]]:
    """Of the arrays that a function makes before its first loop, in order."""
    for statement in function.body:
        if isinstance(statement, (ast.For, ast.While)):
            return
        for call in ast.walk(statement):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", "") in _MAKERS:
                yield from _literal(call)


def _literal(call: ast.Call) -> Iterator[tuple[int, ...]]:
    """The shape that a call is given as literals: as its arguments, or as a tuple among them."""
    arguments = [*call.args, *(k.value for k in call.keywords if k.arg in ("size", "shape"))]
    tuples = [a.elts for a in arguments if isinstance(a, ast.Tuple)]
    entries = tuples[0] if tuples else arguments
    sizes = [e.value for e in entries if isinstance(e, ast.Constant) and type(e.value) is int]
    if entries and len(sizes) == len(entries) <= 2 and all(0 < n <= _LARGEST for n in sizes):
        yield tuple(sizes)
    elif not tuples and arguments and isinstance(arguments[-1], ast.Constant) and type(arguments[-1].value) is int:
        yield (arguments[-1].value,)  # uniform(0, 0.01, 20)
