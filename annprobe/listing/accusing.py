"""The accused operations of a step: those behind the gradients that are wrong."""

from __future__ import annotations

import numpy as np

from annprobe.listing.blame import Accused, blame
from annprobe.listing.gradient_node import gradient_node, takes_another
from annprobe.listing.scene import Scene
from annprobe.subject.truth import Judged
from annprobe.tape.replay import slice_of

_OF_A_STATEMENT = 12  # parameters that one statement updates, and that are followed


def accusations(scene: Scene) -> list[Accused]:
    """The accused operations behind all wrong gradients, each operation once."""
    if scene.accused is None:
        scene.accused = _accusations(scene)
    return scene.accused


def _accusations(scene: Scene) -> list[Accused]:
    found: dict[int, Accused] = {}
    wrong = [judged for judged in scene.hypothesis.judged if not judged.right]
    for judged in _sample(scene, sorted(wrong, key=lambda j: _distance(scene, j))):
        for accused in _behind(scene, judged):
            found.setdefault(accused.node, accused)
    return list(found.values())


def _sample(scene: Scene, wrong: list[Judged]) -> list[Judged]:
    """A few parameters of every update statement, from all layers: single numbers may be hundreds."""
    sites: dict[object, list[Judged]] = {}
    for judged in wrong:
        sites.setdefault(scene.found.tape[judged.move.links[-1].new].site, []).append(judged)
    chosen: set[int] = set()
    for group in sites.values():
        step = max(1, -(-len(group) // _OF_A_STATEMENT))
        chosen |= {id(judged) for judged in group[::step]}
    return [judged for judged in wrong if id(judged) in chosen]


def _distance(scene: Scene, judged: Judged) -> int:
    """How much of the backward pass comes before a parameter's update: least for the layer nearest to the error."""
    corrections = [link.correction for link in judged.move.links if link.correction is not None]
    return len(slice_of(scene.found.tape, corrections, stop=scene.versions))


def _behind(scene: Scene, judged: Judged) -> list[Accused]:
    demand = scene.adjoint(judged.move.before)
    known = [link for link in judged.move.links if link.correction is not None]
    links = [link for link in known if link.genuine] or known
    if demand is None or not links:
        return []
    correction = links[-1].correction
    assert correction is not None
    shape = np.shape(scene.found.tape.value(correction))
    if shape != np.shape(demand[0]) and np.size(demand[0]) == np.prod(shape):
        demand = [np.reshape(d, shape) for d in demand]
    node = gradient_node(scene, judged.move, correction, demand)
    if node != correction and np.size(scene.found.tape.value(node)) > np.size(demand[0]):
        node = correction
    if takes_another(scene, judged.move, node):
        return [Accused(node, demand, judged.move.before, judged.move.chain)]
    return blame(scene, judged.move.chain, node, demand, judged.move.before)
