"""A backward pass that raises: which product, of what with what, and what would fit."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from annprobe.findings import FAMILIES, Evidence, Finding, Place
from annprobe.subject.execute import Outcome
from annprobe.tape.arrays import raw
from annprobe.tape.nodes import Ref, Tape
from annprobe.tape.places import Places, span_at

_PRODUCTS = {"dot", "matmul", "multiply", "inner", "outer"}


def raised_findings(outcome: Outcome, texts: dict[str, list[str]]) -> tuple[Finding, ...]:
    """The line, its operands with their shapes, the transposes that would fit; () where it is no such error."""
    if (
        outcome.error is None
        or not outcome.frames
        or not isinstance(outcome.error, (ValueError, TypeError, IndexError))
    ):
        return ()
    frame = outcome.frames[-1]
    lines = texts.get(frame.file, [])
    if not 0 < frame.line <= len(lines):
        return ()
    text = lines[frame.line - 1]
    for left, right, span in _products(text):
        x, y = (_value(side, frame.variables, outcome.namespace) for side in (left, right))
        if x is None or y is None or _fits(x, y):
            continue
        return (
            _finding(frame.file, frame.line, text, span, (left, x), (right, y), frame.variables, str(outcome.error)),
        )
    return ()


def refused_findings(tape: Tape, places: Places) -> tuple[Finding, ...]:
    """Products that numpy refused although the module caught the error: from the tape."""
    for op, args, site, message in tape.raised:
        nodes = [a.node for a in args if isinstance(a, Ref)]
        span = span_at(*tape.sites[site][0]) if tape.sites[site] else None
        if (
            op not in _PRODUCTS | {"add", "subtract"}
            or len(nodes) != 2
            or span is None
            or span.file not in places.sources
        ):
            continue
        text = places.sources[span.file].lines[span.line - 1]
        x, y = (np.asarray(tape.value(n)) for n in nodes)
        names = next(((a, b) for a, b, _ in _products(text) if _fitting_names(places, a, b, nodes)), None)
        left, right = names or (places.name(nodes[0]) or "left", places.name(nodes[1]) or "right")
        known = {
            f"_{i}": np.asarray(tape.value(i))
            for i in range(len(tape))
            if np.ndim(tape.value(i)) == 2 and tape[i].kind == "leaf"
        }
        columns = (len(text) - len(text.lstrip()), len(text.rstrip()))
        return (_finding(span.file, span.line, text, columns, (left, x), (right, y), known, message),)
    return ()


def _fitting_names(places: Places, left: str, right: str, nodes: list[int]) -> bool:
    """Whether the operands' texts are those of the recorded values, as far as these have names."""
    return any(places.name(n).split("[")[0] in (left, right) for n in nodes if places.name(n))


def _products(text: str) -> list[tuple[str, str, tuple[int, int]]]:
    """(left, right, columns) of every product on a line of source."""
    try:
        tree = ast.parse(text.strip())
    except SyntaxError:
        return []
    indent = len(text) - len(text.lstrip())
    found = []
    for node in ast.walk(tree):
        pair: tuple[ast.expr, ast.expr] | None = None
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.MatMult, ast.Mult, ast.Sub, ast.Add)):
            pair = node.left, node.right
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _PRODUCTS:
            if len(node.args) == 2:
                pair = node.args[0], node.args[1]
            elif len(node.args) == 1:
                pair = node.func.value, node.args[0]
        if pair is not None and isinstance(node, ast.expr):
            found.append(
                (
                    ast.unparse(pair[0]),
                    ast.unparse(pair[1]),
                    (indent + node.col_offset, indent + (node.end_col_offset or 0)),
                )
            )
    return found[::-1]


def _value(text: str, variables: dict[str, Any], namespace: dict[str, Any]) -> Any:
    """The operand as it was in the frame; None where it cannot be evaluated any more."""
    try:
        value = eval(text, dict(namespace), dict(variables))  # the module's own expression, in its own process
    except Exception:
        return None
    plain = raw(value)
    return plain if isinstance(plain, (np.ndarray, np.generic, float, int)) else None


def _fits(x: Any, y: Any) -> bool:
    try:
        np.dot(x, y)
    except ValueError:
        return False
    return True


def _finding(
    file: str,
    line: int,
    text: str,
    span: tuple[int, int],
    left: tuple[str, Any],
    right: tuple[str, Any],
    variables: dict[str, Any],
    error: str,
) -> Finding:
    (a, x), (b, y) = left, right
    shapes = {np.shape(raw(v)) for v in variables.values() if isinstance(v, np.ndarray)}
    fitting = [
        (f"{a}{s} @ {b}{t}", np.shape(x.T if s else x)[:1] + np.shape(y.T if t else y)[-1:])
        for s in ("", ".T")
        for t in ("", ".T")
        if np.ndim(x) == 2 and np.ndim(y) == 2 and np.shape(x.T if s else x)[-1] == np.shape(y.T if t else y)[0]
    ]
    chosen = next((f for f in fitting if f[1] in shapes), fitting[0] if fitting else None)
    family = "transpose" if chosen is not None else "layer-index"
    help_text = (
        f"write {chosen[0]}: its result has the shape {chosen[1]}"
        if chosen is not None
        else "use the array of the layer that this line is about"
    )
    return Finding(
        FAMILIES[family],
        family,
        f"{a} {np.shape(x)} and {b} {np.shape(y)} cannot be multiplied: this line raises",
        (Place(file, line, span[0], line, span[1], text),),
        f"{a} · {b}",
        chosen[0] if chosen is not None else None,
        (Evidence("error", error), Evidence(a, str(np.shape(x))), Evidence(b, str(np.shape(y)))),
        (),
        help_text,
        "cause",
        "measured",
    )
