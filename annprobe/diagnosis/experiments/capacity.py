"""What an architecture cannot represent: proved for one layer of weights, tried for narrow hidden layers."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from annprobe.diagnosis.clauses.wording import node_place
from annprobe.engine.architecture import Architecture
from annprobe.engine.setup import Data
from annprobe.findings import FAMILIES, Evidence, Finding
from annprobe.listing.operand_families import bias_like
from annprobe.listing.scene import Scene
from annprobe.symptoms.separation import separable
from annprobe.symptoms.trials import capacity
from annprobe.tape.replay import slice_of
from annprobe.training.anatomy import Anatomy
from annprobe.training.examples import examples_of
from annprobe.training.trainer import Trainer


def capacity_finding(scene: Scene, trainer: Trainer) -> Finding | None:
    """No hidden layer, two classes, and a point that belongs to the hulls of both."""
    weights = [c for i, c in enumerate(scene.found.chains) if not bias_like(scene, i)]
    if not weights or not one_layer(scene):
        return None
    examples = examples_of(trainer)
    if examples is None:
        return None
    x, y = examples[0], examples[1][:, 0]
    levels = np.unique(y)
    if examples[1].shape[1] != 1 or len(levels) != 2 or separable(x, y == levels[1]) is not False:
        return None
    place = node_place(scene, weights[0].origin)
    return Finding(
        FAMILIES["capacity"],
        "capacity",
        "a network without a hidden layer cannot represent this: no straight line (plane) parts the two classes",
        (place,) if place is not None else (),
        None,
        None,
        (Evidence("examples", len(y)), Evidence("common point of both classes' hulls", True)),
        ("this is proved, not tried: the classes' convex hulls meet",),
        "add a hidden layer with at least two units",
        "cause",
        "verified",
    )


def one_layer(scene: Scene) -> bool:
    """Whether the output is a monotone function of one weighted sum: every product is one of a parameter and inputs."""
    tape, dependence = scene.found.tape, scene.found.dependence
    assert dependence is not None
    products = 0
    for number in slice_of(tape, [m.output for m in scene.found.judged_step.meetings], stop=scene.versions):
        node = tape[number]
        touched = [dependence.touched(i) for i in node.inputs]
        if node.op in _TURNING and any(touched):
            return False
        if node.op not in _PRODUCTS or len(node.inputs) != 2:
            continue
        if all(touched):
            return False
        own = [_is_parameter(scene, i) for i in node.inputs]
        if node.op != "multiply" and any(t and not o for t, o in zip(touched, own, strict=True)):
            return False  # a second layer, of weights that are never corrected
        products += any(own)
    return products > 0


def _is_parameter(scene: Scene, node: int) -> bool:
    """A version of a parameter, or a view or transpose of one."""
    while node not in scene.versions and scene.found.tape[node].op in _VIEWS and scene.found.tape[node].inputs:
        node = scene.found.tape[node].inputs[0]
    return node in scene.versions


_PRODUCTS = {"multiply", "dot", "matmul", "inner", "vdot"}
_TURNING = {"power", "square", "absolute", "abs", "fabs", "sin", "cos", "minimum"}  # functions that rise and fall
_VIEWS = {"getitem", "transpose", "reshape", "ravel"}
_MOST_EXAMPLES, _MOST_WEIGHTS = 400, 5_000  # of networks that are tried
_ITERATIONS, _RESTARTS, _RUNS = 1_500, 6, 8  # a start has four learning rates and two initialisers
_MOST_WORK, _LEAST_RESTARTS = 60_000_000, 2  # units x examples x steps: two or three seconds
_WIDER = 4
_LEARNS = 0.1  # left unexplained by the best run of the wider network


def narrow_finding(scene: Scene, trainer: Trainer, anatomy: Anatomy) -> Finding | None:
    """No start of the same architecture learns the task in the reference engine, wider hidden layers do."""
    examples, widths = examples_of(trainer), anatomy.widths
    if examples is None or len(widths) < 3 or len(examples[0]) > _MOST_EXAMPLES or _weights(widths) > _MOST_WEIGHTS:
        return None
    wider = (widths[0], *(_WIDER * n for n in widths[1:-1]), widths[-1])
    restarts = min(_RESTARTS, _MOST_WORK // (len(examples[0]) * sum(wider[1:]) * _ITERATIONS * _RUNS))
    if restarts < _LEAST_RESTARTS:
        return None
    names = tuple(layer.activation for layer in anatomy.layers)
    data = _scaled(examples[0], examples[1], names[-1])
    if data.X.shape[1] != widths[0]:
        return None
    same = capacity(Architecture(widths, names), data, _ITERATIONS, restarts)
    if same.strength != 1.0:
        return None
    left = float(np.asarray(capacity(Architecture(wider, names), data, _ITERATIONS, restarts).evidence[_BEST]))
    if not left < _LEARNS:
        return None
    place = node_place(scene, scene.found.chains[_chain(trainer, anatomy)].origin)
    return Finding(
        FAMILIES["capacity"],
        "capacity",
        f"hidden layers of {', '.join(map(str, widths[1:-1]))} are too narrow for this task: "
        f"{', '.join(map(str, wider[1:-1]))} learn it",
        (place,) if place is not None else (),
        None,
        None,
        (
            Evidence("best of all starts leaves unexplained", round(float(np.asarray(same.evidence[_BEST])), 4)),
            Evidence("starts tried", int(np.asarray(same.evidence["runs"]))),
            Evidence(f"best with {list(wider)}", round(left, 4)),
        ),
        ("tried with the reference engine, on inputs with mean 0 and spread 1",),
        "give the hidden layers more units",
        "cause",
        "verified",
    )


_BEST = "best run leaves unexplained"


def _weights(widths: tuple[int, ...]) -> int:
    return sum((n + 1) * m for n, m in itertools.pairwise(widths))


def _scaled(x: Any, y: Any, output: str) -> Data:
    """Inputs with mean 0 and spread 1; so are the targets of a linear output."""
    return Data(_standard(x), _standard(y) if output == "identity" else y)


def _standard(table: Any) -> Any:
    spread = table.std(axis=0)
    return (table - table.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0)


def _chain(trainer: Trainer, anatomy: Anatomy) -> int:
    """The first layer's weights."""
    return next(p.chain for p in trainer.loop.parameters if p.read == anatomy.layers[0].weights)
