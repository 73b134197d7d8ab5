"""The smallest change that makes an accused value what it should be: pure arithmetic on recorded values.

One operand exchanged for another recorded value, turned, sliced; a factor dropped or added; a sum along another axis.
A change counts only when it gives the demanded value at every point.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from annprobe.listing.blame import Accused
from annprobe.listing.scene import Scene, Several, constant
from annprobe.tape.adjoint import adjoints
from annprobe.tape.nodes import Ref

Kind = Literal["operand", "turned", "sliced", "dropped", "added", "axis", "term", "product", "derivative"]


@dataclass(frozen=True)
class Change:
    """One edit.

    kind      what is done
    place     the node at whose expression it is done
    old       the operand's node (for operand, turned, sliced, dropped)
    new       the node whose value takes its place (operand), or whose derivative is the missing factor (added)
    detail    which slice, axis, derivative
    """

    kind: Kind
    place: int
    old: int | None = None
    new: int | None = None
    detail: str = ""


@dataclass(frozen=True)
class Explained:
    """A change, and the input that is wrong besides: the line is to blame for the one, the input for its value."""

    change: Change
    also: tuple[int, Several, int] | None = None


def smallest_change(scene: Scene, accused: Accused, seconds: float = 1.5) -> Explained | None:
    """The first change that works, simplest kinds first; None when none does.

    Where no change makes the value what is demanded, its inputs may be wrong too: then the line is judged by what the
    rule makes of the inputs as they are.
    """
    deadline = time.perf_counter() + seconds
    region = _editable(scene, accused.node)
    change = _search(scene, region, accused.demand, deadline)
    if change is not None:
        return Explained(change)
    if accused.quantity is None:
        return None
    for source in scene.outside(region):
        for role in scene.forward if source in scene.error else ():
            if time.perf_counter() > deadline:
                return None
            demand = _given(scene, source, role, accused.quantity)
            change = _search(scene, region, demand, deadline, quick=True) if demand is not None else None
            if change is not None:
                return Explained(change, (source, scene.adjoint(role) or [], role))
    return None


def _given(scene: Scene, source: int, role: int, quantity: int) -> Several | None:
    """The adjoint of ``quantity`` if the adjoint of ``role`` were what the module has in its place."""
    if np.shape(scene.found.tape.value(source)) != np.shape(scene.found.tape.value(role)) or role == quantity:
        return None
    demand = []
    for point in scene.points:
        swept = adjoints(point, {role: point.value(source)}, scene.versions)
        if quantity not in swept.of or isinstance(swept.of[quantity], list):
            return None
        demand.append(swept.of[quantity])
    return demand if np.any(demand[0]) else None


def _search(scene: Scene, region: list[int], demand: Several, deadline: float, quick: bool = False) -> Change | None:
    searches = [
        _unused,
        _turned,
        _dropped,
        _missing_factor,
        _other_view,
        _other_axis,
        _other_product,
        _other_operand,
        _other_derivative,
    ]
    for search in searches if quick else [*searches, _missing_term]:
        for change in search(scene, region, demand, deadline):
            return change
        if time.perf_counter() > deadline:
            return None
    return None


def _unused(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
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
                if _works(scene, region, {source: scene.values(node)}, demand):
                    yield Change("operand", _user(scene, region, source), source, node, "unused")


def _turned(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """The whole value is the transpose of what it should be."""
    values = scene.values(region[-1])
    if (
        np.ndim(values[0]) == 2
        and constant([np.transpose(v) for v in values], demand) is not None
        and np.shape(np.transpose(values[0])) == np.shape(demand[0])
    ):
        yield Change("turned", region[-1], region[-1], region[-1], ".T")


def _editable(scene: Scene, node: int) -> list[int]:
    """The statement, and the forward-only values (derivatives, turned weights) that were computed for it."""
    inside = set(scene.region(node))
    stack = list(inside)
    while stack:
        for source in scene.found.tape[stack.pop()].inputs:
            if source not in inside and source in scene.backward and source not in scene.error:
                inside.add(source)
                stack.append(source)
    return sorted(inside)


def _works(scene: Scene, region: list[int], changed: dict[int, Several], demand: Several) -> bool:
    first = scene.recomputed(region, {n: s[:1] for n, s in changed.items()}, 1)
    if first is None or np.size(first[0]) != np.size(demand[0]) or constant(first, demand[:1]) is None:
        return False
    values = scene.recomputed(region, changed)
    return values is not None and constant(values, demand) is not None


def _dropped(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """A factor too many, or a function too many."""
    for node in region:
        operation = scene.found.tape[node]
        if operation.op not in ("multiply", "divide", "square", "power", "absolute", "exp", "sign", "tanh", "maximum"):
            continue
        for arg in operation.args[:1] if operation.op in ("divide", "power") else operation.args:
            if isinstance(arg, Ref) and _works(scene, region, {node: scene.values(arg.node)}, demand):
                other = next((a.node for a in operation.args if isinstance(a, Ref) and a.node != arg.node), arg.node)
                yield Change("dropped", node, other, arg.node, operation.op)
    for node in region[:-1]:
        if node in scene.error and constant(scene.values(node), demand) is not None:
            yield Change("dropped", region[-1], region[-1], node, "derivative")


def derivatives(scene: Scene) -> Iterator[tuple[int, int, Several]]:
    """(pre-activation, activation, f'(z)) for every elementwise stretch of the forward pass."""
    seen: set[tuple[int, int]] = set()
    for node in scene.quantities:
        after = scene.adjoint(node)
        if after is None or np.size(after[0]) == 0:
            continue
        for source in sorted(_before(scene, node), key=scene.quantities.index):
            before = scene.adjoint(source)
            if before is None or np.shape(before[0]) != np.shape(after[0]) or (source, node) in seen:
                continue
            seen.add((source, node))
            with np.errstate(all="ignore"):
                ratio = [
                    np.where(a == 0, 0.0, np.asarray(b) / np.where(a == 0, 1.0, a))
                    for a, b in zip(after, before, strict=True)
                ]
            spread = np.concatenate([np.ravel(r) for r in ratio])
            if np.isfinite(spread).all() and np.ptp(spread) > 1e-12 * np.max(np.abs(spread), initial=0):
                yield source, node, ratio


def _before(scene: Scene, node: int, depth: int = 8) -> list[int]:
    """Forward values that the node is an elementwise function of."""
    found: list[int] = []
    front = [node]
    shape = np.shape(scene.found.tape.value(node))
    for _ in range(depth):
        front = [
            i
            for n in front
            for i in scene.found.tape[n].inputs
            if scene.found.tape[n].op in _ELEMENTWISE
            and np.shape(scene.found.tape.value(i)) == shape
            and scene.adjoint(i) is not None
            and i not in found
        ]
        found.extend(dict.fromkeys(front))
    return found


_ELEMENTWISE = {
    "exp",
    "negative",
    "add",
    "subtract",
    "multiply",
    "divide",
    "reciprocal",
    "tanh",
    "maximum",
    "where",
    "expit",
    "power",
    "square",
    "log1p",
    "log",
    "sqrt",
    "absolute",
    "clip",
    "minimum",
    "arctan",
    "sin",
    "cos",
    "logaddexp",
    "copy",
    "setitem",
    "sinh",
    "cosh",
    "erf",
    "sign",
    "expm1",
    "item",
    "astype",
}


def _missing_factor(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """The derivative of an activation that was left out, or is there once too often."""
    values = scene.values(region[-1])
    shape = np.shape(values[0])
    for source, node, ratio in derivatives(scene):
        for turned in (False, True):
            factor = [np.transpose(r) for r in ratio] if turned else ratio
            if np.shape(factor[0]) != shape and np.size(factor[0]) != np.size(values[0]):
                continue
            shaped = [np.reshape(f, shape) for f in factor]
            if constant([np.asarray(v) * f for v, f in zip(values, shaped, strict=True)], demand) is not None:
                yield Change("added", region[-1], source, node, "times")
            with np.errstate(all="ignore"):
                quotient = [
                    np.where(f == 0, 0.0, np.asarray(v) / np.where(f == 0, 1.0, f))
                    for v, f in zip(values, shaped, strict=True)
                ]
            if constant(quotient, demand) is not None:
                yield Change("dropped", region[-1], source, node, "derivative")


def _other_derivative(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """An error times the derivative of an activation, where the factors that stand there are something else."""
    errors = [n for n in dict.fromkeys([*scene.outside(region), *region]) if n in scene.error]
    pairs = list(derivatives(scene))
    for node in region:
        if scene.found.tape[node].op != "multiply" or node not in scene.error or time.perf_counter() > deadline:
            continue
        shape = np.shape(scene.found.tape.value(node))
        for error in errors:
            for source, activation, ratio in pairs if error < node else ():
                several = [
                    np.asarray(e) * np.reshape(r, np.shape(e))
                    for e, r in zip(scene.values(error), ratio, strict=True)
                    if np.size(e) == np.size(r)
                ]
                if (
                    len(several) == len(ratio)
                    and np.shape(several[0]) == shape
                    and _works(scene, region, {node: several}, demand)
                ):
                    yield Change("derivative", node, source, activation, "")


def _other_view(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """The same operand, turned or with other rows or columns."""
    views = [n for n in region if scene.found.tape[n].op in ("getitem", "transpose") and n not in scene.error]
    for source in [*scene.outside(region), *views]:
        base = _base(scene, source)
        shape = np.shape(scene.found.tape.value(source))
        for origin in dict.fromkeys((source, base)):
            for name, view in _VIEWS:
                try:
                    several = [view(np.asarray(v)) for v in scene.values(origin)]
                except (IndexError, ValueError):
                    continue
                if np.shape(several[0]) == shape and np.array_equal(several[0], scene.found.tape.value(source)):
                    continue
                if _works(scene, region, {source: several}, demand):
                    kind: Kind = "turned" if name == ".T" else "sliced"
                    yield Change(kind, _user(scene, region, source), source, origin, name)


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


def _user(scene: Scene, region: list[int], source: int) -> int:
    return next(n for n in region if source in scene.found.tape[n].inputs)


def _other_operand(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """Another recorded value in the place of an operand."""
    pool = _pool(scene)
    pieces = [n for n in region[:-1] if n in scene.error and np.ndim(scene.found.tape.value(n)) > 0]
    for source in [*scene.outside(region), *pieces]:
        if time.perf_counter() > deadline:
            return
        shape = np.shape(scene.found.tape.value(source))
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
                if _works(scene, region, {source: given}, demand):
                    yield Change("operand", _user(scene, region, source), source, candidate, ".T" if turned else "")


def _joinable(scene: Scene, region: list[int], source: int) -> bool:
    """Operands of products may have another number of columns."""
    return scene.found.tape[_user(scene, region, source)].op in ("dot", "matmul", "outer", "inner", "transpose")


def _pool(scene: Scene) -> list[int]:
    """Values of the step that an operand could have been: forward values, parameters, data, errors."""
    direct = [
        n
        for n in scene.forward
        if np.asarray(scene.found.tape.value(n)).dtype.kind == "f"
        or n in scene.versions
        or scene.found.tape[n].kind != "op"
    ]
    errors = [n for n in sorted(scene.error) if scene.label(n) is not None] if len(scene.error) < 400 else []
    return (direct[-400:] if len(direct) > 400 else direct)[::-1] + errors


def _other_axis(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
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
                if _works(scene, region, {node: [v.sum(axis=axis, keepdims=keep) for v in several]}, demand):
                    yield Change("axis", node, operation.args[0].node, None, f"axis={axis}")


def _other_product(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """Another kind of product of the same two operands: inner, outer, elementwise, matrix, turned."""
    for node in region:
        operation = scene.found.tape[node]
        if (
            operation.op not in ("dot", "matmul", "multiply", "outer", "inner")
            or len(operation.args) != 2
            or not all(isinstance(a, Ref) for a in operation.args)
        ):
            continue
        ours = [a.node for a in operation.args]
        pool = (
            [n for n in _pool(scene) if np.ndim(scene.found.tape.value(n)) > 0 and np.ptp(scene.found.tape.value(n)) > 0]
            if any(n in scene.error for n in ours)
            else []
        )
        for one, other in [(ours[0], ours[1]), *((_error_of(scene, ours), n) for n in pool)]:
            if time.perf_counter() > deadline:
                return
            for name, product in _PRODUCTS:
                several = _products(product, scene.values(one), scene.values(other))
                sizes = {np.size(scene.found.tape.value(node))} | (
                    {np.size(demand[0])} if node == region[-1] else set()
                )
                if (
                    several is not None
                    and np.size(several[0]) in sizes
                    and _works(scene, region, {node: several}, demand)
                ):
                    yield Change("product", node, ours[1], other, name)


def _error_of(scene: Scene, nodes: list[int]) -> int:
    return next(n for n in nodes if n in scene.error)


def _products(product: Any, left: Several, right: Several) -> Several | None:
    try:
        return [
            product(np.asarray(x, dtype=float), np.asarray(y, dtype=float)) for x, y in zip(left, right, strict=True)
        ]
    except ValueError:
        return None


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


def _missing_term(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """A term proportional to a parameter (L2) or to another recorded value that was left out."""
    values = [np.asarray(v, dtype=float) for v in scene.values(region[-1])]
    if any(v.shape != np.shape(d) for v, d in zip(values, demand, strict=True)):
        return
    for candidate in scene.versions:
        term = [np.asarray(v, dtype=float) for v in scene.values(candidate)]
        if np.shape(term[0]) == values[0].shape and _combines(values, term, demand):
            yield Change("term", region[-1], None, candidate, "plus")


def _combines(values: Several, term: Several, demand: Several) -> bool:
    """Whether ``demand = a * value + b * term`` with the same a and b at every point, b not zero."""
    v, t, d = (np.concatenate([np.ravel(x) for x in several]) for several in (values, term, demand))
    if v.size < 3:
        return False
    (a, b), *_ = np.linalg.lstsq(np.stack([v, t], 1), d, rcond=None)
    left = float(np.linalg.norm(a * v + b * t - d))
    return bool(left <= 1e-8 * np.linalg.norm(d)) and abs(b) * np.linalg.norm(t) > 1e-6 * np.linalg.norm(d) and a != 0.0
