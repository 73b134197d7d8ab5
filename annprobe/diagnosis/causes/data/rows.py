"""Findings about which examples meet which targets, read off the rows of the data that each step takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from annprobe.diagnosis.clauses.wording import node_place
from annprobe.findings import FAMILIES, Evidence, Finding
from annprobe.listing.scene import Scene
from annprobe.subject.roles.points import data_operands
from annprobe.subject.roles.rows import Origin, Origins, example_indices
from annprobe.subject.roles.steps import Step
from annprobe.tape.replay import slice_of

_STEPS = 40
_ARITHMETIC = {"add", "subtract", "multiply", "divide"}


@dataclass(frozen=True)
class Batch:
    """The examples of one training step: indices into the inputs' array and into the targets' array."""

    step: int
    operand: int
    target: int
    inputs: Any
    targets: Any
    rows: int  # how many examples the arrays hold


def row_findings(scene: Scene) -> list[Finding]:
    """Inputs and targets of different examples; the same few in every mini-batch; inputs that change in place."""
    origins = Origins(scene.found.tape)
    batches = [b for k, step in enumerate(scene.found.steps[:_STEPS]) for b in _batch(scene, origins, k, step)]
    found = (_misaligned(scene, origins, batches), _same_batch(scene, batches), _drifting(scene, origins))
    return [f for f in found if f is not None]


def _batch(scene: Scene, origins: Origins, number: int, step: Step) -> Iterator[Batch]:
    """The step's examples, where both inputs and targets can be traced to arrays of as many rows."""
    tape, dependence = scene.found.tape, scene.found.dependence
    assert dependence is not None
    operands = [(n, origins.of(n)) for n in sorted(data_operands(tape, dependence, step))]
    if len(step.meetings) != 1 or step.meetings[0].target is None:
        return
    target = step.meetings[0].target
    theirs = origins.of(target)
    output = np.shape(tape.value(step.meetings[0].output))
    if theirs is None:
        return
    for operand, mine in operands:
        found = []
        for count in dict.fromkeys((*output, 1)):
            for axis, x in example_indices(mine, count) if mine is not None else []:
                for other, y in example_indices(theirs, count):
                    assert mine is not None
                    rows = np.shape(tape.value(mine.leaf))[-1 if axis else 0]
                    if count <= rows == np.shape(tape.value(theirs.leaf))[-1 if other else 0] > 2:
                        found.append(Batch(number, operand, target, x, y, rows))
        aligned = [b for b in found if np.array_equal(b.inputs, b.targets)]
        if found:
            yield (aligned or found)[0]


def _misaligned(scene: Scene, origins: Origins, batches: list[Batch]) -> Finding | None:
    """Outputs of some examples against the targets of others; one shift or reversal throughout is meant so."""
    wrong = [b for b in batches if not np.array_equal(b.inputs, b.targets)]
    meant = any(
        len({int(k) for b in batches for k in (b.targets + sign * b.inputs) % b.rows}) < 2 for sign in (-1, 1)
    )
    if not wrong or meant or len(wrong) < 0.3 * len(batches):
        return None
    first = wrong[0]
    before = {b.step: b for b in batches}.get(first.step - 1)
    late = before is not None and np.array_equal(first.inputs, before.targets)
    meeting = scene.found.steps[first.step].meetings[0].node
    family = "state" if late else "labels"
    places = [node_place(scene, _reordered(scene, origins, first)), node_place(scene, meeting)]
    if late:
        places = [node_place(scene, meeting, 1) or places[1], places[1]]
    return Finding(
        FAMILIES[family],
        family,
        "the backward pass works with the outputs of the examples before, against the targets of these"
        if late
        else "the outputs of some examples meet the targets of others: inputs and targets are in different orders",
        tuple(p for p in places if p is not None),
        None,
        None,
        (
            Evidence("first input of the step", int(first.inputs[0])),
            Evidence("first target of the step", int(first.targets[0])),
            Evidence("steps with another order", f"{len(wrong)} of {len(batches)}"),
        ),
        (),
        "run the forward pass on these examples first, then the backward pass"
        if late
        else "use one order for both: order = rng.permutation(N); X, Y = X[order], Y[order]",
        "untested",
        "measured",
    )


def _reordered(scene: Scene, origins: Origins, batch: Batch) -> int:
    """Where the rows of one side first stand in another order; else where they were taken."""
    for node in slice_of(scene.found.tape, [batch.operand, batch.target]):
        origin = origins.of(node) if scene.found.tape[node].kind == "op" else None
        for _, order in example_indices(origin, batch.rows) if origin is not None else []:
            if np.any(np.diff(order) < 0) and np.unique(order).size == batch.rows:
                return node
    return batch.operand


def _same_batch(scene: Scene, batches: list[Batch]) -> Finding | None:
    """The same part of the data in every turn of a loop that has as many turns as it takes to see all."""
    if len({b.step for b in batches}) < 3 or any(len(b.inputs) == b.rows for b in batches):
        return None
    tape, first = scene.found.tape, batches[0]
    turns = tape.turns[tape[first.operand].turn]
    passes: dict[Any, list[Batch]] = {}
    for b in batches:
        passes.setdefault(tape.turns[tape[b.operand].turn][:-1], []).append(b)
    alike = all(np.array_equal(b.inputs, p[0].inputs) for p in passes.values() for b in p)
    if len(passes[turns[:-1]]) < 3 or not alike:
        return None
    loop = turns[-1][0] if turns else None
    planned = tape.planned.get(loop, 0) if loop is not None else 0
    if not first.rows - len(first.inputs) < planned * len(first.inputs) < first.rows + len(first.inputs):
        return None
    places = [node_place(scene, first.operand), node_place(scene, first.target)]
    return Finding(
        FAMILIES["labels"],
        "labels",
        f"every mini-batch is the same {len(first.inputs)} examples: the other {first.rows - len(first.inputs)} "
        "are never used",
        tuple(p for p in places if p is not None),
        None,
        None,
        (Evidence("examples used", len(first.inputs)), Evidence("examples there are", first.rows)),
        (f"the loop around it has {planned} turns, enough to see all of them once",),
        "let the slice move with the loop: X[i * size:(i + 1) * size]",
        "untested",
        "measured",
    )


def _drifting(scene: Scene, origins: Origins) -> Finding | None:
    """Inputs computed from the inputs of the step before, at one and the same place: they are changed in place."""
    for step in scene.found.steps[1:6]:
        for before, node in _made_again(scene, origins, step):
            old, new = (np.asarray(scene.found.tape.value(n), dtype=float) for n in (before, node))
            if old.shape == new.shape and not np.allclose(old, new):
                return _drift_finding(scene, node, float(np.sqrt(np.mean((new - old) ** 2))))
    return None


def _made_again(scene: Scene, origins: Origins, step: Step) -> Iterator[tuple[int, int]]:
    """Pairs of inputs that were computed at one place, the later ones (of this step) from the earlier ones."""
    tape, dependence = scene.found.tape, scene.found.dependence
    assert dependence is not None
    seen: dict[Any, int] = {}
    data = sorted(data_operands(tape, dependence, step))
    leaves = {(origin.leaf, np.shape(tape.value(n))) for n in data if (origin := origins.of(n)) is not None}
    for node in slice_of(tape, data):
        origin, size = origins.of(node), np.size(tape.value(node))
        if tape[node].op not in _ARITHMETIC or size < 2 or origin is None:
            continue
        if (origin.leaf, np.shape(tape.value(node))) not in leaves:
            continue  # not the inputs: a running mean, with which they are normalised
        before = seen.setdefault(tape.sites[tape[node].site][:1], node)
        if before == node or node < scene.found.steps[0].meetings[0].node or before not in slice_of(tape, [node]):
            continue
        if _same_entries(origins.of(before), origin):
            yield before, node


def _drift_finding(scene: Scene, node: int, change: float) -> Finding:
    where = node_place(scene, node)
    return Finding(
        FAMILIES["state"],
        "state",
        "the inputs themselves are changed in every step: each change comes on top of all earlier ones",
        (where,) if where is not None else (),
        None,
        None,
        (Evidence("rms of the change since the first step", change),),
        (),
        "work on a copy: x = X + noise, not X += noise",
        "untested",
        "measured",
    )


def _same_entries(one: Origin | None, other: Origin | None) -> bool:
    """Whether two values hold the same examples of the same data, entry by entry."""
    if one is None or other is None or one.leaf != other.leaf:
        return False
    return all(np.array_equal(a, b) for a, b in zip(one.indices, other.indices, strict=True))
