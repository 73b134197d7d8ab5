"""The decoder's opinion beside the listing's: the same gradient, named from its values without a look at its lines.

It adds no finding. Where both say the same, the finding gains a row of evidence; where they differ, a check says so,
and no finding about the gradient is called more than measured.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from annprobe.diagnosis.causes.gradients.accused import COSINE
from annprobe.diagnosis.observing.asked import Asked, asked
from annprobe.engine.architecture import Architecture
from annprobe.engine.layout import Array
from annprobe.engine.network import random_network
from annprobe.engine.stacks import FAULTS
from annprobe.engine.steps import evaluate
from annprobe.findings import Check, Evidence, Finding
from annprobe.listing.dense import Dense, Piece, factor, recognised
from annprobe.listing.scene import Scene

if TYPE_CHECKING:
    from annprobe.decoder.decode import Decoded, StageReading

RUNG = "second opinion, from the gradient's values alone"
ROW = "named without its lines"  # the evidence of a finding that the decoder shares
MOST_WEIGHTS, MOST_EXAMPLES = 400, 200  # of one layer, of the step: beyond, asking costs more than it is worth
UNNAMED = "something that is not in the catalogue"
SCALE = "scale"  # how large the whole is, is judged against the module's own cost, elsewhere
QUANTITIES = {"delta": "the delta", "weights": "the weights' gradient", "biases": "the biases' gradient",
              "reduce": "the gradient", "penalty": "the penalty"}


def second_opinion(scene: Scene, findings: Sequence[Finding]) -> tuple[tuple[Finding, ...], tuple[Check, ...]]:
    """The findings, those that the decoder shares with a row more, and what the comparison came to."""
    dense = _recognised(scene)
    decoded = _decoded(scene, dense) if dense is not None else None
    if dense is None or decoded is None:
        return tuple(findings), ()
    listed = [f for f in findings if any(row.name == COSINE for row in f.evidence)]
    wrong = [stage for stage in decoded.wrong if not _only_scaled(stage)]
    shared = {id(f): here for f in listed if (here := [s for s in wrong if _same_place(scene, dense, f, s)])}
    alone = [f for f in listed if id(f) not in shared]
    others = any(f.code.startswith("AP3") for f in findings if f not in listed)  # a sign, a factor
    check = () if wrong and not listed and others else _check(wrong, listed, alone, decoded)
    new = {id(f): dataclasses.replace(f, evidence=(*f.evidence, Evidence(ROW, _said(shared[id(f)], decoded))))
           for f in listed if id(f) in shared}
    new |= {id(f): dataclasses.replace(f, trust="measured") for f in alone if f.trust == "verified"}
    return tuple(new.get(id(f), f) for f in findings), check


def _check(wrong: Sequence[StageReading], listed: Sequence[Finding], alone: Sequence[Finding],
           decoded: Decoded) -> tuple[Check, ...]:
    """What the comparison came to; a difference decides nothing."""
    if not wrong and not listed:
        sizes = ", but for the size of its parts" if decoded.wrong else ""
        text = f"asked at other points, the gradient is right at every stage{sizes}"
        return (Check("decoder", RUNG, "pass", text),) if decoded.reproduces else ()
    if not alone and listed:
        return (Check("decoder", RUNG, "pass", f"it agrees with the lines: {_said(wrong, decoded)}"),)
    said = f"it reads {_said(wrong, decoded)}" if wrong else "it sees nothing wrong in the gradient"
    other = f"only the lines read {_families_of(alone)}" if alone else "line by line nothing is wrong"
    return (Check("decoder", RUNG, "skip", f"{said}; {other}"),)


def _same_place(scene: Scene, dense: Dense, finding: Finding, stage: StageReading) -> bool:
    """Is the stage what the gradient of the finding's parameter is made of, in the same layer?"""
    name = next((row.value for row in finding.evidence if row.name == "parameter"), None)
    moves = scene.found.judged_step.moves
    pieces = [p for m, p in zip(moves, dense.pieces, strict=True) if scene.found.names[m.chain] == name]
    return any(piece.layer == stage.layer and _made_by(piece, stage.quantity) for piece in pieces)


def _made_by(piece: Piece, quantity: str) -> bool:
    """Does this quantity go into the gradient of the array?"""
    if quantity == "weights":
        return piece.columns != (0,)
    return quantity != "biases" or 0 in piece.columns


def _recognised(scene: Scene) -> Dense | None:
    """The network, where it is one of the engine's, small enough to be asked, and stepped along its gradient."""
    if any(judged.gradient is not None or judged.decay for judged in scene.hypothesis.judged):
        return None
    dense = recognised(scene)
    if dense is None or len(dense.inputs[0]) > MOST_EXAMPLES:
        return None
    shapes = [dense.architecture.shape(layer) for layer in range(1, dense.architecture.L + 1)]
    return dense if max(rows * columns for rows, columns in shapes) <= MOST_WEIGHTS else None


def _decoded(scene: Scene, dense: Dense) -> Decoded | None:
    """All stages of the module's gradient; None where it cannot be asked."""
    architecture = dense.architecture
    asking = asked(scene, dense)
    if asking is None:
        return None
    from annprobe.decoder.decode import decode  # the catalogue: only where it is asked for

    has = [any(piece.layer == layer and 0 in piece.columns for piece in dense.pieces)
           for layer in range(1, architecture.L + 1)]
    size = _size(asking, architecture, len(dense.inputs[0]))
    if size is None:
        return None

    def gradient(W: Sequence[Array], X: Array, Y: Array) -> list[Array] | None:
        given = asking(W, X, Y)
        return None if given is None else [g / size for g in given]

    return decode(architecture, gradient, examples=len(dense.inputs[0]), alone=False, biased=has,
                  sizes=False, thorough=False)


def _size(asking: Asked, architecture: Architecture, examples: int, draws: int = 2) -> float | None:
    """How many times the engine's gradient the module's is, where a layer of it is a multiple; 1 where none is."""
    rng = np.random.default_rng(2)
    pairs = []
    for _ in range(draws):
        n = random_network(architecture, examples, rng)
        try:
            given = asking(n.W, n.X, n.Y)
        except (*FAULTS, ArithmeticError, AttributeError):
            return None
        if given is None:
            return None
        pairs.append((given, evaluate(architecture, n.W, n.X, n.Y).gradient()))
    for part in (np.s_[:, 1:], np.s_[:, 0]):
        for layer in reversed(range(architecture.L)):
            k = factor([[given[layer][part]] for given, _ in pairs], [[right[layer][part]] for _, right in pairs])
            if k is not None:
                return abs(k)
    return 1.0


def _only_scaled(stage: StageReading) -> bool:
    """Is it right but for its size?"""
    if () in stage.names:
        return stage.factor > 0.0
    return stage.known and stage.factor > 0.0 and SCALE in _families(stage)


def _families(stage: StageReading) -> set[str]:
    """The causes that the names of a stage stand for."""
    from annprobe import catalog

    return {catalog.get(id).cause for names in stage.names for id in names}


def _families_of(findings: Sequence[Finding]) -> str:
    return " and ".join(dict.fromkeys(f.family for f in findings))


def _said(stages: Sequence[StageReading], decoded: Decoded) -> str:
    """The names with their places: "dr-sign in the delta of layers 1 and 2".

    Without names where they do not reproduce the gradient: then a part of it is none of the catalogue's.
    """
    layers: dict[tuple[str, str], list[int]] = {}
    for stage in stages:
        name = _name(stage) if decoded.reproduces else UNNAMED
        layers.setdefault((name, QUANTITIES[stage.quantity]), []).append(stage.layer)
    return "; ".join(f"{name} in {quantity} of layer{'s' if len(where) > 1 else ''} "
                     f"{' and '.join(map(str, sorted(where)))}" for (name, quantity), where in layers.items())


def _name(stage: StageReading) -> str:
    if not stage.known:
        return UNNAMED
    if () in stage.names:
        return f"a factor {stage.factor:.4g}"
    return " or ".join(" and ".join(names) for names in stage.names[:2])
