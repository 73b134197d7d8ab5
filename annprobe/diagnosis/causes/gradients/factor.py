"""Findings about gradients that are right but for a constant: signs and factors that differ between parameters."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from annprobe.diagnosis.causes.gradients.comparable import comparable
from annprobe.diagnosis.causes.gradients.repeated_rate import repeated_rates, same_rate
from annprobe.diagnosis.causes.gradients.sign import odd_sign_findings, sign_findings
from annprobe.diagnosis.clauses.wording import node_place
from annprobe.findings import FAMILIES, Evidence, Finding, Place
from annprobe.listing.factor_path import Ways, by_distance, own_gradient
from annprobe.listing.operand_families import bias_like
from annprobe.listing.proportion import constant
from annprobe.listing.rounds import looks
from annprobe.listing.scene import Scene
from annprobe.subject.making.descent import RATE
from annprobe.subject.roles.gradient.judged import Judged

_NEAR = 1e-6


def factor_findings(scene: Scene) -> list[Finding]:
    """Signs and factors of gradients; of layers alone, where lines are wrong already, only what has a line besides."""
    found = _factors_of(scene)
    pairs = [item for look in looks(scene) for item, _ in look.pairs] if scene.alone else []
    known = {place.line for item in pairs if (place := node_place(scene, item.node)) is not None}
    return [f for f in found if f.places and f.places[0].line not in known] if pairs else found


def _factors_of(scene: Scene) -> list[Finding]:
    """Signs first; factors only where the signs are right; both with all that was explained out of the way."""
    seen = looks(scene)
    if any(e is not None and e.change.kind == "overwritten" for look in seen for _, e in look.pairs):
        return []  # of sums that lost an unknown part of what they should hold a multiple says nothing
    wrong_way = sign_findings(next(look for look in reversed(seen) if look.sure).scene, scene)
    if wrong_way is None and not seen[-1].sure:
        wrong_way = odd_sign_findings(seen[-1].scene, comparable(seen[-1])) or None
    if wrong_way is not None:
        return wrong_way
    steps = [j for j in comparable(seen[-1]) if j.factor is not None and j.gradient is None]
    last = seen[-1].scene
    return [*_odd_factors(last, steps or _before_rule(last)), *repeated_rates(last)]


def _before_rule(scene: Scene) -> list[Judged]:
    """The gradients that an update rule (momentum, Adam) starts from, as if each were a step against the gradient."""
    found = [j for j in scene.hypothesis.judged if j.factor is not None and j.gradient is not None]
    sites = {scene.found.tape[j.move.links[-1].new].site for j in found}
    return [replace(j, factor=-abs(j.factor or 0.0)) for j in found] if len(found) > 2 and len(sites) == 1 else []


@dataclass(frozen=True, slots=True)
class Odd:
    """A parameter whose gradient is ``ratio`` (``named``) times what it should be, and the node that brings it in."""

    judged: Judged
    ratio: float
    named: str
    node: int


def _odd_factors(scene: Scene, steps: list[Judged]) -> list[Finding]:
    """Steps of different length per parameter, where the rates are the same."""
    found: dict[int, Finding] = {}
    for odd in _scaled(scene, steps) if scene.alone else _uneven(scene, steps):
        place, name = node_place(scene, odd.node), scene.found.names[odd.judged.move.chain]
        at_bias = bias_like(scene, odd.judged.move.chain) and _is_gradient(scene, odd.judged, odd.node)
        message = f"the gradient of {name} is {odd.named} times what goes with the other parameters"
        help_text = "reduce it over the examples in the same way as the others"
        if scene.alone:
            message = f"the gradient of {name} is {odd.named} times the derivative"
            help_text = "a factor is missing or too many, or a mean stands where the sum belongs"
        line = place.line if place is not None else -1
        family = "bias" if at_bias and not scene.alone else "scale"
        found.setdefault(line, _factor_finding(family, message, place, name, odd.named, odd.ratio, help_text))
    return list(found.values())


def odd_stages(scene: Scene) -> list[tuple[int, float]]:
    """(value, ratio to what it should be) for gradients that differ from the others by a constant."""
    steps = [j for j in scene.hypothesis.judged if j.factor is not None and j.gradient is None and j.factor < 0.0]
    return [(odd.node, odd.ratio) for odd in (_scaled(scene, steps) if scene.alone else _uneven(scene, steps))]


def _uneven(scene: Scene, steps: list[Judged]) -> list[Odd]:
    """Where one factor is usual: those that have another, for a reason that has a name."""
    if not steps:
        return []
    steps = by_distance(scene, steps)  # where no value is more common, that of the layer nearest to the error counts
    raw = [float(j.factor or 0.0) for j in steps]
    usual = _usual(raw, [abs(value) / _rate(scene, j) for value, j in zip(raw, steps, strict=True)])
    found, unseen = _other_than(scene, steps, usual)
    if unseen:
        for other in sorted(set(raw) - {usual}):
            instead, hidden = _other_than(scene, steps, other)
            if not hidden and len({odd.node for odd in instead}) == 1:
                return instead  # one statement brings in what only seems to be usual
    return found


def _other_than(scene: Scene, steps: list[Judged], usual: float) -> tuple[list[Odd], bool]:
    """Those whose factor is not the usual one, and whether there are any whose factor no statement brings in."""
    raw = [float(j.factor or 0.0) for j in steps]
    unseen = False
    by_rate = [value / _rate(scene, j) for value, j in zip(raw, steps, strict=True)]
    found: list[Odd] = []
    same = Ways(scene, [j for j, v in zip(steps, raw, strict=True) if abs(v / usual - 1.0) <= _NEAR])
    for judged, value, rated in zip(steps, raw, by_rate, strict=True):
        ratio = value / usual
        other_rate = abs(rated / by_rate[raw.index(usual)] - 1.0) <= _NEAR
        if abs(ratio - 1.0) <= _NEAR or (other_rate and not same_rate(scene, judged, steps[raw.index(usual)])):
            continue  # as usual, or another rate, written as such
        odd = judged.move.links[-1].correction if other_rate else _odd_stage(scene, judged, ratio, same)
        unseen = unseen or odd is None
        named = named_ratio(scene, ratio) or (_of_sizes(scene, judged, ratio) if odd is not None else None)
        if named is not None:
            found.append(Odd(judged, ratio, named, odd if odd is not None else own_gradient(scene, judged)))
    return found, unseen


def _scaled(scene: Scene, steps: list[Judged]) -> list[Odd]:
    """Layers alone: error and update are ours, so that every gradient has to be the derivative itself."""
    right = Ways(scene, [j for j in steps if abs(_ratio(j) - 1.0) <= _NEAR])
    found: list[Odd] = []
    for judged in by_distance(scene, steps):
        ratio = _ratio(judged)
        if abs(ratio - 1.0) > _NEAR:
            odd = _odd_stage(scene, judged, ratio, right)
            node = odd if odd is not None else own_gradient(scene, judged)
            found.append(Odd(judged, ratio, _named(scene, judged, ratio), node))
    return found


def _ratio(judged: Judged) -> float:
    return -float(judged.factor or 0.0) / float(RATE)


def _named(scene: Scene, judged: Judged, ratio: float) -> str:
    whole = round(1.0 / ratio)
    if whole > 1 and abs(ratio * whole - 1.0) <= _NEAR:
        return f"1/{whole}"
    return named_ratio(scene, ratio) or _of_sizes(scene, judged, ratio) or f"{ratio:.6g}"


def _factor_finding(
    family: str, message: str, place: Place | None, name: str, named: str, ratio: float, help_text: str
) -> Finding:
    return Finding(
        FAMILIES[family],
        family,
        message,
        (place,) if place is not None else (),
        f"{named} · ∂C/∂{name}",
        f"∂C/∂{name}",
        (Evidence("ratio", ratio),),
        (),
        help_text,
        "untested",
        "measured",
    )


def _odd_stage(scene: Scene, judged: Judged, ratio: float, usual: Ways) -> int | None:
    """The statement that brings the factor in: on this parameter's way to the update, and on none of the others'."""
    ways = usual.all
    shared = {s.node for way in ways for s in way}
    way = usual.beside(judged)
    own = [s.node for s in way if _is_gradient(scene, judged, s.node)][-1:]
    stages = [s for s in way[1:] if s.node not in shared]
    common = {round(abs(s.factor), 9) for w in ways for s in w[1:]} - {1.0}
    above = [s.node for s in stages if s.node not in own and abs(abs(s.factor) - 1.0) > _NEAR]
    at_gradient = [s.node for s in stages if s.node in own and _brings(s.factor, ratio, common)]
    return next(iter([*above[::-1], *at_gradient]), None)


def _brings(factor: float, ratio: float, common: set[float]) -> bool:
    """Whether a gradient's own statement has the odd factor, alone or in the place of the usual one."""
    return any(abs(abs(factor) / (usual * ratio) - 1.0) <= _NEAR for usual in (1.0, *common))


def _is_gradient(scene: Scene, judged: Judged, node: int) -> bool:
    """Whether a value is the parameter's own gradient, not an error further up."""
    demand = scene.adjoint(judged.move.before)
    return demand is not None and constant(scene.values(node), demand) is not None


def _of_sizes(scene: Scene, judged: Judged, ratio: float) -> str | None:
    """A quotient of sizes that occur in the network: N, N − 1, widths."""
    sizes: set[int] = {1}
    for meeting in scene.found.judged_step.meetings[:1]:
        sizes |= {n + less for n in np.shape(scene.found.tape.value(meeting.output)) for less in (0, -1)}
    for move in scene.found.judged_step.moves:
        sizes |= set(np.shape(scene.found.tape.value(move.before)))
    sizes |= {len(scene.found.judged_step.meetings)}
    for a in sorted(sizes):
        for b in sorted(sizes):
            if a > 0 < b and a != b and abs(ratio * b / a - 1.0) <= _NEAR:
                return f"{a}/{b}" if b > 1 else f"{a}"
    return None


def _rate(scene: Scene, judged: Judged) -> float:
    rate = scene.found.rates[judged.move.chain]
    return abs(rate.value) if rate is not None and rate.value != 0.0 else 1.0


def _usual(values: list[float], rated: list[float]) -> float:
    """The most common value; among equals the one that is exactly the rate times the gradient, else the first."""
    counts = Counter(round(v, 12) for v in values)
    most = max(counts.values())
    tied = [(v, r) for v, r in zip(values, rated, strict=True) if counts[round(v, 12)] == most]
    return next((v for v, r in tied if abs(r - 1.0) <= _NEAR), tied[0][0])


def named_ratio(scene: Scene, ratio: float, near: float = _NEAR) -> str | None:
    """N, 1/N, the number of outputs, 2 ...: a factor that has a reason; None for any other (a rate of its own)."""
    sizes = {}
    for meeting in scene.found.judged_step.meetings[:1]:
        shape = np.shape(scene.found.tape.value(meeting.output))
        sizes = {"N": max(len(scene.found.judged_step.meetings), shape[0] if shape else 1)}
        if len(shape) == 2:
            sizes["the number of columns"] = shape[1]
    for name, size in [*sizes.items(), ("2", 2)]:
        for value, text in ((float(size), name), (1.0 / size, f"1/{name}")):
            if size > 1 and abs(ratio - value) <= near * value:
                return f"{text}" if not name.startswith("the") else f"{text} ({size})"
    return None
