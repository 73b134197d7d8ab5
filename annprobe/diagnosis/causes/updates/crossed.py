"""Findings about the memory of an update rule: a parameter that continues another one's velocity."""

from __future__ import annotations

import itertools

from annprobe.diagnosis.clauses.wording import node_place
from annprobe.findings import FAMILIES, Evidence, Finding
from annprobe.listing.naming import name_of
from annprobe.listing.scene import Scene
from annprobe.subject.roles.steps import Move, Step
from annprobe.tape.replay import slice_of

_WHOSE = "whose value is used"
_STEPS = 4  # what is kept shows itself in the second one
_MOST = 60  # parameters: single numbers may be hundreds


def crossed_findings(scene: Scene) -> list[Finding]:
    """Parameters whose correction goes on from what another parameter's rule kept, and not from their own."""
    steps = scene.found.steps[:_STEPS]
    found: dict[int, Finding] = {}
    for before, now in itertools.pairwise(steps) if len(scene.found.chains) <= _MOST else ():
        kept = {chain: _of_error(scene, before, part) for chain, part in _own_parts(scene, before).items()}
        versions = {move.before for move in now.moves}
        reads = {move.chain: set(_way(scene, move, versions)) for move in now.moves}
        remembering = [c for c in reads if c in kept and reads[c] & kept[c]]
        for move in now.moves if remembering else ():
            others = [c for c in kept if c != move.chain and reads[move.chain] & kept[c]]
            if move.chain in remembering or move.chain not in kept or len(others) != 1:
                continue
            theirs = kept[others[0]] | _own_parts(scene, now).get(others[0], set())
            found.setdefault(move.chain, _finding(scene, move, others[0], theirs, reads[move.chain]))
        if found:
            break
    return list(found.values())


def uncrossed(findings: list[Finding]) -> list[Finding]:
    """Without what is wrong with a parameter's gradient only because its step goes on from another's."""
    crossed = [f for f in findings if any(e.name == _WHOSE for e in f.evidence)]
    names = {e.value for f in crossed for e in f.evidence if e.name == "parameter"}

    def follows(finding: Finding) -> bool:
        measured = {e.name: e.value for e in finding.evidence}
        return measured.get("parameter") in names and _WHOSE not in measured

    return [f for f in findings if not follows(f)] if names else findings


def _own_parts(scene: Scene, step: Step) -> dict[int, set[int]]:
    """For each parameter, the values of its correction that no other has, but those that go on from all of it."""
    versions = {move.before for move in step.moves}
    ways = {move.chain: set(_way(scene, move, versions)) for move in step.moves}
    ends = {move.chain: {link.correction for link in move.links} for move in step.moves}
    own: dict[int, set[int]] = {}
    for chain, way in ways.items():
        others = [w for c, w in ways.items() if c != chain and not w & ends[chain]]
        own[chain] = way.difference(*others)
    return own


def _of_error(scene: Scene, step: Step, part: set[int]) -> set[int]:
    """Those that the error went into: a counter that every update moves is kept for all parameters."""
    after = {m.node for m in step.meetings}
    last = max(part, default=0)
    for node in range(min(after), last + 1):
        if any(i in after for i in scene.found.tape[node].inputs):
            after.add(node)
    return after & part


def _way(scene: Scene, move: Move, versions: set[int]) -> list[int]:
    corrections = [link.correction for link in move.links if link.correction is not None]
    way = slice_of(scene.found.tape, corrections, stop=versions)
    return [n for n in way if n not in versions and scene.found.tape[n].kind == "op"]


def _finding(scene: Scene, move: Move, other: int, theirs: set[int], reads: set[int]) -> Finding:
    """At the first operation that takes the other parameter's value in."""
    tape = scene.found.tape
    taking = min(n for n in reads - theirs if any(i in theirs for i in tape[n].inputs))
    name, wrong = scene.found.names[move.chain], scene.found.names[other]
    value = name_of(scene, next(i for i in tape[taking].inputs if i in theirs))
    place = node_place(scene, taking)
    return Finding(
        FAMILIES["update"],
        "update",
        f"the step of {name} goes on from {value}, which the rule keeps for {wrong}",
        (place,) if place is not None else (),
        scene.found.places.text(taking) or None,
        None,
        (Evidence("parameter", name), Evidence(_WHOSE, wrong)),
        (),
        f"use what is kept for {name}",
        "untested",
        "measured",
    )
