"""Findings about signs: parameters that move up the gradient, all of them or some."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from annprobe.diagnosis.clauses.wording import node_place
from annprobe.findings import FAMILIES, Evidence, Finding, Place
from annprobe.listing.factor_path import by_distance, corrections, factor_path, own_gradient
from annprobe.listing.mended import UNREPLAYABLE
from annprobe.listing.scene import Scene, Several
from annprobe.subject.roles.gradient.judged import Hypothesis, Judged
from annprobe.tape.nodes import Ref
from annprobe.tape.replay import replay, slice_of

_SECOND_ORDER = {"solve", "inv", "pinv"}  # what they give need not point downhill where the cost curves down


def sign_findings(scene: Scene, first: Scene) -> list[Finding] | None:
    """What moves up the gradient; None where nothing does.

    first  the backward pass as it is: what is right there had not to be put right, with a sign that was guessed
    """
    steps = _directed(scene, scene.hypothesis)
    uphill = [j for j in steps if (j.factor or 0.0) > 0.0]
    if not uphill:
        return None
    if len(uphill) == len(steps) and not scene.alone:
        own = _directed(first, first.hypothesis)
        turned = all((j.factor or 0.0) > 0.0 for j in own)
        seen = first if own else scene
        return [_ascent(seen, own or steps)] if turned and not _is_reward(seen) else []
    return _odd_signs(scene, steps)


def odd_sign_findings(scene: Scene, judged: list[Judged]) -> list[Finding]:
    """The few among comparable parameters that move the other way than most, whichever way that is."""
    steps = _directed(scene, replace(scene.hypothesis, judged=judged))
    uphill = sum((j.factor or 0.0) > 0.0 for j in steps)
    if uphill in (0, len(steps)) or 2 * uphill == len(steps):
        return []
    turned = -1.0 if 2 * uphill > len(steps) else 1.0  # the sign of what was put right was a guess
    return _odd_signs(scene, [replace(j, factor=turned * (j.factor or 0.0)) for j in steps])


def _directed(scene: Scene, hypothesis: Hypothesis) -> list[Judged]:
    """The parameters whose gradient is computed, each with the factor of its step: through its update rule, too."""
    found = []
    for judged in hypothesis.judged:
        if judged.factor is None or scene.found.tape[judged.move.links[-1].new].op == "multiply":
            continue
        sign = _rule_sign(scene, judged) if judged.gradient is not None else 1
        if sign:
            found.append(replace(judged, factor=sign * judged.factor))
    return found


def _rule_sign(scene: Scene, judged: Judged) -> int:
    """Whether a parameter moves with (1) or against (-1) what is computed as its gradient; 0 where that is not clear.

    The same step is computed with the gradient turned: what it kept of earlier steps cancels out.
    """
    node, after = judged.gradient, judged.move.after
    assert node is not None
    tape = scene.found.tape
    way = slice_of(tape, [after], stop=[node])
    if after in scene.mended or any(tape[n].op in _SECOND_ORDER for n in way):
        return 0
    signs = set()
    for point in scene.points:
        try:
            turned = replay(point, {node: -np.asarray(point.value(node), dtype=float)}, [after]).value(after)
        except UNREPLAYABLE:
            return 0
        effect = np.asarray(point.value(after), dtype=float) - np.asarray(turned, dtype=float)
        gradient = np.asarray(point.value(node), dtype=float)
        if effect.size != gradient.size:
            return 0
        gradient = gradient.T if effect.shape != gradient.shape and effect.shape == gradient.T.shape else gradient
        signs.add(int(np.sign(np.ravel(effect) @ np.ravel(gradient))))
    signs -= {0}
    return signs.pop() if len(signs) == 1 else 0


def _is_reward(scene: Scene) -> bool:
    """Whether the module's own "cost" is a likelihood: then some loss of the catalogue falls along the same step."""
    if scene.hypothesis.cost is None:
        return False
    own = {j.move.chain for j in scene.hypothesis.judged if j.factor is not None}
    return bool(own) and any(
        h.cost is None and own <= {j.move.chain for j in _directed(scene, h) if (j.factor or 0.0) < 0.0}
        for h in scene.found.tried
    )


def _ascent(scene: Scene, steps: list[Judged]) -> Finding:
    """Every parameter moves along the gradient instead of against it."""
    added = scene.found.tape[scene.found.judged_step.meetings[0].node].op == "add"
    updates = [p for p in (_update_place(scene, j) for j in steps) if p is not None]
    meeting = scene.found.judged_step.meetings[0]
    error = node_place(scene, meeting.node)
    places = [*({p.line: p for p in updates}.values())]
    backwards = _is_target_minus_output(scene, meeting.node) and _falls_by_itself(scene, steps[0])
    if added and error is not None:
        return _added(error)
    ordered = ([error, *places] if backwards else [*places, error]) if error is not None else places
    return Finding(
        FAMILIES["sign"],
        "sign",
        "every parameter moves up the gradient of the cost: the cost climbs with each step",
        tuple(p for p in ordered if p is not None),
        "P + rate · ∂C/∂P",
        "P − rate · ∂C/∂P",
        (Evidence("parameters that move uphill", len(steps)),),
        ("the error and the update have one minus sign too few, or one too many, together",),
        "change one sign: either of the error (output − target) or of the update, not both",
        "untested",
        "measured",
    )


def _falls_by_itself(scene: Scene, judged: Judged) -> bool:
    """Whether the update goes against what it is given as the gradient."""
    return (judged.move.links[-1].sign if judged.gradient is None else _rule_sign(scene, judged)) < 0


def _added(place: Place) -> Finding:
    return Finding(
        FAMILIES["loss-derivative"],
        "loss-derivative",
        "output and target are added where their difference is needed",
        (place,),
        "output + target",
        "output − target",
        help="subtract the target from the output",
    )


def _is_target_minus_output(scene: Scene, node: int) -> bool:
    args = scene.found.tape[node].args
    return (
        scene.found.tape[node].op == "subtract"
        and isinstance(args[0], Ref)
        and scene.found.dependence is not None
        and not scene.found.dependence.touched(args[0].node)
    )


def _update_place(scene: Scene, judged: Judged) -> Place | None:
    """Where the rate comes in, which is where the sign does; else where the parameter is changed."""
    new, gradient, tape = judged.move.links[-1].new, judged.gradient, scene.found.tape
    after = {gradient}
    for node in slice_of(tape, corrections([judged]), stop=scene.versions) if gradient is not None else ():
        if node != gradient and after.isdisjoint(tape[node].inputs):
            continue
        after.add(node)
        several = [tape.value(a.node) if isinstance(a, Ref) else a for a in tape[node].args]
        dimensions = np.ndim(tape.value(node))
        if tape[node].op == "multiply" and any(np.size(v) == 1 and np.ndim(v) < dimensions for v in several):
            return node_place(scene, node)
    return node_place(scene, new)


def _odd_signs(scene: Scene, steps: list[Judged]) -> list[Finding]:
    """Some parameters climb while the others descend: the climbing ones are wrong."""
    found: dict[int, Finding] = {}
    for judged in steps:
        if (judged.factor or 0.0) < 0.0:
            continue
        place = node_place(scene, _where_changed(scene, judged, steps))
        key = place.line if place is not None else -1
        name = scene.found.names[judged.move.chain]
        found.setdefault(
            key,
            Finding(
                FAMILIES["sign"],
                "sign",
                f"{name} moves up the gradient while the other parameters move down",
                (place,) if place is not None else (),
                f"P + rate · ∂C/∂{name}",
                f"P − rate · ∂C/∂{name}",
                (Evidence("factor of its change", float(judged.factor or 0.0)),),
                (),
                "change the sign here",
                "untested",
                "measured",
            ),
        )
    return list(found.values())


def _where_changed(scene: Scene, judged: Judged, steps: list[Judged]) -> int:
    """The statement that turns the sign: the one nearest to the error that no descending parameter's way has."""
    descending = [j for j in steps if (j.factor or 0.0) < 0.0]
    own_sign, others = judged.move.links[-1].sign, Counter(j.move.links[-1].sign for j in descending)
    if others and others.most_common(1)[0][0] != own_sign:
        return judged.move.links[-1].new
    shared = set(slice_of(scene.found.tape, corrections(descending), stop=scene.versions))
    known: dict[int, Several] = {}
    ways = sorted((factor_path(scene, j, known) for j in by_distance(scene, descending)), key=len)
    usual = {s.node for s in ways[0]} if ways else shared
    turning = [s.node for s in factor_path(scene, judged, known) if s.factor < 0.0]
    again = Counter(scene.found.tape[s.node].site for way in ways for s in way if s.factor < 0.0)
    own = [n for n in turning if n not in usual] or [n for n in turning if again[scene.found.tape[n].site] > 1]
    return own[-1] if own else own_gradient(scene, judged)
