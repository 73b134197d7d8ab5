"""Findings that only experiments can establish: learning rate, start values, scaling, targets, length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from annprobe.diagnosis.clauses.wording import node_place
from annprobe.diagnosis.experiments.suspects import KIND
from annprobe.findings import FAMILIES, Evidence, Finding, Place, Role, Symptom
from annprobe.listing.naming import name_of
from annprobe.listing.scene import Scene
from annprobe.subject.running.outcome import USAGE
from annprobe.training.changes import gathered, input_roots, offset_of_start, spread_of_start
from annprobe.training.fading import fading_rate
from annprobe.training.interventions import FEW_EPOCHS
from annprobe.training.results import MENDING, Experiments, Tried

_FAMILY = {**{kind: family for family, kind in KIND.items()}, "steady rate": "learning-rate"}
_FAR = 100.0  # on a task of ours, a rate ten times from the best is nobody's fault
_UNSCALED, _UNEQUAL = 10.0, 100.0  # largest input; ratio of the features' spreads
_TINY = 0.05
_FEW = 0.25  # of the starts; its square: of the error that is left
_ODD_START = 3.0  # times the spread 1/√fan-in


def setting_findings(
    scene: Scene, done: Experiments, ours: bool, symptoms: Sequence[Symptom] = ()
) -> list[Finding]:
    """The settings whose change cures: the one that tells most first, others that would do as well in its notes.

    Beside a wrong gradient a setting is only judged together with the true one. Nothing is blamed where mending the
    gradient alone cures, nor where the module trains from most other starts of its own kind (bad luck).
    ours      whether the data are annprobe's own: then only a rate that is far off is the module's fault
    symptoms  what the training as it is shows
    """
    steady = done.state == "between" and bool(done.cures("steady rate"))
    if done.state not in ("fails", "stalled") and not steady and not _mostly_fails(done):
        return []
    if any(done.cures(kind) for kind in ("gradient", "repair", "one-hot")):
        return []
    cures = [t for t in done.cures() if done.swap is None or any(c.kind in MENDING for c in t.changes)]
    fewest = min((len(t.changes) for t in cures), default=0)
    cures = [t for t in cures if len(t.changes) == fewest]
    if ours:
        cures = [t for t in cures if len(t.changes) == 1 and _far_rate(scene, done, t)]
    if not cures:
        return []
    best = max(cures, key=lambda t: _plausible(scene, done, t))
    others = [t for t in cures if t.changes[0].kind != best.changes[0].kind]
    role: Role = "cause" if fewest == 1 else "contributing"
    made = [(kind, _finding(scene, done, best, kind, role, others)) for kind in _blamed(done, best)]
    return [replace(finding, notes=(*_shown(kind, symptoms), *finding.notes)) for kind, finding in made]


def _mostly_fails(done: Experiments) -> bool:
    """Whether most starts end somewhere between, and with one other rate all of them end well."""
    few = done.state == "between" and done.baseline.good <= _FEW * done.baseline.of
    return few and any(_surely(done, t) for t in done.cures("learning rate"))


def _surely(done: Experiments, tried: Tried) -> bool:
    before, after = done.baseline.left, tried.outcome.left
    return tried.outcome.good == tried.outcome.of > 1 and after <= _FEW * _FEW * before


def _shown(kind: str, symptoms: Sequence[Symptom]) -> tuple[str, ...]:
    """The symptoms that go with a setting."""
    return tuple(f"its training shows {s.id}: {s.evidence}" for s in symptoms if s.id in _SHOWN[kind])


_SHOWN = {
    "learning rate": ("dying-relu", "step-too-small", "divergence", "oscillation", "identical-outputs-cost-falling"),
    "start": ("saturation", "dying-relu", "hidden-symmetry", "near-symmetric-init"),
    "inputs": ("inputs-unscaled", "saturation", "dying-relu"),
    "targets": ("target-out-of-range",),
    "longer": ("step-too-small",),
    "steady rate": ("step-too-small", "update-ratio"),
}


def _blamed(done: Experiments, tried: Tried) -> Sequence[str]:
    """The settings that a finding is made about: scaling or a start that is not odd by itself is no defect, where it
    helps only together with another setting."""
    kinds = list(dict.fromkeys(c.kind for c in tried.changes if c.kind in _MAKERS))
    odd = {"inputs": _odd_inputs, "start": _odd_start}
    real = [kind for kind in kinds if kind not in odd or odd[kind](done) is not None]
    return kinds if len(kinds) == 1 or not real else real


def _far_rate(scene: Scene, done: Experiments, tried: Tried) -> bool:
    """Whether it is a rate that stands in the module, and no nearer one cures."""
    update = scene.found.places.span(scene.found.judged_step.moves[0].links[-1].new)
    own = update is not None and update.file != USAGE  # else the rate is annprobe's, too
    rates = [r for r in scene.found.rates if r is not None]
    literal = own and (not rates or any(r.line is not None for r in rates))  # none at all: each step is the gradient
    single = [t.changes[0].of for t in done.cures("learning rate") if len(t.changes) == 1]
    return tried.changes[0].kind == "learning rate" and literal and all(not 1.0 / _FAR < f < _FAR for f in single)


def _plausible(scene: Scene, done: Experiments, tried: Tried) -> tuple[float, float, float]:
    """What an experienced reader would change first: what is odd by itself, then what cures surest, then the least."""
    kinds = {c.kind for c in tried.changes}
    odd = 0.0
    if kinds & {"targets", "steady rate"}:
        odd += 4.0
    if "inputs" in kinds and _odd_inputs(done) is not None:
        odd += 3.0
    if "start" in kinds and _odd_start(done) is not None:
        odd += 3.0
    if "longer" in kinds and done.steps < FEW_EPOCHS * done.trainer.rows.count:
        odd += 2.0
    if "learning rate" in kinds:
        odd += 1.0
    size = max((abs(np.log10(c.of)) for c in tried.changes if c.kind == "learning rate"), default=0.0)
    return odd, tried.outcome.good / tried.outcome.of, -float(size)


def _odd_inputs(done: Experiments) -> tuple[float, float] | None:
    """Largest input and ratio of the features' spreads, where one of them is far from 1."""
    largest, unequal = 0.0, 1.0
    for root in input_roots(done.trainer):
        values = gathered(done.trainer, root)
        largest = max(largest, float(np.max(np.abs(values), initial=0.0)))
        spreads = values.std(axis=root.axis or 0)
        spreads = spreads[spreads > 0.0]
        unequal = max(unequal, float(spreads.max() / spreads.min())) if np.size(spreads) else unequal
    return (largest, unequal) if largest > _UNSCALED or unequal > _UNEQUAL else None


def _odd_start(done: Experiments) -> tuple[int, str] | None:
    """The parameter that starts oddest, and in what way; None where all start as one would."""
    found: list[tuple[float, int, str]] = []
    for chain, spread in spread_of_start(done.trainer).items():
        if spread.equal:
            found.append((1e9, chain, "starts with all its entries equal"))
        elif spread.ratio > _ODD_START:
            found.append((spread.ratio, chain, f"starts about {spread.ratio:.2g} times larger than 1/√fan-in"))
        elif 0.0 < spread.ratio < _TINY:
            found.append((_ODD_START, chain, f"starts about {1.0 / spread.ratio:.2g} times smaller than 1/√fan-in"))
        elif spread.one_sign and spread.ratio * 2.0 > 1.0:
            found.append((0.5, chain, "starts with entries of one sign only"))
    for chain, size in offset_of_start(done.trainer).items():
        if size > _ODD_START:  # what weights of that ratio make of inputs about 1
            found.append((size, chain, f"starts with entries of about {size:.2g}, where biases start at 0"))
    return max(found)[1:] if found else None


def _finding(scene: Scene, done: Experiments, tried: Tried, kind: str, role: Role, others: Sequence[Tried]) -> Finding:
    message, place, facts, advice = _MAKERS[kind](scene, done, tried)
    together = " and ".join(_DONE[c.kind] for c in tried.changes if c.kind != kind)
    clause = f"{_DONE[kind]} {f'and {together}' if together else 'and nothing else changed'}, it learns"
    before, after, cut = tried.before, tried.outcome, done.state == "stalled"
    evidence = (
        *facts,
        Evidence("starts that learn as it is", f"{before.good} of {before.of}"),
        Evidence("starts that learn so", f"{after.good} of {after.of}"),
        Evidence("squared error left, of the best constant's", round(min(done.share, 1e6), 4)),
        *((Evidence("steps that were run, of those planned", f"{done.steps} of {done.wanted}"),) if cut else ()),
    )
    instead = dict.fromkeys(t.changes[0].kind for t in others if len(t.changes) == 1)
    notes = tuple(f"{_DONE[k]} instead, it learns as well" for k in instead)
    family = _FAMILY[kind]
    return Finding(
        FAMILIES[family],
        family,
        f"{message}; {clause}",
        (place,) if place is not None else (),
        None,
        None,
        evidence,
        notes,
        advice,
        role,
        "verified",
    )


_DONE = {
    "learning rate": "with another learning rate",
    "start": "with start values N(0, 1/√fan-in)",
    "inputs": "with standardised inputs",
    "targets": "with targets in the output's range",
    "one-hot": "with a target for each class",
    "steady rate": "with the rate kept as it starts",
    "longer": "trained longer",
    "gradient": "with the true gradient",
    "repair": "with the line repaired",
}
Made = tuple[str, Place | None, tuple[Evidence, ...], str]


def _rate(scene: Scene, done: Experiments, tried: Tried) -> Made:
    factor = float(next(c.of for c in tried.changes if c.kind == "learning rate"))
    rate = next((r for r in scene.found.rates if r is not None and r.line is not None), None)
    place = _line_place(scene, rate.line) if rate else None
    place = place or node_place(scene, scene.found.judged_step.moves[0].links[-1].new)
    now = f"the learning rate {rate.value:g}" if rate is not None else "the step"
    word = "small" if factor > 1.0 else "large"
    advice = f"multiply the step by {factor:g}"
    if rate is not None:
        advice = f"use a learning rate of {rate.value * factor:g}"
    size = factor if factor > 1.0 else 1.0 / factor
    return f"{now} is about {size:g} times too {word}", place, (Evidence("factor", factor),), advice


def _line_place(scene: Scene, line: int | None) -> Place | None:
    """The whole line of the module's own file in which a literal stands."""
    for file, source in scene.found.places.sources.items():
        if line is not None and 0 < line <= len(source.lines):
            text = source.lines[line - 1]
            return Place(file, line, len(text) - len(text.lstrip()), line, len(text.rstrip()), text)
    return None


def _start(scene: Scene, done: Experiments, tried: Tried) -> Made:
    odd = _odd_start(done)
    chain = odd[0] if odd is not None else done.trainer.loop.parameters[0].chain
    name = scene.found.names[chain]
    how = odd[1] if odd is not None else "starts where training does not get on"
    place = node_place(scene, scene.found.chains[chain].origin)
    spread = spread_of_start(done.trainer).get(chain)
    facts = (Evidence(f"spread of {name} at the start, in 1/√fan-in", round(spread.ratio, 4)),) if spread else ()
    return f"{name} {how}", place, facts, "draw the weights from N(0, 1/√fan-in), the biases 0"


def _inputs(scene: Scene, done: Experiments, tried: Tried) -> Made:
    largest, unequal = _odd_inputs(done) or (float("nan"), float("nan"))
    roots = [r for r in input_roots(done.trainer) if r.number < len(scene.found.tape)]
    place = node_place(scene, roots[0].number) if roots else None
    name = name_of(scene, roots[0].number) if roots else "the inputs"
    facts = (Evidence("largest input", largest), Evidence("ratio of the features' spreads", round(unequal, 4)))
    known = facts if np.isfinite(largest) else ()
    return f"{name}: the inputs are not scaled", place, known, (
        "standardise the inputs: (X - X.mean(axis=0)) / X.std(axis=0)"
    )


def _targets(scene: Scene, done: Experiments, tried: Tried) -> Made:
    targets = done.trainer.judge().targets
    low, high = float(targets.min()), float(targets.max())
    meeting = scene.found.judged_step.meetings[0]
    place = node_place(scene, meeting.target if meeting.target is not None else meeting.node)
    facts = (Evidence("smallest target", low), Evidence("largest target", high))
    return f"the targets go from {low:g} to {high:g}, where the outputs cannot reach", place, facts, (
        "bring the targets into the range of the output's activation, or take a linear output"
    )


def _longer(scene: Scene, done: Experiments, tried: Tried) -> Made:
    factor = int(next(c.of for c in tried.changes if c.kind == "longer"))
    place = node_place(scene, scene.found.judged_step.moves[0].links[-1].new)
    rows = done.trainer.rows
    epochs = max(1, done.steps // max(rows.count, 1))
    unit, many = ("training steps", done.steps) if rows.endless else ("epochs", epochs)
    advice = f"train about {factor} times as long: {many * factor} {unit}"
    return f"{many} {unit} are too few", place, (Evidence(unit, many),), advice


def _steady(scene: Scene, done: Experiments, tried: Tried) -> Made:
    fading = fading_rate(done.trainer, done.steps)
    assert fading is not None  # else it had not been tried
    facts = (Evidence("factor in each step", fading.ratio), Evidence("steps until a thousandth is left", fading.gone))
    message = (
        f"the learning rate fades away: after {fading.gone} of {done.steps} steps less than a thousandth is left of "
        f"the {fading.first:g} that it starts with"
    )
    return message, node_place(scene, fading.node), facts, (
        "let it shrink more slowly: a factor nearer to 1, or rate / (1 + decay * epoch)"
    )


_MAKERS = {"learning rate": _rate, "start": _start, "inputs": _inputs, "targets": _targets, "longer": _longer,
           "steady rate": _steady}  # fmt: skip
