"""What the user calls the parameters, and the learning rate with the line where it stands."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np

from annprobe.subject.roles.chains import Chain
from annprobe.subject.roles.dependence import Dependence
from annprobe.tape.nodes import Ref, Tape
from annprobe.tape.places import Places
from annprobe.tape.replay import slice_of

_INDEX = r"\[[^\[\]]*\]$"  # the last index of a name, as in ``self.weights[i]``


@dataclass(frozen=True)
class Rate:
    """The constant factor between gradient and update; ``line`` is where it stands in the source, if it does."""

    value: float
    line: int | None
    node: int | None


def parameter_names(tape: Tape, places: Places, chains: list[Chain]) -> list[str]:
    """The user's names; members of one list are numbered in the order in which the forward pass uses them."""
    plain = [_name(tape, places, chain) for chain in chains]
    counts = Counter(plain)
    first = {i: _first_use(tape, chain) for i, chain in enumerate(chains)}
    order: dict[str, int] = {}
    names = list(plain)
    for i in sorted(range(len(chains)), key=lambda k: first[k]):
        if counts[plain[i]] > 1:
            number = order.get(plain[i], 0)
            order[plain[i]] = number + 1
            names[i] = f"{re.sub(_INDEX, '', plain[i])}[{number}]"
    return names


def _name(tape: Tape, places: Places, chain: Chain) -> str:
    for node in [chain.genuine()[-1].new, chain.origin]:
        name = places.name(node)
        if name:
            return name
    return places.text(chain.origin)[:30] or f"parameter of line {places.line(chain.genuine()[0].new)}"


def _first_use(tape: Tape, chain: Chain) -> int:
    return next((n for n in range(chain.origin + 1, len(tape)) if chain.origin in tape[n].inputs), chain.origin)


def rate_of(tape: Tape, places: Places, dependence: Dependence, chain: Chain) -> Rate | None:
    """The outermost constant factor of the correction."""
    node = chain.genuine()[0].correction
    for _ in range(6):
        if node is None:
            return None
        operation = tape[node]
        if operation.op == "negative":
            node = operation.inputs[0]
            continue
        if operation.op != "multiply":
            return None
        for factor, other in (operation.args, operation.args[::-1]):
            if isinstance(factor, Ref):
                if dependence.touched(factor.node) or np.size(tape.value(factor.node)) != 1:
                    continue
                return Rate(
                    float(np.asarray(tape.value(factor.node)).reshape(())),
                    _literal_line(tape, places, factor.node),
                    factor.node,
                )
            if isinstance(factor, (int, float, np.number)) and isinstance(other, Ref):
                return Rate(float(factor), places.line(node), None)
        node = next((i for i in operation.inputs if dependence.touched(i)), None)
    return None


def _literal_line(tape: Tape, places: Places, node: int) -> int | None:
    literals = [n for n in slice_of(tape, [node]) if tape[n].op == "literal"]
    return places.line(literals[-1]) if literals else places.line(node)
