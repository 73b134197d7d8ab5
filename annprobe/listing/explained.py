"""What is wrong at each accused statement, and which accusations are mere consequences of others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from annprobe.listing.accusing import accusations, of_right
from annprobe.listing.blame import Accused, blame
from annprobe.listing.change import Explained, change_given, smallest_change
from annprobe.listing.mended import UNREPLAYABLE
from annprobe.listing.proportion import constant
from annprobe.listing.scene import Scene, Several
from annprobe.tape.nodes import Frame
from annprobe.tape.replay import replay, slice_of

_TRIED = 3  # executions of one accused statement that are looked at until one is explained

Pair = tuple[Accused, Explained | None]


def explanations(scene: Scene, known: Mapping[int, Explained | None]) -> list[Pair]:
    """Every accused statement once, however many examples, units and turns of a loop it went wrong for.

    known  site -> what was found to be wrong there before other faults were out of the way
    """
    groups: dict[int, list[Accused]] = {}
    for item in accusations(scene):
        groups.setdefault(scene.found.tape[item.node].site, []).append(item)
    for group in groups.values():
        group.sort(key=lambda item: (item.quantity is None, item.node))  # those nearest to the error first
    certain = {site: any(of_right(scene, item) for item in group[:_TRIED]) for site, group in groups.items()}
    pairs: dict[int, Pair] = {}
    for site in sorted(groups, key=lambda site: not certain[site]):
        group = groups[site]
        if site in known:
            pairs[site] = group[0], known[site]
        elif not certain[site] and _all_behind(scene, group, pairs.values()):
            pairs[site] = group[0], None  # looked at once that is right of which they are made
        else:
            pairs[site] = _explained(scene, group)
    chosen = [pairs[site] for site in groups]
    chosen += _of_wrong_inputs(scene, list(groups.values()), chosen)
    everything = [item for group in groups.values() for item in group]
    return [pair for pair in chosen if not _is_a_consequence(scene, pair, chosen, everything)]


def _explained(scene: Scene, group: list[Accused]) -> Pair:
    """The first of some executions of a statement that a change explains; the first of all where none does."""
    tries = ((item, search) for search in (smallest_change, change_given) for item in group[:_TRIED])
    results = ((item, search(scene, item)) for item, search in tries)
    return next(((item, found) for item, found in results if found is not None), (group[0], None))


def _all_behind(scene: Scene, group: list[Accused], pairs: Iterable[Pair]) -> bool:
    """Whether all of these are made of what an explained statement gave, here or in other turns."""
    tape = scene.found.tape
    sites = {tape[item.node].site for item, found in pairs if found is not None and found.also is None}
    slices = (slice_of(tape, [item.node], stop=scene.versions) for item in group[:_TRIED] if sites)
    return bool(sites) and all(any(tape[n].site in sites and n in scene.error for n in way) for way in slices)


def _of_wrong_inputs(scene: Scene, groups: list[list[Accused]], chosen: list[Pair]) -> list[Pair]:
    """What is wrong behind accused statements: an input that is no adjoint of anything, in another turn of the loop.

    The statement is wrong in every turn, and explained by the one whose inputs are right; in others the same change
    makes of the inputs what the rule makes of them as they are, and one of these is wrong by a bug of its own.
    """
    sites = {scene.found.tape[item.node].site for item, _ in chosen}
    found: list[Pair] = []
    for group, (first, explained) in zip(groups, chosen, strict=True):
        others = [item for item in group if item is not first] if explained is not None else []
        for item in others[:_TRIED]:
            given = change_given(scene, item)
            also = given.also if given is not None else _same_input(scene, first, item)
            if also is None:
                continue
            source, demand, role = also
            for accused in blame(scene, item.parameter, source, demand, role) if demand else ():
                site = scene.found.tape[accused.node].site
                if scene.found.tape[accused.node].op == "getitem":
                    continue  # a part of the error that the loss gives: what is added to it is wrong
                if site not in sites and (mended := smallest_change(scene, accused)) is not None:
                    sites.add(site)
                    found.append((accused, mended))
            break
    return found


def _same_input(scene: Scene, first: Accused, other: Accused) -> tuple[int, Several, int] | None:
    """The input of another turn that stands where ``first`` has a right one, with what it should be the adjoint of."""
    tape = scene.found.tape
    inputs = [[n for n in scene.outside(scene.region(item.node)) if n in scene.error] for item in (first, other)]
    if other.quantity is None or len(inputs[0]) != len(inputs[1]):
        return None
    for mine, theirs in zip(*inputs, strict=True):
        label = scene.label(mine)
        if label is None or scene.label(theirs) is not None or np.ndim(tape.value(theirs)) == 0:
            continue
        site, shape = tape[label.forward].site, np.shape(tape.value(theirs))
        for node in scene.forward:
            if node > other.quantity and tape[node].site == site and np.shape(tape.value(node)) == shape \
                    and other.quantity in slice_of(tape, [node], stop=scene.versions):
                demand = scene.adjoint(node)
                return (theirs, demand, node) if demand is not None else None
    return None


def _is_a_consequence(
    scene: Scene,
    pair: Pair,
    chosen: list[Pair],
    everything: list[Accused],
) -> bool:
    """Whether a value is wrong because of explained statements before it, of which it was made."""
    item, explained = pair
    tape = scene.found.tape
    if explained is not None and explained.also is None and explained.change.kind in ("passes", "repeats"):
        return False
    sites = {tape[a.node].site for a, found in chosen if found is not None and found.also is None}
    causes = [a for a in everything if tape[a.node].site in sites and tape[a.node].site != tape[item.node].site]
    before = set(slice_of(tape, [item.node], stop=scene.versions)) - {item.node}
    sure = explained is None or explained.also is not None or explained.change.kind in ("derivative", "product")

    def instruction(node: int) -> tuple[Frame, ...]:
        return tape.sites[tape[node].site][:1]

    statements = {tape.sites[site][:1] for site in sites} - {instruction(item.node)}
    same = [n for n in before & scene.error if instruction(n) in statements]
    if not same:
        return False
    # other turns of an explained statement are wrong, too, and were not followed
    known = {a.node for a in causes}
    turns = [n for n in scene.error if instruction(n) in statements]
    again = not known.issuperset(same) or len(turns) > len(statements)
    if again and (sure or _right_elsewhere(scene, item)):
        return True
    mended = _mended(scene, item, causes)
    return mended is not False if sure else bool(mended)


def _right_elsewhere(scene: Scene, item: Accused) -> bool:
    """Whether the statement is right in another turn of its loop, or in another call."""
    sites, own = scene.found.tape.sites, scene.found.tape[item.node].site
    twins = (n for n in scene.error if sites[scene.found.tape[n].site][:1] == sites[own][:1] and n != item.node)
    return any(scene.label(n) is not None for n in twins)


def _mended(scene: Scene, item: Accused, causes: list[Accused]) -> bool | None:
    """Whether a value would be right, had the causes been what they should; None where that cannot be computed."""
    values: list[Any] = []
    for k, point in enumerate(scene.points):
        shapes = {a.node: np.shape(point.value(a.node)) for a in causes}
        if any(np.size(a.demand[k]) != np.prod(shapes[a.node]) for a in causes):
            return None
        right = {a.node: np.reshape(a.demand[k], shapes[a.node]) for a in causes}
        try:
            values.append(replay(point, right, [item.node]).value(item.node))
        except UNREPLAYABLE:
            return None
    return constant(values, item.demand) is not None
