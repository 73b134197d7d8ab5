"""Findings about data, targets and the forward pass: facts of the recorded values."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np

from annprobe.diagnosis.clauses.wording import node_place
from annprobe.findings import FAMILIES, Evidence, Finding
from annprobe.listing.activations import derivatives
from annprobe.listing.naming import name_of
from annprobe.listing.scene import Scene
from annprobe.subject.roles.points import data_leaves
from annprobe.tape.nodes import Ref
from annprobe.tape.replay import replay, slice_of

_ROOM = 0.1  # targets a little out of reach cost a little, they do not stop training
_MOST_ACTIVATIONS = 60
_SATURATED = 0.04  # of the largest slope: |z| > 4.6 for the sigmoid


def data_findings(scene: Scene) -> list[Finding]:
    """Targets that the output cannot reach, shapes that broadcast, inputs that saturate, softmax over examples."""
    return [f for f in (_shapes(scene), _range(scene), softmax_finding(scene), _scaling(scene)) if f is not None]


def _shapes(scene: Scene) -> Finding | None:
    """``(N,)`` against ``(N, 1)``: the difference has N x N entries."""
    for node, output, target in _differences(scene):
        result = np.shape(scene.found.tape.value(node))
        if int(np.prod(result)) <= max(int(np.prod(output)), int(np.prod(target))):
            continue
        place = node_place(scene, node)
        return Finding(
            FAMILIES["labels"],
            "labels",
            f"output {output} and targets {target} become {result}: each output meets every target",
            (place,) if place is not None else (),
            None,
            None,
            (
                Evidence("entries of the error", int(np.prod(result))),
                Evidence("entries of the output", int(np.prod(output))),
            ),
            (),
            f"give the targets the shape {output}, for example with reshape",
            "untested",
            "measured",
        )
    return None


def _differences(scene: Scene) -> Iterator[tuple[int, tuple[int, ...], tuple[int, ...]]]:
    """(node, the output's shape, the targets') where they meet: in the judged step, and in what ran before it.

    Weights may take on the larger shape in the first update and be recognised as parameters only afterwards.
    """
    tape = scene.found.tape
    for meeting in scene.found.judged_step.meetings[:1]:
        if not meeting.indexed and tape[meeting.node].op != "setitem":
            yield meeting.node, np.shape(tape.value(meeting.output)), np.shape(meeting.value)
    target = scene.found.frontier[0].target
    for number in range(scene.found.frontier[0].node if target is not None else 0):
        others = set(tape[number].inputs) - {target}
        if tape[number].op == "subtract" and len(others) == 1 and target in tape[number].inputs:
            (output,) = others
            yield number, np.shape(tape.value(output)), np.shape(tape.value(target))


def _range(scene: Scene) -> Finding | None:
    """Targets outside what the last activation can give."""
    meetings = scene.found.judged_step.meetings
    reach = _output_range(scene)
    if reach is None:
        return None
    targets = [np.asarray(m.value, dtype=float) for step in scene.found.steps[:50] for m in step.meetings]
    low, high = min(float(t.min()) for t in targets), max(float(t.max()) for t in targets)
    room = _ROOM * (reach[1] - reach[0])
    if low >= reach[0] - room and high <= reach[1] + room:
        return None
    outside = float(np.mean([np.mean((t < reach[0] - room) | (t > reach[1] + room)) for t in targets]))
    target = meetings[0].target
    place = node_place(scene, _origin(scene, target) if target is not None else meetings[0].node)
    return Finding(
        FAMILIES["targets"],
        "targets",
        f"targets from {low:g} to {high:g}, but the activation keeps the output between {reach[0]:g} and {reach[1]:g}",
        (place,) if place is not None else (),
        None,
        None,
        (
            Evidence("lowest target", low),
            Evidence("highest target", high),
            Evidence("share out of reach", round(outside, 4)),
        ),
        (),
        "scale the targets into the output's range, or leave the activation off the output",
        "untested",
        "measured",
    )


def _origin(scene: Scene, node: int) -> int:
    """The last operation that made the data, before it was cut into examples."""
    while (
        scene.found.tape[node].op in ("getitem", "reshape", "transpose", "copy", "item", "asarray", "array")
        and scene.found.tape[node].inputs
    ):
        node = scene.found.tape[node].inputs[0]
    return node


def _output_range(scene: Scene) -> tuple[float, float] | None:
    """The bounds of the output, from replaying it with pre-activations far out; None when it is unbounded."""
    meeting = scene.found.judged_step.meetings[0]
    reach = pre_activations(scene, (meeting.output,)).get(meeting.output)
    output = np.asarray(scene.found.tape.value(meeting.output), dtype=float)
    sums = [output.sum(axis=axis) for axis in range(output.ndim)] + [output.sum()]
    if reach is not None and output.size > 1 and any(np.allclose(s, 1.0, atol=1e-6) for s in sums):
        return 0.0, 1.0  # a softmax can come as near to 0 and 1 as it likes, one entry at a time
    return reach[1] if reach is not None else None


def pre_activations(
    scene: Scene, wanted: Collection[int] | None = None
) -> dict[int, tuple[int, tuple[float, float]]]:
    """Bounded activations: node -> (its pre-activation z, its lowest and highest value); of the wanted nodes only."""
    sources: dict[int, set[int]] = {}
    for source, node, _ in derivatives(scene):
        if scene.found.tape[source].op in ("add", "dot", "matmul", "sum", "einsum", "tensordot"):
            sources.setdefault(node, set()).add(source)
    found: dict[int, tuple[int, tuple[float, float]]] = {}
    for node in sorted(n for n in sources if wanted is None or n in wanted)[-_MOST_ACTIVATIONS:]:
        for source in sorted(sources[node], reverse=True):
            reach = bounds(scene, source, node)
            if reach is not None:
                found[node] = source, reach
                break
    return found


def bounds(scene: Scene, source: int, node: int) -> tuple[float, float] | None:
    """Lowest and highest value of an activation, its pre-activation far out on both sides; None when unbounded."""
    shape = np.shape(scene.found.tape.value(source))
    signs = np.where(np.arange(int(np.prod(shape, dtype=int))).reshape(shape) % 2 == 0, 1.0, -1.0)
    seen = []
    for far in (30.0, -30.0, 60.0, -60.0):
        with np.errstate(all="ignore"):
            point = replay(scene.found.tape, {source: far * signs}, [node])
        seen.append(np.asarray(point.value(node), dtype=float))
    near, wide = np.concatenate([np.ravel(v) for v in seen[:2]]), np.concatenate([np.ravel(v) for v in seen[2:]])
    if not np.isfinite(wide).all() or abs(wide.max() - near.max()) > 1e-3 or abs(wide.min() - near.min()) > 1e-3:
        return None
    return (float(round(wide.min(), 9)), float(round(wide.max(), 9))) if wide.max() > wide.min() else None


def _scaling(scene: Scene) -> Finding | None:
    """Inputs so large that most units of a bounded activation start saturated."""
    assert scene.found.dependence is not None
    step = scene.found.steps[0]
    leaves = data_leaves(scene.found.tape, scene.found.dependence, step)
    data = [n for n in leaves if np.size(scene.found.tape.value(n)) > 0 and _reaches_product(scene, n)]
    largest = max(
        (float(np.max(np.abs(np.asarray(scene.found.tape.value(n), dtype=float)))) for n in data), default=0.0
    )
    if largest <= 10.0:
        return None
    share = saturation(scene)
    if share is None or share < 0.5:
        return None
    first = max(data, key=lambda n: float(np.max(np.abs(np.asarray(scene.found.tape.value(n), dtype=float)))))
    place = node_place(scene, _first_product(scene, first))
    return Finding(
        FAMILIES["data-scaling"],
        "data-scaling",
        f"inputs up to {largest:g} are fed in unscaled: {share:.0%} of the units start saturated",
        (place,) if place is not None else (),
        None,
        None,
        (Evidence("largest input", largest), Evidence("saturated at the start", round(share, 3))),
        (f"the data come from {name_of(scene, first)}",),
        "standardise the inputs: (X - X.mean(axis=0)) / X.std(axis=0)",
        "untested",
        "measured",
    )


def _reaches_product(scene: Scene, leaf: int) -> bool:
    """Whether the data are multiplied with parameters about as large as they are: nothing scaled them before."""
    size = float(np.max(np.abs(np.asarray(scene.found.tape.value(leaf), dtype=float))))
    first = scene.found.tape[_first_product(scene, leaf)]
    return float(np.max(np.abs(np.asarray(first.value, dtype=float)), initial=0.0)) > 0.5 * size


def _first_product(scene: Scene, leaf: int) -> int:
    """Where the module takes the data in: the last thing done to them before a product with a parameter."""
    for node in scene.forward:
        if scene.found.tape[node].op in ("dot", "matmul") and leaf in slice_of(
            scene.found.tape, [node], stop=scene.versions
        ):
            for arg in scene.found.tape[node].args:
                if isinstance(arg, Ref) and leaf in slice_of(scene.found.tape, [arg.node], stop=scene.versions):
                    return arg.node if scene.found.tape[arg.node].kind == "op" else node
    return leaf


def saturation(scene: Scene) -> float | None:
    """Share of the hidden units of bounded activations whose slope is under 4 % of the largest; None without any."""
    flat, total = 0, 0
    slopes = {(source, node): ratio for source, node, ratio in derivatives(scene)}
    outputs = {m.output for m in scene.found.judged_step.meetings}
    seen: set[int] = set()
    for node, (source, _) in pre_activations(scene).items():
        if node in outputs or source in seen:
            continue
        seen.add(source)
        ratio = slopes[source, node]
        largest = float(np.max([np.max(np.abs(r)) for r in ratio]))
        flat += int(np.sum(np.abs(ratio[0]) <= _SATURATED * largest))
        total += np.size(ratio[0])
    return flat / total if total else None


def softmax_finding(scene: Scene) -> Finding | None:
    """A softmax over the examples: an output row that depends on another example's row."""
    meeting = scene.found.judged_step.meetings[0]
    output = np.asarray(scene.found.tape.value(meeting.output), dtype=float)
    if output.ndim != 2 or min(output.shape) < 2 or np.any(output < 0) or np.any(output > 1):
        return None
    classes = class_axis(scene, output)
    if classes is None:
        return None
    right = np.allclose(output.sum(axis=classes), 1.0, atol=1e-6)
    wrong = np.allclose(output.sum(axis=1 - classes), 1.0, atol=1e-6) or abs(float(output.sum()) - 1.0) < 1e-6
    if right or not wrong:
        return None
    node = _normaliser(scene, meeting.output)
    place = node_place(scene, node)
    return Finding(
        FAMILIES["softmax-axis"],
        "softmax-axis",
        "softmax divides by a sum over the examples: the probabilities of one example do not add up to 1",
        (place,) if place is not None else (),
        None,
        None,
        (Evidence("sum over the classes of the first example", float(np.take(output, 0, axis=1 - classes).sum())),),
        (),
        f"sum over the classes: axis={classes}, keepdims=True",
        "untested",
        "measured",
    )


def class_axis(scene: Scene, output: np.ndarray) -> int | None:
    """Along which axis the classes lie: that of the biases and of one-hot targets."""
    target = np.asarray(scene.found.judged_step.meetings[0].value, dtype=float)
    if target.shape == output.shape and target.ndim == 2:
        for axis in (0, 1):
            if np.allclose(target.sum(axis=axis), 1.0) and not np.allclose(target.sum(axis=1 - axis), 1.0):
                return axis
    return None


def _normaliser(scene: Scene, output: int) -> int:
    """The sum that the output is divided by."""
    for node in reversed(slice_of(scene.found.tape, [output], stop=scene.versions)):
        if scene.found.tape[node].op in ("sum", "add.reduce"):
            return node
    return output
