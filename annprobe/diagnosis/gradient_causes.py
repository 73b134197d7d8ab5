"""Findings about the gradient: accused lines, signs, factors."""

from __future__ import annotations

from typing import Any

import numpy as np

from annprobe.diagnosis.catalogue_causes import with_mutants
from annprobe.diagnosis.factor_causes import odd_stages
from annprobe.diagnosis.whole_causes import rounded_away
from annprobe.diagnosis.wording import change_words, place_of
from annprobe.findings import FAMILIES, Evidence, Finding
from annprobe.listing.blame import Accused, blame
from annprobe.listing.catalogued import catalogued
from annprobe.listing.change import Explained, change_given, smallest_change
from annprobe.listing.families import family_of
from annprobe.listing.gradient_node import gradient_node, takes_another
from annprobe.listing.naming import quantity_name
from annprobe.listing.proportion import constant
from annprobe.listing.scene import Scene, Several
from annprobe.subject.truth import Judged
from annprobe.tape.nodes import Frame
from annprobe.tape.replay import replay, slice_of

COSINE = "cosine of ΔP with the gradient"  # the evidence that every finding made here has
_OF_A_STATEMENT = 12  # parameters that one statement updates, and that are followed
_TRIED = 3  # executions of one accused statement that are looked at until one is explained


def gradient_findings(scene: Scene) -> list[Finding]:
    """One finding per accused line, from the wrong gradients; then signs and factors of the right ones."""
    nothing = rounded_away(scene)
    if nothing is not None:
        return [nothing]  # what would be right without the zero is not known
    explanations = _without_scaled(scene, _explanations(scene))
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


def _without_scaled(
    scene: Scene, explanations: list[tuple[Accused, Explained | None]]
) -> list[tuple[Accused, Explained | None]]:
    """Without what is wrong only because another gradient, of which it is made, has the wrong factor."""
    if all(explained is not None for _, explained in explanations):
        return explanations
    stages = odd_stages(scene)
    if not stages:
        return explanations

    def follows(item: Accused) -> bool:
        values: list[Any] = []
        for point in scene.points:
            right = {node: np.asarray(point.value(node)) / ratio for node, ratio in stages if node != item.node}
            try:
                values.append(replay(point, right, [item.node]).value(item.node))
            except _UNREPLAYABLE:
                return False
        return constant(values, item.demand) is not None

    return [(item, found) for item, found in explanations if found is not None or not follows(item)]


_UNREPLAYABLE = (ValueError, TypeError, IndexError, ArithmeticError, AttributeError)


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
    chosen += _of_wrong_inputs(scene, list(groups.values()), chosen)
    everything = [item for group in groups.values() for item in group]
    return [pair for pair in chosen if not _is_a_consequence(scene, pair, chosen, everything)]


def _of_wrong_inputs(scene: Scene, groups: list[list[Accused]], chosen: list[tuple[Accused, Explained | None]]
                     ) -> list[tuple[Accused, Explained | None]]:
    """What is wrong behind accused statements: an input that is no adjoint of anything, in another turn of the loop.

    The statement is wrong in every turn, and explained by the one whose inputs are right; in others the same change
    makes of the inputs what the rule makes of them as they are, and one of these is wrong by a bug of its own.
    """
    sites = {scene.found.tape[item.node].site for item, _ in chosen}
    found: list[tuple[Accused, Explained | None]] = []
    for group, (first, explained) in zip(groups, chosen, strict=True):
        others = [item for item in group if item is not first] if explained is not None else []
        for item in others[:_TRIED]:
            given = change_given(scene, item)
            also = given.also if given is not None else _same_input(scene, first, item)
            if also is None:
                continue
            source, demand, role = also
            for accused in blame(scene, item.parameter, source, demand, role) if demand else ():
                site = scene.found.tape[accused.node].site
                if scene.found.tape[accused.node].op == "getitem":
                    continue  # a part of the error that the loss gives: what is added to it is wrong
                if site not in sites and (mended := smallest_change(scene, accused)) is not None:
                    sites.add(site)
                    found.append((accused, mended))
            break
    return found


def _same_input(scene: Scene, first: Accused, other: Accused) -> tuple[int, Several, int] | None:
    """The input of another turn that stands where ``first`` has a right one, with what it should be the adjoint of."""
    tape = scene.found.tape
    inputs = [[n for n in scene.outside(scene.region(item.node)) if n in scene.error] for item in (first, other)]
    if other.quantity is None or len(inputs[0]) != len(inputs[1]):
        return None
    for mine, theirs in zip(*inputs, strict=True):
        label = scene.label(mine)
        if label is None or scene.label(theirs) is not None or np.ndim(tape.value(theirs)) == 0:
            continue
        site, shape = tape[label.forward].site, np.shape(tape.value(theirs))
        for node in scene.forward:
            if node > other.quantity and tape[node].site == site and np.shape(tape.value(node)) == shape \
                    and other.quantity in slice_of(tape, [node], stop=scene.versions):
                demand = scene.adjoint(node)
                return (theirs, demand, node) if demand is not None else None
    return None


def _is_a_consequence(
    scene: Scene,
    pair: tuple[Accused, Explained | None],
    chosen: list[tuple[Accused, Explained | None]],
    everything: list[Accused],
) -> bool:
    """Whether a value is wrong because of explained statements before it, of which it was made."""
    item, explained = pair
    tape = scene.found.tape
    if explained is not None and explained.also is None and explained.change.kind in ("passes", "repeats"):
        return False
    sites = {tape[a.node].site for a, found in chosen if found is not None and found.also is None}
    causes = [a for a in everything if tape[a.node].site in sites and tape[a.node].site != tape[item.node].site]
    before = set(slice_of(tape, [item.node], stop=scene.versions)) - {item.node}
    sure = explained is None or explained.also is not None or explained.change.kind in ("derivative", "product")

    def instruction(node: int) -> tuple[Frame, ...]:
        return tape.sites[tape[node].site][:1]

    statements = {tape.sites[site][:1] for site in sites} - {instruction(item.node)}
    same = [n for n in before & scene.error if instruction(n) in statements]
    if not same:
        return False
    # other turns of an explained statement are wrong, too, and were not followed
    known = {a.node for a in causes}
    turns = [n for n in scene.error if instruction(n) in statements]
    again = not known.issuperset(same) or len(turns) > len(statements)
    if again and (sure or _right_elsewhere(scene, item)):
        return True
    mended = _mended(scene, item, causes)
    return mended is not False if sure else bool(mended)


def _right_elsewhere(scene: Scene, item: Accused) -> bool:
    """Whether the statement is right in another turn of its loop, or in another call."""
    sites, own = scene.found.tape.sites, scene.found.tape[item.node].site
    twins = (n for n in scene.error if sites[scene.found.tape[n].site][:1] == sites[own][:1] and n != item.node)
    return any(scene.label(n) is not None for n in twins)


def _mended(scene: Scene, item: Accused, causes: list[Accused]) -> bool | None:
    """Whether a value would be right, had the causes been what they should; None where that cannot be computed."""
    values: list[Any] = []
    for k, point in enumerate(scene.points):
        shapes = {a.node: np.shape(point.value(a.node)) for a in causes}
        if any(np.size(a.demand[k]) != np.prod(shapes[a.node]) for a in causes):
            return None
        right = {a.node: np.reshape(a.demand[k], shapes[a.node]) for a in causes}
        try:
            values.append(replay(point, right, [item.node]).value(item.node))
        except _UNREPLAYABLE:
            return None
    return constant(values, item.demand) is not None


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
