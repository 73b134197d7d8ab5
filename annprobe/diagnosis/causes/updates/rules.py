"""Findings about the update rule: what stands between a right gradient and the change of a parameter.

Every fact is an experiment on the recorded operations: the error of one step is taken away, or made larger, and the
corrections are computed again.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from annprobe.diagnosis.clauses.wording import established, node_place
from annprobe.findings import Evidence, Finding, Place
from annprobe.listing.scene import Scene
from annprobe.subject.roles.chains import Chain
from annprobe.subject.roles.steps import Move, Step
from annprobe.tape.replay import replay, slice_of

_REFUSED = (ValueError, TypeError, IndexError, ZeroDivisionError, OverflowError, FloatingPointError, AttributeError)
_LARGE, _LARGER = 1e6, 1e8  # so that a small constant beside the squared gradient does not matter


def rule_findings(scene: Scene) -> list[Finding]:
    """Sums over the steps that never fade, steps that shrink as the gradient grows, counters that count too much."""
    found = (_undamped(scene), _inverse(scene), _counters(scene), _whole_numbers(scene), _grown(scene))
    return [f for f in found if f is not None]


def _corrections(move: Move) -> list[int]:
    return [link.correction for link in move.links if link.genuine and link.correction is not None]


def _with_error(scene: Scene, step: Step, change: Callable[[Any], Any], wanted: list[int]) -> Mapping[int, Any] | None:
    """The wanted values when the step's errors are others; what the step left behind stays as recorded."""
    tape = scene.found.tape
    errors: dict[int, Any] = {}
    for meeting in step.meetings:
        error = np.asarray(tape.value(meeting.node), dtype=float)
        errors[meeting.node] = change(error) if error.shape else float(change(error))
    fixed = {move.after: tape.value(move.after) for move in step.moves if move.after not in wanted}
    try:
        point = replay(tape, {**fixed, **errors}, wanted)
    except _REFUSED:
        return None
    return {n: np.asarray(point.value(n), dtype=float) for n in wanted}


def _contribution(scene: Scene, step: Step, correction: int) -> Any | None:
    """What the errors of a step add to a correction."""
    without = _with_error(scene, step, np.zeros_like, [correction])
    if without is None:
        return None
    return np.asarray(scene.found.tape.value(correction), dtype=float) - without[correction]


def _pairs(scene: Scene) -> list[tuple[Step, Step, Move, Move]]:
    """For each parameter, its moves in two steps in a row, where each is one plain correction."""
    found = []
    steps = scene.found.steps
    for number in range(len(scene.found.chains)):
        own = [(s, m) for s in steps for m in s.moves if m.chain == number and len(_corrections(m)) == 1]
        if len(own) > 1 and not any(m.links[-1].partial for _, m in own[:2]):
            found.append((own[0][0], own[1][0], own[0][1], own[1][1]))
    return found


def _undamped(scene: Scene) -> Finding | None:
    """The correction of a step still holds the whole gradient of the step before: a sum that is never set back."""
    for first, second, before, after in _pairs(scene):
        old, new = _corrections(before)[0], _corrections(after)[0]
        errors = {m.node for m in first.meetings}
        if errors & {m.node for m in second.meetings} or not errors & _since(scene, new, first):
            continue
        fresh, kept = _contribution(scene, first, old), _contribution(scene, first, new)
        if fresh is None or kept is None or fresh.shape != kept.shape or not np.any(fresh):
            continue
        if not (np.isfinite(fresh).all() and np.isfinite(kept).all()):
            continue
        if not np.allclose(kept, fresh, rtol=1e-6, atol=1e-9 * float(np.max(np.abs(fresh)))):
            continue
        return _accumulated(scene, before.chain, len(first.meetings), _joint(scene, first, second, new))
    return None


# names of sums of gradients, not of velocities
_GRADIENTS = re.compile(r"[gG]rad|nabla|sum|acc|total|^d_?[A-Z]|^d[wb]\d*$")


def _accumulated(scene: Scene, chain: int, terms: int, joint: int) -> Finding:
    """A sum over the examples of one step that goes on in the next, or a velocity that never fades."""
    name = scene.found.names[chain]
    message = (
        f"the correction of {name} holds the gradients of all steps so far, each with full weight: "
        "no earlier one fades or is set back"
    )
    evidence = (Evidence("weight of the step before", 1.0), Evidence("parameter", name))
    kept = scene.found.places.name(joint).rpartition(".")[2]
    if terms == 1 and not _GRADIENTS.search(kept):
        help_text = "for momentum let the sum fade: v = mu * v + gradient with mu < 1"
        return established("update", message, (node_place(scene, joint),), evidence, help_text)
    places = (_started(scene, joint), node_place(scene, joint))
    help_text = "start the sum at zero in every step, with an array of its own"
    return established("state", message, places, evidence, help_text)


def _started(scene: Scene, joint: int) -> Place | None:
    """The assignment that gave the sum its start, in the function that adds to it."""
    span = scene.found.places.span(joint)
    source = scene.found.places.source(span) if span is not None else None
    statement = scene.found.places.statement(joint)
    if source is None or span is None or not isinstance(statement, (ast.AugAssign, ast.Assign)):
        return None
    target: ast.expr = statement.target if isinstance(statement, ast.AugAssign) else statement.targets[0]
    while isinstance(target, ast.Subscript):
        target = target.value
    name = source.segment(target)
    before = [
        node
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Assign)
        and node.lineno < statement.lineno
        and any(source.segment(t) == name for whole in node.targets for t in _parts(whole))
    ]
    if not before:
        return None
    last = max(before, key=lambda node: node.lineno)
    return Place(
        span.file, last.lineno, last.col_offset, last.end_lineno or 0, last.end_col_offset or 0,
        source.lines[last.lineno - 1],
    )  # fmt: skip


def _parts(target: ast.expr) -> list[ast.expr]:
    return list(target.elts) if isinstance(target, (ast.Tuple, ast.List)) else [target]


def _since(scene: Scene, node: int, step: Step) -> set[int]:
    """What a correction depends on without going through the parameters."""
    return set(slice_of(scene.found.tape, [node], stop=_parameters(scene)))


def _parameters(scene: Scene) -> list[int]:
    """The versions of what the network uses; a velocity, which is corrected like a parameter, is none."""
    dependence = scene.found.dependence
    assert dependence is not None
    used = {move.chain for move in scene.found.judged_step.moves}
    return [version for version in dependence.version_bits if dependence.owner[version] in used]


def _joint(scene: Scene, first: Step, second: Step, correction: int) -> int:
    """Where the earlier step's gradient and this one's are added."""
    parameters = set(_parameters(scene))
    sides: dict[int, int] = {m.node: 1 for m in first.meetings} | {m.node: 2 for m in second.meetings}
    for number in slice_of(scene.found.tape, [correction], stop=parameters):
        if number in parameters:
            continue
        side = sides.get(number, 0)
        for source in scene.found.tape[number].inputs:
            side |= sides.get(source, 0)
        sides[number] = side
        if side == 3:
            return number
    return correction


def _inverse(scene: Scene) -> Finding | None:
    """A step that becomes the smaller the larger the gradient is: a squared gradient in the denominator."""
    step = scene.found.steps[0]
    moves = [m for m in step.moves if len(_corrections(m)) == 1 and np.any(m.change(scene.found.tape))]
    wanted = [_corrections(m)[0] for m in moves]
    large = _with_error(scene, step, lambda e: _LARGE * e, wanted) if wanted else None
    larger = _with_error(scene, step, lambda e: _LARGER * e, wanted) if wanted else None
    if large is None or larger is None:
        return None
    degrees = []
    for node in wanted:
        a, b = float(np.linalg.norm(large[node])), float(np.linalg.norm(larger[node]))
        degrees.append(np.log(b / a) / np.log(_LARGER / _LARGE) if a > 0.0 < b and np.isfinite(a + b) else 0.0)
    if max(degrees) > -0.9:
        return None
    dividing = [n for n in _since(scene, wanted[0], step) if scene.found.tape[n].op in ("divide", "true_divide")]
    after = {n for n in dividing if n > max(m.node for m in step.meetings)}
    return established(
        "update",
        "the step becomes smaller as the gradient grows: it is divided by the squared gradient, not by its root",
        (node_place(scene, max(after)) if after else None,),
        (Evidence("step, when the gradient is 100 times as large", float(100.0 ** float(np.mean(degrees)))),),
        "divide by the square root: gradient / (np.sqrt(cache) + eps)",
    )


def _counters(scene: Scene) -> Finding | None:
    """Bias corrections 1 − β^t of one step with different t: the counter counts parameters, not steps."""
    tape = scene.found.tape
    for step in scene.found.steps[:3]:
        seen: dict[float, dict[float, int]] = {}
        for move in step.moves:
            for node in slice_of(tape, _corrections(move), stop=[m.before for m in step.moves]):
                if node < step.meetings[0].node or tape[node].op != "power":
                    continue
                base, exponent = (_number(scene, a) for a in tape[node].args[:2])
                if base is not None and exponent is not None and 0.0 < base < 1.0 and exponent >= 1.0:
                    seen.setdefault(base, {}).setdefault(exponent, node)
        for base, exponents in seen.items():
            if len(exponents) > 1 and len(exponents) == len(step.moves):
                nodes = list(exponents.values())
                return established(
                    "update",
                    f"in one and the same step the parameters are corrected with {base:g} to the powers "
                    f"{', '.join(f'{e:g}' for e in exponents)}: the counter counts parameters, not steps",
                    (_raised(scene, nodes[0]), node_place(scene, nodes[0])),
                    (Evidence("different powers in one step", len(exponents)),),
                    "count the step once, before the loop over the parameters",
                )
    return None


def _number(scene: Scene, argument: Any) -> float | None:
    value = scene.found.tape.value(argument.node) if hasattr(argument, "node") else argument
    return float(value) if np.ndim(value) == 0 and isinstance(value, (int, float, np.number)) else None


def _raised(scene: Scene, node: int) -> Place | None:
    """Where the exponent of a power is counted up."""
    span = scene.found.places.span(node)
    source = scene.found.places.source(span) if span is not None else None
    expression = source.expression(span) if source is not None and span is not None else None
    if source is None or span is None or not isinstance(expression, ast.BinOp):
        return None
    counter = source.segment(expression.right)
    counted = [n for n in ast.walk(source.tree) if isinstance(n, ast.AugAssign) and source.segment(n.target) == counter]
    if not counted:
        return None
    inner = max(counted, key=lambda n: n.col_offset)  # where it counts most often
    line = inner.lineno
    return Place(span.file, line, inner.col_offset, line, inner.end_col_offset or 0, source.lines[line - 1])


def _whole_numbers(scene: Scene) -> Finding | None:
    """Parameters kept in arrays of whole numbers: what a step changes is cut off."""
    whole = [
        (i, chain)
        for i, chain in enumerate(scene.found.chains)
        if np.ndim(scene.found.tape.value(chain.versions[-1])) > 0
        and np.asarray(scene.found.tape.value(chain.versions[-1])).dtype.kind in "iu"
        and _cut_off(scene, chain)
    ]
    if not whole:
        return _rounded(scene)
    names = ", ".join(scene.found.names[i] for i, _ in whole)
    return established(
        "dtype",
        f"{names} {'is an array' if len(whole) == 1 else 'are arrays'} of whole numbers: every step is cut off to a "
        "whole number when it is stored",
        [node_place(scene, chain.origin) for _, chain in whole],
        (Evidence("kind of number", str(np.asarray(scene.found.tape.value(whole[0][1].origin)).dtype)),),
        "start with floats: np.array(..., dtype=float)",
    )


def _rounded(scene: Scene) -> Finding | None:
    """A parameter that every update turns into whole numbers, and that is used so."""
    tape, dependence = scene.found.tape, scene.found.dependence
    assert dependence is not None
    owners = {version: i for i, chain in enumerate(scene.found.chains) for version in chain.versions[1:]}
    for number, node in enumerate(tape.nodes):
        if node.op not in _WHOLE or not node.inputs or node.inputs[0] not in owners:
            continue
        before, after = (np.asarray(tape.value(n)) for n in (node.inputs[0], number))
        used = number in owners or any(number in tape[n].inputs for n in slice_of(tape, _outputs(scene)))
        if after.shape != before.shape or not used or not np.array_equal(after, np.round(after)):
            continue
        if np.any(before != after):
            name = scene.found.names[owners[node.inputs[0]]]
            return established(
                "dtype",
                f"{name} is turned into whole numbers by its update: what a step changes is cut off",
                (node_place(scene, number),),
                (Evidence("entries that were cut off", int(np.sum(before != after))),),
                "keep the parameter as floats",
            )
    return None


_WHOLE = {"astype", "round", "rint", "floor", "ceil", "trunc", "fix", "int"}


def _outputs(scene: Scene) -> list[int]:
    """The outputs of the first steps."""
    return [m.output for step in scene.found.steps[:3] for m in step.meetings]


def _cut_off(scene: Scene, chain: Chain) -> bool:
    """Whether a correction has a fraction; a perceptron's whole steps lose nothing."""
    corrections = [link.correction for link in chain.genuine() if link.correction is not None]
    steps = [np.asarray(scene.found.tape.value(c), dtype=float) for c in corrections]
    return any(bool(np.any(step != np.round(step))) for step in steps)


def _grown(scene: Scene) -> Finding | None:
    """A correction of another shape than its parameter: the update makes the parameter larger."""
    tape, places = scene.found.tape, scene.found.places
    for number, chain in enumerate(scene.found.chains):
        node = tape[chain.origin]
        if node.op not in ("add", "subtract") or node.kind != "op" or not chain.genuine():
            continue
        again = places.span(chain.genuine()[0].new)
        here = places.span(chain.origin)
        if here is None or again != here or len(node.inputs) < 2:
            continue
        old, correction = node.inputs[0], node.inputs[1]
        if not 1 < np.size(tape.value(old)) < np.size(node.value):
            continue  # a bias that starts as one number, or gets an axis more, is the same parameter still
        name = scene.found.names[number]
        shapes = [np.shape(tape.value(n)) for n in (old, correction, chain.origin)]
        return established(
            "update",
            f"{name} has the shape {shapes[0]} and its correction {shapes[1]}: together they become {shapes[2]}, "
            "another parameter than the one that was meant",
            (node_place(scene, chain.origin), node_place(scene, old)),
            (Evidence("entries before", int(np.prod(shapes[0]))), Evidence("entries after", int(np.prod(shapes[2])))),
            f"give both the same shape, for example by making {name} a column of shape {shapes[1]}",
        )
    return None
