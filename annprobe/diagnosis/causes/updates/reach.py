"""Findings about what no parameter reaches: examples whose output stays what it is, for want of a bias."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np

from annprobe.diagnosis.clauses.wording import established, node_place
from annprobe.findings import Evidence, Finding
from annprobe.listing.mended import UNREPLAYABLE
from annprobe.listing.scene import Scene
from annprobe.subject.roles.frontier import Meeting
from annprobe.subject.roles.points import data_operands
from annprobe.subject.roles.steps import Step
from annprobe.tape.replay import replay, slice_of

_STEPS = 40  # steps that are looked at: in a loop over the examples each has another one
_MEETINGS = 20  # of a step
_DRAWS = 12  # an output unit is dead in all of them once in 4,000 times
_LARGEST = 2_000  # outputs of a step
_FAR = 0.25  # of the targets' spread: an output that is wrong, not one that is nearly right
_PRODUCTS = {"dot", "matmul", "einsum", "multiply", "sum", "tensordot", "inner"}


def reach_findings(scene: Scene) -> list[Finding]:
    """Outputs that are the same whatever the parameters are, beside others that are not, and far from their targets."""
    if scene.alone:
        return []
    seen: dict[bytes, tuple[float, float]] = {}
    node = None
    values = [np.asarray(m.value, dtype=float) for s in scene.found.steps[:_STEPS] for m in s.meetings]
    spread = float(max(v.max() for v in values if v.size) - min(v.min() for v in values if v.size))
    learned = False
    for step in scene.found.steps[:_STEPS]:
        for meeting in step.meetings[:_MEETINGS]:
            fixed, moving = _fixed(scene, step, meeting)
            learned |= moving
            for row, output, target in fixed:
                if abs(target - output) > _FAR * spread > 0.0:
                    seen.setdefault(row, (output, target))
                    node = meeting.output
    if not seen or not learned or node is None:
        return []
    output, target = next(iter(seen.values()))
    names = ", ".join(scene.found.names[move.chain] for move in scene.found.judged_step.moves[:4])
    way = slice_of(scene.found.tape, [node], stop=scene.versions)
    products = [n for n in way if scene.found.tape[n].op in _PRODUCTS]
    finding = established(
        "bias",
        f"no parameter has a part in the output of {len(seen)} of the examples: it is {output:g} for ever, and the "
        f"target is {target:g}: there is no bias",
        (node_place(scene, products[-1] if products else node),),
        (Evidence("examples that nothing reaches", len(seen)), Evidence("parameters", names)),
        "add a bias to each layer, z = x @ W + b, or a column of ones to the inputs",
    )
    return [replace(finding, role="contributing")]  # these examples are never learned, whatever else is changed


def _fixed(scene: Scene, step: Step, meeting: Meeting) -> tuple[list[tuple[bytes, float, float]], bool]:
    """(example, output, target) of the outputs that stay the same when all parameters change; whether others change."""
    try:
        own = np.asarray(scene.found.tape.value(meeting.output), dtype=float)
        same = np.isfinite(own) & (own.size <= _LARGEST)
        for seed in range(_DRAWS):
            if not np.any(same):
                return [], own.size <= _LARGEST
            other = _elsewhere(scene, step, meeting, seed)
            same &= np.abs(own - other) <= 1e-12 * np.maximum(np.abs(own), 1.0)
        targets = np.broadcast_to(np.asarray(meeting.value, dtype=float), own.shape)
    except (*UNREPLAYABLE, NotImplementedError):
        return [], False
    example, places = _example(scene, step), [tuple(index) for index in np.argwhere(same)]
    found = [(np.array(i).tobytes() + example, float(own[i]), float(targets[i])) for i in places]
    return found, not bool(same.all())


def _elsewhere(scene: Scene, step: Step, meeting: Meeting, seed: int) -> Any:
    """The output with other parameters, of a size that saturates nothing: none of a ReLU's units stays dead in all."""
    rng = np.random.default_rng(seed)
    shapes = {m.before: np.shape(scene.found.tape.value(m.before)) for m in step.moves}
    moved = {n: rng.normal(0.0, 1.0 / np.sqrt(max(shape, default=1)), shape) for n, shape in shapes.items()}
    given = {n: v if np.ndim(v) else float(v) for n, v in moved.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # numpy's, of its matrix class
        return np.asarray(replay(scene.found.tape, given, [meeting.output]).value(meeting.output), dtype=float)


def _example(scene: Scene, step: Step) -> bytes:
    """What tells the examples of a loop from each other: their data."""
    assert scene.found.dependence is not None
    data = sorted(data_operands(scene.found.tape, scene.found.dependence, step))
    return b"".join(np.asarray(scene.found.tape.value(i)).tobytes() for i in data)
