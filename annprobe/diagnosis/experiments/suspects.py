"""What the findings accuse, as something that replayed training can exchange: parameters, nodes, settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from annprobe.findings import Finding
from annprobe.listing.blame import Accused
from annprobe.listing.scene import Scene
from annprobe.subject.roles.gradient.matches import match
from annprobe.training.graph import Graph, run
from annprobe.training.interventions import Suspects
from annprobe.training.swaps import Swap, true_gradient
from annprobe.training.template import Trained
from annprobe.training.trainer import Trainer
from annprobe.training.variants import Repair

# families whose fault is a setting: the kind of change that takes it away
KIND = {
    "data-scaling": "inputs",
    "targets": "targets",
    "labels": "one-hot",
    "initialisation": "start",
    "learning-rate": "learning rate",
    "training-length": "longer",
}
_BACKWARD = ("AP3", "AP404")
_NO_REPAIR = (NotImplementedError, ValueError, TypeError, IndexError, KeyError, ArithmeticError)


def suspects_of(scene: Scene, trainer: Trainer, findings: Sequence[Finding], accused: Sequence[Accused]) -> Suspects:
    """What is to be tried because of what was found."""
    swap = true_gradient(trainer)
    repairs = _repairs(scene, trainer, swap, accused) if swap is not None else []
    names = {repair.name for repair in repairs}
    open_ones = [f for f in findings if not names & {repair_name(place.line) for place in f.places}]
    groups = [group_of(scene, trainer, swap, finding) for finding in open_ones]
    groups += [joint_group(scene, trainer, swap, findings, family) for family in {f.family for f in findings}]
    kinds = frozenset(KIND[f.family] for f in findings if f.family in KIND)
    return Suspects(swap, [g for g in groups if g], repairs, kinds)


def group_of(scene: Scene, trainer: Trainer, swap: Swap | None, finding: Finding) -> tuple[int, ...]:
    """The parameters without the true gradient that the finding's lines have a part in; () where that is none."""
    if swap is None or not finding.code.startswith(_BACKWARD):
        return ()
    lines = {place.line for place in finding.places}
    graph = trainer.data.graph
    places, count = scene.found.places, len(scene.found.tape)
    touched = []
    for p in trainer.loop.parameters:
        made = (n for n in graph.needed([p.after]) if n < count)
        if p.chain in swap.chains and any(places.line(n) in lines for n in made):
            touched.append(p.chain)
    return tuple(touched)


def joint_group(
    scene: Scene, trainer: Trainer, swap: Swap | None, findings: Sequence[Finding], family: str
) -> tuple[int, ...]:
    """The parameters of all findings of one family: the same slip in several lines; () where there is but one."""
    alike = [f for f in findings if f.family == family]
    groups = [group_of(scene, trainer, swap, f) for f in alike]
    return tuple(sorted(set().union(*groups))) if len(alike) > 1 and all(groups) else ()


def _repairs(scene: Scene, trainer: Trainer, swap: Swap, accused: Sequence[Accused]) -> list[Repair]:
    """For each accused operation the adjoint that it should hold, on the module's own scale; one a line."""
    if trainer.loop.step.last != scene.found.judged_step.last:
        return []
    found: dict[str, Repair] = {}
    for item in accused:
        line = scene.found.places.line(item.node)
        repair = _repair(trainer, swap, item, repair_name(line)) if line is not None else None
        if repair is not None:
            found.setdefault(repair.name, repair)
    return list(found.values())


def repair_name(line: int) -> str:
    """What a repair of a line is called in the table."""
    return f"line {line}"


def _repair(trainer: Trainer, swap: Swap, item: Accused, name: str) -> Repair | None:
    """With the factor that makes the accused parameter descend by its due step; None where nothing else would do so."""
    p = next((p for p in trainer.loop.parameters if p.chain == item.parameter), None)
    if p is None or item.quantity is None or item.node not in trainer.loop.nodes or item.parameter not in swap.sizes:
        return None
    own = item.quantity in _versions(trainer, item.parameter)
    quantity = p.read if own else item.quantity
    shape = np.shape(trainer.loop.tape.value(item.node))
    for turned in (False, True):
        function = _shaping(shape, turned, 1.0)
        try:
            variant = trainer.bench.repaired([Repair(item.node, (), function, quantity, name)])
            fit = match(_step(variant.graph, p, item.node), trainer.bench.gradient_samples()[p.chain])
        except _NO_REPAIR:
            continue
        if fit.equal and not fit.zero and fit.factor != 0.0:
            factor = -swap.sizes[p.chain] / fit.factor
            return Repair(item.node, (), _shaping(shape, turned, factor), quantity, name)
    return None


def _step(graph: Graph, p: Trained, repaired: int) -> Any:
    """ΔP of the template step with one node repaired."""
    new, after = graph.final(repaired), graph.final(p.after)
    return run(graph, [after], {new: graph.sample(new)})[after] - graph.sample(p.read)


def _versions(trainer: Trainer, chain: int) -> set[int]:
    """The nodes that stand for a parameter as the step reads it."""
    return {move.before for move in trainer.loop.step.moves if move.chain == chain}


def _shaping(shape: tuple[int, ...], turned: bool, factor: float) -> Any:
    """Function of an adjoint: factor times it, in the shape of the value whose place it takes."""

    def shaped(adjoint: Any) -> Any:
        value = np.asarray(adjoint, dtype=float)
        value = value.T if turned else value
        if value.shape != shape:
            if value.size != int(np.prod(shape)) or turned:
                raise ValueError("an adjoint of another shape")
            value = value.reshape(shape)
        return factor * value

    return shaped

