"""Which gradients can be compared with each other once wrong values were put right but for a constant."""

from __future__ import annotations

from annprobe.listing.rounds import Look
from annprobe.subject.roles.gradient.judged import Judged
from annprobe.tape.replay import slice_of


def comparable(look: Look) -> list[Judged]:
    """The parameters that are made of the same values of unknown size; all where there are none.

    The largest group counts; of equally large ones that of which all sizes are known.
    """
    groups: dict[frozenset[int], list[Judged]] = {frozenset(): []}
    for judged in look.scene.hypothesis.judged:
        groups.setdefault(_unsized(look, judged), []).append(judged)
    return max(groups.values(), key=len)


def _unsized(look: Look, judged: Judged) -> frozenset[int]:
    """The statements of unknown size that a parameter's correction is made of."""
    if not look.unsized:
        return frozenset()
    tape = look.scene.found.tape
    corrections = [link.correction for link in judged.move.links if link.correction is not None]
    way = slice_of(tape, corrections, stop=look.scene.versions)
    return frozenset(tape[node].site for node in look.unsized.intersection(way))
