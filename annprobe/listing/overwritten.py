"""Sums that are set where they should be added to: what was collected before was computed, and nothing reads it."""

from __future__ import annotations

import ast

import numpy as np

from annprobe.listing.blame import Accused
from annprobe.listing.edits import Change
from annprobe.listing.proportion import constant
from annprobe.listing.scene import Scene, Several
from annprobe.listing.terms import flatten, parts_of

_SCALING = {"multiply", "divide", "add", "subtract"}
_MOST = 2_000  # operations before the statement that are looked at


def overwritten(scene: Scene, accused: Accused) -> Change | None:
    """The statement that begins the sum anew, where a contribution that the sum lacks was there before."""
    parts = [p for p in parts_of(scene, accused.demand, accused.quantity) if p.consumer in accused.lacks]
    first = min((term for term, _ in flatten(scene, accused.node)), default=accused.node)
    for start in _scaled(scene, first) if parts else ():
        statement = scene.found.places.statement(start)
        sets = isinstance(statement, ast.Assign) and isinstance(statement.targets[0], (ast.Attribute, ast.Subscript))
        if sets and any(_was_there(scene, start, part.value) for part in parts):
            return Change("overwritten", start, start, parts[0].consumer)
    return None


def _scaled(scene: Scene, node: int) -> list[int]:
    """The value, and what it becomes by constant factors and sums with zero: ``1.0 * out.grad``, ``x.grad += ...``."""
    found = [node]
    for made in found:
        users = (n for n in scene.users(made) if n in scene.error and scene.found.tape[n].op in _SCALING)
        found += [n for n in users if constant(scene.values(n), scene.values(node)) is not None]
    return found


def _was_there(scene: Scene, before: int, wanted: Several) -> bool:
    """Whether a value that leads neither to the outputs nor to an update was this contribution."""
    begun = max(min(m.node for m in scene.found.judged_step.meetings), before - _MOST)
    used = scene.error | set(scene.forward)
    shape = np.shape(wanted[0])
    lost = (n for n in range(begun, before) if n not in used and np.shape(scene.found.tape.value(n)) == shape)
    return any(constant(scene.values(n), wanted) is not None for n in lost)
