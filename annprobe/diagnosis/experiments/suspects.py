"""What the findings accuse, as something that replayed training can exchange: parameters, nodes, settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from annprobe.diagnosis.clauses.wording import place_of
from annprobe.findings import Finding
from annprobe.listing.alone import mendings, own_rates
from annprobe.listing.blame import Accused
from annprobe.listing.change import Explained
from annprobe.listing.helpers import wrong_function
from annprobe.listing.rounds import looks
from annprobe.listing.scene import Scene
from annprobe.subject.roles.gradient.matches import match
from annprobe.subject.running.outcome import USAGE
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
    if swap is not None:
        swap = replace(swap, sizes={**swap.sizes, **_own_sizes(scene, trainer, swap)})
    repairs = _repairs(scene, trainer, swap, accused) if swap is not None else []
    names = {made[0].name for made in repairs}
    open_ones = [f for f in findings if not names & {repair_name(place.line) for place in f.places}]
    groups = [group_of(scene, trainer, swap, finding) for finding in open_ones]
    groups += [joint_group(scene, trainer, swap, findings, family) for family in {f.family for f in findings}]
    kinds = frozenset(KIND[f.family] for f in findings if f.family in KIND)
    return Suspects(swap, [g for g in groups if g], repairs, kinds)


def _own_sizes(scene: Scene, trainer: Trainer, swap: Swap) -> dict[int, float]:
    """Steps along the gradient as the module takes them once every line that was found is edited.

    Not of a parameter that the recorded step leaves where it is: what multiplies it with zero may be meant as a mean.
    """
    unit = _catalogue_unit(scene, trainer)
    moved = {p.chain for p in trainer.loop.parameters if np.any(_step(trainer.data.graph, p, p.after))}
    if not unit or trainer.loop.step.last != scene.found.judged_step.last:
        return {}
    sizes = {chain: -factor * unit for chain, factor in own_rates(scene).items() if chain in moved}
    return {chain: size for chain, size in sizes.items() if size > 0.0 and chain in swap.chains}


def group_of(scene: Scene, trainer: Trainer, swap: Swap | None, finding: Finding) -> tuple[int, ...]:
    """The parameters without the true gradient that the finding's lines have a part in; () where that is none."""
    if swap is None or not finding.code.startswith(_BACKWARD):
        return ()
    lines = {place.line for place in finding.places}
    graph = trainer.data.graph
    count = len(scene.found.tape)
    touched = []
    for p in trainer.loop.parameters:
        made = (n for n in graph.needed([p.after]) if n < count)
        if p.chain in swap.chains and any(lines & set(_lines(scene, n)) for n in made):
            touched.append(p.chain)
    return tuple(touched)


def _lines(scene: Scene, node: int) -> Iterator[int]:
    """The line that computed a node, and those from which its function was called."""
    for level in range(len(scene.found.tape.sites[scene.found.tape[node].site])):
        span = scene.found.places.span(node, level)
        if span is not None and span.file != USAGE:
            yield span.line


def joint_group(
    scene: Scene, trainer: Trainer, swap: Swap | None, findings: Sequence[Finding], family: str
) -> tuple[int, ...]:
    """The parameters of all findings of one family: the same slip in several lines; () where there is but one."""
    alike = [f for f in findings if f.family == family]
    groups = [group_of(scene, trainer, swap, f) for f in alike]
    return tuple(sorted(set().union(*groups))) if len(alike) > 1 and all(groups) else ()


def _repairs(scene: Scene, trainer: Trainer, swap: Swap, accused: Sequence[Accused]) -> list[list[Repair]]:
    """What each accused line should give, on the module's own scale: of the errors that reach it, as a plain edit of
    that line alone would have it; where that is not known, the adjoint that it should hold."""
    if trainer.loop.step.last != scene.found.judged_step.last:
        return []
    found: dict[str, list[Repair]] = {}
    pairs = [(look.scene, item, explained) for look in looks(scene) for item, explained in look.pairs]
    for seen, item, explained in pairs:
        place = place_of(seen, item, explained.change if explained is not None else None)
        made = _edited(seen, trainer, swap, item, explained, repair_name(place.line)) if place is not None else []
        for repair in made:
            found.setdefault(repair.name, []).append(repair)
    edited = {repair.node for made in found.values() for repair in made}
    for item in accused:
        line = scene.found.places.line(item.node)
        if line is not None and item.node not in edited and repair_name(line) not in found:
            made = _rescaled(trainer, swap, _held(trainer, item, repair_name(line)), item.parameter)
            found.update({repair_name(line): made} if made else {})
    return list(found.values())


def repair_name(line: int) -> str:
    """What a repair of a line is called in the table."""
    return f"line {line}"


def _edited(
    scene: Scene, trainer: Trainer, swap: Swap, item: Accused, explained: Explained | None, name: str
) -> list[Repair]:
    """The line with its edit and nothing else; [] where that is not known, or where it is in a function of the module
    that is called elsewhere, too: its edit mends all calls."""
    if explained is None or wrong_function(scene, item, explained.change) is not None:
        return []
    made = mendings(scene, item, explained)
    unit = _catalogue_unit(scene, trainer)
    if not made or not unit or any(m.node not in trainer.loop.nodes for m in made):
        return []
    repairs = []
    for m in sorted(made, key=lambda m: m.node):
        shape = np.shape(trainer.loop.tape.value(m.node))
        adjoint = _as_read(trainer, m.quantity, m.parameter)
        factor = m.unit if m.error is not None else m.unit * unit
        turned = _is_turned(shape, np.shape(trainer.loop.tape.value(m.quantity)))
        repairs.append(Repair(m.node, (), _shaping(shape, turned, factor), adjoint, name, m.error, m.role))
    if not all(m.sized for m in made):
        return _rescaled(trainer, swap, repairs, item.parameter)
    try:
        trainer.bench.repaired(repairs)
    except _NO_REPAIR:
        return []
    return repairs


def _is_turned(shape: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return len(shape) == 2 and shape != other and shape == other[::-1]


def _catalogue_unit(scene: Scene, trainer: Trainer) -> float:
    """The gradient of the module's cost over that of the catalogue's loss; 0 where it is no constant."""
    try:
        samples = trainer.bench.gradient_samples()
    except _NO_REPAIR:
        return 0.0
    for p in trainer.loop.parameters:
        moves = [j.move.before for j in scene.hypothesis.judged if j.move.chain == p.chain]
        own = scene.adjoint(moves[0]) if moves else None
        if own is not None and np.size(own[0]) == np.size(samples[p.chain]):
            fit = match(own[0], samples[p.chain])
            if fit.equal and not fit.zero:
                return fit.factor
    return 0.0


def _as_read(trainer: Trainer, quantity: int, parameter: int) -> int:
    """The quantity, or the parameter as the step reads it where the quantity is one of its versions."""
    p = next((p for p in trainer.loop.parameters if p.chain == parameter), None)
    return p.read if p is not None and quantity in _versions(trainer, parameter) else quantity


def _held(trainer: Trainer, item: Accused, name: str) -> list[Repair]:
    """The accused value as the adjoint that it should be, of unknown size."""
    if item.quantity is None or item.node not in trainer.loop.nodes:
        return []
    shape = np.shape(trainer.loop.tape.value(item.node))
    quantity = _as_read(trainer, item.quantity, item.parameter)
    return [Repair(item.node, (), _shaping(shape, False, 1.0), quantity, name)]


def _rescaled(trainer: Trainer, swap: Swap, repairs: Sequence[Repair], parameter: int) -> list[Repair]:
    """With the factor that makes the accused parameter descend by its due step; [] where nothing else would do so."""
    p = next((p for p in trainer.loop.parameters if p.chain == parameter), None)
    if p is None or parameter not in swap.sizes or not repairs:
        return []
    for turned in (False, True):
        tried = [_times(trainer, r, turned, 1.0) for r in repairs] if turned else list(repairs)
        try:
            variant = trainer.bench.repaired(tried)
            fit = match(_step(variant.graph, p, tried[-1].node), trainer.bench.gradient_samples()[p.chain])
        except _NO_REPAIR:
            continue
        if fit.equal and not fit.zero and fit.factor != 0.0:
            return [_times(trainer, r, turned, -swap.sizes[p.chain] / fit.factor) for r in repairs]
    return []


def _times(trainer: Trainer, repair: Repair, turned: bool, factor: float) -> Repair:
    """The repair's value times a factor, or the adjoint turned first."""
    shape, made = np.shape(trainer.loop.tape.value(repair.node)), repair.function
    if turned:
        return replace(repair, function=_shaping(shape, True, factor))
    return replace(repair, function=lambda adjoint: factor * made(adjoint))


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

