"""Values that belong to a statement and are not used in it: a penalty, an error that comes back, a right gradient."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from annprobe.listing.edits import Change, user_of, works
from annprobe.listing.operands import POOL
from annprobe.listing.proportion import constant
from annprobe.listing.scene import Scene, Several


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
    for candidate in [n for n in idle if np.shape(tape.value(n)) in shapes][:POOL]:
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
