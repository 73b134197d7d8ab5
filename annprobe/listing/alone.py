"""One fault mended and nothing else: what its statement gives then, of the errors that reach it, right or wrong.

That is what the plain edit of one line does. In a loop over layers the statement is wrong in every turn, and a later
one shows it only when the earlier ones are right: they are put right one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from annprobe.listing.accusing import accusations
from annprobe.listing.blame import Accused
from annprobe.listing.change import Explained
from annprobe.listing.mended import Repaired, mended
from annprobe.listing.repairs import knowledge, repaired, shaped_as
from annprobe.listing.rounds import looks
from annprobe.listing.scene import Scene

_MOST = 6  # turns of a loop that are put right


@dataclass(frozen=True)
class Mending:
    """What one execution of a repaired statement gives.

    node      whose value it takes the place of
    quantity  the forward value whose adjoint it is
    unit      times ∂C/∂quantity; with ``error``: times what the chain rule makes of it, taken for ∂C/∂role
    sized     whether the size of ``unit`` is known, not only its sign
    parameter number of the chain whose gradient led here
    """

    node: int
    quantity: int
    unit: float
    sized: bool
    parameter: int
    error: int | None = None
    role: int | None = None


def mendings(scene: Scene, item: Accused, explained: Explained | None) -> list[Mending]:
    """Of every execution of an accused statement; [] where one of them is not known."""
    site = scene.found.tape[item.node].site
    known = knowledge(scene, [(item, explained)])[site]
    current: Scene | None = scene
    done: dict[int, Mending] = {}
    for turn in range(_MOST):
        if current is None:
            return []
        accused = [a for a in accusations(current) if current.found.tape[a.node].site == site and a.node not in done]
        right: dict[int, Repaired] = {}
        for one in accused or ([item] if not turn else []):
            made = repaired(current, known, one)
            shape = np.shape(scene.found.tape.value(one.node))
            shaped = [shaped_as(value, shape) for value in made.values] if made is not None else [None]
            if made is None or one.quantity is None or any(value is None for value in shaped):
                return []
            right[one.node] = replace(made, values=shaped)
            done[one.node] = Mending(
                one.node, one.quantity, known.unit, known.sized, one.parameter, made.error, made.role
            )
        if not right:
            break
        current = mended(current, right)
    return list(done.values())


def own_rates(scene: Scene) -> dict[int, float]:
    """Chain -> ΔP / (∂C/∂P) once everything that was found is mended as its edit would; {} where sizes are a guess."""
    last = looks(scene)[-1]
    if not last.sure or last.scene is scene:
        return {}
    return {j.move.chain: j.factor for j in last.scene.hypothesis.judged
            if j.right and j.factor is not None and j.gradient is None}  # fmt: skip
