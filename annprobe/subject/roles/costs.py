"""The costs that the module computes itself."""

from __future__ import annotations

import numpy as np

from annprobe.subject.roles.dependence import Dependence
from annprobe.subject.roles.frontier import Meeting
from annprobe.subject.roles.steps import Step
from annprobe.tape.nodes import Tape
from annprobe.tape.replay import slice_of

_NO_COST = {"getitem", "ravel", "reshape", "transpose", "squeeze", "setitem", "scatter", "copy", "astype"}


def find_costs(tape: Tape, dependence: Dependence, step: Step, frontier: list[Meeting], limit: int = 6) -> list[int]:
    """Scalars that the module computed from this step's parameters and from the targets, for their own sake:
    neither the forward pass nor an update uses them."""
    versions = 0
    for move in step.moves:
        versions |= 1 << dependence.version_bits[move.before]
    roots = _roots(tape, step)
    links = [link for chain in dependence.chains for link in chain.genuine()]
    corrections = [link.correction for link in links if link.correction is not None]
    entries = [n for link in links if link.partial for n in tape[link.new].inputs]  # their new values
    written = slice_of(tape, entries, stop=dependence.version_bits)
    consumed = {*slice_of(tape, [m.output for m in frontier] + corrections), *written}
    found: list[int] = []
    sites = {tape[n].site for n in consumed}  # elsewhere what is computed there is a gradient: here one that is lost
    for number in range(len(tape) - 1, -1, -1):
        node = tape[number]
        mask = dependence.versions[number]
        if not mask or mask & ~versions or number in consumed or node.op in _NO_COST or isinstance(node.value, tuple):
            continue
        if np.size(node.value) != 1 or node.kind != "op" or mask.bit_count() < max(1, len(step.moves) // 2):
            continue
        if np.asarray(node.value).dtype.kind != "f" or number in dependence.version_bits:
            continue
        if node.site in sites or not _depends_on(tape, number, roots):
            continue  # one of each place: a list of unused gradients must not crowd out the cost
        found.append(number)
        sites.add(node.site)
        consumed.update(slice_of(tape, [number], stop=dependence.version_bits))
    return found[:limit]


def _roots(tape: Tape, step: Step) -> set[int]:
    """What leads to the targets, and not to the outputs: inputs and targets may come from one table."""
    targets = [m.target for m in step.meetings if m.target is not None]
    return set(slice_of(tape, targets)) - set(slice_of(tape, [m.output for m in step.meetings]))


def _depends_on(tape: Tape, number: int, roots: set[int]) -> bool:
    return not roots or bool(roots & set(slice_of(tape, [number])))
