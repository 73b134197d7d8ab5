"""Optimiser state that the forward pass sees: velocities in W + mu * v."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from annprobe.subject.roles.chains import Chain
from annprobe.subject.roles.links import Link, alias
from annprobe.tape.nodes import Ref, Tape


def without_lookahead(tape: Tape, chains: list[Chain]) -> tuple[list[Chain], list[Chain]]:
    """The parameters, and velocities that the forward pass sees only as a part of them, as in ``W + mu * v``.

    Source: Nesterov's accelerated gradient in the form of Sutskever et al. (2013), section 2.
    """
    fading = [all(_fades(tape, link) for link in chain.genuine()) for chain in chains]
    if not any(fading):
        return chains, []
    owner = {version: i for i, chain in enumerate(chains) for version in chain.versions}
    users: dict[int, set[int]] = defaultdict(set)
    for number, node in enumerate(tape.nodes):
        for source in node.inputs:
            users[source].add(number)
    ahead = [fades and _looks_ahead(tape, chain, i, owner, users)
             for i, (chain, fades) in enumerate(zip(chains, fading, strict=True))]  # fmt: skip
    return (
        [chain for chain, state in zip(chains, ahead, strict=True) if not state],
        [chain for chain, state in zip(chains, ahead, strict=True) if state],
    )


def _looks_ahead(tape: Tape, chain: Chain, own: int, owner: dict[int, int], users: dict[int, set[int]]) -> bool:
    """Whether every use of the chain is a sum with another chain's version, or its next version."""
    ahead = False
    for version in chain.versions[:-1]:
        pending = set(users[version])
        while pending:
            user = pending.pop()
            node = tape[user]
            if owner.get(user) == own:
                continue
            if node.op == "multiply" and any(np.ndim(a) == 0 for a in _values(tape, node.args)):
                pending |= users[user]
                continue
            others = [owner.get(alias(tape, i)) for i in node.inputs]
            if node.op not in ("add", "subtract") or not any(o is not None and o != own for o in others):
                return False
            ahead = ahead or user not in owner
    return ahead


def _fades(tape: Tape, link: Link) -> bool:
    """Whether the old value is scaled on its way into the new one: ``v = mu * v - rate * g``."""
    kept = [i for i in tape[link.new].inputs if i != link.correction]
    return tape[link.old].op == "multiply" or (bool(kept) and all(alias(tape, i) != link.old for i in kept))


def _values(tape: Tape, args: tuple[Any, ...]) -> list[Any]:
    return [tape.value(a.node) if isinstance(a, Ref) else a for a in args]
