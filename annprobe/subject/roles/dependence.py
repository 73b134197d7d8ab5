"""What depends on what: versions of the parameters that each value depends on directly, not through a later version."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from annprobe.subject.roles.chains import Chain
from annprobe.tape.nodes import Tape

_PRODUCTS = {"dot", "matmul", "einsum", "tensordot"}


@dataclass
class Dependence:
    """Bit masks per node.

    versions  one bit per version of a chain; paths are cut at versions, so a value has only the versions that it
              was computed from within its own training step
    chains    one bit per chain, cut in the same way
    """

    tape: Tape
    chains: list[Chain]
    version_bits: dict[int, int]  # version node -> its bit's position
    owner: dict[int, int]  # version node -> number of its chain
    versions: list[int]
    by_chain: list[int]
    state: frozenset[int] = frozenset()  # versions of optimiser state that the forward pass sees; paths end there

    @cached_property
    def _chains_of_bits(self) -> list[int]:
        """The chain of each bit: the versions of a chain have neighbouring bits."""
        return [self.owner[version] for version in self.version_bits]

    def only_chain(self, mask: int) -> int | None:
        """The chain whose versions all bits of a mask belong to; None where there are several, or no bits."""
        if not mask:
            return None
        lowest, highest = (self._chains_of_bits[m.bit_length() - 1] for m in (mask & -mask, mask))
        return lowest if lowest == highest else None

    def version_of(self, node: int, chain: int) -> int | None:
        """Which version (0, 1, ...) of the chain the node was computed from; the last one where several were."""
        mask = self.versions[node]
        for k in range(len(self.chains[chain].versions) - 1, -1, -1):
            if mask >> self.version_bits[self.chains[chain].versions[k]] & 1:
                return k
        return None

    def touched(self, node: int) -> bool:
        """Whether the node depends on any parameter at all."""
        return self.versions[node] != 0

    def breadth(self, node: int) -> int:
        """On how many chains the node depends."""
        return self.by_chain[node].bit_count()


def settle(dependence: Dependence) -> None:
    """Corrections that depend on no parameter (a checker's small step) are plain writes."""
    for chain in dependence.chains:
        chain.links = [
            link if link.correction is None or dependence.touched(link.correction) else replace(link, genuine=False)
            for link in chain.links
        ]


def _held_beside(tape: Tape, versions: Container[int]) -> frozenset[int]:
    """Copies of parameters that make a network of their own, as the target network of Q-learning: none trains there.

    Such a copy goes into products as it is, and so do the parameters that it was made of.
    """
    copies = {n: node.inputs[0] for n, node in enumerate(tape.nodes) if node.op == "copy" and node.inputs}
    copies = {n: source for n, source in copies.items() if source in versions and n not in versions}
    if not copies:
        return frozenset()
    wanted = {*copies, *copies.values()}
    multiplied, added, turned = set[int](), set[int](), dict[int, int]()
    for number, node in enumerate(tape.nodes):
        for source in (turned.get(i, i) for i in node.inputs):
            if source in wanted and node.op in ("transpose", "getitem"):
                turned[number] = source
            elif source in wanted:
                (multiplied if node.op in _PRODUCTS else added if node.op == "add" else set()).add(source)
    held = {n for n, source in copies.items() if {n, source} <= multiplied}
    return frozenset(held | {n for n in copies if n in added and held})  # its biases, too


def find_dependence(tape: Tape, chains: list[Chain], state: Sequence[Chain] = ()) -> Dependence:
    """One pass over the tape. ``state``: chains of the optimiser's that the forward pass sees."""
    closed = frozenset(version for chain in state for version in chain.versions)
    bits: dict[int, int] = {}
    owner: dict[int, int] = {}
    for number, chain in enumerate(chains):
        for version in chain.versions:
            bits[version] = len(bits)
            owner[version] = number
    closed |= _held_beside(tape, bits)
    versions, by_chain = [], []
    for number, node in enumerate(tape.nodes):
        if number in bits:
            versions.append(1 << bits[number])
            by_chain.append(1 << owner[number])
            continue
        mask = chain_mask = 0
        for source in node.inputs:
            if source in closed:
                continue
            mask |= versions[source]
            chain_mask |= by_chain[source]
        versions.append(mask)
        by_chain.append(chain_mask)
    found = Dependence(tape, chains, bits, owner, versions, by_chain, closed)
    settle(found)
    return found
