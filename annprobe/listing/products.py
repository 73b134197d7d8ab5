"""Edits of products: another kind of product, or one with weights that is left out."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from annprobe.listing.edits import Change, user_of, works
from annprobe.listing.operands import VIEWS, recorded
from annprobe.listing.scene import Scene, Several
from annprobe.tape.nodes import Ref


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
                for n in recorded(scene, node)
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
            number = 0 in (np.ndim(left[0]), np.ndim(right[0]))  # with a number there is one kind of product
            for name, product in _PRODUCTS[-1:] if number else _PRODUCTS:
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
            for view, cut in VIEWS:
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
