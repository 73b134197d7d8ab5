"""Findings about the gradient: accused lines, signs, factors."""

from __future__ import annotations

from typing import Any

import numpy as np

from annprobe.diagnosis.causes.gradients.catalogue import with_mutants
from annprobe.diagnosis.causes.gradients.factor import odd_stages
from annprobe.diagnosis.causes.gradients.varying import varying_findings
from annprobe.diagnosis.causes.gradients.whole import rounded_away
from annprobe.diagnosis.clauses.changes import change_words
from annprobe.diagnosis.clauses.wording import place_of
from annprobe.findings import FAMILIES, Evidence, Finding
from annprobe.listing.accusing import of_right
from annprobe.listing.blame import Accused
from annprobe.listing.catalogued import catalogued
from annprobe.listing.change import Explained
from annprobe.listing.explained import Pair
from annprobe.listing.families import family_of
from annprobe.listing.mended import UNREPLAYABLE
from annprobe.listing.naming import quantity_name
from annprobe.listing.proportion import constant
from annprobe.listing.rounds import Look, looks
from annprobe.listing.scene import Scene
from annprobe.listing.where import blamed_helper, takes_factor_from
from annprobe.tape.nodes import Frame
from annprobe.tape.replay import replay

COSINE = "cosine of ΔP with the gradient"  # the evidence that every finding made here has
_CLOSE = 0.9  # cosine: steps of another cost, or of a rule that is no gradient, agree less at one point or another


def gradient_findings(scene: Scene) -> list[Finding]:
    """One finding per accused line, from the wrong gradients; then signs and factors of the right ones."""
    nothing = rounded_away(scene)
    if nothing is not None:
        return [nothing]  # what would be right without the zero is not known
    varying = varying_findings(scene)
    if varying:
        return varying  # everything else would be accused of this one factor
    handed = {m.node for m in scene.found.judged_step.meetings} if scene.alone else set()
    pairs = [
        (look.scene, item, explained)
        for number, look in enumerate(looks(scene))
        for item, explained in _unscaled(look)
        if not number or item.node not in handed  # the error that a layer on its own is given is annprobe's, and right
    ]
    lines = {scene.found.places.line(item.node) for _, item, _ in pairs}
    unexplained = len(lines) > 1 and not any(e is not None or of_right(seen, item) for seen, item, e in pairs)
    if not scene.hypothesis.right and unexplained and not catalogued(scene) and not _nearly(scene):
        return []  # nothing fits and nothing would: more likely misunderstood than wrong everywhere
    findings: dict[tuple[int | None, str], Finding] = {}
    named: set[int | None] = set()
    helpers: set[Frame] = set()
    for seen, item, explained in pairs:
        change = explained.change if explained is not None else None
        if takes_factor_from(seen, item, change, helpers):
            continue  # the same wrong function, called once more
        helper = blamed_helper(seen, item, change)
        helpers |= {helper} if helper is not None else set()
        finding = _finding(seen, item, explained)
        line = finding.places[0].line if finding.places else None
        if explained is not None or line not in named:
            findings.setdefault((line, finding.family), finding)
        named.add(line)
    return with_mutants(list(findings.values()), catalogued(scene) if findings else ())


def _nearly(scene: Scene) -> bool:
    """Whether every step is close to the descent of the cost that the module itself computes: meant is its gradient."""
    cosines = [match.cosine for judged in scene.hypothesis.judged for match in judged.changes]
    return scene.hypothesis.cost is not None and max(cosines, default=0.0) <= -_CLOSE


def _unscaled(look: Look) -> list[Pair]:
    """Without what is wrong only because another gradient, of which it is made, has the wrong factor."""
    scene = look.scene
    if all(explained is not None for _, explained in look.pairs):
        return look.pairs
    stages = odd_stages(scene)
    if not stages:
        return look.pairs

    def follows(item: Accused) -> bool:
        values: list[Any] = []
        for point in scene.points:
            right = {node: np.asarray(point.value(node)) / ratio for node, ratio in stages if node != item.node}
            try:
                values.append(replay(point, right, [item.node]).value(item.node))
            except UNREPLAYABLE:
                return False
        return constant(values, item.demand) is not None

    return [(item, found) for item, found in look.pairs if found is not None or not follows(item)]


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
