"""A backward pass that raises: which product, of what with what, and what would fit."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from annprobe.diagnosis.clauses.products import ENTRYWISE, MATRIX, Product, looked_up, products
from annprobe.findings import FAMILIES, Evidence, Finding, Place
from annprobe.subject.running.outcome import Outcome
from annprobe.tape.arrays import raw
from annprobe.tape.nodes import Ref, Tape
from annprobe.tape.places import Places, span_at
from annprobe.tape.replay import slice_of


def raised_findings(outcome: Outcome, texts: dict[str, list[str]]) -> tuple[Finding, ...]:
    """The line, its operands with their shapes, what would fit; () where it is no such error."""
    known = isinstance(outcome.error, (ValueError, TypeError, IndexError))
    frame = outcome.frames[-1] if known and outcome.frames else None
    lines = texts.get(frame.file, []) if frame is not None else []
    if frame is None or not 0 < frame.line <= len(lines):
        return ()
    for product in products(lines[frame.line - 1]):
        x, y = (_value(side, frame.variables, outcome.namespace) for side in (product.left, product.right))
        if x is None or y is None or product.fits(x, y):
            continue
        return (_finding(frame.file, frame.line, lines, product, x, y, frame.variables, str(outcome.error)),)
    return ()


def of_another_size(tape: Tape, stood_in: frozenset[int]) -> bool:
    """Whether data of ours have one length wrong: 3 classes in the place of missing ones, beside 10 outputs."""
    op, args = tape.raised[-1][:2] if tape.raised else ("", ())
    shapes = [np.shape(tape.value(a.node)) for a in args if isinstance(a, Ref)]
    if op not in ENTRYWISE or len(shapes) != 2 or len(shapes[0]) != len(shapes[1]):
        return False
    unlike = [{a, b} for a, b in zip(*shapes, strict=True) if a != b]
    return len(unlike) == 1 and len(unlike[0] & stood_in) == 1


def refused_findings(tape: Tape, places: Places) -> tuple[Finding, ...]:
    """Products that numpy refused although the module caught the error: from the tape."""
    for op, args, site, message in tape.raised:
        nodes = [a.node for a in args if isinstance(a, Ref)]
        span = span_at(*tape.sites[site][0]) if tape.sites[site] else None
        known = op in MATRIX | ENTRYWISE and len(nodes) == 2
        if not known or span is None or span.file not in places.sources:
            continue
        lines = places.sources[span.file].lines
        text = lines[span.line - 1]
        x, y = (np.asarray(tape.value(n)) for n in nodes)
        whole = (len(text) - len(text.lstrip()), len(text.rstrip()))
        left, right = places.name(nodes[0]) or "left", places.name(nodes[1]) or "right"
        kind = [p for p in products(text) if p.entrywise == (op in ENTRYWISE)]
        fitting = [p for p in kind if _fitting_names(places, p.left, p.right, nodes)]
        named = sorted(fitting, key=lambda p: -len({places.name(n) for n in nodes} & {p.left, p.right}))
        product = named[0] if named else Product(left, right, whole, op in ENTRYWISE)
        held = {str(i): tape.value(i) for i in range(len(tape)) if tape[i].kind == "leaf"}
        return (_finding(span.file, span.line, lines, product, x, y, held, message),)
    return ()


def spread_findings(tape: Tape, places: Places) -> tuple[Finding, ...]:
    """A product that cannot be formed because outputs (N, 1) met targets (N,) or (1, N): their difference is N x N."""
    nodes = [a.node for a in tape.raised[-1][1] if isinstance(a, Ref)] if tape.raised else []
    for number in slice_of(tape, nodes):
        node, span = tape[number], places.span(number)
        shapes = [np.shape(tape.value(i)) for i in node.inputs]
        n = max(np.shape(node.value), default=0) if node.op == "subtract" and len(shapes) == 2 else 0
        met = sorted(shapes, key=lambda shape: (len(shape), shape))
        spread = np.shape(node.value) == (n, n) and met in ([(n,), (n, 1)], [(1, n), (n, 1)])
        if n < 2 or not spread or span is None or span.file not in places.sources:
            continue
        lines = places.sources[span.file].lines
        place = Place(span.file, span.line, span.column, span.end_line, span.end_column, lines[span.line - 1])
        error = str(tape.raised[-1][3])
        evidence = (Evidence("error that follows", error), Evidence("entries of the difference", n * n))
        message = f"{shapes[0]} minus {shapes[1]} becomes {(n, n)}: each output meets every target"
        help_text = f"give both the shape {(n, 1)}, for example with reshape(-1, 1)"
        help_text = help_text if met[0] == (n,) else f"transpose one of them: both {shapes[0]}, or both {shapes[1]}"
        return (Finding(FAMILIES["labels"], "labels", message, (place,), None, None, evidence, (), help_text, "cause",
                        "measured"),)  # fmt: skip
    return ()


def misshapen_findings(tape: Tape, places: Places) -> tuple[Finding, ...]:
    """A correction that is refused because its shape is not the parameter's: where (n, 1) met (n,) on the way to it."""
    op, args = tape.raised[-1][:2] if tape.raised else ("", ())
    nodes = [a.node for a in args if isinstance(a, Ref)]
    if op not in ("add", "subtract") or len(nodes) != 2:
        return ()
    wanted, got = (np.shape(tape.value(n)) for n in nodes)
    for number in slice_of(tape, nodes[1:]):
        node, span = tape[number], places.span(number)
        shapes = [np.shape(tape.value(i)) for i in node.inputs]
        n = max(np.shape(node.value), default=0)
        both = sorted(shapes, key=len) == [(n,), (n, 1)] and np.shape(node.value) == (n, n)
        if node.op != "multiply" or not both or n < 2 or span is None or span.file not in places.sources:
            continue
        text = places.sources[span.file].lines[span.line - 1]
        place = Place(span.file, span.line, span.column, span.end_line, span.end_column, text)
        names = next(([p.left, p.right] for p in products(text) if p.entrywise), ["one operand", "the other"])
        message = (f"{names[0]} {shapes[0]} times {names[1]} {shapes[1]} becomes {(n, n)}: each entry of the one meets "
                   "all entries of the other")
        evidence = (Evidence("shape of the parameter", str(wanted)), Evidence("shape of its gradient", str(got)))
        help_text = f"give both the shape {(n,)}, for example with ravel(), or both {(n, 1)}"
        return (Finding(FAMILIES["transpose"], "transpose", message, (place,), places.text(number) or None, None,
                        evidence, (), help_text, "untested", "measured"),)  # fmt: skip
    return ()


def handed_over(tape: Tape) -> bool:
    """Whether the operation that raised last has an operand that is nothing but examples: their shape may be to blame.

    For calls that annprobe makes, with examples of its own.
    """
    if not tape.raised:
        return False
    nodes = [a.node for a in tape.raised[-1][1] if isinstance(a, Ref)]
    return any(all(tape[n].tag for n in slice_of(tape, [node]) if tape[n].kind == "leaf") for node in nodes)


def _fitting_names(places: Places, left: str, right: str, nodes: list[int]) -> bool:
    """Whether the operands' texts are those of the recorded values, as far as these have names."""
    return any(places.name(n).split("[")[0] in (left, right) for n in nodes if places.name(n))


def _value(text: str, variables: dict[str, Any], namespace: dict[str, Any]) -> Any:
    """The operand as it was in the frame; None where it cannot be evaluated any more."""
    try:
        value = eval(text, dict(namespace), dict(variables))  # the module's own expression, in its own process
    except Exception:
        return None
    plain = raw(value)
    return plain if isinstance(plain, (np.ndarray, np.generic, float, int)) else None


def _finding(
    file: str, line: int, lines: list[str], product: Product, x: Any, y: Any, variables: dict[str, Any], error: str
) -> Finding:
    text = lines[line - 1]
    places = (Place(file, line, product.columns[0], line, product.columns[1], text),)
    evidence = (
        Evidence("error", error),
        Evidence(product.left, str(np.shape(x))),
        Evidence(product.right, str(np.shape(y))),
    )
    together = "go together entry by entry" if product.entrywise else "be multiplied"
    message = f"{product.left} {np.shape(x)} and {product.right} {np.shape(y)} cannot {together}: this line raises"
    sign = "*" if product.entrywise else "@"
    computes = f"{_operand(product.left)} {sign} {_operand(product.right)}"
    if not product.entrywise and np.shape(x) == np.shape(y) != ():
        slope = _derivative(product)
        entries = f"{_operand(product.left)} * {_operand(product.right)}"
        help_text = f"write {entries}: both have the shape {np.shape(x)}, and meant is entry by entry"
        family = "activation-derivative" if slope else "transpose"
        return _raises(family, message, places, computes, entries, evidence, help_text)
    fitting = None if product.entrywise else _fitting(product, x, y, variables)
    if fitting is not None:
        help_text = f"write {fitting[0]}: its result has the shape {fitting[1]}"
        return _raises("transpose", message, places, computes, fitting[0], evidence, help_text)
    other = _other_layer(lines, line, product, x, y)
    if other is None:
        help_text = "use the array of the layer that this line is about"
        return _raises("layer-index", message, places, computes, None, evidence, help_text)
    name, number, needed = other
    read = lines[number - 1]
    place = Place(file, number, len(read) - len(read.lstrip()), number, len(read.rstrip()), read)
    help_text = f"line {line} needs the shape {needed}: {name} is that of another layer, see the index in line {number}"
    return _raises("layer-index", message, (place, *places), computes, None, evidence, help_text)


def _operand(text: str) -> str:
    """An operand as it may stand in a product."""
    whole = ast.parse(text, mode="eval").body
    return f"({text})" if isinstance(whole, (ast.BinOp, ast.UnaryOp, ast.IfExp, ast.Compare)) else text


def _derivative(product: Product) -> bool:
    """Whether the product is ``a`` with ``1 - a``: the derivative of the logistic function."""
    left, right = (side.replace(" ", "").strip("()") for side in (product.left, product.right))
    return right in (f"1-{left}", f"1.0-{left}") or left in (f"1-{right}", f"1.0-{right}")


def _other_layer(lines: list[str], line: int, product: Product, x: Any, y: Any) -> tuple[str, int, str] | None:
    """The one operand that was read out of a container by an index: (name, line, the shape that is needed)."""
    sides = ((product.left, np.shape(y)), (product.right, np.shape(x)))
    found = [(looked_up(lines, line, text), shape) for text, shape in sides]
    certain = [(read, shape) for read, shape in found if read is not None]
    if len(certain) != 1 or not product.entrywise:
        return None
    (name, number), shape = certain[0]
    return name, number, str(shape)


def _fitting(product: Product, x: Any, y: Any, variables: dict[str, Any]) -> tuple[str, tuple[int, ...]] | None:
    """The same product with transposes, that fits; the one whose result has the shape of some variable first."""
    if np.ndim(x) != 2 or np.ndim(y) != 2:
        return None
    shapes = {np.shape(raw(v)) for v in variables.values() if isinstance(v, np.ndarray)}
    left, right = _operand(product.left), _operand(product.right)
    fitting = [
        (f"{left}{s} @ {right}{t}", np.shape(x.T if s else x)[:1] + np.shape(y.T if t else y)[-1:])
        for s in ("", ".T")
        for t in ("", ".T")
        if np.shape(x.T if s else x)[-1] == np.shape(y.T if t else y)[0]
    ]
    return next((f for f in fitting if f[1] in shapes), fitting[0] if fitting else None)


def _raises(
    family: str,
    message: str,
    places: tuple[Place, ...],
    computes: str,
    should: str | None,
    evidence: tuple[Evidence, ...],
    help_text: str,
) -> Finding:
    return Finding(
        FAMILIES[family], family, message, places, computes, should, evidence, (), help_text, "cause", "measured"
    )
