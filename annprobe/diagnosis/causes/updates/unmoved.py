"""A training in which nothing moves: every change of every parameter is exactly zero, and where the zeros come from."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from annprobe.diagnosis.clauses.wording import established, node_place
from annprobe.findings import Evidence, Finding
from annprobe.listing.mended import UNREPLAYABLE
from annprobe.listing.naming import name_of
from annprobe.listing.scene import Scene
from annprobe.subject.roles.gradient.judged import Judged
from annprobe.subject.roles.steps import Move
from annprobe.tape.replay import replay, slice_of

UNMOVED = "changes that are exactly zero"  # name of the evidence
_STEPS = 20  # that are looked at
_MADE = ("zeros", "zeros_like")


def unmoved_findings(scene: Scene) -> list[Finding]:
    """One finding for the whole training, at the zeros that every correction is multiplied by."""
    judged, steps = scene.hypothesis.judged, scene.found.steps[:_STEPS]
    if not judged or not all(_still(j) for j in judged) or all(m.no_gradient for j in judged for m in j.changes):
        return []
    moves = [move for step in steps for move in step.moves]
    if any(np.any(move.change(scene.found.tape)) for move in moves):
        return []
    source = _source(scene, moves)
    return [_finding(scene, len(moves), source)] if source is not None else []


def _still(judged: Judged) -> bool:
    """Whether a parameter stays what it is, at other points as at the module's own."""
    return len(judged.changes) > 1 and all(m.zero for m in judged.changes)


def _source(scene: Scene, moves: Iterable[Move]) -> int | None:
    """The zeros, made once and never touched, without which there would be corrections: other numbers were tried."""
    tape = scene.found.tape
    corrections = [link.correction for move in moves for link in move.links if link.correction is not None]
    way = slice_of(tape, corrections, stop=_versions(scene))
    for number in way:
        if number in _versions(scene) or np.any(tape.value(number)):
            continue
        if (tape[number].kind != "op" or tape[number].op in _MADE) and _moves_with(scene, number, corrections):
            return number
    return None


def _moves_with(scene: Scene, zeros: int, corrections: list[int]) -> bool:
    """Whether other numbers in the zeros' place move a parameter."""
    tape, rng = scene.found.tape, np.random.default_rng(0)
    drawn = rng.uniform(0.1, 0.9, np.shape(tape.value(zeros)))
    try:
        run = replay(tape, {zeros: drawn if np.ndim(drawn) else float(drawn)}, corrections)
        return any(np.any(run.value(number)) for number in corrections)
    except UNREPLAYABLE:
        return False


def _versions(scene: Scene) -> dict[int, int]:
    assert scene.found.dependence is not None
    return scene.found.dependence.version_bits


def _finding(scene: Scene, changes: int, source: int) -> Finding:
    tape = scene.found.tape
    name = name_of(scene, source)
    use = next((n for n in range(source + 1, len(tape)) if source in tape[n].inputs and np.size(tape.value(n))), None)
    return established(
        "state",
        f"nothing is learned: every correction is exactly zero, because {name} is zero, and stays so",
        (node_place(scene, use) if use is not None else None, node_place(scene, source)),
        (Evidence(UNMOVED, changes),),
        f"compute {name} anew in every step (the forward pass may store its result under another name), "
        "or use what was computed in its place",
    )
