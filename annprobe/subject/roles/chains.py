"""State chains: arrays and numbers that training replaces by ``P ± D``, version after version.

The first correction ``D`` of a chain must depend on the chain itself; that tells a parameter from an accumulator, a
running sum or a velocity.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace

import numpy as np

from annprobe.subject.roles.links import GIVEN, Link
from annprobe.tape.nodes import Ref, Tape
from annprobe.tape.replay import slice_of


@dataclass
class Chain:
    """The versions of one parameter (or other state), as nodes in order; ``links[i]`` leads to ``versions[i + 1]``."""

    versions: list[int] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    lost: list[Link] = field(default_factory=list)  # corrected values beside the chain: computed, never taken over

    @property
    def origin(self) -> int:
        """The node that holds the start value."""
        return self.versions[0]

    def genuine(self) -> list[Link]:
        """The corrections."""
        return [link for link in self.links if link.genuine]


def find_chains(tape: Tape, links: list[Link]) -> list[Chain]:
    """All chains whose first correction depends on the chain itself, in order of their first correction.

    links  the :func:`~annprobe.subject.roles.links.candidates` of the tape
    """
    links = _without_shared(tape, _without_trials(tape, links))
    chains: dict[int, Chain] = {}  # version node -> its chain
    found: list[Chain] = []
    for link in links:
        if link.genuine and not link.partial and not tape[link.new].write and not _depends(tape, link):
            if link.old not in chains or not _is_constant(tape, link.correction):
                continue  # a sum that starts with a parameter, as ``total = bias; total += w * x`` does
            link = replace(link, genuine=False)  # a checker's small step
        chain = chains.get(link.old)
        if chain is None:
            chain = Chain([link.old])
            _extend_backwards(tape, chain)
            found.append(chain)
            for version in chain.versions:
                chains[version] = chain
        if link.new in chains:
            continue
        if chain.versions[-1] != link.old:  # a trial value beside the chain: not a version of it
            if tape[link.new].write and link.old in chain.versions:
                pass
            else:
                if link.genuine and link.old in chain.versions:
                    chain.lost.append(link)
                continue
        chain.versions.append(link.new)
        chain.links.append(link)
        chains[link.new] = chain
    dependent = _without_examples(tape, [chain for chain in found if _self_dependent(tape, chain)])
    return _mutual(tape, _from_nothing(tape, _without_bases(tape, dependent)))


def _without_examples(tape: Tape, chains: list[Chain]) -> list[Chain]:
    """Without the examples that were handed over: a scaling of features changes them."""
    if not any(node.tag for node in tape.nodes):
        return chains
    given, other = set[int](), set[int]()  # what depends on them, and what depends on anything else
    for number, node in enumerate(tape.nodes):
        if node.kind != "op":
            (given if node.tag else other).add(number)
            continue
        for found in (given, other):
            if not found.isdisjoint(node.inputs):
                found.add(number)
    return [chain for chain in chains if chain.origin not in given or chain.origin in other]


def _without_bases(tape: Tape, chains: list[Chain]) -> list[Chain]:
    """Without arrays that only change because a view of them is corrected, where the network uses the view."""
    owner = {version: i for i, chain in enumerate(chains) for version in chain.versions}
    bases = set()
    for i, chain in enumerate(chains):
        parts = [tape[link.new].inputs[1:] for link in chain.genuine() if tape[link.new].op == "scatter"]
        views = [owner.get(part[0]) for part in parts if part]
        if len(views) == len(chain.genuine()) > 0 and None not in views and i not in views:
            written = {link.new for link in chain.links}
            read = (n for n, node in enumerate(tape.nodes) if not written.isdisjoint(node.inputs) and n not in written)
            if next(read, None) is None:
                bases.add(i)
    return [chain for i, chain in enumerate(chains) if i not in bases]


def _without_trials(tape: Tape, links: list[Link]) -> list[Link]:
    """Without sums that lead nowhere (a look ahead, a perturbed copy) where another sum of the same value goes on."""
    continued = {link.old for link in links}
    goes_on = {link.old for link in links if link.new in continued}
    return [k for k in links if tape[k.new].write or k.new in continued or k.old not in goes_on]


def _without_shared(tape: Tape, links: list[Link]) -> list[Link]:
    """Without first corrections of a number that several parameters start from, as in ``b1 = b2 = 0.0``."""
    takers: dict[int, set[int]] = defaultdict(set)
    for link in links:
        if tape[link.old].op == "literal" and _depends(tape, link):  # not ``total = bias; total += w * x``
            takers[link.old].add(tape[link.new].site)
    return [k for k in links if len(takers.get(k.old, ())) < 2]


def _from_nothing(tape: Tape, chains: list[Chain]) -> list[Chain]:
    """Chains whose start value was not computed from another chain, as a shifted activation is."""
    touched = {version for chain in chains for version in chain.versions}
    for number, node in enumerate(tape.nodes):
        if not touched.isdisjoint(node.inputs):
            touched.add(number)
    return [
        chain
        for chain in chains
        if touched.isdisjoint(tape[chain.origin].inputs) or _corrected_before(tape, chain)
    ]


def _corrected_before(tape: Tape, chain: Chain) -> bool:
    """Whether the start value is a first correction: of a number, say, that got the parameter's shape by it."""
    first = tape[chain.origin]
    if first.op not in ("add", "subtract") or len(first.args) != 2:
        return False
    start = first.args[0].node if isinstance(first.args[0], Ref) else None
    number = start is None or _of_literals(tape, start) or np.shape(tape.value(start)) != np.shape(first.value)
    return number and any(tape[link.new].site == first.site for link in chain.genuine())


def _of_literals(tape: Tape, node: int) -> bool:
    """Whether a number was computed from literals alone, as ``(1 - rate * decay) * 1.0`` is."""
    if np.size(tape.value(node)) != 1:
        return False
    leaves = [n for n in slice_of(tape, [node]) if tape[n].kind != "op"]
    return bool(leaves) and all(tape[n].op == "literal" for n in leaves)


def _is_constant(tape: Tape, node: int | None) -> bool:
    """Whether a value was made of literals alone."""
    if node is None:
        return False
    return tape[node].kind != "op" or all(tape[i].kind != "op" for i in tape[node].inputs)


def _depends(tape: Tape, link: Link) -> bool:
    """Whether the correction was computed from the very version that it corrects."""
    if link.correction is None:
        return False
    seen, stack = {link.correction}, [link.correction]
    while stack:
        for source in tape[stack.pop()].inputs:
            if source == link.old:
                return True
            if source > link.old and source not in seen:
                seen.add(source)
                stack.append(source)
    return False


def _extend_backwards(tape: Tape, chain: Chain) -> None:
    """Earlier contents of the same memory: what was written over before the first correction."""
    while True:
        node = tape[chain.versions[0]]
        if not (node.write and node.op in ("setitem", "scatter")) or not isinstance(node.args[0], Ref):
            return
        base = node.args[0].node
        chain.versions.insert(0, base)
        chain.links.insert(0, Link(chain.versions[1], base, None, 1, genuine=False, partial=True))


def _self_dependent(tape: Tape, chain: Chain) -> bool:
    """The first correction that depends on anything computed must depend on the chain."""
    versions = set(chain.versions)
    for link in chain.genuine():
        if link.correction is None:
            continue
        seen, stack = {link.correction}, [link.correction]
        computed = tape[link.correction].kind == "op"
        while stack:
            node = stack.pop()
            if node in versions and node != link.correction:
                return True
            for source in tape[node].inputs:
                if source not in seen and source >= chain.origin:  # nothing before the chain can depend on it
                    seen.add(source)
                    stack.append(source)
        if computed and not link.partial:
            return False
    return False


def _mutual(tape: Tape, chains: list[Chain]) -> list[Chain]:
    """The largest set of chains whose first corrections depend on each other.

    The gradient of every layer depends on every other layer; data that are normalised in place, running sums and the
    books that a checker keeps do not take part in that.
    """
    owner = {version: i for i, chain in enumerate(chains) for version in chain.versions}
    late = max((chain.origin for chain in chains if _corrected_before(tape, chain)), default=-1)
    reach = [_reached(tape, chain, owner, late) for chain in chains]
    groups: list[list[int]] = []
    for i in range(len(chains)):
        for group in groups:
            if i in reach[group[0]] and group[0] in reach[i]:
                group.append(i)
                break
        else:
            groups.append([i])
    if not groups:
        return []
    best = max(groups, key=lambda group: (len(group), sum(len(chains[i].links) for i in group)))
    used = set().union(*(reach[i] for i in best))
    repeated = [i for i in used if len(chains[i].genuine()) > 1]  # updated with something that is no gradient
    given = [i for i, chain in enumerate(chains) if tape[chain.origin].op == GIVEN]
    return [chains[i] for i in sorted({*best, *repeated, *given})]


def _reached(tape: Tape, chain: Chain, owner: dict[int, int], late: int) -> set[int]:
    """Which chains the first computed correction depends on, once all of them have begun (node ``late``)."""
    computed = [k for k in chain.genuine() if k.correction is not None and tape[k.correction].kind == "op"]
    link = next((k for k in computed if k.correction is not None and k.correction > late), computed[0])
    assert link.correction is not None
    seen, stack, found = {link.correction}, [link.correction], set()
    while stack:
        node = stack.pop()
        if node in owner:
            found.add(owner[node])
        for source in tape[node].inputs:
            if source not in seen:
                seen.add(source)
                stack.append(source)
    return found
