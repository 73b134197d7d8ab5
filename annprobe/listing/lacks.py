"""Sums that hold right contributions alone, but not all: an error comes back from every use of a value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from annprobe.listing.scene import Scene, Several
from annprobe.listing.terms import Part, flatten, matching, parts_of, without_right


@dataclass(frozen=True)
class Lack:
    """A sum that holds right contributions alone, but not all: ``node`` should also have what ``consumers`` give."""

    node: int
    demand: Several
    consumers: tuple[int, ...]


def lacking(scene: Scene, node: int, demand: Several, quantity: int | None) -> Lack | None:
    """What a value, whose terms are all right, lacks of an adjoint; None where something else is wrong with it."""
    terms = flatten(scene, node)
    parts = parts_of(scene, demand, quantity) if 1 <= len(terms) <= _MOST_USES else []
    if not 2 <= len(parts) <= _MOST_USES:
        return None
    hits = matching(scene, terms, parts)
    free = [p for k, p in enumerate(parts) if k not in {k for _, k, _ in hits}]
    consumers = tuple(p.consumer for p in free)
    if len(hits) != len(terms) or not free or min(consumers) < 0 or not _share(scene, terms, parts):
        return None
    at, mine = _statement_beside(scene, node, [(terms[i][0], parts[k]) for i, k, _ in hits], free[0])
    wanted = [np.sum([p.value[k] for p in [*mine, *free]], axis=0) for k in range(len(scene.points))]
    return Lack(at, wanted, consumers) if at != node else Lack(node, demand, consumers)


_MOST_USES = 20  # of one value; the examples of a batch are more


def _share(scene: Scene, terms: list[tuple[int, int]], parts: list[Part]) -> bool:
    """Whether the terms that are right have one factor."""
    left, _ = without_right(scene, terms, parts)
    return not left


def _statement_beside(
    scene: Scene, node: int, pairs: list[tuple[int, Part]], missing: Part
) -> tuple[int, list[Part]]:
    """The end of the statement that adds what comes from nearest to the missing use, and what it adds already.

    Through time the errors of one moment are added in one line, and what the output gives in another.
    """
    tape = scene.found.tape
    of: dict[int, list[Part]] = {}
    for term, part in pairs:
        of.setdefault(scene.ends.get(scene.statement(term), node), []).append(part)
    sums = {n for n in of if n == node or (tape[n].op in ("add", "subtract") and n < node)}
    if len(of) < 2 or len(sums) != len(of):
        return node, [part for _, part in pairs]

    def distance(end: int) -> tuple[bool, int]:
        turns = {tape[p.consumer].turn for p in of[end]}
        return tape[missing.consumer].turn not in turns, min(abs(p.consumer - missing.consumer) for p in of[end])

    chosen = min(of, key=distance)
    return chosen, of[chosen]
