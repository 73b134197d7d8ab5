"""Sums of contributions: which term should be which contribution to an adjoint.

An adjoint is the sum of what the consumers of a value contribute: the examples of a batch, the units above, the uses of
a shared weight. A backward pass that adds one by one is judged term by term. Which term belongs to which consumer is
read off the tape: both reach the same outputs, and the term is made from the adjoint of something that the consumer
leads to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from annprobe.listing.cut import parts_of_piece
from annprobe.listing.moves import MOVES, pulled_back
from annprobe.listing.proportion import constant
from annprobe.listing.scene import Scene, Several
from annprobe.tape.nodes import Ref

_SAME_PLACE = 10  # terms of one expression that are followed: a fault in one is nearly always in all
_LARGEST = 2_000


@dataclass(frozen=True)
class Part:
    """What one consumer of a quantity contributes to its adjoint."""

    consumer: int
    value: Several


@dataclass(frozen=True)
class Split:
    """The terms that are wrong, each with what it should be, and the forward value of which that is the adjoint where
    there is one; ``whole`` when the sum itself is to blame."""

    wrong: list[tuple[int, Several, int | None]]
    whole: bool = False


def split(scene: Scene, node: int, demand: Several, quantity: int | None) -> Split | None:
    """The wrong terms of a sum; None where the node is no sum of contributions."""
    terms = flatten(scene, node)
    if len(terms) < 2 or len(terms) > _LARGEST:
        return None
    parts = parts_of(scene, demand, quantity)
    if len(parts) < 2 or len(parts) > _LARGEST:
        return None
    found, whole = _split(scene, terms, parts), _by_statement(scene, parts) if len(parts) > len(terms) else parts
    return found or (_split(scene, terms, whole) if 2 <= len(whole) < len(parts) else None)


def _by_statement(scene: Scene, parts: list[Part]) -> list[Part]:
    """Uses in one statement as one: of (e^2z − 1) / (e^2z + 1) the backward pass knows one derivative."""
    together: dict[Any, list[Part]] = {}
    for part in parts:
        together.setdefault(scene.statement(part.consumer) if part.consumer >= 0 else part.consumer, []).append(part)
    return [
        Part(some[-1].consumer, [np.sum(values, axis=0) for values in zip(*(p.value for p in some), strict=True)])
        for some in together.values()
    ]


def _split(scene: Scene, terms: list[tuple[int, int]], parts: list[Part]) -> Split | None:
    left, free = without_right(scene, terms, parts)
    if not left and not free:
        return Split([], whole=True)
    if not left or not free:
        return Split([], whole=True) if len(left) != len(terms) else None
    pairs = _paired(scene, left, free)
    if pairs is None:
        return Split([], whole=True) if len(left) != len(terms) else None
    return Split(_sample(scene, pairs))


def contribution(scene: Scene, node: int, demand: Several, quantity: int | None) -> tuple[int, Several, int] | None:
    """(term, its part of the demand, sign) of the first term of a sum that is a multiple of a contribution."""
    terms = flatten(scene, node)
    parts = parts_of(scene, demand, quantity) if 2 <= len(terms) <= _LARGEST else []
    for term, sign in terms if 2 <= len(parts) <= _LARGEST else ():
        values = scene.values(term)
        for part in parts:
            if scene.related(term, part.consumer) and constant(values, part.value) is not None:
                return term, part.value, sign
    return None


def flatten(scene: Scene, node: int) -> list[tuple[int, int]]:
    """The terms of a tree of sums, with their signs; start values that are zero are left out."""
    tape = scene.found.tape
    shape = np.shape(tape.value(node))
    terms: list[tuple[int, int]] = []
    stack = [(node, 1)]
    while stack:
        number, sign = stack.pop()
        operation = tape[number]
        same = number == node or np.shape(tape.value(number)) == shape
        if operation.op in ("add", "subtract") and scene.is_backward(number) and len(operation.args) == 2 and same:
            for k, arg in enumerate(operation.args):
                if isinstance(arg, Ref):
                    stack.append((arg.node, -sign if k and operation.op == "subtract" else sign))
        elif same and _stacked(scene, number):
            stack.extend((i, sign) for i in tape[tape[number].inputs[0]].inputs)
        elif _is_any(scene.values(number)):  # an input of 0 makes a term vanish at the module's own point alone
            terms.append((number, sign))
    return terms[::-1]


def _stacked(scene: Scene, number: int) -> bool:
    """Whether the node sums or averages over the first axis of values put into one array."""
    operation = scene.found.tape[number]
    if operation.op not in ("sum", "mean", "add.reduce") or not scene.is_backward(number) or len(operation.inputs) != 1:
        return False
    source = scene.found.tape[operation.inputs[0]]
    axis = operation.kwargs.get("axis", operation.args[1] if len(operation.args) > 1 else None)
    scalar = all(np.ndim(scene.found.tape.value(i)) == 0 for i in source.inputs)
    return source.op in ("array", "stack", "vstack", "asarray") and (axis == 0 or (axis is None and scalar))


def parts_of(scene: Scene, demand: Several, quantity: int | None) -> list[Part]:
    """The contributions that make up the adjoint that equals the demand."""
    shape = np.shape(demand[0])
    known = [quantity] if quantity is not None else []
    for candidate in [*known, *(q for q in scene.forward if q != quantity)]:
        parts = scene.parts(candidate)
        if len(parts) < 2 or np.shape(scene.found.tape.value(candidate)) != shape:
            continue
        adjoint = scene.adjoint(candidate)
        if adjoint is not None and constant(demand, adjoint) is not None:
            known_parts = [Part(consumer, value) for consumer, value in parts]
            return [fine for part in known_parts for fine in _finer(scene, candidate, part) if _is_any(fine.value)]
    return [Part(consumer, value) for consumer, value in parts_of_piece(scene, demand)]


def _finer(scene: Scene, source: int, part: Part) -> list[Part]:
    """What comes through an operation that only moves entries, use by use of its result; else the part as it is.

    ``u = np.append(h, x)`` goes into several products: of h the backward pass adds up what comes back from each.
    """
    uses = scene.parts(part.consumer) if part.consumer >= 0 else []
    if len(uses) < 2 or scene.found.tape[part.consumer].op not in MOVES:
        return [part]
    fine = []
    for consumer, demand in uses:
        back = dict(pulled_back(scene, part.consumer, demand))
        if source not in back or np.shape(back[source][0]) != np.shape(part.value[0]):
            return [part]
        fine.append(Part(consumer, back[source]))
    return fine


def _is_any(several: Several) -> bool:
    """Whether the values are not zero, at one of the points at least."""
    return any(np.any(value) for value in several)


def without_right(
    scene: Scene, terms: list[tuple[int, int]], parts: list[Part]
) -> tuple[list[tuple[int, int]], list[Part]]:
    """Terms that are contributions, all with one factor, go away together with them."""
    found = matching(scene, terms, parts)
    common = _common([f for _, _, f in found])
    good = [(i, k) for i, k, f in found if abs(f - common) <= 1e-7 * abs(common)]
    left = [t for i, t in enumerate(terms) if i not in {i for i, _ in good}]
    return left, [p for k, p in enumerate(parts) if k not in {k for _, k in good}]


def matching(scene: Scene, terms: list[tuple[int, int]], parts: list[Part]) -> list[tuple[int, int, float]]:
    """(number of a term, of the contribution that it is a multiple of, the factor)."""
    found: list[tuple[int, int, float]] = []
    taken: set[int] = set()
    for i, (term, sign) in enumerate(terms):
        values = [sign * np.asarray(v, dtype=float) for v in scene.values(term)]
        for k, part in enumerate(parts):
            if k in taken or not scene.related(term, part.consumer):
                continue
            factor = constant(values, part.value)
            if factor is not None:
                found.append((i, k, factor))
                taken.add(k)
                break
    return found


def _common(factors: list[float]) -> float:
    """The factor that most share."""
    return max(factors, key=lambda f: sum(abs(f - g) <= 1e-7 * abs(f) for g in factors)) if factors else 0.0


def _paired(scene: Scene, terms: list[tuple[int, int]], parts: list[Part]) -> list[tuple[int, int, Part]] | None:
    """(term, sign, what it should be): by what both reach, else in the order of use."""
    if len(terms) == 1:
        term, sign = terms[0]
        whole = [np.sum([p.value[k] for p in parts], axis=0) for k in range(len(scene.points))]
        return [(term, sign, Part(parts[0].consumer if len(parts) == 1 else -1, whole))]
    pairs: list[tuple[int, int, Part]] = []
    rest_terms, rest_parts = [], list(parts)
    for term, sign in terms:
        fitting = [p for p in rest_parts if scene.related(term, p.consumer)]
        closer = _nearest(scene, [p for p in fitting if scene.made_for(term, p.consumer)])
        chosen = closer if len(closer) == 1 else fitting if len(fitting) == 1 else []
        if chosen:
            pairs.append((term, sign, chosen[0]))
            rest_parts.remove(chosen[0])
        else:
            rest_terms.append((term, sign))
    if len(rest_terms) != len(rest_parts):
        # what is left of the terms is more than the sum should have: of the first pass of a loop, where h[-1] is zero
        return None if not pairs or (rest_terms and rest_parts) else pairs
    ordered = rest_parts if _through_time(scene, rest_parts) else rest_parts[::-1]
    pairs += [(t, s, p) for (t, s), p in zip(rest_terms, ordered, strict=True)]
    return pairs


def _through_time(scene: Scene, parts: list[Part]) -> bool:
    """Whether the uses (the last comes first) lead to each other: then the way back meets the last one first, too."""
    later = zip(parts[1:], parts, strict=False)
    return len(parts) > 1 and all(scene.leads_to(a.consumer, b.consumer) for a, b in later)


def _nearest(scene: Scene, parts: list[Part]) -> list[Part]:
    """Of uses that lead to each other, as those of a recurrent weight do, the last; all where they do not."""
    last = max(parts, key=lambda p: p.consumer, default=None)
    if last is None or not all(scene.leads_to(p.consumer, last.consumer) for p in parts if p is not last):
        return parts
    return [last]


def _sample(scene: Scene, pairs: list[tuple[int, int, Part]]) -> list[tuple[int, Several, int | None]]:
    """A few of each place in the source."""
    counts: dict[object, int] = {}
    chosen: list[tuple[int, Several, int | None]] = []
    for term, sign, part in pairs:
        place = scene.found.tape.sites[scene.found.tape[term].site]
        counts[place] = counts.get(place, 0) + 1
        if counts[place] <= _SAME_PLACE and constant(scene.values(term), part.value) is None:
            chosen.append((term, [sign * v for v in part.value], _adjoint_of(scene, part)))
    return chosen


def _adjoint_of(scene: Scene, part: Part) -> int | None:
    """The consumer, where what it contributes is its own adjoint, as that of a sum is to its bias."""
    adjoint = scene.adjoint(part.consumer) if part.consumer >= 0 else None
    same = adjoint is not None and np.shape(adjoint[0]) == np.shape(part.value[0])
    return part.consumer if same and adjoint is not None and constant(part.value, adjoint) is not None else None
