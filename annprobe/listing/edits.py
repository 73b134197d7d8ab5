"""One edit of an accused statement, and whether it gives what is demanded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from annprobe.listing.proportion import constant
from annprobe.listing.scene import Scene, Several

Kind = Literal[
    "operand", "turned", "sliced", "dropped", "added", "axis", "term", "product", "derivative", "passes", "repeats",
    "edge", "path", "overwritten", "sign",
]


@dataclass(frozen=True)
class Change:
    """One edit.

    kind      what is done
    place     the node at whose expression it is done
    old       the operand's node (for operand, turned, sliced, dropped)
    new       the node whose value takes its place (operand), whose derivative is the missing factor (added), or
              from which nothing comes back (path, overwritten)
    detail    which slice, axis, derivative, pass of a loop
    inner     loops inside the one whose passes are meant
    """

    kind: Kind
    place: int
    old: int | None = None
    new: int | None = None
    detail: str = ""
    factor: float = field(default=0.0, compare=False)
    inner: int = 0


_EDITABLE = 200


def editable(scene: Scene, node: int) -> list[int]:
    """The statement, and the forward-only values (derivatives, turned weights) that were computed for it."""
    inside = set(scene.region(node))
    stack = list(inside)
    while stack and len(inside) < _EDITABLE:  # data that were filled in row by row are no part of a statement
        for source in scene.found.tape[stack.pop()].inputs:
            if source not in inside and source in scene.backward and source not in scene.error:
                inside.add(source)
                stack.append(source)
    return sorted(inside)


def works(
    scene: Scene,
    region: list[int],
    changed: dict[int, Several],
    demand: Several,
    within: frozenset[int] | None = None,
) -> float:
    """The factor with which a statement with other values at some nodes gives what is demanded; 0 if it does not."""
    first = scene.recomputed(region, {n: s[:1] for n, s in changed.items()}, 1, within)
    if first is None or np.size(first[0]) != np.size(demand[0]):
        return 0.0
    if np.any(demand[0]) and constant(first, demand[:1]) is None:  # with an input of 0 the first point tells nothing
        return 0.0
    values = scene.recomputed(region, changed, None, within)
    return (constant(values, demand) or 0.0) if values is not None else 0.0


def user_of(scene: Scene, region: list[int], source: int) -> int:
    """The node of the region that consumes an operand first."""
    return next(n for n in region if source in scene.found.tape[n].inputs)


def uses(scene: Scene, region: list[int], source: int) -> list[frozenset[int] | None]:
    """Where an operand could be exchanged: everywhere, and, where it stands several times, in one place alone.

    All that a helper does with its argument is one place.
    """
    depth = len(scene.found.tape.sites[scene.found.tape[region[-1]].site])
    places: dict[object, set[int]] = {}
    for number in region:
        if source in scene.found.tape[number].inputs:
            frames = scene.found.tape.sites[scene.found.tape[number].site]
            key = frames[-depth:] if len(frames) > depth else (number,)
            places.setdefault(key, set()).add(number)
    return [None, *(frozenset(numbers) for numbers in places.values())] if len(places) > 1 else [None]
