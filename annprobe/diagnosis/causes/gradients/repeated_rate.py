"""The rate that gradients are multiplied by: one and the same number, and for one parameter twice."""

from __future__ import annotations

from collections import Counter

import numpy as np

from annprobe.diagnosis.clauses.wording import node_place
from annprobe.findings import FAMILIES, Evidence, Finding
from annprobe.listing.naming import name_of
from annprobe.listing.scene import Scene
from annprobe.subject.roles.gradient.judged import Judged
from annprobe.tape.nodes import Ref

_LONGEST = 60


def repeated_rates(scene: Scene) -> list[Finding]:
    """The same number multiplies a gradient more often than it does those of most parameters."""
    powers = {id(j): _powers(scene, j) for j in scene.hypothesis.judged if j.factor is not None}
    found: dict[int, Finding] = {}
    for judged in scene.hypothesis.judged:
        for leaf, (power, node) in powers.get(id(judged), {}).items():
            others = Counter(theirs[leaf][0] for theirs in powers.values() if leaf in theirs)
            usual, times = others.most_common(1)[0]
            once = usual == 1 and 2 * times > len(powers)
            if power > 1 and once and float(np.asarray(scene.found.tape.value(leaf))) != 1.0:
                found.setdefault(scene.found.places.line(node) or -1, _finding(scene, judged, leaf, power, node))
    return list(found.values())


def same_rate(scene: Scene, one: Judged, other: Judged) -> bool:
    """Whether the constants that two gradients are multiplied by are made of one and the same number and a size."""
    rates = [scene.found.rates[j.move.chain] for j in (one, other)]
    nodes = [rate.node for rate in rates if rate is not None and rate.node is not None]
    made_of = [set(_numerators(scene, node)) for node in nodes]
    return len(made_of) == 2 and nodes[0] != nodes[1] and bool(made_of[0]) and made_of[0] == made_of[1]


def _numerators(scene: Scene, node: int) -> list[int]:
    """The numbers that a constant is the product of, whatever it is divided by."""
    tape = scene.found.tape
    if tape[node].op == "divide" and isinstance(tape[node].args[0], Ref):
        return _numerators(scene, tape[node].args[0].node)
    return _factors(scene, node)


def _powers(scene: Scene, judged: Judged) -> dict[int, tuple[int, int]]:
    """number -> (how often it is a factor on the way from the error to the correction, the operation nearest to it)."""
    tape, found = scene.found.tape, dict[int, tuple[int, int]]()
    node = judged.move.links[-1].correction
    updated = {link.new for move in scene.found.judged_step.moves for link in move.links}
    for _ in range(_LONGEST):
        if node is None or node in updated:
            break
        carrying = [i for i in tape[node].inputs if i in scene.error]
        if tape[node].op == "multiply" and len(carrying) == 1:
            for leaf in (n for i in tape[node].inputs if i not in carrying for n in _factors(scene, i)):
                found[leaf] = (found.get(leaf, (0, node))[0] + 1, node)
        node = carrying[-1] if carrying else None
    return found


def _factors(scene: Scene, node: int) -> list[int]:
    """The numbers that a number is the product of."""
    tape, dependence = scene.found.tape, scene.found.dependence
    if dependence is None or dependence.touched(node) or np.size(tape.value(node)) != 1:
        return []
    operation = tape[node]
    if operation.op != "multiply":
        return [node] if not operation.inputs or operation.kind != "op" else []
    return [n for a in operation.args if isinstance(a, Ref) for n in _factors(scene, a.node)]


def _finding(scene: Scene, judged: Judged, leaf: int, power: int, node: int) -> Finding:
    place, name, rate = node_place(scene, node), scene.found.names[judged.move.chain], name_of(scene, leaf)
    return Finding(
        FAMILIES["scale"],
        "scale",
        f"the gradient of {name} is multiplied by {rate} {power} times, that of the others once",
        (place,) if place is not None else (),
        f"{rate}**{power} · ∂C/∂{name}",
        f"{rate} · ∂C/∂{name}",
        (Evidence("ratio", float(np.asarray(scene.found.tape.value(leaf))) ** (power - 1)),),
        (),
        f"multiply by {rate} once",
        "untested",
        "measured",
    )
