"""The constant factors along the way from the error to an update: which statement brings in which."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from annprobe.listing.operand_families import bias_like
from annprobe.listing.proportion import constant
from annprobe.listing.scene import Scene, Several
from annprobe.listing.terms import contribution
from annprobe.subject.roles.gradient.judged import Judged
from annprobe.tape.replay import slice_of

_LONGEST = 80


@dataclass(frozen=True)
class Stage:
    """One statement on the way: ``node`` is its result, ``factor`` what it multiplies by beyond the chain rule."""

    node: int
    factor: float


def factor_path(scene: Scene, judged: Judged, known: dict[int, Several] | None = None) -> list[Stage]:
    """From the update up to the error; [] where the thread is lost on the way.

    known  values met before -> the adjoint that they were taken for; filled in as the way goes on
    """
    known = {} if known is None else known
    links = [link for link in judged.move.links if link.genuine and link.correction is not None]
    demand = scene.adjoint(judged.move.before)
    if not links or demand is None or links[-1].correction is None:
        return []
    node = judged.gradient if judged.gradient is not None else links[-1].correction
    if np.shape(scene.found.tape.value(node)) != np.shape(demand[0]):
        return []
    stages: list[Stage] = []
    for _ in range(_LONGEST):
        region = scene.region(node)
        after = _upwards(scene, region, demand, known)
        if after is None:
            return [*stages, Stage(node, constant(scene.values(node), demand) or 1.0)]
        source, wanted, factor = after
        stages.append(Stage(node, factor))
        known[source] = wanted
        node, demand = source, wanted
    return stages


class Ways:
    """The ways of several parameters, each followed once, when one of them is first asked for.

    known  values met on them -> the adjoint that each was taken for
    """

    def __init__(self, scene: Scene, parameters: list[Judged]) -> None:
        self._scene, self._parameters = scene, parameters
        self._known: dict[int, Several] = {}

    @cached_property
    def all(self) -> list[list[Stage]]:
        """One way a parameter."""
        return [factor_path(self._scene, judged, self._known) for judged in self._parameters]

    def beside(self, judged: Judged) -> list[Stage]:
        """The way of one more parameter, where what the others have met is known."""
        _ = self.all
        return factor_path(self._scene, judged, dict(self._known))


def _upwards(
    scene: Scene, region: list[int], demand: Several, known: dict[int, Several]
) -> tuple[int, Several, float] | None:
    """(input, the adjoint that it is a multiple of, the statement's own factor)."""
    if not scene.mended.keys().isdisjoint(region):
        return _repaired(scene, region, demand)
    best: tuple[int, Several, float] | None = None
    for source in scene.outside(region):
        if not scene.is_backward(source):
            continue
        for wanted in [known[source]] if source in known else _adjoints(scene, source, demand):
            values = scene.recomputed(region, {source: wanted})
            factor = constant(values, demand) if values is not None else None
            if factor is not None and (best is None or best[2] < 0.0 < factor):
                best = (source, wanted, factor)
            if best is not None and best[2] > 0.0:
                return best
    return best or _term(scene, region[-1], demand)


def _term(scene: Scene, node: int, demand: Several) -> tuple[int, Several, float] | None:
    """One example's term, where the value is the sum over the examples: what holds for one holds for all."""
    found = contribution(scene, node, demand, None)
    return (found[0], found[1], float(found[2])) if found is not None else None


def _repaired(scene: Scene, region: list[int], demand: Several) -> tuple[int, Several, float] | None:
    """The same for a statement that was put right: it cannot be computed again, its value and its errors are known."""
    factor = constant(scene.values(region[-1]), demand)
    for source in scene.outside(region) if factor is not None else ():
        label = scene.label(source) if source in scene.error else None
        wanted = scene.adjoint(label.forward) if label is not None else None
        if label is not None and wanted is not None and factor is not None:
            return source, [np.transpose(w) for w in wanted] if label.turned else wanted, factor / label.factor
    return None


def _adjoints(scene: Scene, source: int, demand: Several) -> list[Several]:
    """The adjoints that a value is a multiple of; what the consumer needed counts too, where it was only passed on."""
    own = scene.values(source)
    found: list[Several] = []
    if np.shape(own[0]) == np.shape(demand[0]) and constant(own, demand) is not None:
        found.append(demand)
    for quantity in scene.likely(source):
        adjoint = scene.adjoint(quantity)
        if adjoint is None or np.size(adjoint[0]) != np.size(own[0]):
            continue
        for candidate in (adjoint, [np.transpose(a) for a in adjoint]):
            if np.shape(candidate[0]) == np.shape(own[0]) and constant(own, candidate) is not None:
                if not any(np.shape(f[0]) == np.shape(candidate[0]) and constant(candidate, f) for f in found):
                    found.append(candidate)  # the adjoint of -z is that of z, turned: it would hide a sign
                break
        if len(found) > 3:
            break
    return found


def by_distance(scene: Scene, steps: list[Judged]) -> list[Judged]:
    """Weights before biases, those nearest to the error first."""

    def distance(judged: Judged) -> tuple[bool, int]:
        way = slice_of(scene.found.tape, corrections([judged]), stop=scene.versions)
        return bias_like(scene, judged.move.chain), len(way)

    return sorted(steps, key=distance)


def corrections(judged: list[Judged]) -> list[int]:
    """The nodes that the parameters were corrected by."""
    return [link.correction for j in judged for link in j.move.links if link.correction is not None]


def own_gradient(scene: Scene, judged: Judged) -> int:
    """The first value on the way to the update that is the parameter's gradient."""
    for node in slice_of(scene.found.tape, corrections([judged]), stop=scene.versions):
        label = scene.label(node) if node in scene.error else None
        if label is not None and label.forward == judged.move.before:
            return node
    return judged.move.links[-1].new
