"""Many networks at once: each operation on arrays that have one more axis in front, the stack of networks.

One rule an operation gives the expression for stacked operands; an operation without a rule runs network by network.
A stacked operand has shape (E, ...) where ... is the shape that it has in one network; a shared operand (data) has no
stack axis.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from annprobe.tape.nodes import Node, Ref
from annprobe.tape.rules import keyword as argument


@dataclass(frozen=True)
class Operand:
    """A variable of the generated code: its name, whether it is stacked, how many axes it has in one network."""

    code: str
    stacked: bool
    rank: int
    matrix: bool = False


class NoRule(Exception):
    """There is no stacked form: run network by network."""


Bind = Callable[[Any], str]
Rule = Callable[[Node, list[Any], Bind], str]
RULES: dict[str, Rule] = {}
_INFIX = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "true_divide": "/"}
_SAME = {"copy", "asarray", "asanyarray", "ascontiguousarray", "asfortranarray", "item", "asmatrix", "positive"}


def rule(*names: str) -> Callable[[Rule], Rule]:
    """Enter a rule under the operations' names."""

    def enter(function: Rule) -> Rule:
        for name in names:
            RULES[name] = function
        return function

    return enter


def expression(node: Node, operands: list[Any], bind: Bind) -> str:
    """The stacked expression of a node. ``operands`` are its arguments, references replaced by :class:`Operand`.

    Raises :class:`NoRule` where there is none.
    """
    if any(isinstance(x, Operand) and x.matrix for x in operands) and node.op not in _INFIX and node.op != "dot":
        raise NoRule(node.op)
    if node.op in RULES:
        return RULES[node.op](node, operands, bind)
    ufunc = node.fn if isinstance(node.fn, np.ufunc) else getattr(np, node.op, None)
    if isinstance(ufunc, np.ufunc) and ufunc.nout == 1 and not node.kwargs and ufunc.signature is None:
        return f"{bind(ufunc)}({', '.join(aligned(operands[: ufunc.nin], bind))})"
    raise NoRule(node.op)


def aligned(operands: list[Any], bind: Bind) -> list[str]:
    """Operands of an elementwise operation: stacked ones get the axes that broadcasting would add in front."""
    rank = max((x.rank for x in operands if isinstance(x, Operand)), default=0)
    return [raised(x, rank) if isinstance(x, Operand) else constant(x, bind) for x in operands]


def raised(x: Operand, rank: int) -> str:
    """The operand with axes of length 1 after the stack axis, up to ``rank``."""
    if not x.stacked or x.rank == rank:
        return x.code
    return f"{x.code}[:, {', '.join(['None'] * (rank - x.rank))}]"


def constant(value: Any, bind: Bind) -> str:
    """A constant in the code: short numbers written out, everything else bound to a name."""
    if type(value) in (int, bool) or value is None:
        return repr(value)
    return bind(value)


def operand(value: Any, rank: int | None = None) -> Operand:
    """The value as an operand (of that rank). Raises :class:`NoRule` when it is none."""
    if not isinstance(value, Operand) or (rank is not None and value.rank != rank):
        raise NoRule("operand")
    return value


# --- elementwise ---------------------------------------------------------------------------------------------------


@rule(*_INFIX)
def _infix(node: Node, operands: list[Any], bind: Bind) -> str:
    if node.kwargs:
        raise NoRule(node.op)
    left, right = aligned(operands[:2], bind)
    return f"{left} {_INFIX[node.op]} {right}"


@rule("negative")
def _negative(node: Node, operands: list[Any], bind: Bind) -> str:
    return f"-{operand(operands[0]).code}"


@rule("power", "float_power")
def _power(node: Node, operands: list[Any], bind: Bind) -> str:
    left, right = aligned(operands[:2], bind)
    return f"{left} ** {right}"


@rule(*_SAME)
def _identity(node: Node, operands: list[Any], bind: Bind) -> str:
    if node.op == "item" and np.ndim(node.value) != operand(operands[0]).rank:
        raise NoRule("item of an array")
    return operand(operands[0]).code


@rule("astype")
def _astype(node: Node, operands: list[Any], bind: Bind) -> str:
    return f"{operand(operands[0]).code}.astype({bind(node.value.dtype)})"


@rule("where", "chosen")
def _where(node: Node, operands: list[Any], bind: Bind) -> str:
    if len(operands) != 3:
        raise NoRule("where")
    return f"{bind(np.where)}({', '.join(aligned(operands, bind))})"


@rule("clip")
def _clip(node: Node, operands: list[Any], bind: Bind) -> str:
    if node.kwargs or len(operands) != 3 or any(isinstance(x, Operand) and x.rank for x in operands[1:]):
        raise NoRule("clip")
    return f"{bind(np.clip)}({', '.join(aligned(operands, bind))})"


# --- products ------------------------------------------------------------------------------------------------------


@rule("dot", "matmul")
def _product(node: Node, operands: list[Any], bind: Bind) -> str:
    x, y = operand(operands[0]), operand(operands[1])
    if 0 in (x.rank, y.rank):
        left, right = aligned([x, y], bind)
        return f"{left} * {right}"
    if max(x.rank, y.rank) > 2 and (node.op == "dot" or x.rank < 2 or y.rank < 2 or x.rank != y.rank):
        raise NoRule("a product of arrays with more than two axes")
    if (x.rank, y.rank) == (1, 1):
        return _scalar_product(x, y, bind)
    if x.rank == 1 and x.stacked and y.stacked:
        return f"({x.code}[:, None, :] @ {y.code})[:, 0]"
    if y.rank == 1 and y.stacked:
        return f"({x.code} @ {y.code}[:, :, None])[:, :, 0]" if x.stacked else f"{y.code} @ {x.code}.T"
    return f"{x.code} @ {y.code}"


def _scalar_product(x: Operand, y: Operand, bind: Bind) -> str:
    if x.stacked and y.stacked:
        return f"{bind(np.einsum)}('ei,ei->e', {x.code}, {y.code})"
    return f"{y.code} @ {x.code}" if y.stacked else f"{x.code} @ {y.code}"


@rule("outer")
def _outer(node: Node, operands: list[Any], bind: Bind) -> str:
    x, y = operand(operands[0]), operand(operands[1])
    left = f"{_flat(x)}[:, :, None]" if x.stacked else f"{x.code}.reshape(-1)[:, None]"
    right = f"{_flat(y)}[:, None, :]" if y.stacked else f"{y.code}.reshape(-1)[None, :]"
    return f"{left} * {right}"


def _flat(x: Operand) -> str:
    return x.code if x.rank == 1 else f"{x.code}.reshape({x.code}.shape[0], -1)"


@rule("einsum")
def _einsum(node: Node, operands: list[Any], bind: Bind) -> str:
    text = operands[0]
    if not isinstance(text, str) or "->" not in text or "." in text or "Z" in text:
        raise NoRule("einsum")
    inputs, output = text.replace(" ", "").split("->")
    terms = [f"Z{t}" if operand(x).stacked else t for t, x in zip(inputs.split(","), operands[1:], strict=True)]
    return f"{bind(np.einsum)}('{','.join(terms)}->Z{output}', {', '.join(x.code for x in operands[1:])})"


# --- reductions ----------------------------------------------------------------------------------------------------

REDUCTIONS = {
    "sum": np.sum,
    "mean": np.mean,
    "max": np.max,
    "amax": np.max,
    "min": np.min,
    "amin": np.min,
    "prod": np.prod,
    "add.reduce": np.sum,
    "maximum.reduce": np.max,
    "minimum.reduce": np.min,
    "var": np.var,
    "std": np.std,
}


@rule(*REDUCTIONS)
def _reduce(node: Node, operands: list[Any], bind: Bind) -> str:
    if node.op == "sum" and isinstance(operands[0], (list, tuple)):
        return _sum_of_numbers(node, operands, bind)
    x = operand(operands[0])
    if set(node.kwargs) - {"axis", "keepdims", "ddof", "initial"} or len(node.args) > 2:
        raise NoRule(node.op)
    axis = argument(tuple(node.args), node.kwargs, 1, "axis", 0 if node.op.endswith(".reduce") else None)
    if type(axis) is Ref or node.kwargs.get("initial") is not None:
        raise NoRule(node.op)
    ddof = f", ddof={node.kwargs['ddof']!r}" if "ddof" in node.kwargs else ""
    keep = ", keepdims=True" if node.kwargs.get("keepdims") else ""
    return f"{bind(REDUCTIONS[node.op])}({x.code}, axis={shifted(axis, x)}{keep}{ddof})"


def _sum_of_numbers(node: Node, operands: list[Any], bind: Bind) -> str:
    """The sum of a list of plain numbers."""
    terms = operands[0]
    if len(operands) > 1 or node.kwargs or not all(x.rank == 0 for x in terms if isinstance(x, Operand)):
        raise NoRule("a sum of arrays")
    if not all(isinstance(x, (Operand, int, float)) for x in terms):
        raise NoRule("a sum of lists")
    return " + ".join(aligned(terms, bind))


def shifted(axis: Any, x: Operand) -> str:
    """Axes counted in the stacked array; None means all but the stack's."""
    if axis is None:
        return repr(tuple(range(1, x.rank + 1)) if x.stacked else None)
    axes = tuple(int(a) % max(x.rank, 1) + x.stacked for a in (axis if isinstance(axis, (tuple, list)) else (axis,)))
    return repr(axes[0] if len(axes) == 1 else axes)


# --- network by network --------------------------------------------------------------------------------------------


def one_by_one(function: Callable[..., Any], flags: tuple[bool, ...], values: tuple[Any, ...]) -> Any:
    """The plain operation in each network, and the results stacked.

    function  of the operands' values, in order
    flags     which of them are stacked
    """
    size = next(len(v) for v, stacked in zip(values, flags, strict=True) if stacked)
    results = [
        function(*(v[i] if stacked else v for v, stacked in zip(values, flags, strict=True))) for i in range(size)
    ]
    return np.stack([np.asarray(r) for r in results])
