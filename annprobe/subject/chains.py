"""State chains: arrays and numbers that training replaces by ``P ± D``, version after version.

A version takes over the role of the one before it: it is the same memory written again, or it is consumed later at
the same place in the source, or it is given to the same name. The first correction ``D`` of a chain must depend on the
chain itself; that tells a parameter from an accumulator, a running sum or a velocity.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np

from annprobe.tape.nodes import Ref, Tape
from annprobe.tape.places import Places, Source

COPIES = {"copy", "astype", "asarray", "asanyarray", "array", "asmatrix", "ascontiguousarray", "item", "view"}
SHAPES = {"reshape", "ravel", "transpose", "squeeze", "expand_dims", "atleast_2d", "atleast_1d"}
SHARES = {"getitem"}
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


@dataclass
class Chain:
    """The versions of one parameter (or other state), as nodes in order; ``links[i]`` leads to ``versions[i + 1]``."""

    versions: list[int] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    lost: list[Link] = field(default_factory=list)  # corrected values beside the chain: computed, never taken over

    @property
    def origin(self) -> int:
        """The node that holds the start value."""
        return self.versions[0]

    def genuine(self) -> list[Link]:
        """The corrections."""
        return [link for link in self.links if link.genuine]


def alias(tape: Tape, node: int, through: set[str] = COPIES) -> int:
    """The node whose value this one only copies (or reshapes, when asked to look through that)."""
    while tape[node].op in through and tape[node].inputs and tape[node].kind == "op":
        if tape[node].op == "array" and not isinstance(tape[node].args[0], Ref):
            break
        node = tape[node].inputs[0]
    return node


class _Uses:
    """At which places of the source, operations and arguments each node is consumed."""

    def __init__(self, tape: Tape) -> None:
        self.of: dict[int, set[tuple[Any, str, int]]] = defaultdict(set)
        for node in tape.nodes:
            stack = tape.sites[node.site]
            key = stack[0] if stack else None
            for position, source in enumerate(node.inputs):
                self.of[source].add((key, node.op, position))


def find_chains(tape: Tape, places: Places) -> list[Chain]:
    """All chains whose first correction depends on the chain itself, in order of their first correction."""
    candidates = _without_trials(tape, _candidates(tape, places, _Uses(tape)))
    chains: dict[int, Chain] = {}  # version node -> its chain
    found: list[Chain] = []
    for link in candidates:
        if link.genuine and not link.partial and not tape[link.new].write and not _depends(tape, link):
            if link.old not in chains or not _is_constant(tape, link.correction):
                continue  # a sum that starts with a parameter, as ``total = bias; total += w * x`` does
            link = replace(link, genuine=False)  # a checker's small step
        chain = chains.get(link.old)
        if chain is None:
            chain = Chain([link.old])
            _extend_backwards(tape, chain)
            found.append(chain)
            for version in chain.versions:
                chains[version] = chain
        if link.new in chains:
            continue
        if chain.versions[-1] != link.old:  # a trial value beside the chain: not a version of it
            if tape[link.new].write and link.old in chain.versions:
                pass
            else:
                if link.genuine and link.old in chain.versions:
                    chain.lost.append(link)
                continue
        chain.versions.append(link.new)
        chain.links.append(link)
        chains[link.new] = chain
    dependent = [chain for chain in found if _self_dependent(tape, chain)]
    return _mutual(tape, _from_nothing(tape, dependent))


def _without_trials(tape: Tape, candidates: list[Link]) -> list[Link]:
    """Without sums that lead nowhere (a look ahead, a perturbed copy) where another sum of the same value goes on."""
    continued = {link.old for link in candidates}
    goes_on = {link.old for link in candidates if link.new in continued}
    return [k for k in candidates if tape[k.new].write or k.new in continued or k.old not in goes_on]


def _from_nothing(tape: Tape, chains: list[Chain]) -> list[Chain]:
    """Chains whose start value was not computed from another chain, as a shifted activation is."""
    versions = {version for chain in chains for version in chain.versions}
    touched = bytearray(len(tape))
    for number, node in enumerate(tape.nodes):
        touched[number] = number in versions or any(touched[i] for i in node.inputs)
    return [chain for chain in chains if not any(touched[i] for i in tape[chain.origin].inputs)]


def _is_constant(tape: Tape, node: int | None) -> bool:
    """Whether a value was made of literals alone."""
    if node is None:
        return False
    return tape[node].kind != "op" or all(tape[i].kind != "op" for i in tape[node].inputs)


def _depends(tape: Tape, link: Link) -> bool:
    """Whether the correction was computed from the very version that it corrects."""
    if link.correction is None:
        return False
    seen, stack = {link.correction}, [link.correction]
    while stack:
        for source in tape[stack.pop()].inputs:
            if source == link.old:
                return True
            if source > link.old and source not in seen:
                seen.add(source)
                stack.append(source)
    return False


def _extend_backwards(tape: Tape, chain: Chain) -> None:
    """Earlier contents of the same memory: what was written over before the first correction."""
    while True:
        node = tape[chain.versions[0]]
        if not (node.write and node.op in ("setitem", "scatter")) or not isinstance(node.args[0], Ref):
            return
        base = node.args[0].node
        chain.versions.insert(0, base)
        chain.links.insert(0, Link(chain.versions[1], base, None, 1, genuine=False, partial=True))


def _candidates(tape: Tape, places: Places, uses: _Uses) -> list[Link]:
    links = []
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


def _links_of(tape: Tape, number: int, uses: _Uses) -> list[Link]:
    """The ways in which a node may correct an earlier one."""
    node = tape[number]
    if node.op in ("add", "subtract"):
        return _sums(tape, number, uses)
    if node.op in ("setitem", "scatter") and isinstance(node.args[0], Ref):
        return [_part(tape, number)]
    if node.op in ("multiply", "divide") and node.write and isinstance(node.args[0], Ref):  # W *= 1 - rate * lambda
        return [Link(number, node.args[0].node, None, 1, genuine=False, partial=False)]
    return []


def _sums(tape: Tape, number: int, uses: _Uses) -> list[Link]:
    node = tape[number]
    if len(node.args) != 2:
        return []
    links = []
    pairs = [(node.args[0], node.args[1], 1)]
    if node.op == "add" and not node.write:
        pairs.append((node.args[1], node.args[0], 1))
    for kept, change, sign in pairs:
        if not isinstance(kept, Ref):
            continue
        old = _undecayed(tape, kept.node, uses)
        if np.shape(tape.value(old)) != np.shape(node.value) and not node.write:
            continue
        if not isinstance(change, Ref):
            continue
        links.append(Link(number, old, change.node, -1 if node.op == "subtract" else sign, genuine=True, partial=False))
    return links


def _undecayed(tape: Tape, node: int, uses: _Uses) -> int:
    """Look through copies and a scalar factor in front of the old value (weight decay).

    A product that anything else consumes is no decay: it is the start value itself, as in ``randn() * 0.1``.
    """
    node = alias(tape, node)
    inner = tape[node]
    if inner.op == "multiply" and not inner.write and len(inner.args) == 2 and len(uses.of[node]) == 1:
        for kept, factor in (inner.args, inner.args[::-1]):
            if (
                isinstance(kept, Ref)
                and np.ndim(tape.value(kept.node)) > 0
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
        if inner.op in ("add", "subtract") and len(inner.args) == 2:
            sign = -1 if inner.op == "subtract" else 1
            for kept, change in ((inner.args[0], inner.args[1]), (inner.args[1], inner.args[0])):
                if isinstance(kept, Ref) and isinstance(change, Ref) and _reads(tape, kept.node, base):
                    return Link(number, base, change.node, sign, genuine=True, partial=True)
        if inner.op in ("setitem", "scatter") and inner.write:
            deeper = _part(tape, part.node)
            if deeper.genuine and _reads(tape, deeper.old, base):
                return Link(number, base, deeper.correction, deeper.sign, genuine=True, partial=True)
    return Link(number, base, None, 1, genuine=False, partial=True)


def _reads(tape: Tape, node: int, base: int) -> bool:
    """Whether the node is ``base`` or a view or entry of it."""
    while node != base:
        inner = tape[node]
        if inner.op not in SHARES | SHAPES | COPIES or not inner.inputs or node < base:
            return False
        node = inner.inputs[0]
    return True


def _takes_over(tape: Tape, places: Places, uses: _Uses, link: Link) -> bool:
    stack = tape.sites[tape[link.new].site]
    own = stack[0] if stack else None
    if any(key[0] != own for key in uses.of.get(link.new, set()) & uses.of.get(link.old, set())):
        return True
    if uses.of.get(link.new, set()) & uses.of.get(link.old, set()) and tape[link.old].op in ("add", "subtract"):
        return True
    return _same_name(places, link)


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


def _self_dependent(tape: Tape, chain: Chain) -> bool:
    """The first correction that depends on anything computed must depend on the chain."""
    versions = set(chain.versions)
    for link in chain.genuine():
        if link.correction is None:
            continue
        seen, stack = {link.correction}, [link.correction]
        computed = tape[link.correction].kind == "op"
        while stack:
            node = stack.pop()
            if node in versions and node != link.correction:
                return True
            for source in tape[node].inputs:
                if source not in seen and source >= chain.origin:  # nothing before the chain can depend on it
                    seen.add(source)
                    stack.append(source)
        if computed and not link.partial:
            return False
    return False


def _mutual(tape: Tape, chains: list[Chain]) -> list[Chain]:
    """The largest set of chains whose first corrections depend on each other.

    The gradient of every layer depends on every other layer; data that are normalised in place, running sums and the
    books that a checker keeps do not take part in that.
    """
    owner = {version: i for i, chain in enumerate(chains) for version in chain.versions}
    reach = [_reached(tape, chain, owner) for chain in chains]
    groups: list[list[int]] = []
    for i in range(len(chains)):
        for group in groups:
            if i in reach[group[0]] and group[0] in reach[i]:
                group.append(i)
                break
        else:
            groups.append([i])
    if not groups:
        return []
    best = max(groups, key=lambda group: (len(group), sum(len(chains[i].links) for i in group)))
    used = set().union(*(reach[i] for i in best))
    repeated = [i for i in used if len(chains[i].genuine()) > 1]  # updated with something that is no gradient
    return [chains[i] for i in sorted({*best, *repeated})]


def _reached(tape: Tape, chain: Chain, owner: dict[int, int]) -> set[int]:
    """Which chains the first computed correction depends on."""
    link = next(k for k in chain.genuine() if k.correction is not None and tape[k.correction].kind == "op")
    assert link.correction is not None
    seen, stack, found = {link.correction}, [link.correction], set()
    while stack:
        node = stack.pop()
        if node in owner:
            found.add(owner[node])
        for source in tape[node].inputs:
            if source not in seen:
                seen.add(source)
                stack.append(source)
    return found
