"""Findings about the gradient: accused lines, signs, factors."""

from __future__ import annotations

from typing import Any

import numpy as np

from annprobe.diagnosis.catalogue_causes import with_mutants
from annprobe.diagnosis.whole_causes import rounded_away
from annprobe.diagnosis.wording import change_words, place_of
from annprobe.findings import FAMILIES, Evidence, Finding
from annprobe.listing.blame import Accused, blame
from annprobe.listing.catalogued import catalogued
from annprobe.listing.change import Explained, change_given, smallest_change
from annprobe.listing.families import family_of
from annprobe.listing.gradient_node import gradient_node, takes_another
from annprobe.listing.naming import quantity_name
from annprobe.listing.scene import Scene
from annprobe.subject.truth import Judged
from annprobe.tape.replay import slice_of

COSINE = "cosine of ΔP with the gradient"  # the evidence that every finding made here has
_OF_A_STATEMENT = 12  # parameters that one statement updates, and that are followed
_TRIED = 3  # executions of one accused statement that are looked at until one is explained


def gradient_findings(scene: Scene) -> list[Finding]:
    """One finding per accused line, from the wrong gradients; then signs and factors of the right ones."""
    nothing = rounded_away(scene)
    if nothing is not None:
        return [nothing]  # what would be right without the zero is not known
    explanations = _explanations(scene)
    lines = {scene.found.places.line(item.node) for item, _ in explanations}
    unexplained = len(lines) > 1 and not any(explained for _, explained in explanations)
    if not scene.hypothesis.right and unexplained and not catalogued(scene):
        return []  # nothing fits and nothing would: more likely misunderstood than wrong everywhere
    findings: dict[tuple[int | None, str], Finding] = {}
    named: set[int | None] = set()
    for item, explained in sorted(explanations, key=lambda pair: pair[1] is None):
        finding = _finding(scene, item, explained)
        line = finding.places[0].line if finding.places else None
        if explained is not None or line not in named:
            findings.setdefault((line, finding.family), finding)
        named.add(line)
    return with_mutants(list(findings.values()), catalogued(scene) if findings else ())


def _explanations(scene: Scene) -> list[tuple[Accused, Explained | None]]:
    """Every accused statement once, however many examples, units and turns of a loop it went wrong for."""
    groups: dict[object, list[Accused]] = {}
    for item in accusations(scene):
        groups.setdefault(scene.found.tape[item.node].site, []).append(item)
    chosen: list[tuple[Accused, Explained | None]] = []
    for group in groups.values():
        group.sort(key=lambda item: (item.quantity is None, item.node))  # those nearest to the error first
        tries = ((item, search) for search in (smallest_change, change_given) for item in group[:_TRIED])
        results = ((item, search(scene, item)) for item, search in tries)
        chosen.append(next(((item, found) for item, found in results if found is not None), (group[0], None)))
    return [pair for pair in chosen if not _follows(scene, pair, chosen)]


def _follows(
    scene: Scene, pair: tuple[Accused, Explained | None], chosen: list[tuple[Accused, Explained | None]]
) -> bool:
    """Whether an accusation without an explanation of its own lies behind one that has one."""
    item, explained = pair
    if explained is not None and explained.also is None:
        return False
    if explained is not None and explained.change.kind not in ("derivative", "product"):
        return False
    before = set(slice_of(scene.found.tape, [item.node], stop=scene.versions)) - {item.node}
    return any(a.node in before for a, found in chosen if found is not None and found.also is None)


def accusations(scene: Scene) -> list[Accused]:
    """The accused operations behind all wrong gradients, each operation once."""
    found: dict[int, Accused] = {}
    wrong = [judged for judged in scene.hypothesis.judged if not judged.right]
    for judged in _sample(scene, sorted(wrong, key=lambda j: _distance(scene, j))):
        for accused in _behind(scene, judged):
            found.setdefault(accused.node, accused)
    return list(found.values())


def _sample(scene: Scene, wrong: list[Judged]) -> list[Judged]:
    """A few parameters of every update statement, from all layers: single numbers may be hundreds."""
    sites: dict[object, list[Judged]] = {}
    for judged in wrong:
        sites.setdefault(scene.found.tape[judged.move.links[-1].new].site, []).append(judged)
    chosen: set[int] = set()
    for group in sites.values():
        step = max(1, -(-len(group) // _OF_A_STATEMENT))
        chosen |= {id(judged) for judged in group[::step]}
    return [judged for judged in wrong if id(judged) in chosen]


def _distance(scene: Scene, judged: Judged) -> int:
    """How much of the backward pass comes before a parameter's update: least for the layer nearest to the error."""
    corrections = [link.correction for link in judged.move.links if link.correction is not None]
    return len(slice_of(scene.found.tape, corrections, stop=scene.versions))


def _behind(scene: Scene, judged: Judged) -> list[Accused]:
    demand = scene.adjoint(judged.move.before)
    known = [link for link in judged.move.links if link.correction is not None]
    links = [link for link in known if link.genuine] or known
    if demand is None or not links:
        return []
    correction = links[-1].correction
    assert correction is not None
    shape = np.shape(scene.found.tape.value(correction))
    if shape != np.shape(demand[0]) and np.size(demand[0]) == np.prod(shape):
        demand = [np.reshape(d, shape) for d in demand]
    node = gradient_node(scene, judged.move, correction, demand)
    if node != correction and np.size(scene.found.tape.value(node)) > np.size(demand[0]):
        node = correction
    if takes_another(scene, judged.move, node):
        return [Accused(node, demand, judged.move.before, judged.move.chain)]
    return blame(scene, judged.move.chain, node, demand, judged.move.before)


def _finding(scene: Scene, accused: Accused, explained: Explained | None) -> Finding:
    change = explained.change if explained is not None else None
    family = family_of(scene, accused, change)
    words = change_words(scene, accused, change)
    place = place_of(scene, accused, change)
    name = scene.found.names[accused.parameter]
    message = words.message or f"this line is where the gradient of {name} goes wrong"
    return Finding(
        FAMILIES[family],
        family,
        message,
        (place,) if place is not None else (),
        words.computes,
        words.should_compute,
        _evidence(scene, accused),
        words.notes,
        words.help,
        "untested",
        "measured",
    )


def _evidence(scene: Scene, accused: Accused) -> tuple[Evidence, ...]:
    judged = next(j for j in scene.hypothesis.judged if j.move.chain == accused.parameter)
    rows: list[Any] = [Evidence("parameter", scene.found.names[accused.parameter])]
    rows.append(Evidence(COSINE, round(float(judged.changes[-1].cosine), 6)))
    quantity = accused.quantity
    if quantity is not None:
        rows.append(Evidence("should be", quantity_name(scene, quantity)))
    return tuple(rows)
