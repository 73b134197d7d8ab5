"""Findings about the update statements: products, overwritten parameters, new values that nobody takes."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

import numpy as np

from annprobe.diagnosis.clauses.wording import established, node_place
from annprobe.findings import Evidence, Finding
from annprobe.listing.naming import name_of
from annprobe.listing.scene import Scene
from annprobe.subject.roles.links import COPIES, SHAPES
from annprobe.tape.nodes import Frame, Ref, Tape
from annprobe.tape.replay import slice_of

_KEEPING = {*COPIES, *SHAPES, "add", "subtract", "multiply", "divide", "setitem", "scatter", "where"}
REPLACED = "largest entry before it is replaced"  # the evidence of a parameter whose history is cut off
_GRADIENTS = {"multiply", "divide", "negative", "dot", "matmul", "outer", "sum", "mean"}  # what a correction ends with
_AGAIN = 3  # updates with the outputs of one forward pass that are no accident
_USES = {"dot", "matmul", "einsum", "tensordot", "inner", "multiply", "add", "subtract", "transpose", "getitem"}


def update_findings(scene: Scene) -> list[Finding]:
    """What the statements do that should change the parameters."""
    found = [*_multiplied(scene), *_overwritten(scene), *_thrown_away(scene)]
    return found + [f for f in (_stale(scene),) if f is not None]


def _multiplied(scene: Scene) -> Iterable[Finding]:
    """``W * (1 - rate * gradient)``: the step is as large as the parameter is, and turns where that is negative."""
    moves = [m for m in scene.found.judged_step.moves if scene.found.tape[m.links[-1].new].op == "multiply"]
    if moves:
        names = ", ".join(scene.found.names[m.chain] for m in moves)
        yield established(
            "update",
            f"{names} {'is' if len(moves) == 1 else 'are'} multiplied by 1 − rate · gradient: the step is taken times "
            "the parameter itself",
            [node_place(scene, m.links[-1].new) for m in moves],
            (Evidence("parameters that are multiplied", len(moves)),),
            f"subtract: {scene.found.names[moves[0].chain]} − rate · gradient",
        )


def _overwritten(scene: Scene) -> Iterator[Finding]:
    """A start value whose place in the forward pass is taken by a correction, not by the corrected value."""
    tape, meeting = scene.found.tape, scene.found.steps[0].meetings[0]
    again = _executed_again(scene, meeting.node)
    forward = {_code(tape, n) for n in slice_of(tape, [meeting.output], stop=scene.versions)}
    named: set[int] = set()
    for node, position, old in _operands(scene, meeting.output):
        args = tape[again[node]].args if node in again else ()
        new = args[position].node if len(args) > position and isinstance(args[position], Ref) else old
        new = new if again else _assigned_later(scene, old, meeting.node)
        if new == old or old in named or _code(tape, new) in forward:
            continue
        if tape[new].kind != "op" or not _is_start(scene, old):
            continue
        made_of_error = tape[new].op in _GRADIENTS and meeting.node in slice_of(tape, [new], stop=scene.versions)
        if not made_of_error or _goes_on(scene, new, old) or np.size(tape.value(new)) < np.size(tape.value(old)):
            continue
        named.add(old)
        name = scene.found.places.name(old) or name_of(scene, old)
        yield established(
            "update",
            f"{name} is replaced by its correction: nothing of its old value is kept",
            (node_place(scene, new),),
            (Evidence(REPLACED, _largest(scene, old)), Evidence("afterwards", _largest(scene, new))),
            f"add the correction to the old value: {name} = {name} − rate · gradient",
        )


def _code(tape: Tape, node: int) -> tuple[Frame, ...]:
    """The expression that computed a node, whoever called its function."""
    return tape.sites[tape[node].site][:1]


def _assigned_later(scene: Scene, old: int, error: int) -> int:
    """Where the forward pass is run but once: what the same variable is given after the error, else ``old``."""
    tape, places = scene.found.tape, scene.found.places
    name, shape = places.name(old), np.shape(tape.value(old))
    functions = {code for code, _ in tape.sites[tape[old].site][:1]}
    for new in range(error + 1, len(tape) if name else 0):
        seen = "." in name or {code for code, _ in tape.sites[tape[new].site][:1]} <= functions
        fits = seen and tape[new].kind == "op" and np.shape(tape.value(new)) == shape and places.name(new) == name
        if fits and not isinstance(places.statement(new), ast.AugAssign):
            return new
    return old


def _executed_again(scene: Scene, error: int) -> dict[int, int]:
    """Operation of the first forward pass -> the same one, in its turn, after the first error."""
    tape = scene.found.tape
    before, after = defaultdict[int, list[int]](list), defaultdict[int, list[int]](list)
    for number in range(len(tape)):
        (before if number < error else after)[tape[number].site].append(number)
    return {a: b for site, nodes in before.items() for a, b in zip(nodes, after[site], strict=False)}


def _goes_on(scene: Scene, new: int, old: int) -> bool:
    """Whether a value is an earlier one (or what that was made of) plus something, or times a number."""
    tape, stack, seen = scene.found.tape, [new], {new}
    starts = {old, *(n for n in slice_of(tape, [old]) if np.shape(tape.value(n)) == np.shape(tape.value(old)))}
    while stack:
        number = stack.pop()
        inputs = tape[number].inputs
        arrays = [i for i in inputs if np.ndim(tape.value(i)) > 0 or np.ndim(tape.value(number)) == 0]
        if tape[number].op in ("multiply", "divide") and len(arrays) > 1:
            continue
        if tape[number].op in _KEEPING:
            stack += [i for i in inputs if i not in seen]
            seen.update(inputs)
    return not starts.isdisjoint(seen)


def _largest(scene: Scene, node: int) -> float:
    return float(np.max(np.abs(np.asarray(scene.found.tape.value(node), dtype=float)), initial=0.0))


def _is_start(scene: Scene, node: int) -> bool:
    """Whether a value was drawn at random or made of zeros: a parameter's start, not data that change."""
    tape, dependence = scene.found.tape, scene.found.dependence
    if dependence is None or dependence.touched(node):
        return False
    leaves = [n for n in slice_of(tape, [node]) if tape[n].kind != "op"]
    return any(tape[n].op.startswith("random.") or tape[n].op in ("zeros", "zeros_like") for n in leaves)


def _operands(scene: Scene, output: int) -> Iterator[tuple[int, int, int]]:
    """(operation, position, operand) of a forward pass."""
    for node in slice_of(scene.found.tape, [output], stop=scene.versions):
        operation = scene.found.tape[node]
        if operation.op in _USES and scene.found.tape.sites[operation.site]:
            yield from ((node, k, a.node) for k, a in enumerate(operation.args) if isinstance(a, Ref))


def _thrown_away(scene: Scene) -> Iterator[Finding]:
    """``W = self.W - D`` and the like: a corrected value of what the network uses, that nothing takes."""
    tape, step = scene.found.tape, scene.found.judged_step
    errors = {m.node for s in scene.found.steps for m in s.meetings}
    used = {i for n in slice_of(tape, [m.output for m in step.meetings], stop=scene.versions) for i in tape[n].inputs}
    used -= scene.versions
    sites: dict[int, list[int]] = defaultdict(list)
    taken = {i for node in tape.nodes for i in node.inputs}
    for number, node in enumerate(tape.nodes):
        if node.op not in ("add", "subtract") or number in taken or len(node.args) != 2 or not node.inputs:
            continue
        old = node.args[0].node if isinstance(node.args[0], Ref) else None
        if old is None or old not in used or np.shape(node.value) != np.shape(tape.value(old)):
            continue
        if _is_start(scene, old) and errors & set(slice_of(tape, [node.inputs[-1]], stop=scene.versions)):
            sites[node.site].append(number)
    for numbers in sites.values():
        if len(numbers) < 2:
            continue  # where the recording ends, the last values are not taken either
        name = name_of(scene, tape[numbers[0]].inputs[0])
        yield established(
            "update",
            f"the new value of {name} is computed and never used: the network keeps the old one",
            (node_place(scene, numbers[0]),),
            (Evidence("updates lost", len(numbers)),),
            "store the new value where the forward pass reads it (in the list, the attribute, the dictionary), "
            "or update in place with -=",
        )


def _stale(scene: Scene) -> Finding | None:
    """One forward pass, and several updates from errors formed with its outputs, each in a turn of its own."""
    tape, first = scene.found.tape, scene.found.steps[0].meetings[0].output
    times = Counter(node.site for node in tape.nodes)
    takers = _takers(scene)
    for step in scene.found.steps:
        moved = max(step.moves, key=lambda move: len(move.links))
        update = tape[moved.links[-1].new].site
        if len(step.meetings) != 1 or times[update] < _AGAIN:
            continue
        output, site = step.meetings[0].output, tape[step.meetings[0].node].site
        again = [n for n in takers[output] if tape[n].site == site]
        if len({tape.turns[tape[n].turn] for n in again}) < _AGAIN:
            continue
        return established(
            "state",
            f"{name_of(scene, output)} is computed once and used for {len(again)} updates: the backward pass goes on "
            "with outputs of parameters that have changed since",
            [node_place(scene, n, _calling(scene, n, moved.links[-1].new)) for n in (first, output)],
            (Evidence("updates from one forward pass", len(again)),),
            "run the forward pass anew before each backward pass",
        )
    return None


def _takers(scene: Scene) -> dict[int, list[int]]:
    """Output of a meeting -> what takes it."""
    takers: dict[int, list[int]] = {m.output: [] for step in scene.found.steps for m in step.meetings}
    for number, node in enumerate(scene.found.tape.nodes):
        for taken in set(node.inputs):
            if taken in takers:
                takers[taken].append(number)
    return takers


def _calling(scene: Scene, node: int, update: int) -> int:
    """How many calls further out the forward pass was asked for, in the function that both belong to."""
    sites, tape = scene.found.tape.sites, scene.found.tape
    shared = {code for code, _ in sites[tape[update].site]}
    stack = sites[tape[node].site]
    return next((level for level, (code, _) in enumerate(stack) if code in shared), 0)
