"""The user's own gradient checker on the tape: its differences, what they are set against, what it leaves behind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from annprobe.subject.roles.chains import Chain
from annprobe.subject.roles.dependence import Dependence
from annprobe.subject.roles.links import COPIES, SHAPES, alias
from annprobe.tape.nodes import Ref, Tape

_CARRIES = COPIES | SHAPES | {"setitem", "scatter", "array", "concatenate", "getitem", "append", "stack", "hstack"}


@dataclass(frozen=True)
class Difference:
    """One numerical derivative that the module formed.

    node          the quotient
    chain, entry  the parameter and the flat position that was perturbed
    plus, minus   the two costs
    base          version of the chain from before the perturbation
    proper        (C₊ − C₋)/(w₊ − w₋): what the quotient should be
    """

    node: int
    chain: int
    entry: int
    plus: int
    minus: int
    base: int
    value: float
    proper: float


@dataclass(frozen=True)
class Comparison:
    """An analytic value that is set against a numerical one: the operation, both sides."""

    node: int
    analytic: int
    numeric: int


def find_differences(tape: Tape, dependence: Dependence) -> list[Difference]:
    """All quotients (C₊ − C₋)/h whose costs differ in one perturbed entry of one parameter."""
    found = []
    for number, node in enumerate(tape.nodes):
        if node.op in ("divide", "multiply") and np.size(node.value) == 1 and dependence.touched(number):
            for arg in node.args[:1] if node.op == "divide" else node.args:
                difference = _difference(tape, dependence, number, arg.node) if isinstance(arg, Ref) else None
                if difference is not None:
                    found.append(difference)
    return found


def _difference(tape: Tape, dependence: Dependence, number: int, source: int) -> Difference | None:
    source = alias(tape, source)
    inner = tape[source]
    if inner.op != "subtract" or len(inner.args) != 2 or not all(isinstance(a, Ref) for a in inner.args):
        return None
    plus, minus = (a.node for a in inner.args)
    if np.size(tape.value(plus)) != 1 or np.size(tape.value(minus)) != 1:
        return None
    chain = dependence.only_chain(dependence.versions[plus] ^ dependence.versions[minus])
    return _quotient(tape, dependence, number, chain, plus, minus) if chain is not None else None


def _quotient(tape: Tape, dependence: Dependence, number: int, chain: int, plus: int, minus: int) -> Difference | None:
    versions = dependence.chains[chain].versions
    k_plus, k_minus = dependence.version_of(plus, chain), dependence.version_of(minus, chain)
    if k_plus is None or k_minus is None:
        return None
    up, down = (np.ravel(np.asarray(tape.value(versions[k]), dtype=float)) for k in (k_plus, k_minus))
    entries = np.flatnonzero(up != down)
    if entries.size != 1:
        return None
    entry = int(entries[0])
    step = float(up[entry] - down[entry])
    proper = float(np.ravel(tape.value(plus))[0] - np.ravel(tape.value(minus))[0]) / step
    base = _unperturbed(dependence.chains[chain], min(k_plus, k_minus))
    return Difference(number, chain, entry, plus, minus, base, float(np.ravel(tape.value(number))[0]), proper)


def _unperturbed(chain: Chain, position: int) -> int:
    """The version before the writes that lead to a perturbed one: what the last correction left."""
    while position > 0 and not chain.links[position - 1].genuine:
        position -= 1
    return position


def find_comparisons(tape: Tape, dependence: Dependence, differences: list[Difference]) -> list[Comparison]:
    """Operations that set something else against numerical derivatives (or arrays that were filled with them)."""
    numeric = {d.node for d in differences}
    for number in range(min(numeric, default=0), len(tape)):
        node = tape[number]
        if node.op in _CARRIES and any(i in numeric for i in _filled_from(tape, number)):
            numeric.add(number)
    found = []
    for number in range(min(numeric, default=len(tape)), len(tape)):
        node = tape[number]
        if node.op not in ("subtract", "add", "divide") or len(node.args) != 2:
            continue
        sides = [a.node for a in node.args if isinstance(a, Ref)]
        if len(sides) == 2 and (sides[0] in numeric) != (sides[1] in numeric) and number not in dependence.owner:
            mine, other = sides if sides[0] in numeric else sides[::-1]
            if (
                dependence.touched(other)
                and np.shape(tape.value(other)) == np.shape(tape.value(mine))
                and other not in numeric
            ):
                found.append(Comparison(number, other, mine))
    return found


def _filled_from(tape: Tape, number: int) -> Iterable[int]:
    return tape[number].inputs


def not_restored(tape: Tape, chains: list[Chain]) -> list[tuple[int, int]]:
    """(chain, last write) where perturbing writes end with other values than they began with."""
    found = []
    for number, chain in enumerate(chains):
        position = 0
        while position < len(chain.links):
            if chain.links[position].genuine or not chain.links[position].partial:
                position += 1
                continue
            start = position
            while position < len(chain.links) and not chain.links[position].genuine:
                position += 1
            before = np.asarray(tape.value(chain.versions[start]), dtype=float)
            after = np.asarray(tape.value(chain.versions[position]), dtype=float)
            gap = float(np.max(np.abs(after - before), initial=0.0))
            if position - start >= 2 and gap > 1e-9 * max(1.0, float(np.max(np.abs(before), initial=0.0))):
                found.append((number, chain.versions[position]))
    return found
