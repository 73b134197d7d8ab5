"""Gradients that take only some of the examples, or some passes of a loop, into account, or the product of means."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from annprobe.listing.edits import Change
from annprobe.listing.proportion import constant
from annprobe.listing.scene import Scene, Several
from annprobe.tape.nodes import Ref, substitute


def some_examples(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """One example only, the product of means, all entries added up: what a gradient is made of, wrongly reduced."""
    values = [np.asarray(v, dtype=float) for v in scene.values(region[-1])]
    for parameter, consumer in _weights(scene, demand):
        adjoint = scene.adjoint(consumer)
        inputs = scene.values(parameter)
        if adjoint is None or np.ndim(adjoint[0]) != 2 or np.ndim(inputs[0]) != 2:
            continue
        for (name, reduced), rows, turned in product(_REDUCED, (True, False), (False, True)):
            several = [_made(reduced, d, a, rows, turned) for d, a in zip(adjoint, inputs, strict=True)]
            fits = all(s is not None and s.shape == v.shape for s, v in zip(several, values, strict=True))
            if fits and (c := constant(values, several)):
                yield Change("axis", region[-1], consumer, parameter, name, c)
                break


def one_pass(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """One pass of a loop only, where the sum over all passes is demanded: ``dW = ...`` for ``dW += ...``."""
    tape, node = scene.found.tape, region[-1]
    step = scene.found.judged_step
    first = min(m.node for m in step.meetings)
    shape = np.shape(tape.value(node))
    again = [n for n in range(first, step.last + 1) if tape[n].site == tape[node].site and _has(tape.value(n), shape)]
    for inner, passes in _turns(scene, node, again):
        if not 1 < len(passes) <= _MOST_PASSES or node not in (passes[0], passes[-1]):
            continue
        try:
            totals = [sum(np.asarray(point.value(n), dtype=float) for n in passes) for point in scene.points]
        except (KeyError, LookupError, ValueError, TypeError):  # not all passes can be replayed at other points
            continue
        if c := constant(totals, demand):
            yield Change("passes", node, detail="last" if node == passes[-1] else "first", factor=c, inner=inner)
            return


def _turns(scene: Scene, node: int, again: list[int]) -> Iterator[tuple[int, list[int]]]:
    """Executions of a statement: those that differ in the turn of one loop only, with the number of loops inside it;
    then all."""
    turns = scene.found.tape.turns
    own = turns[scene.found.tape[node].turn]
    rest = [(n, turns[scene.found.tape[n].turn]) for n in again]
    for k in range(len(own) - 1, -1, -1):
        yield len(own) - 1 - k, [n for n, turn in rest if turn[:k] == own[:k] and turn[k + 1 :] == own[k + 1 :]]
    yield 0, again


def repeated_rows(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """``dW[rows] += d`` adds only once to a row that is chosen several times."""
    tape, node = scene.found.tape, region[-1]
    read = [i for i in tape[node].inputs if tape[i].op == "getitem" and i in region]
    added = [i for i in tape[node].inputs if i in scene.error and i not in read]
    if tape[node].op != "add" or len(read) != 1 or len(added) != 1:
        return
    values = []
    for point in scene.points:
        base, index = substitute(tape[read[0]].args[:2], point.value)
        rows = np.ravel(index) if isinstance(index, np.ndarray) and index.dtype.kind in "iu" else np.arange(0)
        if len(np.unique(rows)) == len(rows):
            return
        total = np.array(base, dtype=float)
        np.add.at(total, index, point.value(added[0]))
        values.append(total[index])
    if c := constant(values, demand):
        yield Change("repeats", node, detail="np.add.at", factor=c)


def edge(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """All entries right but those of one edge: there is something where nothing should be, or the other way round.

    Biases often stand in the first or last column of the weights; a penalty takes them in or leaves them out.
    """
    values = [np.asarray(v, dtype=float) for v in scene.values(region[-1])]
    wanted = [np.reshape(d, v.shape) for d, v in zip(demand, values, strict=True) if np.size(d) == np.size(v)]
    shape = values[0].shape if values and len(wanted) == len(values) else ()
    for axis, index in ((a, i) for a in range(len(shape)) if shape[a] > 2 - (len(shape) > 1) for i in (0, -1)):
        rest = [[np.delete(w, index, axis) for w in side] for side in (values, wanted)]
        c = constant(*rest)
        if c is None:
            continue
        ours, theirs = ([np.take(w, index, axis) for w in side] for side in (values, wanted))
        where = "[" + ", ".join([":"] * axis + [str(index)]) + "]"
        if not any(np.any(t) for t in theirs):
            yield Change("edge", region[-1], detail=f"{where} = 0", factor=c)
        elif not any(np.any(o) for o in ours):
            yield Change("edge", region[-1], detail=where, factor=c)


def _has(value: Any, shape: tuple[int, ...]) -> bool:
    return isinstance(value, (np.ndarray, np.generic, float)) and np.shape(value) == shape


_MOST_PASSES = 500


def _weights(scene: Scene, demand: Several) -> Iterator[tuple[int, int]]:
    """(input of the layer, its product with the weights) where the demand is the weights' gradient."""
    for version in scene.versions:
        adjoint = scene.adjoint(version)
        if adjoint is None or np.size(adjoint[0]) != np.size(demand[0]) or constant(demand, adjoint) is None:
            continue
        for consumer, _ in scene.parts(version):
            for user in (consumer, *(u for u in scene.forward if consumer in scene.found.tape[u].inputs)):
                for arg in scene.found.tape[user].args:
                    if isinstance(arg, Ref) and arg.node not in (version, consumer):
                        yield arg.node, user


def _made(reduced: Any, delta: Any, inputs: Any, rows: bool, turned: bool) -> Any:
    """The reduction over examples in rows (else in columns), as it is or turned; None where they do not match."""
    d, a = (delta, inputs) if rows else (delta.T, inputs.T)
    made = np.asarray(reduced(d, a)) if d.shape[0] == a.shape[0] > 1 else None
    return made.T if made is not None and turned else made


_REDUCED: list[tuple[str, Any]] = [
    ("the product of the means", lambda d, a: np.outer(d.mean(axis=0), a.mean(axis=0))),
    ("the last example only", lambda d, a: np.outer(d[-1], a[-1])),
    ("the first example only", lambda d, a: np.outer(d[0], a[0])),
]
