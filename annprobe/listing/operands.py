"""Edits of operands: another view, another value, another axis, another kind of product, a term left out."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from annprobe.listing.edits import Change, Kind, user_of, uses, works
from annprobe.listing.proportion import constant
from annprobe.listing.scene import Scene, Several
from annprobe.tape.nodes import Ref

_POOL = 400  # operands that are tried


def other_view(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """The same operand, turned or with other rows or columns."""
    views = [n for n in region if scene.found.tape[n].op in ("getitem", "transpose") and n not in scene.error]
    for source in [*scene.outside(region), *views]:
        if _picked(scene, region, source):
            continue
        base = _base(scene, source)
        shape = np.shape(scene.found.tape.value(source))
        for origin in dict.fromkeys((source, base)):
            for name, view in _VIEWS:
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


_VIEWS: list[tuple[str, Any]] = [
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
    pool = _pool(scene, region[-1])
    pieces = [n for n in region[:-1] if n in scene.error and np.ndim(scene.found.tape.value(n)) > 0]
    for source in [*_before_the_error(scene, region), *scene.outside(region), *pieces]:
        if time.process_time() > deadline:
            return
        shape = np.shape(scene.found.tape.value(source))
        places = uses(scene, region, source)
        for candidate in pool:
            if candidate == source:
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


def _pool(scene: Scene, node: int) -> list[int]:
    """Values of the step that an operand could have been: forward values, parameters, data, errors."""
    direct = [
        n
        for n in scene.forward
        if np.asarray(scene.found.tape.value(n)).dtype.kind == "f"
        or n in scene.versions
        or scene.found.tape[n].kind != "op"
    ]
    errors = [n for n in sorted(scene.error) if scene.label(n) is not None] if len(scene.error) < 400 else []
    pool = sorted(direct, key=lambda n: (_is_multiple(scene, n), -n)) + errors
    if len(scene.found.judged_step.meetings) > 1:  # the example at hand first
        pool.sort(key=lambda n: not scene.related(node, n))
    return pool[:_POOL]


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


def other_product(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """Another kind of product of the same two operands: inner, outer, elementwise, matrix, turned."""
    for node in region:
        operation = scene.found.tape[node]
        if (
            operation.op not in ("dot", "matmul", "multiply", "outer", "inner", "add", "subtract")
            or len(operation.args) != 2
            or not all(isinstance(a, Ref) for a in operation.args)
        ):
            continue
        ours = [a.node for a in operation.args]
        pool = (
            [
                n
                for n in _pool(scene, node)
                if np.size(scene.found.tape.value(n)) > 1 and np.ptp(scene.found.tape.value(n)) > 0
            ]
            if any(n in scene.error for n in ours)
            else []
        )
        for one, other in [(ours[0], ours[1]), *((_error_of(scene, ours), n) for n in pool)]:
            if time.process_time() > deadline:
                return
            sizes = {np.size(scene.found.tape.value(node))} | ({np.size(demand[0])} if node == region[-1] else set())
            left, right = scene.values(one), scene.values(other)
            for name, product in _PRODUCTS:
                if _size_of(name, np.shape(left[0]), np.shape(right[0])) not in sizes:
                    continue
                several = _products(product, left, right)
                if several is not None and (c := works(scene, region, {node: several}, demand)):
                    yield Change("product", node, ours[1], other, name, c)


def missing_product(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """An error that is passed on without the weights that it has to go through."""
    for source in scene.outside(region):
        if source not in scene.error or time.process_time() > deadline:
            continue
        for version in scene.versions:
            if np.ndim(scene.found.tape.value(version)) != 2:
                continue
            for view, cut in _VIEWS:
                for name, product in _PRODUCTS[:4]:
                    try:
                        weights = [cut(np.asarray(v)) for v in scene.values(version)]
                    except (IndexError, ValueError):
                        continue
                    errors = scene.values(source)
                    size = _size_of(name, np.shape(errors[0]), np.shape(weights[0]))
                    several = _products(product, errors, weights) if size is not None else None
                    if several is None or not np.shape(several[0]):
                        continue
                    if c := works(scene, region, {source: several}, demand):
                        text = name.replace("y", f"y{view}")
                        yield Change("product", user_of(scene, region, source), source, version, text, c)


def _error_of(scene: Scene, nodes: list[int]) -> int:
    return next(n for n in nodes if n in scene.error)


def _products(product: Any, left: Several, right: Several) -> Several | None:
    try:
        return [
            product(np.asarray(x, dtype=float), np.asarray(y, dtype=float)) for x, y in zip(left, right, strict=True)
        ]
    except ValueError:
        return None


def _size_of(name: str, x: tuple[int, ...], y: tuple[int, ...]) -> int | None:
    """How many entries the product of arrays of these shapes has, without computing it; None where there is none."""
    if name.startswith("outer"):
        return math.prod(x) * math.prod(y)
    try:
        if name == "x * y":
            return math.prod(np.broadcast_shapes(x, y))
    except ValueError:
        return None
    first, second = name.split(" @ ")
    left, right = ((x if side[0] == "x" else y)[:: -1 if side.endswith(".T") else 1] for side in (first, second))
    if not left or not right or len(left) > 2 or len(right) > 2 or left[-1] != right[0]:
        return None
    return math.prod(left[:-1]) * math.prod(right[1:])


_PRODUCTS: list[tuple[str, Any]] = [
    ("x.T @ y", lambda x, y: x.T @ y),
    ("x @ y.T", lambda x, y: x @ y.T),
    ("x @ y", lambda x, y: x @ y),
    ("y.T @ x", lambda x, y: y.T @ x),
    ("y.T @ x.T", lambda x, y: y.T @ x.T),
    ("outer(x, y)", np.outer),
    ("outer(y, x)", lambda x, y: np.outer(y, x)),
    ("x * y", lambda x, y: x * y),
]


def missing_term(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """A term proportional to a parameter (L2) or to another recorded value that was left out."""
    values = [np.asarray(v, dtype=float) for v in scene.values(region[-1])]
    if any(v.shape != np.shape(d) for v, d in zip(values, demand, strict=True)):
        return
    for candidate in scene.versions:
        term = [np.asarray(v, dtype=float) for v in scene.values(candidate)]
        if np.shape(term[0]) == values[0].shape and (c := _combines(values, term, demand)):
            yield Change("term", region[-1], None, candidate, "plus", c)


def missing_error(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """An error that was computed before and never used, as the one that comes back from the next moment in time."""
    node = region[-1]
    values = scene.values(node)
    shape, tape = np.shape(values[0]), scene.found.tape
    if node not in scene.error or shape != np.shape(demand[0]) or not shape:
        return
    first = min(m.node for m in scene.found.judged_step.meetings)
    for candidate in range(node - 1, first, -1):
        if time.process_time() > deadline:
            return
        operation = tape[candidate]
        if operation.kind != "op" or candidate in scene.way_nodes or np.shape(tape.value(candidate)) != shape:
            continue
        try:
            joined = [np.asarray(v) + np.asarray(e) for v, e in zip(values, scene.values(candidate), strict=True)]
        except (KeyError, TypeError):  # not replayed at other points, or no numbers
            continue
        if np.any(tape.value(candidate)) and (c := constant(joined, demand)):
            yield Change("term", node, None, candidate, "error", c)
            return


def _combines(values: Several, term: Several, demand: Several) -> float:
    """1/a where ``demand = a * value + b * term`` with the same a and b at every point, b not zero; 0 where not."""
    v, t, d = (np.concatenate([np.ravel(x) for x in several]) for several in (values, term, demand))
    if v.size < 3:
        return 0.0
    (a, b), *_ = np.linalg.lstsq(np.stack([v, t], 1), d, rcond=None)
    left = float(np.linalg.norm(a * v + b * t - d))
    fits = left <= 1e-8 * np.linalg.norm(d) and abs(b) * np.linalg.norm(t) > 1e-6 * np.linalg.norm(d)
    return 1.0 / float(a) if fits and a != 0.0 else 0.0


def unused(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """The right gradient was computed, and something else is used."""
    size = np.size(demand[0])
    first = min(m.output for m in scene.found.judged_step.meetings)
    for node in range(first, region[-1]):
        value = scene.found.tape.value(node)
        if isinstance(value, tuple) or np.size(value) != size or node in scene.error or size < 2:
            continue
        if np.asarray(value).dtype.kind == "f" and constant(scene.values(node), demand) is not None:
            sources = [s for s in scene.outside(region) if np.size(scene.found.tape.value(s)) == size]
            for source in sources:
                if c := works(scene, region, {source: scene.values(node)}, demand):
                    yield Change("operand", user_of(scene, region, source), source, node, "unused", c)


def unused_error(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """The error that belongs here was computed, and goes nowhere; another one is used."""
    tape = scene.found.tape
    first = min(m.node for m in scene.found.judged_step.meetings)
    ours = [n for n in scene.outside(region) if n in scene.error]
    shapes = {np.shape(tape.value(n)) for n in ours}
    idle = [n for n in range(region[-1] - 1, first, -1) if tape[n].kind == "op" and n not in scene.way_nodes]
    for candidate in [n for n in idle if np.shape(tape.value(n)) in shapes][:_POOL]:
        if time.process_time() > deadline:
            return
        try:
            several = scene.values(candidate)
        except (KeyError, TypeError):  # not replayed at other points
            continue
        for source in ours if np.any(several[0]) else ():
            if np.shape(tape.value(source)) == np.shape(several[0]) and (
                c := works(scene, region, {source: several}, demand)
            ):
                yield Change("operand", user_of(scene, region, source), source, candidate, "", c)


def turned_whole(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """The whole value is the transpose of what it should be."""
    values = scene.values(region[-1])
    if (
        np.ndim(values[0]) == 2
        and (c := constant([np.transpose(v) for v in values], demand))
        and np.shape(np.transpose(values[0])) == np.shape(demand[0])
    ):
        yield Change("turned", region[-1], region[-1], region[-1], ".T", c)
