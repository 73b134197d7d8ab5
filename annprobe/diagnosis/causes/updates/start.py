"""Findings about the parameters themselves: how they start, which are one and the same, which never move."""

from __future__ import annotations

import ast

import numpy as np

from annprobe.diagnosis.clauses.wording import established, node_place
from annprobe.findings import Evidence, Finding, Place
from annprobe.listing.naming import name_of
from annprobe.listing.operand_families import bias_like
from annprobe.listing.scene import Scene
from annprobe.subject.roles.points import data_operands
from annprobe.subject.roles.rows import Origins, example_indices
from annprobe.subject.roles.steps import Step
from annprobe.tape.adjoint import adjoints
from annprobe.tape.nodes import Ref
from annprobe.tape.replay import slice_of

_PRODUCTS = {"dot", "matmul", "einsum", "tensordot", "inner"}


def start_findings(scene: Scene) -> list[Finding]:
    """Equal starts, one array for several layers, a bias for each example, weights drawn anew, weights left out."""
    found = (_equal_start(scene), _shared(scene), _bias_for_each(scene), _drawn_anew(scene), _left_out(scene))
    return [f for f in found if f is not None]


def _equal_start(scene: Scene) -> Finding | None:
    """All weights of all layers equal: every hidden unit computes, and learns, the same for ever."""
    tape = scene.found.tape
    weights = [
        chain
        for i, chain in enumerate(scene.found.chains)
        if np.ndim(tape.value(chain.origin)) == 2 and not bias_like(scene, i)
    ]
    if len(weights) < 2 or any(float(np.ptp(np.asarray(tape.value(c.origin), dtype=float))) != 0.0 for c in weights):
        return None
    if all(1 in np.shape(tape.value(c.origin)) for c in weights) and not _twins(scene):
        return None
    value = float(np.ravel(tape.value(weights[0].origin))[0])
    return established(
        "initialisation",
        f"all weights start at {value:g}: the units of a layer can never become different",
        [node_place(scene, c.origin) for c in weights],
        (Evidence("layers that start equal", len(weights)),),
        "draw the weights at random, for example rng.normal(0, 1 / np.sqrt(fan_in), size)",
    )


def _twins(scene: Scene) -> bool:
    """Whether several hidden units have the same value, in a step that is not the first."""
    tape, dependence = scene.found.tape, scene.found.dependence
    assert dependence is not None
    step = scene.found.steps[-1]
    versions = {m.before for m in step.moves}
    for node in slice_of(tape, [m.output for m in step.meetings], stop=versions):
        if tape[node].op not in _PRODUCTS or not versions & set(tape[node].inputs):
            continue
        for operand in tape[node].inputs:
            value = np.asarray(tape.value(operand))
            if operand in versions or not dependence.touched(operand):
                continue
            if any(n > 1 and np.ptp(value, axis=k).max() == 0.0 for k, n in enumerate(value.shape)):
                return True
    return False


def _shared(scene: Scene) -> Finding | None:
    """``[array] * n``: a list that holds one and the same array n times, so that the layers share it."""
    places = scene.found.places
    for number, chain in enumerate(scene.found.chains):
        moves = [m for step in scene.found.steps for m in step.moves if m.chain == number]
        if not any(sum(link.genuine and not link.partial for link in m.links) > 1 for m in moves):
            continue
        for node in slice_of(scene.found.tape, [chain.origin]):
            statement, span = places.statement(node), places.span(node)
            source = places.source(span) if span is not None else None
            repeated = _repeated(statement) if statement is not None else None
            if repeated is None or span is None or source is None or not _inside(span.line, repeated):
                continue
            text = source.segment(repeated)
            return established(
                "initialisation",
                f"{text} holds one and the same array several times: these layers share their weights",
                (node_place(scene, node),),
                (Evidence("updates of the one array in a step", max(len(m.links) for m in moves)),),
                "make an array for each: [make() for _ in range(n)]",
            )
    return None


def _repeated(statement: ast.stmt) -> ast.BinOp | None:
    """A list display with a call in it, times a number."""
    for node in ast.walk(statement):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            for side in (node.left, node.right):
                if isinstance(side, ast.List) and any(isinstance(n, ast.Call) for n in ast.walk(side)):
                    return node
    return None


def _inside(line: int, node: ast.expr) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def _bias_for_each(scene: Scene) -> Finding | None:
    """A bias with one row for each example: what it learns belongs to that example alone."""
    tape, step = scene.found.tape, scene.found.judged_step
    origins, found = Origins(tape), []
    assert scene.found.dependence is not None
    batches = [origins.of(n) for n in data_operands(tape, scene.found.dependence, step)]
    for move in step.moves:
        shape = np.shape(tape.value(move.before))
        added = [n for n in scene.forward if tape[n].op == "add" and move.before in tape[n].inputs]
        if len(shape) != 2 or min(shape) < 1 or not added or np.shape(tape.value(added[0])) != shape:
            continue
        examples = max(shape)
        if examples < 3 or shape[0] == shape[1]:
            continue
        axis = shape.index(examples)
        rows = [i for o in batches if o is not None for _, i in example_indices(o, examples)]
        apart = any(np.unique(i).size == examples for i in rows) and _apart(scene, move.before, axis)
        if apart and _along_examples(scene, added[0], axis, examples):
            found.append(move.chain)
    if not found:
        return None
    names = ", ".join(scene.found.names[i] for i in found)
    return established(
        "bias",
        f"{names} {'has' if len(found) == 1 else 'have'} a row for each example: every example learns a bias of its "
        "own, and no other data can use it",
        [node_place(scene, scene.found.chains[i].origin) for i in sorted(found)],
        (Evidence("shape", str(np.shape(tape.value(scene.found.chains[found[0]].origin)))),),
        "one bias for each unit, shape (1, units), and the sum of the delta over the examples as its gradient",
    )


def _apart(scene: Scene, bias: int, axis: int) -> bool:
    """Whether a row of the bias has a part in its own example's output only; positions of a sequence share theirs."""
    tape, meeting = scene.found.tape, scene.found.judged_step.meetings[0]
    output = np.shape(tape.value(meeting.output))
    examples = np.shape(tape.value(bias))[axis]
    if examples not in output:
        return False
    first = np.zeros(output)
    first[(slice(None),) * output.index(examples) + (0,)] = 1.0
    part = adjoints(tape, {meeting.output: first}, scene.versions).of.get(bias)
    return part is not None and not np.any(np.delete(np.asarray(part, dtype=float), 0, axis=axis))


def _along_examples(scene: Scene, added: int, axis: int, examples: int) -> bool:
    """Whether that axis of z = X W + b is the one of the examples: W does not have it."""
    tape = scene.found.tape
    for source in tape[added].inputs:
        product = tape[source]
        if product.op in ("dot", "matmul") and len(product.args) == 2:
            weights = product.args[1 - axis]
            if isinstance(weights, Ref) and weights.node in scene.versions:
                return bool(np.shape(tape.value(source))[axis] == examples)
    return False


def _drawn_anew(scene: Scene) -> Finding | None:
    """Weights made inside the loop whose turns are the passes over the data: each pass begins from the start."""
    tape = scene.found.tape
    dependence = scene.found.dependence
    assert dependence is not None
    if len(scene.found.steps) < 2:
        return None
    first, last = (s.meetings[0].node for s in (scene.found.steps[0], scene.found.steps[1]))
    for chain in scene.found.chains:
        made = tape.turns[tape[chain.origin].turn]
        outer, inner = tape.turns[tape[first].turn], tape.turns[tape[last].turn]
        if not made or outer[: len(made)] != made or len(outer) != len(made) + 1 or inner[:-1] != outer[:-1]:
            continue
        if inner[-1][0] != outer[-1][0] or not _one_pass(scene, outer[:-1], outer[-1][0]):
            continue
        return established(
            "initialisation",
            f"{name_of(scene, chain.origin)} is made anew before each pass over the data: all that was learned is lost",
            (node_place(scene, chain.origin, 1), node_place(scene, chain.origin)),
            (Evidence("steps before it starts again", tape.planned.get(outer[-1][0], 0)),),
            "draw the weights once, before the loop over the epochs",
        )
    return None


def _one_pass(scene: Scene, around: tuple[tuple[int, int], ...], loop: int) -> bool:
    """Whether the loop's turns take each example once: other rows in every step, and as many turns as it takes."""
    tape, dependence = scene.found.tape, scene.found.dependence
    assert dependence is not None
    origins = Origins(tape)
    seen: set[tuple[object, ...]] = set()
    rows = size = 0
    for step in scene.found.steps[:20]:
        turns = tape.turns[tape[step.meetings[0].node].turn]
        if turns[:-1] != around or turns[-1][0] != loop:
            continue
        operands = sorted(data_operands(tape, dependence, step))
        rows, taken = _taken(scene, origins, step, operands)
        key: tuple[object, ...] = tuple(taken) or tuple(np.asarray(tape.value(n)).tobytes() for n in operands)
        if key in seen:
            return False
        seen.add(key)
        size = max(size, len(taken))
    planned = tape.planned.get(loop, 0)
    return len(seen) > 1 and planned > 0 and (planned * max(size, 1) == rows or planned == len(seen))


def _taken(scene: Scene, origins: Origins, step: Step, operands: list[int]) -> tuple[int, list[tuple[int, int]]]:
    """How many examples there are, and which the step takes: (their array, row)."""
    output = np.shape(scene.found.tape.value(step.meetings[0].output))
    for origin in filter(None, map(origins.of, operands)):
        for count in (*output, 1):
            for axis, index in example_indices(origin, count):
                rows = np.shape(scene.found.tape.value(origin.leaf))[-1 if axis else 0]
                return rows, [(origin.leaf, int(i)) for i in index]
    return 0, []


def _left_out(scene: Scene) -> Finding | None:
    """Weights made together with the trained ones and used beside them, that no step ever changes."""
    tape, dependence = scene.found.tape, scene.found.dependence
    assert dependence is not None
    made = {tape[c.origin].site: i for i, c in enumerate(scene.found.chains) if tape.sites[tape[c.origin].site]}
    uses: dict[int, int] = {}
    for step in scene.found.steps[:3]:
        for node in slice_of(tape, [m.output for m in step.meetings], stop=dependence.version_bits):
            if tape[node].op in (*_PRODUCTS, "add") and node not in dependence.version_bits:
                for source in set(tape[node].inputs):
                    uses[source] = uses.get(source, 0) + 1
    constant = [
        n
        for n, times in uses.items()
        if times >= min(2, len(scene.found.steps)) and not dependence.touched(n) and np.ndim(tape.value(n)) > 0
        and tape[n].site in made and n not in {m.target for m in scene.found.frontier}
    ]  # fmt: skip
    if not constant or len(scene.found.steps) < 2:
        return None
    sibling = made[tape[constant[0]].site]
    update = next((m.links[-1].new for s in scene.found.steps for m in s.moves if m.chain == sibling), None)
    shapes = ", ".join(str(np.shape(tape.value(n))) for n in sorted(constant))
    return established(
        "update",
        f"of the parameters made in this line, those of shape {shapes} are used and never updated",
        (*(_loop_and_line(scene, update) if update is not None else ()), node_place(scene, constant[0])),
        (Evidence("parameters that never change", len(constant)),),
        "let the update run over all layers, the first one included",
    )


def _loop_and_line(scene: Scene, node: int) -> tuple[Place | None, ...]:
    """The loop that an update stands in, and the update."""
    span, own = scene.found.places.span(node), node_place(scene, node)
    source = scene.found.places.source(span) if span is not None else None
    if span is None or source is None:
        return (own,)
    loops = [n for n in ast.walk(source.tree) if isinstance(n, ast.For)]
    around = [n for n in loops if n.lineno < span.line <= (n.end_lineno or 0)]
    if not around:
        return (own,)
    loop = max(around, key=lambda n: n.lineno)
    text = source.lines[loop.lineno - 1]
    return Place(span.file, loop.lineno, loop.col_offset, loop.lineno, len(text), text), own
