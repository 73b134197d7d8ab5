"""Findings about penalties on the weights: what the cost adds for them, against what the backward pass adds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from annprobe.diagnosis.causes.gradients.factor import named_ratio
from annprobe.diagnosis.clauses.wording import established, node_place
from annprobe.findings import Evidence, Finding
from annprobe.listing.factor_path import corrections
from annprobe.listing.operand_families import bias_like
from annprobe.listing.proportion import constant
from annprobe.listing.scene import Scene, Several
from annprobe.listing.sweeps import data_sweeps
from annprobe.subject.roles.gradient.judged import Hypothesis, Judged
from annprobe.tape.replay import slice_of

_NEAR = 1e-6
_NOISE = 1e-12  # of a sum of two derivatives, relative to the larger one


@dataclass(frozen=True)
class Shrinking:
    """How much of a parameter P its gradient holds besides ``factor`` times the gradient of the data's cost.

    asked     what the cost asks for: its penalty's derivative is asked * P
    added     what the backward pass adds: factor * (gradient of the data's cost) + added * P
    gradient  the value that is the gradient of the data's cost, up to the factor ``at_gradient``
    term      the value that holds the penalty's, too; None where nothing is added
    """

    judged: Judged
    asked: float
    added: float
    factor: float
    at_gradient: float
    gradient: int
    term: int | None

    @property
    def ratio(self) -> float:
        """Of what is added to what is asked, both beside the data's gradient; of a penalty that is asked."""
        return self.added / (self.factor * self.asked)


def penalty_findings(scene: Scene) -> list[Finding]:
    """Where cost and backward pass add different penalties; nothing where the cost has none: decay is a rule, too."""
    for hypothesis in [h for h in scene.found.tried if h.cost is not None]:
        found = list(_shrinkings(scene, hypothesis))
        if any(s.asked for s in found):
            return _findings(scene, found)
    return []


def _shrinkings(scene: Scene, own: Hypothesis) -> Iterable[Shrinking]:
    outputs = [m.output for m in scene.found.judged_step.meetings]
    data = data_sweeps(scene.points, own, outputs, scene.versions)
    for judged in scene.hypothesis.judged if data is not None else ():
        version = judged.move.before
        known = all(version in a.of and not isinstance(a.of[version], list) for a in (*(data or ()), *own.points))
        if not judged.right or judged.decay or not known or np.size(scene.found.tape.value(version)) < 3:
            continue
        alone, whole = [d.of[version] for d in data or ()], [w.of[version] for w in own.points]
        asked = _asked(alone, whole, scene.values(version))
        found = _added(scene, judged, alone) if asked is not None else None
        if asked is not None and found is not None:
            yield Shrinking(judged, asked, *found)


def _asked(alone: Several, whole: Several, values: Several) -> float | None:
    """The factor of the parameter in what the cost adds; 0 for nothing, None for something else."""
    rest = [w - a for w, a in zip(whole, alone, strict=True)]
    sizes = [[float(np.max(np.abs(np.asarray(x)), initial=0.0)) for x in several] for several in (rest, whole)]
    if all(left <= _NOISE * size for left, size in zip(*sizes, strict=True)):
        return 0.0
    return constant(rest, [np.asarray(v, dtype=float) for v in values])


def _added(scene: Scene, judged: Judged, data: Several) -> tuple[float, float, float, int, int | None] | None:
    """(added, factor, at_gradient, gradient, term): what comes to the data's gradient on its way to the correction."""
    tape, size = scene.found.tape, np.size(data[0])
    way = slice_of(tape, corrections([judged]), stop=scene.versions)
    way = [n for n in way if n in scene.error and np.size(tape.value(n)) == size]
    gradient = next((n for n in way if constant(scene.values(n), data) is not None), None)
    if gradient is None:
        return None
    first = constant(scene.values(gradient), data) or 0.0
    node, scale = gradient, first
    values = [np.asarray(v, dtype=float) for v in scene.values(judged.move.before)]
    while (user := next((n for n in way if node in tape[n].inputs), None)) is not None:
        here = scene.values(user)
        step = constant(here, scene.values(node))
        if step is None:
            rests = ([h - sign * n for h, n in zip(here, scene.values(node), strict=True)] for sign in (1.0, -1.0))
            for sign, rest in zip((1.0, -1.0), rests, strict=True):
                added = constant(rest, values)
                if added is not None:
                    return added, sign * scale, first, gradient, user
            break
        node, scale = user, scale * step
    return 0.0, scale, first, gradient, None


def _findings(scene: Scene, found: list[Shrinking]) -> list[Finding]:
    usual = float(np.median([s.at_gradient for s in found]))  # another factor or sign of the gradient is told as such
    found = [s for s in found if abs(s.at_gradient - usual) <= _NEAR * abs(usual)]
    asked = [s for s in found if s.asked]
    odd = [s for s in asked if abs(s.ratio - 1.0) > _NEAR]
    if asked and not any(s.added for s in asked):
        plain = all(s.judged.gradient is None for s in asked)  # else the update rule may let them shrink
        return [_missing(scene, asked)] if plain else []
    alike = bool(asked) and float(np.ptp([s.ratio for s in asked])) <= _NEAR
    if alike and odd and odd[0].ratio < 0.0:
        return []  # the error or the update has the wrong sign, which is told
    if alike and odd and abs(odd[0].added - odd[0].asked) <= _NEAR * abs(odd[0].asked) and len(odd) > 1:
        return [_data_scaled(scene, odd[0])]
    beyond = [s for s in found if not s.asked and s.added]
    wrong = [odd[0]] if alike and odd else odd
    return [_missing(scene, [s]) if not s.added else _other_factor(scene, s) for s in wrong] + [
        _not_in_cost(scene, s) for s in beyond
    ]


def _name(scene: Scene, shrinking: Shrinking) -> str:
    return scene.found.names[shrinking.judged.move.chain]


def _times(scene: Scene, ratio: float) -> str:
    return f"{ratio:g}" if ratio in (0.5, 2.0) else named_ratio(scene, ratio) or f"{ratio:.6g}"


def _missing(scene: Scene, missing: list[Shrinking]) -> Finding:
    names = ", ".join(_name(scene, s) for s in missing)
    return established(
        "loss-derivative",
        f"the cost has a penalty on {names}, the gradient has none",
        [node_place(scene, s.gradient) for s in missing],
        tuple(Evidence(f"the penalty's derivative, in {_name(scene, s)}", s.asked) for s in missing),
        f"add {missing[0].asked:.6g} * {_name(scene, missing[0])} to its gradient, or take the penalty off the cost",
    )


def _other_factor(scene: Scene, odd: Shrinking) -> Finding:
    name, times = _name(scene, odd), _times(scene, odd.ratio)
    family = "sign" if odd.ratio < 0.0 and abs(odd.ratio + 1.0) <= _NEAR else "loss-derivative"
    message = f"beside the gradient of the data, {name} gets {times} times what the penalty of the cost asks for"
    if family == "sign":
        message = f"the penalty makes {name} grow: its gradient is taken off where it should be added"
    return established(
        family,
        message,
        (node_place(scene, odd.term) if odd.term is not None else None,),
        (Evidence("added", odd.added / odd.factor), Evidence("asked by the cost", odd.asked)),
        f"add {odd.asked:.6g} * {name}, or change the penalty of the cost to match",
    )


def _data_scaled(scene: Scene, odd: Shrinking) -> Finding:
    """The penalty is as the cost has it, for all parameters: what stands beside it has another factor."""
    times = _times(scene, 1.0 / odd.ratio)
    meeting = scene.found.judged_step.meetings[0].node
    return established(
        "scale",
        f"beside the penalty, the gradient of the data is {times} times that of the cost",
        (node_place(scene, meeting), node_place(scene, odd.term) if odd.term is not None else None),
        (Evidence("ratio", 1.0 / odd.ratio),),
        "reduce the gradient over the examples as the cost does: the penalty's weight hangs on it",
    )


def _not_in_cost(scene: Scene, beyond: Shrinking) -> Finding:
    name, bias = _name(scene, beyond), bias_like(scene, beyond.judged.move.chain)
    return established(
        "bias" if bias else "loss-derivative",
        f"{name} gets a penalty's gradient, and the cost has none for it",
        (node_place(scene, beyond.term) if beyond.term is not None else None,),
        (Evidence("added", beyond.added / beyond.factor),),
        "leave the biases out of it" if bias else f"let the cost have a penalty on {name}, or leave it out here",
    )
