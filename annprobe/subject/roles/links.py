"""Corrections: places on the tape where a value may take over the role of an earlier one, as ``P ± D``.

A value takes over a role when it is the same memory written again, when it is consumed later at the same place in the
source, or when it is given to the same name.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from annprobe.tape.nodes import Ref, Tape, Values
from annprobe.tape.places import Places, Source

COPIES = {"copy", "astype", "asarray", "asanyarray", "array", "asmatrix", "ascontiguousarray", "item", "view"}
SHAPES = {"reshape", "ravel", "transpose", "squeeze", "expand_dims", "atleast_2d", "atleast_1d"}
SHARES = {"getitem"}
GIVEN = "given"  # the leaf of an array that annprobe hands to one of several layers side by side
_AT = {"add.at": 1, "subtract.at": -1}  # rows of an embedding: np.subtract.at(E, rows, rate * gradient)
_ADDENDS = 4  # of an update: the gradient's step, a velocity, a decay
_WRITES = {"setitem", "scatter", "fill", "copyto", "put"}


@dataclass(frozen=True)
class Link:
    """One step of a chain: version ``new`` = version ``old`` corrected by ``sign`` x the node ``correction``.

    ``genuine`` is false for writes that are no correction (a perturbed entry, a restored one).
    ``partial`` is true when only some entries were corrected.
    """

    new: int
    old: int
    correction: int | None
    sign: int
    genuine: bool
    partial: bool


def alias(tape: Values, node: int, through: set[str] = COPIES) -> int:
    """The node whose value this one only copies (or reshapes, when asked to look through that)."""
    while tape[node].op in through and tape[node].inputs and tape[node].kind == "op":
        if tape[node].op == "array" and not isinstance(tape[node].args[0], Ref):
            break
        node = tape[node].inputs[0]
    return node


class Uses:
    """At which places of the source (numbered), operations and arguments each node is consumed."""

    def __init__(self, tape: Tape) -> None:
        numbers: dict[Any, int] = {}
        self.places = [numbers.setdefault(stack[0] if stack else None, len(numbers)) for stack in tape.sites]
        self.of: dict[int, set[tuple[int, str, int]]] = defaultdict(set)
        for node in tape.nodes:
            place = self.places[node.site]
            for position, source in enumerate(node.inputs):
                self.of[source].add((place, node.op, position))
        self.named: dict[int, bool] = {}  # site -> whether its statement gives a sum the name of its operand


def candidates(tape: Tape, places: Places) -> list[Link]:
    """All sums, writes and scalings by which a value may take over from an earlier one, in order."""
    links, uses = [], Uses(tape)
    states: set[int] = set()  # versions seen so far: plain writes to these continue a chain
    for number, node in enumerate(tape.nodes):
        for link in _links_of(tape, number, uses):
            if link.genuine and not (node.write or _takes_over(tape, places, uses, link)):
                continue
            if not link.genuine and link.old not in states:
                continue
            links.append(link)
            states.update((link.new, link.old))
            break
    return links


def _links_of(tape: Tape, number: int, uses: Uses) -> list[Link]:
    """The ways in which a node may correct an earlier one."""
    node = tape[number]
    if node.op in ("add", "subtract"):
        return _sums(tape, number, uses)
    if node.op in ("setitem", "scatter") and isinstance(node.args[0], Ref):
        return [_part(tape, number)]
    if node.op in _AT and len(node.args) == 3 and isinstance(node.args[0], Ref) and isinstance(node.args[2], Ref):
        return [Link(number, node.args[0].node, node.args[2].node, _AT[node.op], genuine=True, partial=True)]
    if node.op == "multiply":
        scaled = _scaled(tape, number)
        if scaled is not None:
            return [scaled]
    if node.op in ("multiply", "divide") and node.write and isinstance(node.args[0], Ref):  # W *= 1 - rate * lambda
        return [Link(number, node.args[0].node, None, 1, genuine=False, partial=False)]
    return []


def _scaled(tape: Tape, number: int) -> Link | None:
    """``W * (1 - D)`` with an array ``D`` of the parameter's shape: meant was ``W - D``."""
    args = tape[number].args
    if len(args) != 2 or not all(isinstance(a, Ref) for a in args):
        return None
    inner = tape[args[1].node]
    if inner.op != "subtract" or not isinstance(inner.args[1], Ref) or isinstance(inner.args[0], Ref):
        return None
    shape = np.shape(tape.value(args[0].node))
    if not shape or np.shape(tape.value(inner.args[1].node)) != shape or inner.args[0] != 1:
        return None
    return Link(number, args[0].node, inner.args[1].node, -1, genuine=True, partial=False)


def _sums(tape: Tape, number: int, uses: Uses) -> list[Link]:
    node = tape[number]
    if len(node.args) != 2:
        return []
    links = []
    pairs = [(node.args[0], node.args[1], 1)]
    if node.op == "add" and not node.write:
        pairs.append((node.args[1], node.args[0], 1))
    for kept, change, sign in pairs:
        if not isinstance(kept, Ref) or not isinstance(change, Ref):
            continue
        old = _undecayed(tape, kept.node, uses, node.site)
        if not node.write and _shape(tape.value(old)) != _shape(node.value):
            continue
        links.append(Link(number, old, change.node, -1 if node.op == "subtract" else sign, genuine=True, partial=False))
    return links


def _shape(value: Any) -> tuple[int, ...]:
    """As ``np.shape``, which makes an array of a plain number first."""
    return () if type(value) in (float, int, bool) else np.shape(value)


def _undecayed(tape: Tape, node: int, uses: Uses, site: int) -> int:
    """Look through copies and a scalar factor in front of the old value (weight decay).

    A product that anything else consumes is no decay: it is the start value itself, as in ``randn() * 0.1``.
    Of two numbers the old value is the one that the same statement (``site``) made.
    """
    node = alias(tape, node)
    inner = tape[node]
    if inner.op == "multiply" and not inner.write and len(inner.args) == 2 and len(uses.of[node]) == 1:
        for kept, factor in (inner.args, inner.args[::-1]):
            if (
                isinstance(kept, Ref)
                and (np.ndim(tape.value(kept.node)) > 0 or tape[alias(tape, kept.node)].site == site)
                and (not isinstance(factor, Ref) or np.ndim(tape.value(factor.node)) == 0)
            ):
                return alias(tape, kept.node)
    return node


def _part(tape: Tape, number: int) -> Link:
    """A write to some entries: a correction when what is written is the old entries plus something."""
    node = tape[number]
    base = node.args[0].node
    part = node.args[2] if node.op == "setitem" else node.args[1]
    if isinstance(part, Ref):
        inner = tape[part.node]
        change = _added(tape, part.node, base)
        if change is not None:
            return Link(number, base, change[0], change[1], genuine=True, partial=True)
        if inner.op in ("setitem", "scatter") and inner.write:
            deeper = _part(tape, part.node)
            if deeper.genuine and _reads(tape, deeper.old, base):
                return Link(number, base, deeper.correction, deeper.sign, genuine=True, partial=True)
    return Link(number, base, None, 1, genuine=False, partial=True)


def _added(tape: Tape, node: int, base: int) -> tuple[int, int] | None:
    """Of an entry of ``base`` plus something (and something more): the first thing added, and its sign."""
    for _ in range(_ADDENDS):
        inner = tape[node]
        if inner.op not in ("add", "subtract") or len(inner.args) != 2:
            return None
        sign = -1 if inner.op == "subtract" else 1
        for kept, change in ((inner.args[0], inner.args[1]), (inner.args[1], inner.args[0])):
            if isinstance(kept, Ref) and isinstance(change, Ref) and _reads(tape, kept.node, base):
                return change.node, sign
        if not isinstance(inner.args[0], Ref):
            return None
        node = inner.args[0].node
    return None


def _reads(tape: Tape, node: int, base: int) -> bool:
    """Whether the node is ``base`` or a view or entry of it, also where the view was taken once more."""
    root, path = _address(tape, base)
    while node != base:
        inner = tape[node]
        if inner.op not in SHARES | SHAPES | COPIES or not inner.inputs:
            return False
        if node < base:
            start, whole = _address(tape, node)
            return bool(path) and start == root and whole[: len(path)] == path
        node = inner.inputs[0]
    return True


def _address(tape: Tape, node: int) -> tuple[int, tuple[Any, ...]]:
    """The array that a view or an entry was read from, and the indices on the way, as text."""
    path: list[str] = []
    while tape[node].op in SHARES and tape[node].inputs:
        path.insert(0, repr(tape[node].args[1:]))
        node = tape[node].inputs[0]
    return node, tuple(path)


def _takes_over(tape: Tape, places: Places, uses: Uses, link: Link) -> bool:
    own = uses.places[tape[link.new].site]
    shared = uses.of.get(link.new, set()) & uses.of.get(link.old, set())
    if any(place != own for place, _, _ in shared):
        return True
    if shared and tape[link.old].op in ("add", "subtract"):
        return True
    site = tape[link.new].site
    if site not in uses.named:
        uses.named[site] = _same_name(places, link)
    return uses.named[site]


@lru_cache(maxsize=50_000)
def _named_again(source: Source, statement: ast.Assign) -> bool:
    text = source.segment(statement.targets[0])
    return any(
        source.segment(n) == text
        for n in ast.walk(statement.value)
        if isinstance(n, (ast.Name, ast.Attribute, ast.Subscript))
    )


def _same_name(places: Places, link: Link) -> bool:
    """``W = W - D``: the statement gives the sum to the name that its operand has."""
    for level in range(2):
        statement = places.statement(link.new, level)
        span = places.span(link.new, level)
        source = places.source(span) if span else None
        if isinstance(statement, ast.AugAssign) and span is not None:
            whole = (statement.lineno, statement.col_offset, statement.end_lineno, statement.end_col_offset)
            if (span.line, span.column, span.end_line, span.end_column) == whole:
                return True
        if isinstance(statement, ast.Assign) and source is not None and _named_again(source, statement):
            return True
    return False
