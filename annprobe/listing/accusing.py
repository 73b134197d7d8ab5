"""The accused operations of a step: those behind the gradients that are wrong."""

from __future__ import annotations

import numpy as np

from annprobe.listing.blame import Accused, blame
from annprobe.listing.gradient_node import gradient_node, takes_another
from annprobe.listing.scene import Scene, Several
from annprobe.subject.roles.gradient.judged import Judged
from annprobe.subject.roles.links import Link
from annprobe.tape.replay import evaluate, slice_of

_ENTRIES = 6  # accused operations behind the entries of one array
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


def of_right(scene: Scene, item: Accused) -> bool:
    """Whether all that a statement starts from is right, errors or outputs and targets: then it is itself wrong."""
    labels = [scene.label(n) for n in scene.outside(scene.region(item.node)) if n in scene.error]
    meetings = {m.node for m in scene.found.judged_step.meetings}
    starts = not labels and not meetings.isdisjoint(scene.region(item.node))
    return starts or (bool(labels) and all(label is not None for label in labels))


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
    some = links[-1].partial and shape != np.shape(demand[0]) and _entries(scene, links[-1], demand) is not None
    if links[-1].partial and (len(links) > 1 or some):
        return _behind_entries(scene, judged, links, demand)
    if shape != np.shape(demand[0]) and np.size(demand[0]) == np.prod(shape):
        demand = [np.reshape(d, shape) for d in demand]
    node = gradient_node(scene, judged.move, correction, demand)
    if node != correction and np.size(scene.found.tape.value(node)) > np.size(demand[0]):
        node = correction
    if takes_another(scene, judged.move, node):
        return [Accused(node, demand, judged.move.before, judged.move.chain)]
    return blame(scene, judged.move.chain, node, demand, judged.move.before)


def _behind_entries(scene: Scene, judged: Judged, links: list[Link], demand: Several) -> list[Accused]:
    """The same for an array that is corrected entry by entry: each correction should be the gradient's there."""
    wanted: dict[int, Several] = {}
    for link in links:
        entries = _entries(scene, link, demand)
        if entries is not None and link.correction is not None:
            wanted[gradient_node(scene, judged.move, link.correction, entries)] = entries
    found: list[Accused] = []
    for node, entries in {**wanted, **_joined(scene, wanted)}.items():
        if len(found) < _ENTRIES and not _read_from(scene, node) & _joined(scene, wanted).keys():
            found += blame(scene, judged.move.chain, node, entries, judged.move.before)
    return found


def _entries(scene: Scene, link: Link, demand: Several) -> Several | None:
    """The gradient where the correction changed the parameter, in the correction's shape.

    One correction may be that of several rows, as of the words of a sentence, whose gradients are equal then.
    """
    tape = scene.found.tape
    before, after = (np.asarray(tape.value(n), dtype=float) for n in (link.old, link.new))
    if link.correction is None or before.shape != after.shape or before.shape != np.shape(demand[0]):
        return None
    changed, shape = before != after, np.shape(tape.value(link.correction))
    size = int(np.prod(shape, dtype=int))
    if not size or not changed.any() or changed.sum() % size:
        return None
    rows = [np.reshape(np.asarray(d)[changed], (-1, *shape)) for d in demand]
    if any(not np.allclose(row, row[:1], rtol=1e-12, atol=0.0) for row in rows):
        return None
    several = [row[0] for row in rows]
    return several if shape else [float(e) for e in several]


def _read_from(scene: Scene, node: int) -> set[int]:
    """The array that a value is an entry of."""
    operation = scene.found.tape[node]
    return {operation.inputs[0]} if operation.op == "getitem" and operation.inputs else set()


def _joined(scene: Scene, wanted: dict[int, Several]) -> dict[int, Several]:
    """Arrays of which every entry is wanted: together they tell more than each alone."""
    tape = scene.found.tape
    of: dict[int, list[int]] = {}
    for node in wanted:
        for base in _read_from(scene, node) & scene.error:
            of.setdefault(base, []).append(node)
    joined: dict[int, Several] = {}
    for base, nodes in of.items():
        shape = np.shape(tape.value(base))
        numbers = np.arange(np.prod(shape, dtype=int)).reshape(shape)
        whole = [np.full(shape, np.nan) for _ in scene.points]
        for node in nodes:
            try:
                places = np.ravel(evaluate(tape[node], (numbers, *tape[node].args[1:]), {}))
            except (TypeError, ValueError, IndexError):
                continue
            for array, entry in zip(whole, wanted[node], strict=True):
                array.reshape(-1)[places] = np.ravel(entry)
        if np.isfinite(whole).all():
            joined[base] = whole
    return joined
