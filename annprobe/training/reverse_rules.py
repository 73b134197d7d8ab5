"""Reverse-mode rules made of usual operations, one a forward operation.

Source, for the products: Giles, An extended collection of matrix derivative results (2008), section 2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from annprobe.tape.nodes import Node, Ref, references
from annprobe.tape.rules import keyword
from annprobe.tape.rules_reduce import axes
from annprobe.training.graph import Graph

Emit = Callable[[Graph, Node, int, int], list[int | None]]  # graph, node, its number, its cotangent -> one a reference
EMIT: dict[str, Emit] = {}


def emits(*names: str) -> Callable[[Emit], Emit]:
    """Enter a rule under the operations' names."""

    def enter(function: Emit) -> Emit:
        for name in names:
            EMIT[name] = function
        return function

    return enter


def _a(node: Node, i: int) -> Any:
    """The i-th argument, as it can stand among the arguments of a new operation."""
    return node.args[i]


def _kept(node: Node, *parts: int | None) -> list[int | None]:
    """Parts of those arguments that are references."""
    return [part for argument, part in zip(node.args, parts, strict=False) if type(argument) is Ref]


def _times(graph: Graph, left: Any, right: Any) -> int:
    return graph.add("multiply", np.multiply, left, right)


# --- elementwise ---------------------------------------------------------------------------------------------------


@emits("add")
def _add(graph: Graph, node: Node, number: int, g: int) -> list[int | None]:
    return _kept(node, g, g)


@emits("subtract")
def _subtract(graph: Graph, node: Node, number: int, g: int) -> list[int | None]:
    return _kept(node, g, graph.add("negative", np.negative, Ref(g)))


@emits("multiply")
def _multiply(graph: Graph, node: Node, number: int, g: int) -> list[int | None]:
    return _kept(node, _times(graph, Ref(g), _a(node, 1)), _times(graph, Ref(g), _a(node, 0)))


@emits("divide", "true_divide")
def _divide(graph: Graph, node: Node, number: int, g: int) -> list[int | None]:
    """v = x / y: ḡ/y and −ḡ v/y."""
    over = graph.add("divide", np.divide, Ref(g), _a(node, 1))
    return _kept(node, over, graph.add("negative", np.negative, Ref(_times(graph, Ref(over), Ref(number)))))


@emits("negative")
def _negative(graph: Graph, node: Node, number: int, g: int) -> list[int | None]:
    return [graph.add("negative", np.negative, Ref(g))]


@emits("copy", "asarray", "asanyarray", "astype", "item", "positive", "asmatrix", "ascontiguousarray")
def _copy(graph: Graph, node: Node, number: int, g: int) -> list[int | None]:
    return [g]


@emits("exp")
def _exp(graph: Graph, node: Node, number: int, g: int) -> list[int | None]:
    return [_times(graph, Ref(g), Ref(number))]


@emits("log")
def _log(graph: Graph, node: Node, number: int, g: int) -> list[int | None]:
    return [graph.add("divide", np.divide, Ref(g), _a(node, 0))]


@emits("sqrt")
def _sqrt(graph: Graph, node: Node, number: int, g: int) -> list[int | None]:
    return [graph.add("divide", np.divide, Ref(_times(graph, Ref(g), 0.5)), Ref(number))]


@emits("square")
def _square(graph: Graph, node: Node, number: int, g: int) -> list[int | None]:
    return [_times(graph, Ref(_times(graph, Ref(g), 2.0)), _a(node, 0))]


@emits("power")
def _power(graph: Graph, node: Node, number: int, g: int) -> list[int | None]:
    exponent = node.args[1]
    if type(exponent) is Ref or type(node.args[0]) is not Ref:
        raise NotImplementedError("a variable exponent")
    lower = graph.add("power", np.power, _a(node, 0), exponent - 1)
    return [_times(graph, Ref(_times(graph, Ref(g), float(exponent))), Ref(lower))]


@emits("tanh")
def _tanh(graph: Graph, node: Node, number: int, g: int) -> list[int | None]:
    """1 − v²"""
    slope = graph.add("subtract", np.subtract, 1.0, Ref(_times(graph, Ref(number), Ref(number))))
    return [_times(graph, Ref(g), Ref(slope))]


@emits("expit")
def _expit(graph: Graph, node: Node, number: int, g: int) -> list[int | None]:
    rest = graph.add("subtract", np.subtract, 1.0, Ref(number))
    return [_times(graph, Ref(g), Ref(_times(graph, Ref(number), Ref(rest))))]


@emits("absolute", "fabs")
def _absolute(graph: Graph, node: Node, number: int, g: int) -> list[int | None]:
    return [_times(graph, Ref(g), Ref(graph.add("sign", np.sign, _a(node, 0))))]


@emits("maximum", "minimum")
def _extreme(graph: Graph, node: Node, number: int, g: int) -> list[int | None]:
    """The cotangent goes to the larger (the smaller) of the two; at a tie to none, the slope 0 of a ReLU."""
    greater, less = (("greater", np.greater), ("less", np.less))[:: 1 if node.op == "maximum" else -1]
    first = graph.add(greater[0], greater[1], _a(node, 0), _a(node, 1))
    second = graph.add(less[0], less[1], _a(node, 0), _a(node, 1))
    return _kept(node, _times(graph, Ref(g), Ref(first)), _times(graph, Ref(g), Ref(second)))


@emits("where")
def _where(graph: Graph, node: Node, number: int, g: int) -> list[int | None]:
    if len(node.args) != 3:
        raise NotImplementedError("where")
    return _kept(
        node,
        None,
        graph.add("where", np.where, _a(node, 0), Ref(g), 0.0),
        graph.add("where", np.where, _a(node, 0), 0.0, Ref(g)),
    )


@emits("clip")
def _clip(graph: Graph, node: Node, number: int, g: int) -> list[int | None]:
    """Nothing passes where the bound is reached."""
    if node.kwargs or len(node.args) != 3 or any(bound is None for bound in node.args[1:]):
        raise NotImplementedError("clip")
    above = graph.add("greater_equal", np.greater_equal, _a(node, 0), _a(node, 1))
    below = graph.add("less_equal", np.less_equal, _a(node, 0), _a(node, 2))
    inside = _times(graph, Ref(above), Ref(below))
    return _kept(node, _times(graph, Ref(g), Ref(inside)), None, None)


# --- products ------------------------------------------------------------------------------------------------------


@emits("dot", "matmul")
def _product(graph: Graph, node: Node, number: int, g: int) -> list[int | None]:
    """Z = X Y: Z̄ Yᵀ and Xᵀ Z̄, and the same for vectors."""
    x, y = node.args[0], node.args[1]
    ranks = tuple(np.ndim(graph.sample(r.node)) if type(r) is Ref else np.ndim(r) for r in (x, y))
    if 0 in ranks:
        return _multiply(graph, node, number, g)
    if ranks == (2, 2):
        return _kept(
            node,
            graph.add("matmul", np.matmul, Ref(g), Ref(_turned(graph, y))),
            graph.add("matmul", np.matmul, Ref(_turned(graph, x)), Ref(g)),
        )
    if ranks == (2, 1):
        return _kept(
            node,
            graph.add("outer", np.outer, Ref(g), y),
            graph.add("matmul", np.matmul, Ref(_turned(graph, x)), Ref(g)),
        )
    if ranks == (1, 2):
        return _kept(node, graph.add("matmul", np.matmul, y, Ref(g)), graph.add("outer", np.outer, x, Ref(g)))
    if ranks == (1, 1):
        return _kept(node, _times(graph, Ref(g), y), _times(graph, Ref(g), x))
    raise NotImplementedError("a product of arrays with more than two axes")


def _turned(graph: Graph, x: Any) -> int:
    return graph.add("transpose", np.transpose, x)


@emits("outer")
def _outer(graph: Graph, node: Node, number: int, g: int) -> list[int | None]:
    x, y = node.args[0], node.args[1]
    if any(type(r) is not Ref or np.ndim(graph.sample(r.node)) != 1 for r in (x, y)):
        raise NotImplementedError("outer")
    return [graph.add("matmul", np.matmul, Ref(g), y), graph.add("matmul", np.matmul, Ref(_turned(graph, Ref(g))), x)]


# --- reductions and shapes -----------------------------------------------------------------------------------------


@emits("sum", "add.reduce", "mean")
def _sum(graph: Graph, node: Node, number: int, g: int) -> list[int | None]:
    """Every summand gets the sum's cotangent; of a mean, divided by how many there are."""
    if node.op == "sum" and isinstance(node.args[0], (list, tuple)) and len(node.args) == 1 and not node.kwargs:
        if any(np.ndim(graph.sample(i)) for i in node.inputs):
            raise NotImplementedError("a sum of arrays")
        return [g] * len(list(references(node.args)))
    if len(node.inputs) != 1 or set(node.kwargs) - {"axis", "keepdims"}:
        raise NotImplementedError(node.op)
    spread = _spread(graph, node, g)
    if node.op != "mean":
        return [spread]
    count = np.size(graph.sample(node.inputs[0])) / max(np.size(node.value), 1)
    return [graph.add("divide", np.divide, Ref(spread), float(count))]


def _spread(graph: Graph, node: Node, number: int) -> int:
    """What belongs to a reduction's result, repeated over the reduced axes."""
    shape = np.shape(graph.sample(node.inputs[0]))
    axis = keyword(tuple(node.args), node.kwargs, 1, "axis", 0 if node.op.endswith(".reduce") else None)
    reduced = axes(shape, axis)
    if reduced and not node.kwargs.get("keepdims") and len(reduced) < len(shape):
        for a in sorted(reduced):
            number = graph.add("expand_dims", np.expand_dims, Ref(number), a)
    elif reduced and not node.kwargs.get("keepdims"):
        number = graph.add("reshape", np.reshape, Ref(number), (1,) * len(shape))
    return graph.add("spread", spread_like, Ref(number), Ref(node.inputs[0]))


@emits("max", "amax", "min", "amin", "maximum.reduce", "minimum.reduce")
def _max(graph: Graph, node: Node, number: int, g: int) -> list[int | None]:
    """The cotangent goes to the largest entry, in equal parts where there are several."""
    if len(node.inputs) != 1 or set(node.kwargs) - {"axis", "keepdims"}:
        raise NotImplementedError(node.op)
    hit = graph.add("equal", np.equal, Ref(node.inputs[0]), Ref(_spread(graph, node, number)))
    arguments = (Ref(_times(graph, Ref(hit), 1.0)), *node.args[1:])
    count = graph.add("add.reduce" if node.op.endswith(".reduce") else "sum", np.sum, *arguments, **node.kwargs)
    share = graph.add("divide", np.divide, Ref(g), Ref(count))
    return [_times(graph, Ref(_spread(graph, node, share)), Ref(hit))]


def spread_like(g: Any, like: Any) -> Any:
    """``g`` broadcast to the shape of ``like``."""
    return np.broadcast_to(g, np.shape(like))


@emits("transpose")
def _transpose(graph: Graph, node: Node, number: int, g: int) -> list[int | None]:
    order = node.args[1:] if len(node.args) > 2 else keyword(tuple(node.args), node.kwargs, 1, "axes")
    if order is None:
        return [_turned(graph, Ref(g))]
    back = tuple(int(a) for a in np.argsort([int(a) % node.value.ndim for a in np.ravel(order)]))
    return [graph.add("transpose", np.transpose, Ref(g), back)]


@emits("reshape", "ravel", "squeeze", "expand_dims", "atleast_1d", "atleast_2d")
def _reshape(graph: Graph, node: Node, number: int, g: int) -> list[int | None]:
    if (node.kwargs.get("order", "C") or "C") not in ("C", "K", "A") or len(node.inputs) != 1:
        raise NotImplementedError("reshape in another order")
    return [graph.add("shaped", shape_like, Ref(g), Ref(node.inputs[0]))]


def shape_like(g: Any, like: Any) -> Any:
    """``g`` in the shape of ``like``."""
    return np.reshape(g, np.shape(like))


@emits("getitem")
def _getitem(graph: Graph, node: Node, number: int, g: int) -> list[int | None]:
    part = graph.add("put back", put_back, Ref(g), node.args[0], node.args[1])
    return [part, *(None for _ in references(node.args[1]))]


def put_back(g: Any, like: Any, index: Any) -> Any:
    """Zeros of the shape of ``like``, with ``g`` added where the index reads."""
    result = np.zeros(np.shape(like))
    np.add.at(result, index, g)
    return result
