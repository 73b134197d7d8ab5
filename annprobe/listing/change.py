"""The smallest change that makes an accused value what it should be: pure arithmetic on recorded values.

One operand exchanged for another recorded value, turned, sliced; a factor dropped or added; a sum along another axis.
A change counts only when it gives the demanded value at every point.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from annprobe.listing.blame import Accused
from annprobe.listing.edits import Change, editable
from annprobe.listing.factors import (
    dropped,
    missing_factor,
    missing_factor_of_operand,
    missing_value,
    other_derivative,
    other_gate,
    other_sign,
)
from annprobe.listing.left_out import missing_error, missing_term, unused, unused_error
from annprobe.listing.operands import other_axis, other_operand, other_view, turned_whole
from annprobe.listing.overwritten import overwritten
from annprobe.listing.products import missing_product, other_product
from annprobe.listing.reductions import edge, one_pass, repeated_rows, some_examples
from annprobe.listing.scene import Scene, Several
from annprobe.listing.single_numbers import missing_number, missing_numbers
from annprobe.tape.adjoint import adjoints


@dataclass(frozen=True)
class Explained:
    """A change, and the input that is wrong besides: the line is to blame for the one, the input for its value."""

    change: Change
    also: tuple[int, Several, int] | None = None


def smallest_change(scene: Scene, accused: Accused, seconds: float = 2.5) -> Explained | None:
    """The first change that works, simplest kinds first; None when none does."""
    deadline = min(time.process_time() + seconds, scene.deadline)
    region = editable(scene, accused.node)
    only_some = next(one_pass(scene, region, accused.demand, deadline), None)
    if accused.lacks and only_some is None and (lost := overwritten(scene, accused)) is not None:
        return Explained(lost)
    if accused.lacks and only_some is None:
        others = "" if len(accused.lacks) == 1 else str(len(accused.lacks) - 1)
        return Explained(Change("path", accused.node, accused.quantity, accused.lacks[0], others))
    change = _search(scene, region, accused.demand, deadline)
    return Explained(change) if change is not None else None


def change_given(scene: Scene, accused: Accused, seconds: float = 1.5) -> Explained | None:
    """The first change that makes the value what the rule makes of the inputs as they are: an input is wrong too."""
    deadline = min(time.process_time() + seconds, scene.deadline)
    region = editable(scene, accused.node)
    if accused.quantity is None:
        return None
    for source in scene.outside(region):
        wrong = source in scene.error and scene.label(source) is None
        for role in sorted(scene.forward, key=lambda n: n not in scene.finished) if wrong else ():
            if time.process_time() > deadline:
                return None
            demand = given(scene, source, role, accused.quantity)
            change = _search(scene, region, demand, deadline, quick=True) if demand is not None else None
            if change is not None:
                return Explained(change, (source, scene.adjoint(role) or [], role))
    return None


def given(scene: Scene, source: int, role: int, quantity: int) -> Several | None:
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
        unused,
        turned_whole,
        some_examples,
        one_pass,
        repeated_rows,
        dropped,
        missing_factor,
        other_view,
        other_axis,
        unused_error,
        other_operand,
        other_derivative,
        other_product,
        missing_product,
        missing_number,
        missing_numbers,
        missing_factor_of_operand,
        missing_value,
        other_sign,
        other_gate,
        edge,
    ]
    for search in searches if quick else [*searches, missing_term, missing_error]:
        for change in search(scene, region, demand, deadline):
            return change
        if time.process_time() > deadline:
            return None
    return None
