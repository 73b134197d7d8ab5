"""Edits of operands: another view, another value, another axis."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from annprobe.listing.edits import Change, Kind, user_of, uses, works
from annprobe.listing.proportion import constant
from annprobe.listing.scene import Scene, Several
from annprobe.tape.nodes import Ref

POOL = 400  # operands that are tried
_NEAR_ERRORS = 400  # of networks written number by number there are thousands


def other_view(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """The same operand, turned or with other rows or columns."""
    views = [n for n in region if scene.found.tape[n].op in ("getitem", "transpose") and n not in scene.error]
    for source in [*scene.outside(region), *views]:
        if _picked(scene, region, source):
            continue
        base = _base(scene, source)
        shape = np.shape(scene.found.tape.value(source))
        for origin in dict.fromkeys((source, base)):
            for name, view in VIEWS:
                if time.process_time() > deadline:
                    return
                try:
                    several = [view(np.asarray(v)) for v in scene.values(origin)]
                except (IndexError, ValueError):
                    continue
                if np.shape(several[0]) == shape and np.array_equal(several[0], scene.found.tape.value(source)):
                    continue
                if c := works(scene, region, {source: several}, demand):
                    kind: Kind = "turned" if name == ".T" else "sliced"
                    yield Change(kind, user_of(scene, region, source), source, origin, name, c)


def _picked(scene: Scene, region: list[int], source: int) -> bool:
    """Whether one entry, or row, is taken of it: in the other order of rows it is some other one."""
    user = scene.found.tape[next((n for n in region if source in scene.found.tape[n].inputs), source)]
    return user.op == "getitem" and len(user.args) > 1 and isinstance(user.args[1], (int, np.integer))


VIEWS: list[tuple[str, Any]] = [
    (".T", lambda v: v.T),
    ("[:, 1:]", lambda v: v[:, 1:]),
    ("[:, :-1]", lambda v: v[:, :-1]),
    ("[1:]", lambda v: v[1:]),
    ("[:-1]", lambda v: v[:-1]),
    ("[:, 1:].T", lambda v: v[:, 1:].T),
    ("[:, :-1].T", lambda v: v[:, :-1].T),
    ("[1:].T", lambda v: v[1:].T),
    ("[:-1].T", lambda v: v[:-1].T),
    ("", lambda v: v),
    ("[::-1]", lambda v: v[::-1]),
]


def _base(scene: Scene, node: int) -> int:
    while scene.found.tape[node].op in ("getitem", "transpose") and scene.found.tape[node].inputs:
        node = scene.found.tape[node].inputs[0]
    return node


def other_operand(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """Another recorded value in the place of an operand."""
    pool = recorded(scene, region[-1])
    pieces = [n for n in region[:-1] if n in scene.error and np.ndim(scene.found.tape.value(n)) > 0]
    views = [n for n in region if scene.found.tape[n].op == "getitem" and n not in scene.error and n != region[-1]]
    for source in dict.fromkeys([*_before_the_error(scene, region), *scene.outside(region), *views, *pieces]):
        if time.process_time() > deadline:
            return
        shape = np.shape(scene.found.tape.value(source))
        places = uses(scene, region, source)
        for candidate in pool:
            if candidate == source or (_is_written(scene, source) and not _is_written(scene, candidate)):
                continue
            several = scene.values(candidate)
            own = np.shape(several[0])
            if own != shape and own[::-1] != shape and not _joinable(scene, region, source):
                continue
            for turned in (False, True):
                if turned and len(own) != 2:
                    continue
                given = [np.transpose(v) for v in several] if turned else several
                for within in places:
                    if c := works(scene, region, {source: given}, demand, within):
                        place = min(within) if within else user_of(scene, region, source)
                        yield Change("operand", place, source, candidate, ".T" if turned else "", c)


def _is_written(scene: Scene, node: int) -> bool:
    """Whether a value is a plain number, as a learning rate is: no value of the network was meant in its place."""
    number = scene.found.tape[node].op == "literal" and np.ndim(scene.found.tape.value(node)) == 0
    return number and node not in scene.forward_nodes


def _before_the_error(scene: Scene, region: list[int]) -> list[int]:
    """Operands of the statement itself that were computed along with the forward pass, and that the outputs need not.

    They are right: another one is used in their place, however they were made.
    """
    first = min(m.node for m in scene.found.judged_step.meetings)
    own = scene.outside(scene.region(region[-1]))
    return [n for n in own if n < first and n in region and scene.statement(n) != scene.statement(first)]


def _joinable(scene: Scene, region: list[int], source: int) -> bool:
    """Operands of products may have another number of columns."""
    return scene.found.tape[user_of(scene, region, source)].op in ("dot", "matmul", "outer", "inner", "transpose")


def recorded(scene: Scene, node: int) -> list[int]:
    """Values of the step that an operand could have been: forward values, parameters, data, errors."""
    direct = [
        n
        for n in scene.forward
        if np.asarray(scene.found.tape.value(n)).dtype.kind == "f"
        or n in scene.versions
        or scene.found.tape[n].kind != "op"
    ]
    near = sorted(scene.error, key=lambda n: abs(n - node))[:_NEAR_ERRORS]
    errors = [n for n in sorted(near) if n != node and scene.label(n) is not None]
    pool = sorted(direct, key=lambda n: (_is_multiple(scene, n), -n)) + errors
    if len(scene.found.judged_step.meetings) > 1:  # the example at hand first
        pool.sort(key=lambda n: not scene.related(node, n))
    return pool[:POOL]


def _is_multiple(scene: Scene, node: int) -> bool:
    """Whether a value is only a number times another one, as in ``-1 * z``: the other is the one that has a name."""
    operation = scene.found.tape[node]
    if operation.op == "negative":
        return True
    dependence = scene.found.dependence
    assert dependence is not None
    numbers = [a for a in operation.args if not isinstance(a, Ref) or not dependence.touched(a.node)]
    values = [scene.found.tape.value(a.node) if isinstance(a, Ref) else a for a in numbers]
    return operation.op in ("multiply", "divide") and len(values) == 1 and np.ndim(values[0]) == 0


def other_axis(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """A sum or mean over other axes, or one that should not be there."""
    for node in region:
        operation = scene.found.tape[node]
        if operation.op not in ("sum", "mean", "add.reduce", "max", "average") or not isinstance(
            operation.args[0], Ref
        ):
            continue
        several = [np.asarray(v, dtype=float) for v in scene.values(operation.args[0].node)]
        for axis in range(several[0].ndim):
            for keep in (False, True):
                if c := works(scene, region, {node: [v.sum(axis=axis, keepdims=keep) for v in several]}, demand):
                    yield Change("axis", node, operation.args[0].node, None, f"axis={axis}", c)


def turned_whole(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """The whole value is the transpose of what it should be."""
    values = scene.values(region[-1])
    if (
        np.ndim(values[0]) == 2
        and (c := constant([np.transpose(v) for v in values], demand))
        and np.shape(np.transpose(values[0])) == np.shape(demand[0])
    ):
        yield Change("turned", region[-1], region[-1], region[-1], ".T", c)
