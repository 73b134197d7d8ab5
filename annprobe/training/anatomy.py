"""The layers of a dense network, read off one recorded step: pre-activations, activations, weights with their biases.

A layer is a product of a parameter with what came before, and what is added to it. Everything is checked by numbers, at
the module's own point and at drawn ones: z must be W a + b, and a the activation of z.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annprobe.engine.activations import ACTIVATIONS
from annprobe.subject.understanding import Understanding
from annprobe.training.graph import run
from annprobe.training.layout import VIEWS, climb, table_of
from annprobe.training.program import Program
from annprobe.training.trainer import Trainer

_PRODUCTS = {"dot", "matmul"}
_NAMES = ("sigmoid", "tanh", "relu", "leaky relu", "softmax", "softplus", "elu", "gelu")
_DRAWS = 2


@dataclass(frozen=True)
class Layer:
    """One dense layer; nodes and parameters by their number in the graph.

    given       what is multiplied with the weights: (N, n_{l-1}), or with a column of ones
    z, a        pre-activation and activation (the same node for the identity)
    weights     the parameter; ``turned`` when it is stored (n_{l-1}, n_l)
    bias        the parameter that is added; None where there is none, or where it is a part of the weights
    ones        the column of ``given`` that is 1 for every example; None where there is none
    """

    given: int
    z: int
    a: int
    activation: str
    weights: int
    turned: bool
    bias: int | None
    ones: int | None

    def matrix(self, parameters: Mapping[int, Any]) -> Any:
        """(n_l, 1 + n_{l-1}), the bias (0 where there is none) in column 0."""
        w = np.asarray(parameters[self.weights], dtype=float)
        w = w.T if self.turned else w
        if self.ones is not None:
            return np.concatenate([w[:, [self.ones]], np.delete(w, self.ones, axis=1)], axis=1)
        bias = np.zeros(len(w)) if self.bias is None else np.ravel(np.asarray(parameters[self.bias], dtype=float))
        return np.concatenate([np.broadcast_to(bias, len(w))[:, None], w], axis=1)


@dataclass(frozen=True)
class Anatomy:
    """The layers, from the inputs to the outputs."""

    trainer: Trainer
    layers: tuple[Layer, ...]

    @property
    def widths(self) -> tuple[int, ...]:
        """(n_0, ..., n_L)."""
        recorded = {n: self.trainer.recorded(n) for n in self.trainer.loop.carried}
        shapes = [layer.matrix(recorded).shape for layer in self.layers]
        return (shapes[0][1] - 1, *(rows for rows, _ in shapes))

    @property
    def biased(self) -> bool:
        """Whether every layer has biases."""
        return all(layer.bias is not None or layer.ones is not None for layer in self.layers)

    def tables(self, points: Sequence[Mapping[int, Any]], numbers: Sequence[int]) -> list[Any]:
        """Values of nodes at points in the training, each (points, examples, units), for the judged examples."""
        trainer = self.trainer
        reads = list(trainer.loop.carried)
        program = Program(trainer.data.graph, reads, numbers, trainer.bench.careful)
        stacked = [np.stack([np.asarray(point[read]) for point in points]) for read in reads]
        axis = _axis(trainer)
        blocks: list[list[Any]] = [[] for _ in numbers]
        with np.errstate(all="ignore"):
            for row in trainer.evaluated:
                values = program.plan(stacked, trainer.data.values(row, program.inputs))
                for block, value in zip(blocks, values, strict=True):
                    block.append(table_of(value, axis))
        return [np.concatenate(block, axis=1) for block in blocks]


def may_be_dense(found: Understanding) -> bool:
    """A look at the tape alone: one output a step, every parameter in a product of matrices or added to something."""
    owner = {version: i for i, chain in enumerate(found.chains) for version in chain.versions}
    used = set()
    for node in found.tape.nodes:
        for number in node.inputs if node.op in _PRODUCTS or node.op == "add" else ():
            while number not in owner and found.tape[number].op in VIEWS and found.tape[number].inputs:
                number = found.tape[number].inputs[0]
            used.add(owner.get(number))
    return used >= set(range(len(found.chains))) and any(len(step.meetings) == 1 for step in found.steps)


def find_anatomy(trainer: Trainer) -> Anatomy | None:
    """The layers; None where the forward pass is no plain chain of dense layers with known activations."""
    if len(trainer.layout.outputs) != 1:
        return None
    try:
        layers = _Reader(trainer).layers()
    except (ValueError, TypeError, IndexError, KeyError, ArithmeticError, StopIteration):
        return None
    return Anatomy(trainer, layers) if layers else None


def _axis(trainer: Trainer) -> int | None:
    """The axis of the outputs that counts examples."""
    return trainer.layout.groups[0][0][1]


class _Reader:
    """Looks at the template's forward pass at a few points."""

    def __init__(self, trainer: Trainer, seed: int = 0) -> None:
        self.trainer, self.graph = trainer, trainer.data.graph
        self.reads = {p.read for p in trainer.loop.parameters}
        self.output = trainer.layout.outputs[0]
        self.order = [n for n in self.graph.needed([self.output]) if not isinstance(self.graph.sample(n), tuple)]
        self.hot = self.graph.dependent(self.reads, [self.output])
        rng = np.random.default_rng(seed)
        points: list[dict[int, Any]] = [{}]
        for _ in range(_DRAWS):
            points.append({n: _drawn(self.graph.sample(n), rng) for n in self.reads})
        given = {i for n in self.order for i in self.graph.nodes[n].inputs}
        self.values = [run(self.graph, {*self.order, *given}, point) for point in points]
        self.axis = _axis(trainer)

    def layers(self) -> tuple[Layer, ...]:
        found: list[Layer] = []
        for number in self.order:
            node = self.graph.nodes[number]
            if node.op in _PRODUCTS and len(node.inputs) == 2:
                weights = [(i, climb(self.graph, i, self.reads)) for i in node.inputs]
                mine = [(i, read) for i, read in weights if read in self.reads]
                if len(mine) == 1:
                    other = next(i for i in node.inputs if i != mine[0][0])
                    found.append(self._layer(number, mine[0][1], other))
        return tuple(found) if self._chained(found) else ()

    def _chained(self, layers: Sequence[Layer]) -> bool:
        """Whether each layer's inputs are the last one's activations, and the last activations the outputs."""
        if not layers or not self._same(layers[-1].a, self.output):
            return False
        weights = {layer.weights for layer in layers} | {layer.bias for layer in layers if layer.bias is not None}
        if weights != self.reads or layers[0].given in self.hot:
            return False
        return all(
            _close(_without(self.tables(layer.given), layer.ones), self.tables(before.a))
            for before, layer in itertools.pairwise(layers)
        )

    def tables(self, number: int) -> Any:
        """(points, examples, units)."""
        stacked = np.stack([np.asarray(values[number], dtype=float) for values in self.values])
        return table_of(stacked, self.axis)

    def _same(self, left: int, right: int) -> bool:
        return _close(self.tables(left), self.tables(right))

    def _layer(self, product: int, weights: int, given: int) -> Layer:
        z, bias = self._sum(product)
        inputs = self.tables(given)
        constant = [k for k in range(inputs.shape[2]) if bool((inputs[:, :, k] == 1.0).all())]
        ones = constant[0] if constant and bias is None and inputs.shape[2] > 1 else None
        name, a = self._activation(z)
        for turned in (False, True):
            layer = Layer(given, z, a, name, weights, turned, bias, ones)
            if self._fits(layer, inputs):
                return layer
        raise ValueError("no dense layer")

    def _fits(self, layer: Layer, inputs: Any) -> bool:
        """Whether z = W a + b at every point."""
        try:
            matrices = [layer.matrix(values) for values in self._parameters()]
        except ValueError:  # a bias of the other side's length
            return False
        plain = _without(inputs, layer.ones)
        if matrices[0].shape[1] != plain.shape[2] + 1:
            return False
        z = np.stack([x @ m[:, 1:].T + m[:, 0] for x, m in zip(plain, matrices, strict=True)])
        own = self.tables(layer.z)
        return _close(own, z)

    def _parameters(self) -> Iterable[dict[int, Any]]:
        for values in self.values:
            yield {n: values.get(n, self.graph.sample(n)) for n in self.reads}

    def _sum(self, product: int) -> tuple[int, int | None]:
        """The pre-activation that begins with a product, and the bias in it."""
        z, bias = product, None
        while True:
            users = [n for n in self.order if z in self.graph.nodes[n].inputs]
            if len(users) != 1 or self.graph.nodes[users[0]].op not in VIEWS | {"add"}:
                return z, bias
            node = self.graph.nodes[users[0]]
            if node.op == "add":
                other = next((i for i in node.inputs if i != z), z)
                read = climb(self.graph, other, self.reads)
                if bias is not None or read not in self.reads:
                    return z, bias
                bias = read
            z = users[0]

    def _activation(self, z: int) -> tuple[str, int]:
        """Name and node of the activation; the identity where nothing that follows is a known function of z."""
        table, shape = self.tables(z), np.shape(self.graph.sample(z))
        after = [n for n in self.order if n > z and n in self.hot and np.shape(self.graph.sample(n)) == shape]
        with np.errstate(all="ignore"):
            for name in _NAMES:
                wanted = ACTIVATIONS[name].value(table, None)
                for number in after:
                    if _close(self.tables(number), wanted):
                        return name, number
        return "identity", z


def _close(left: Any, right: Any) -> bool:
    """Equal up to the rounding of another order of the same operations."""
    return np.shape(left) == np.shape(right) and bool(np.allclose(left, right, rtol=1e-7, atol=1e-9))


def _without(table: Any, column: int | None) -> Any:
    return table if column is None else np.delete(table, column, axis=2)


def _drawn(value: Any, rng: np.random.Generator) -> Any:
    """A healthy point: N(0, 1) entries."""
    drawn = rng.standard_normal(np.shape(value))
    return drawn if np.shape(value) else float(drawn)
