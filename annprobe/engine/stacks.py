"""Networks of one shape that run as one: each keeps its own table of steps, bound once to its slice of the stack."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby, pairwise
from typing import Any

import numpy as np

from annprobe.engine.architecture import Architecture
from annprobe.engine.layout import Array
from annprobe.engine.passes import Pass, Patch
from annprobe.engine.setup import Setup
from annprobe.engine.steps import REFERENCE, SLOTS, STEP_NAMES, Steps, backward, forward, run, update

FAULTS = (ValueError, IndexError, TypeError)  # what a step raises when it does not fit the shapes


def order(tables: Sequence[Steps]) -> list[int]:
    """Indices that sort networks by table, tables with the same replaced step together."""
    first = {table: i for i, table in reversed(list(enumerate(tables)))}
    keys = {table: (table.differences(REFERENCE), i) for table, i in first.items()}
    return sorted(range(len(tables)), key=lambda i: (*keys[tables[i]], i))


def bind(p: Pass, tables: Sequence[Steps]) -> None:
    """Give each network of the stack its own table; neighbours with the same table become one part."""
    parts: dict[int, Pass] = {}
    start = 0
    for _, same in groupby(tables):
        stop = start + len(list(same))
        parts[start] = p.part(slice(start, stop), tables[start])
        start = stop
    for step in SLOTS:
        if any(getattr(table, step) is not getattr(REFERENCE, step) for table in tables):
            p.patches[step] = _patches(p, step, parts)


def _patches(p: Pass, step: str, parts: dict[int, Pass]) -> list[Patch]:
    """The parts of the stack with their functions for one step; neighbours that follow the reference are joined."""
    usual = getattr(REFERENCE, step)
    result: list[Patch] = []
    starts = [*sorted(parts), len(p.C)]
    ranges = [(a, b, getattr(parts[a].steps, step)) for a, b in pairwise(starts)]
    for is_usual, run_of in groupby(ranges, key=lambda r: r[2] is usual):
        members = list(run_of)
        if is_usual:
            result.append((p.part(slice(members[0][0], members[-1][1]), REFERENCE), usual))
        else:
            result.extend((parts[a], function) for a, _, function in members)
    return result


def fault_of(architecture: Architecture, setup: Setup, W: Sequence[Array], X: Array, Y: Array,
             steps: Steps) -> tuple[str | None, bool]:
    """Run one iteration aside: the error these steps raise at these shapes, if any; and do they write to the data."""
    p = Pass(architecture, [w[None] for w in W], X, Y, steps, setup)
    try:
        with np.errstate(all="ignore"):
            forward(p)
            run(p, "cost")
            backward(p)
            update(p)
    except FAULTS as error:
        return f"{type(error).__name__}: {error}", False
    return None, not (np.array_equal(p.X, X, equal_nan=True) and np.array_equal(p.Y, Y, equal_nan=True))


def stacked(arrays: Sequence[Array], own: bool) -> Array:
    """One array for a stack: the common one if all are equal (and need not be their ``own``), else all stacked."""
    first = arrays[0]
    if not own and all(a is first or np.array_equal(a, first) for a in arrays):
        return first
    return np.stack(arrays)


def differing(tables: Sequence[Steps], step: str) -> dict[Callable[..., Any], list[int]]:
    """Function to the networks that use it for this step."""
    if step not in STEP_NAMES:
        raise KeyError(step)
    result: dict[Callable[..., Any], list[int]] = {}
    for i, table in enumerate(tables):
        result.setdefault(getattr(table, step), []).append(i)
    return result
