"""Findings that only the tape can see: what depends on what, and what should."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np

from annprobe.diagnosis.clauses.wording import node_place
from annprobe.findings import FAMILIES, Evidence, Finding
from annprobe.listing.scene import Scene
from annprobe.tape import Tape
from annprobe.tape.replay import slice_of


def provenance_findings(scene: Scene) -> list[Finding]:
    """Lost updates, predictions of one input."""
    return _lost_updates(scene) + [f for f in (_one_input(scene),) if f is not None]


def _lost_updates(scene: Scene) -> list[Finding]:
    """New values of a parameter that the forward pass never uses: it goes on with the old one."""
    dependence = scene.found.dependence
    assert dependence is not None
    found: dict[int, Finding] = {}
    used = 0
    for meeting in scene.found.frontier:
        used |= dependence.versions[meeting.output]
    for number, chain in enumerate(scene.found.chains):
        later = [v for v in chain.versions[1:] if used >> dependence.version_bits[v] & 1]
        if later or not chain.lost:
            continue
        taken = {(link.old, scene.found.tape[link.new].site) for link in chain.genuine()}
        if not any((link.old, scene.found.tape[link.new].site) in taken for link in chain.lost):
            continue  # no statement corrects the old value twice: the recording may have ended before it was replaced
        place = node_place(scene, chain.lost[0].new)
        name = scene.found.names[number]
        found.setdefault(
            place.line if place is not None else -1,
            Finding(
                FAMILIES["update"],
                "update",
                f"the new value of {name} is computed and never used: the network keeps the old one",
                (place,) if place is not None else (),
                None,
                None,
                (Evidence("updates lost", 1 + len(chain.lost)),),
                (),
                "store the new value where the forward pass reads it (in the list, the attribute, the dictionary), "
                "or update in place with -=",
                "untested",
                "measured",
            ),
        )
    return list(found.values())


def _one_input(scene: Scene) -> Finding | None:
    """A function that predicts several examples in a loop, and computes every one from the same input."""
    if any(chain.lost for chain in scene.found.chains):
        return None  # with weights that never change, equal outputs of equal inputs are no surprise
    for nodes in _repeated_beside_training(scene):
        if _each_turn_the_same(scene.found.tape, nodes) and len({frozenset(_inputs_of(scene, n)) for n in nodes}) == 1:
            return _same_input(scene, nodes)
    return None


def _repeated_beside_training(scene: Scene) -> Iterable[list[int]]:
    """Operations that one line carries out again and again, called from where the output is, for no update."""
    tape = scene.found.tape
    own = _own_calls(scene)
    training = set(slice_of(tape, [
        link.correction for chain in scene.found.chains for link in chain.genuine() if link.correction is not None
    ]))  # fmt: skip
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for number in range(scene.found.steps[0].last, len(tape)):
        stack = tape.sites[tape[number].site]
        if stack and own and stack[0] == own[0] and stack[1:] != own[1:] and len(stack) > 1 and number not in training:
            groups[stack, tape[number].op].append(number)
    return groups.values()


def _own_calls(scene: Scene) -> tuple[Any, ...]:
    """The calls under which training computes its output, innermost first."""
    tape = scene.found.tape
    return tape.sites[tape[scene.found.judged_step.meetings[0].output].site]


def _each_turn_the_same(tape: Tape, nodes: list[int]) -> bool:
    """Whether each of at least three turns of a loop gave one and the same value."""
    turns = {tape.turns[tape[n].turn] for n in nodes}
    first = np.asarray(tape.value(nodes[0]))
    return 3 <= len(turns) == len(nodes) and all(np.array_equal(np.asarray(tape.value(n)), first) for n in nodes)


def _same_input(scene: Scene, nodes: list[int]) -> Finding:
    own = _own_calls(scene)
    stack = scene.found.tape.sites[scene.found.tape[nodes[0]].site]
    level = next((i for i, (a, b) in enumerate(zip(stack, own, strict=False)) if a[0] is not b[0]), len(stack) - 1)
    place = node_place(scene, nodes[0], level)
    return Finding(
        FAMILIES["forward"],
        "forward",
        f"{len(nodes)} predictions in a row are computed from one and the same input",
        (place,) if place is not None else (),
        None,
        None,
        (Evidence("identical outputs", len(nodes)),),
        ("training is not touched by this; what the module reports is",),
        "feed the loop's own example, not a variable left over from elsewhere",
        "harmless",
        "measured",
    )


def _inputs_of(scene: Scene, node: int) -> list[bytes]:
    """The contents of the data that meet parameters on the way to a node."""
    dependence = scene.found.dependence
    assert dependence is not None
    way = slice_of(scene.found.tape, [node], stop=dependence.version_bits)
    met = {
        i
        for n in way
        if dependence.touched(n) and n not in dependence.version_bits
        for i in scene.found.tape[n].inputs
        if not dependence.touched(i)
    }
    return [np.asarray(scene.found.tape.value(i)).tobytes() for i in met]
