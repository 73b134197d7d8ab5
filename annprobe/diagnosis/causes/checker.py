"""Findings about the user's own gradient checker, and about a cost and a gradient that can never agree in it."""

from __future__ import annotations

from typing import Any

import numpy as np

from annprobe.diagnosis.causes.gradients.factor import named_ratio
from annprobe.diagnosis.causes.printed import weights_shown
from annprobe.diagnosis.clauses.wording import node_place
from annprobe.findings import FAMILIES, Evidence, Finding, Place
from annprobe.listing.scene import Scene
from annprobe.subject.roles.checker import Comparison, Difference, find_comparisons, find_differences, not_restored
from annprobe.subject.roles.links import alias
from annprobe.tape.replay import slice_of

_CLOSE = 1e-3  # a difference quotient is not more exact than this in careless hands


def checker_findings(scene: Scene) -> list[Finding]:
    """Judge both sides of the user's check against the independent derivative."""
    dependence = scene.found.dependence
    assert dependence is not None
    differences = find_differences(scene.found.tape, dependence)
    if not differences:
        return []
    found = _quotients(scene, differences)
    comparisons = find_comparisons(scene.found.tape, dependence, differences)
    found += [f for c in comparisons for f in _compared(scene, c, differences)][:1]
    found += _left_behind(scene)
    return found + _scale(scene, differences)


def _quotients(scene: Scene, differences: list[Difference]) -> list[Finding]:
    """The quotient itself: divided by the wrong step, or signed the wrong way."""
    ratios = [d.value / d.proper for d in differences if abs(d.proper) > 1e-12]
    if not ratios or all(abs(r - 1.0) <= _CLOSE for r in ratios) or max(ratios) - min(ratios) > _CLOSE * abs(ratios[0]):
        return []
    ratio = ratios[0]
    if ratio < 0.0 and _compensated(scene, differences):
        return []
    place = node_place(scene, differences[0].node)
    return [
        Finding(
            FAMILIES["checker"],
            "checker",
            f"the numerical gradient is {ratio:.4g} times the true one: the quotient is wrong",
            (place,) if place is not None else (),
            scene.found.places.text(differences[0].node) or None,
            "(C(w + ε) − C(w − ε)) / (2ε)",
            (Evidence("numerical / true", ratio), Evidence("entries checked", len(ratios))),
            (),
            "divide by the distance between the two weights: 2ε for a central difference",
            "harmless",
            "measured",
        )
    ]


def _compensated(scene: Scene, differences: list[Difference]) -> bool:
    """A quotient with the sign turned is right where the analytic side has its sign turned too."""
    return all((j.factor or 0.0) < 0.0 for j in scene.hypothesis.judged if j.factor is not None)


def _compared(scene: Scene, comparison: Comparison, differences: list[Difference]) -> list[Finding]:
    dependence = scene.found.dependence
    assert dependence is not None
    analytic = alias(scene.found.tape, comparison.analytic)
    place = node_place(scene, comparison.node)
    if analytic in dependence.owner:
        return [weights_shown((place,) if place is not None else (), 1)]
    for difference in differences:
        chain = scene.found.chains[difference.chain]
        known = dependence.version_of(analytic, difference.chain)
        between = chain.links[known : difference.base] if known is not None else []
        if any(link.genuine for link in between):
            stale = _call_between(scene, comparison.node, next(link.new for link in between if link.genuine))
            return [
                Finding(
                    FAMILIES["checker"],
                    "checker",
                    "the check sets a gradient from before an update against a numerical gradient from after it",
                    tuple(p for p in (stale, place) if p is not None),
                    None,
                    None,
                    (Evidence("updates in between", sum(link.genuine for link in between)),),
                    (),
                    "compute both sides at the same weights: no training step between them",
                    "harmless",
                    "measured",
                )
            ]
    return _other_data(scene, comparison, differences, place)


def _call_between(scene: Scene, node: int, update: int) -> Place | None:
    """The line of the checker's own function from which the update was made."""
    here = scene.found.tape.sites[scene.found.tape[node].site]
    codes = {code for code, _ in here}
    for level, (code, _) in enumerate(scene.found.tape.sites[scene.found.tape[update].site]):
        if code in codes:
            return node_place(scene, update, level)
    return node_place(scene, update)


def _other_data(
    scene: Scene, comparison: Comparison, differences: list[Difference], place: Place | None
) -> list[Finding]:
    """Both sides right, and still not equal: they are not about the same examples."""
    numeric = np.ravel(np.asarray(scene.found.tape.value(comparison.numeric), dtype=float))
    analytic = np.ravel(np.asarray(scene.found.tape.value(comparison.analytic), dtype=float))
    leaves = [_data(scene, node) for node in (comparison.analytic, differences[0].plus)]
    gap = float(np.linalg.norm(numeric - analytic)) / max(float(np.linalg.norm(numeric)), 1e-300)
    if gap < 0.01 or leaves[0] == leaves[1] or not all(j.right for j in scene.hypothesis.judged):
        return []
    return [
        Finding(
            FAMILIES["checker"],
            "checker",
            "the two sides of the check use different examples",
            (place,) if place is not None else (),
            None,
            None,
            (Evidence("relative difference", gap),),
            (),
            "evaluate cost and gradient on one and the same batch",
            "harmless",
            "measured",
        )
    ]


def _data(scene: Scene, node: int) -> frozenset[int]:
    """The draws and selections of data that a value depends on."""
    dependence = scene.found.dependence
    assert dependence is not None
    return frozenset(
        n
        for n in slice_of(scene.found.tape, [node], stop=dependence.version_bits)
        if not dependence.touched(n) and scene.found.tape[n].op.startswith("random.")
    )


def _left_behind(scene: Scene) -> list[Finding]:
    found = []
    for chain, node in not_restored(scene.found.tape, scene.found.chains)[:1]:
        place = node_place(scene, node)
        found.append(
            Finding(
                FAMILIES["checker"],
                "checker",
                f"the check leaves {scene.found.names[chain]} changed: an entry is not put back",
                (place,) if place is not None else (),
                None,
                None,
                (),
                (),
                "restore the entry after its two evaluations",
                "untested",
                "measured",
            )
        )
    return found


def _scale(scene: Scene, differences: list[Difference]) -> list[Finding]:
    """Cost and gradient that differ by a constant: the user's check can never agree."""
    ratios: list[float] = []
    gradients = _gradients(scene)
    for difference in differences:
        gradient = gradients.get(difference.chain)
        if gradient is None or not _same_values(scene, difference):
            continue
        entry = float(np.ravel(gradient[1])[difference.entry])
        if abs(entry) > 1e-10 and abs(difference.proper) > 1e-10:
            ratios.append(difference.proper / entry)
    if (
        len(ratios) < 2
        or max(ratios) - min(ratios) > _CLOSE * abs(ratios[0])
        or abs(abs(ratios[0]) - 1.0) < 10 * _CLOSE
    ):
        return []
    ratio = float(np.median(ratios))
    named = named_ratio(scene, ratio, _CLOSE)
    if named is None:
        return []
    node = next(iter(gradients.values()))[0]
    place, cost = node_place(scene, node), node_place(scene, differences[0].plus)
    return [
        Finding(
            FAMILIES["scale"],
            "scale",
            f"cost and gradient differ by the constant factor {named}: the gradient check can never agree",
            tuple(p for p in (cost, place) if p is not None),
            f"∂C/∂W / {named}",
            "∂C/∂W",
            (Evidence("numerical / analytic", ratio), Evidence("entries compared", len(ratios))),
            ("the backward pass itself is right up to this factor",),
            f"change the cost: {_divided(named)}; training then stays as it is, while another gradient would also "
            "change the length of every step",
            "harmless",
            "measured",
        )
    ]


def _divided(named: str) -> str:
    """``divide it by N``; ``multiply it by N`` for a factor 1/N."""
    return f"multiply it by {named[2:]}" if named.startswith("1/") else f"divide it by {named}"


def _gradients(scene: Scene) -> dict[int, tuple[int, Any]]:
    """Chain -> (node, value) of the first value on the way to its update that is its gradient."""
    found: dict[int, tuple[int, Any]] = {}
    for judged in scene.hypothesis.judged:
        for node in scene.way:
            label = scene.label(node) if node in scene.error else None
            if label is not None and label.forward == judged.move.before and not label.turned:
                found[judged.move.chain] = (scene.ends.get(scene.statement(node), node), None)
                break
    result = {}
    for chain, (node, _) in found.items():
        value = scene.found.tape.value(node)
        if np.size(value) == np.size(scene.found.tape.value(scene.found.chains[chain].origin)):
            result[chain] = (node, value)
    return result


def _same_values(scene: Scene, difference: Difference) -> bool:
    """Whether the check looked at the weights that the judged step started from."""
    chain = scene.found.chains[difference.chain]
    before = next((j.move.before for j in scene.hypothesis.judged if j.move.chain == difference.chain), None)
    return before is not None and np.allclose(
        np.asarray(scene.found.tape.value(chain.versions[difference.base]), dtype=float),
        np.asarray(scene.found.tape.value(before), dtype=float),
        rtol=1e-6,
        atol=1e-8,
    )
