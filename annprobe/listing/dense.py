"""The user's network as one of the engine: recognised by its values, at every point, and believed for nothing else."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from annprobe.engine.activations import ACTIVATIONS
from annprobe.engine.architecture import REDUCTIONS, Architecture, fits
from annprobe.engine.costs import COSTS
from annprobe.engine.layout import Array
from annprobe.engine.steps import REFERENCE, Steps, evaluate
from annprobe.listing.scene import Scene

EQUAL = 1e-9  # relative to the largest entry: two ways to round the same formula
HIDDEN = ("sigmoid", "tanh", "relu", "identity", "leaky relu", "softplus", "elu", "gelu")
OUTPUT = ("sigmoid", "identity", "softmax", "tanh", "relu")
MOST_LAYERS = 4


@dataclass(frozen=True)
class Piece:
    """Where one array of the user's lies in ``W[layer]`` (n_l, n_{l-1} + 1), the engine's bias in column 0.

    columns  of W, in the order of the user's array
    turned   the user's array is the transpose
    """

    layer: int
    columns: tuple[int, ...]
    turned: bool = False

    def put(self, array: Array, W: Array) -> None:
        """Write the user's array into W."""
        W[:, self.columns] = (array.T if self.turned else array).reshape(len(W), len(self.columns))

    def take(self, W: Array, shape: tuple[int, ...]) -> Array:
        """The part of W that is the user's array, in the user's shape."""
        part = W[:, self.columns]
        return (part.T if self.turned else part).reshape(shape)


@dataclass(frozen=True)
class Dense:
    """A certified network: at every point the engine's outputs and gradient are those of the user's forward pass.

    pieces  for each moved parameter, in the order of the step's moves
    inputs  (N, n_0), targets (N, n_L), and parameters W[1] ... W[L]: one entry a point
    node    the user's X on the tape; ``turned``: examples are its columns, and those of outputs and targets
    """

    architecture: Architecture
    pieces: tuple[Piece, ...]
    inputs: tuple[Array, ...]
    targets: tuple[Array, ...]
    W: tuple[tuple[Array, ...], ...]
    node: int
    turned: bool

    def gradient(self, point: int, shapes: Sequence[tuple[int, ...]], steps: Steps = REFERENCE) -> list[Array]:
        """The gradient that these steps compute there, as arrays of the user's. Raises what the steps raise."""
        p = evaluate(self.architecture, self.W[point], self.inputs[point], self.targets[point], steps)
        return [piece.take(p.G[piece.layer], shape) for piece, shape in zip(self.pieces, shapes, strict=True)]


def recognised(scene: Scene) -> Dense | None:
    """The engine's network that the judged step trains; None where it is none, or several meetings are judged."""
    step = scene.found.judged_step
    if len(step.meetings) != 1 or not step.moves or len(step.moves) > 2 * MOST_LAYERS:
        return None
    arrays = [[np.asarray(v, dtype=float) for v in scene.values(move.before)] for move in step.moves]
    first = _uses(scene)
    forward = sorted(range(len(arrays)), key=lambda i: first[i])
    truth = [scene.adjoint(move.before) for move in step.moves]
    if any(t is None for t in truth):
        return None
    for node, X, turned in _inputs(scene):
        for pieces in _layouts([arrays[i][0].shape for i in forward], X[0].shape[1]):
            placed = tuple(piece for _, piece in sorted(zip(forward, pieces, strict=True), key=lambda pair: pair[0]))
            found = _certified(scene, placed, arrays, node, X, turned, [t for t in truth if t is not None])
            if found is not None:
                return found
    return None


def _uses(scene: Scene) -> list[int]:
    """For each moved parameter the first node of the forward pass that it goes into."""
    tape = scene.found.tape
    return [next((n for n in scene.forward if move.before in tape[n].inputs), len(tape))
            for move in scene.found.judged_step.moves]


def _inputs(scene: Scene) -> Iterator[tuple[int, list[Array], bool]]:
    """Candidates for X: nodes of the forward pass that no parameter touches, as rows; were they columns?"""
    dependence = scene.found.dependence
    assert dependence is not None
    for node in scene.forward:
        value = scene.found.tape.value(node)
        if not isinstance(value, np.ndarray) or value.ndim not in (1, 2) or dependence.touched(node):
            continue
        values = [np.asarray(v, dtype=float) for v in scene.values(node)]
        if value.ndim == 1:
            yield node, [v[None, :] for v in values], False
        else:
            yield node, values, False
            yield node, [v.T for v in values], True


def _layouts(shapes: Sequence[tuple[int, ...]], n_in: int, layer: int = 1) -> Iterator[list[Piece]]:
    """Ways to read arrays, in the order of their use, as weights and biases of layers; n_in units come in."""
    if not shapes:
        yield []
        return
    rows, columns = (shapes[0] if len(shapes[0]) == 2 else (1, shapes[0][0]) if len(shapes[0]) == 1 else (0, 0))
    for (n_out, n), turned in (((rows, columns), False), ((columns, rows), True)):
        biases = {n_in: (None,), n_in + 1: ("first", "last")}.get(n, ())
        for bias in biases:
            if bias is None:
                weights = Piece(layer, tuple(range(1, n + 1)), turned)
                if len(shapes) > 1 and max(shapes[1], default=1) == int(np.prod(shapes[1])) == n_out:
                    for rest in _layouts(shapes[2:], n_out, layer + 1):
                        yield [weights, Piece(layer, (0,)), *rest]
            else:
                order = tuple(range(n)) if bias == "first" else (*range(1, n), 0)
                weights = Piece(layer, order, turned)
            for rest in _layouts(shapes[1:], n_out, layer + 1):
                yield [weights, *rest]


def _certified(scene: Scene, pieces: tuple[Piece, ...], arrays: list[list[Array]], node: int, X: list[Array],
               turned: bool, truth: list[list[Array]]) -> Dense | None:
    """These pieces with those activations and that cost which give the recorded outputs and gradients, if any do."""
    meeting = scene.found.judged_step.meetings[0]
    widths = _widths(pieces, arrays, X[0].shape[1])
    if len(widths) - 1 > MOST_LAYERS:
        return None
    points = range(len(X))
    W = tuple(_filled(pieces, [a[k] for a in arrays], widths) for k in points)
    shape = (len(X[0]), widths[-1])
    outputs = [_as_rows(v, shape, turned) for v in scene.values(meeting.output)]
    targets = [_as_rows(v, shape, turned) for v in scene.values(meeting.target)] if meeting.target is not None else []
    if not targets or any(v is None for v in (*outputs, *targets)):
        return None
    Y = tuple(t for t in targets if t is not None)
    hidden_names = HIDDEN if len(widths) > 2 else HIDDEN[:1]
    for hidden, output in itertools.product(hidden_names, OUTPUT):
        plain = Architecture.of(widths, hidden, output)
        if all(equal([evaluate(plain, W[k], X[k], Y[k]).a[plain.L]], [outputs[k]]) for k in points):
            return _with_cost(Dense(plain, pieces, tuple(X), Y, W, node, turned), hidden, output, truth)
    return None


def _widths(pieces: Sequence[Piece], arrays: list[list[Array]], n_in: int) -> tuple[int, ...]:
    wide = {p.layer: a[0].size // len(p.columns) for p, a in zip(pieces, arrays, strict=True)}
    return (n_in, *(wide[layer] for layer in sorted(wide)))


def _filled(pieces: Sequence[Piece], arrays: Sequence[Array], widths: tuple[int, ...]) -> tuple[Array, ...]:
    W = tuple(np.zeros((n, m + 1)) for m, n in itertools.pairwise(widths))
    for piece, array in zip(pieces, arrays, strict=True):
        piece.put(array, W[piece.layer - 1])
    return W


def _as_rows(value: object, shape: tuple[int, int], turned: bool) -> Array | None:
    """Outputs or targets as (N, n_L), where their size allows it."""
    array = np.asarray(value, dtype=float)
    if array.size != shape[0] * shape[1]:
        return None
    return array.T.reshape(shape) if turned and array.ndim == 2 else array.reshape(shape)


def _with_cost(dense: Dense, hidden: str, output: str, truth: list[list[Array]]) -> Dense | None:
    """The same with a cost whose gradient is proportional to the true one: by one factor for everything."""
    shapes = [np.shape(t[0]) for t in truth]
    for cost, reduction in itertools.product(sorted(COSTS, key=lambda c: COSTS[c].partner != output), REDUCTIONS):
        if not fits(ACTIVATIONS[output], COSTS[cost]):
            continue
        named = Architecture.of(dense.architecture.widths, hidden, output, cost, reduction)
        candidate = dataclasses.replace(dense, architecture=named)
        own = [candidate.gradient(k, shapes) for k in range(len(dense.W))]
        if factor([[t[k] for t in truth] for k in range(len(dense.W))], own) is not None:
            return candidate
    return None


def factor(many: Sequence[Sequence[Array]], of: Sequence[Sequence[Array]]) -> float | None:
    """The one number k with ``many = k * of`` for all arrays at all points; None where there is none, or k is 0."""
    a, b = (np.concatenate([np.ravel(np.asarray(x, dtype=float)) for point in given for x in point])
            for given in (many, of))
    with np.errstate(all="ignore"):
        square = float(b @ b)
    if a.shape != b.shape or square == 0.0 or not (np.isfinite(square) and np.isfinite(a).all()):
        return None
    k = float(a @ b) / square
    return k if k != 0.0 and equal([a], [k * b]) else None


def equal(left: Sequence[Array | None], right: Sequence[Array | None]) -> bool:
    """Equal up to rounding, each against its largest entry."""
    pairs = [(a, b) for a, b in zip(left, right, strict=True) if a is not None and b is not None]
    return len(pairs) == len(left) and all(
        bool(np.allclose(a, b, rtol=EQUAL, atol=EQUAL * float(np.abs(b).max(initial=1e-300)))) for a, b in pairs)
