"""Stacked forms of operations that rearrange, read, write and join, and of those that annprobe adds itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from annprobe.tape.nodes import Node, Ref, references
from annprobe.tape.rules import keyword as argument
from annprobe.tape.views import positions
from annprobe.training.stacking import Bind, NoRule, Operand, aligned, constant, operand, rule, shifted

# --- shapes --------------------------------------------------------------------------------------------------------


@rule("transpose")
def _transpose(node: Node, operands: list[Any], bind: Bind) -> str:
    x = operand(operands[0])
    order = node.args[1:] if len(node.args) > 2 else argument(tuple(node.args), node.kwargs, 1, "axes")
    if not x.stacked or x.rank < 2:
        return x.code if x.rank < 2 else f"{x.code}.transpose({'' if order is None else repr(tuple(np.ravel(order)))})"
    if order is None:
        return f"{x.code}.transpose({(0, *range(x.rank, 0, -1))!r})"
    return f"{x.code}.transpose({(0, *(int(a) % x.rank + 1 for a in np.ravel(order)))!r})"


@rule("reshape", "ravel", "squeeze", "expand_dims", "atleast_1d", "atleast_2d")
def _reshape(node: Node, operands: list[Any], bind: Bind) -> str:
    """The target shape with the stack's axis in front; of the data's own axes one may vary from batch to batch."""
    x = operand(operands[0])
    order = node.kwargs.get("order", "C") or "C"
    if order not in ("C", "K", "A"):
        raise NoRule("reshape in another order")
    if x.rank == np.ndim(node.value) and node.op != "reshape":
        return x.code
    front = f"{x.code}.shape[0], " if x.stacked else ""
    return f"{x.code}.reshape(({front}{', '.join(_target(node))},))"


def _target(node: Node) -> list[str]:
    wanted = node.args[1] if len(node.args) == 2 and node.op == "reshape" else node.args[1:]
    if node.op == "reshape" and not any(type(a) is Ref for a in np.atleast_1d(np.array(wanted, dtype=object)).ravel()):
        return [str(int(a)) for a in np.ravel(np.array(wanted))] if np.size(wanted) else []
    shape = np.shape(node.value)
    longest = int(np.argmax(shape)) if shape else -1
    return ["-1" if i == longest and n > 1 else str(n) for i, n in enumerate(shape)]


@rule("swapaxes")
def _swapaxes(node: Node, operands: list[Any], bind: Bind) -> str:
    x = operand(operands[0])
    return f"{x.code}.swapaxes({shifted(operands[1], x)}, {shifted(operands[2], x)})"


@rule("diag")
def _diag(node: Node, operands: list[Any], bind: Bind) -> str:
    x = operand(operands[0], rank=1)
    if len(node.args) > 1 or node.kwargs or not x.stacked:
        raise NoRule("diag")
    return f"{x.code}[:, :, None] * {bind(np.eye(len(node.value)))}"


@rule("concatenate", "vstack", "hstack", "append", "column_stack", "c_", "r_", "stack")
def _joined(node: Node, operands: list[Any], bind: Bind) -> str:
    pieces = operands[0] if isinstance(operands[0], (list, tuple)) else [x for x in operands if isinstance(x, Operand)]
    if not all(isinstance(p, Operand) for p in pieces) or len({p.rank for p in pieces}) != 1 or not pieces:
        raise NoRule(node.op)
    axis = _join_axis(node, pieces[0].rank)
    if any(type(a) is not Ref and not isinstance(a, (list, tuple, int)) for a in node.args):
        raise NoRule(node.op)
    names = ", ".join(p.code for p in pieces)
    flags = bind(tuple(p.stacked for p in pieces))
    return f"{bind(join)}(({names},), {flags}, {axis + 1}, {node.op == 'stack'})"


def _join_axis(node: Node, rank: int) -> int:
    axis = node.kwargs.get("axis", node.args[1] if node.op in ("concatenate", "stack") and len(node.args) > 1 else None)
    if node.op == "append":
        axis = node.kwargs.get("axis", node.args[2] if len(node.args) > 2 else None)
        if axis is None and rank != 1:
            raise NoRule("append without an axis")
    usual = {"vstack": 0, "hstack": 1 if rank > 1 else 0, "column_stack": 1, "c_": 1, "r_": 0}
    if node.op in usual and (rank != 2 and not (node.op in ("hstack", "r_") and rank == 1)):
        raise NoRule(node.op)
    chosen = usual.get(node.op, 0) if axis is None else int(axis)
    return chosen % (rank + (node.op == "stack"))


def join(arrays: tuple[Any, ...], flags: tuple[bool, ...], axis: int, new: bool) -> Any:
    """Join stacked and shared arrays along an axis."""
    size = next(len(a) for a, stacked in zip(arrays, flags, strict=True) if stacked)
    full = [
        a if stacked else np.broadcast_to(a, (size, *np.shape(a))) for a, stacked in zip(arrays, flags, strict=True)
    ]
    return np.stack(full, axis) if new else np.concatenate(full, axis)


@rule("array")
def _array(node: Node, operands: list[Any], bind: Bind) -> str:
    flat = _flattened(operands[0])
    if not all(isinstance(x, Operand) for x in flat) or len({x.rank for x in flat}) != 1:
        raise NoRule("array")
    shape = np.shape(node.value)
    names, flags = ", ".join(x.code for x in flat), bind(tuple(x.stacked for x in flat))
    return f"{bind(assembled)}(({names},), {flags}, {bind(shape)})"


def _flattened(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in _flattened(item)]
    return [value]


def assembled(items: tuple[Any, ...], flags: tuple[bool, ...], shape: tuple[int, ...]) -> Any:
    """``np.array`` of nested lists whose entries are stacked."""
    stack = join(items, flags, 1, True)
    return stack.reshape((len(stack), *shape))


# --- reading and writing -------------------------------------------------------------------------------------------


@rule("getitem")
def _getitem(node: Node, operands: list[Any], bind: Bind) -> str:
    x = operand(operands[0])
    if not x.stacked:
        raise NoRule("rows chosen by a network's own values")
    return f"{x.code}[{index(operands[1], bind)}]"


def index(value: Any, bind: Bind) -> str:
    """An index with the stack's axis in front."""
    items = list(value) if isinstance(value, tuple) else [value]
    code = [_index_item(item, bind) for item in items]
    fancy = [i for i, item in enumerate(items) if isinstance(item, (list, np.ndarray, Operand))]
    if fancy and fancy[-1] - fancy[0] + 1 != len(fancy):
        raise NoRule("two arrays of indices with a slice between them")
    if fancy and any(isinstance(item, (int, np.integer)) for item in items):
        raise NoRule("an array of indices beside a number")
    return ", ".join([":", *code])


def _index_item(item: Any, bind: Bind) -> str:
    if isinstance(item, Operand):
        if item.stacked:
            raise NoRule("an index that depends on the network")
        return item.code
    if isinstance(item, slice):
        return ":".join("" if part is None else _index_item(part, bind) for part in (item.start, item.stop, item.step))
    if item is None or item is Ellipsis or type(item) is int:
        return "None" if item is None else "..." if item is Ellipsis else str(item)
    return bind(item)


@rule("setitem")
def _setitem(node: Node, operands: list[Any], bind: Bind) -> str:
    base, part = operand(operands[0]), operands[2]
    key = f"{bind(_Key())}[{index(operands[1], bind)}]"
    value = part.code if isinstance(part, Operand) else constant(part, bind)
    stacked = isinstance(part, Operand) and part.stacked
    size = base.code if base.stacked else value
    return f"{bind(put)}({base.code}, {base.stacked}, {key}, {value}, {stacked}, {size})"


class _Key:
    """``key[i, j:k]`` gives the index itself."""

    def __getitem__(self, key: Any) -> Any:
        return key


def put(base: Any, base_stacked: bool, key: Any, value: Any, value_stacked: bool, like: Any) -> Any:
    """A copy of ``base`` with some entries replaced in every network."""
    result = np.array(base) if base_stacked else np.repeat(np.asarray(base)[None], len(like), 0)
    place = result[key]
    if value_stacked and np.ndim(value) < place.ndim:
        value = value.reshape((len(value), *(1,) * (place.ndim - np.ndim(value)), *value.shape[1:]))
    result[key] = value
    return result


@rule("scatter")
def _scatter(node: Node, operands: list[Any], bind: Bind) -> str:
    base, part, view = operand(operands[0]), operand(operands[1]), node.args[2]
    if any(True for _ in references(view)):
        raise NoRule("a view whose place is computed")
    flat = positions(np.shape(node.value), view)
    size = base.code if base.stacked else part.code
    return f"{bind(put_flat)}({base.code}, {base.stacked}, {bind(flat)}, {part.code}, {part.stacked}, {size})"


def put_flat(base: Any, base_stacked: bool, flat: Any, part: Any, part_stacked: bool, like: Any) -> Any:
    """A copy of ``base`` with what stands at flat positions replaced in every network."""
    result = np.array(base) if base_stacked else np.repeat(np.asarray(base)[None], len(like), 0)
    rows = result.reshape(len(result), -1)
    rows[:, flat] = part if part_stacked else np.asarray(part)[None]
    return rows.reshape(result.shape)


# --- operations that annprobe adds: adjoints, losses -----------------------------------------------------------------


@rule("elementwise")
def _elementwise(node: Node, operands: list[Any], bind: Bind) -> str:
    return f"{bind(node.fn)}({', '.join(aligned(operands, bind))})"


@rule("fold", "spread", "shaped")
def _like(node: Node, operands: list[Any], bind: Bind) -> str:
    g, like = operand(operands[0]), operand(operands[1])
    if not g.stacked:
        raise NoRule(node.op)
    function = {"fold": fold, "spread": spread, "shaped": shaped}[node.op]
    shape = f"{like.code}.shape[1:]" if like.stacked else f"{bind(np.shape)}({like.code})"
    return f"{bind(function)}({g.code}, {shape})"


def fold(g: Any, shape: tuple[int, ...]) -> Any:
    """Sum a stack of cotangents down to the shape of their values."""
    extra = g.ndim - 1 - len(shape)
    if extra > 0:
        g = g.sum(axis=tuple(range(1, extra + 1)))
    if g.ndim - 1 < len(shape):
        return np.broadcast_to(g.reshape(len(g), *(1,) * (len(shape) - g.ndim + 1), *g.shape[1:]), (len(g), *shape))
    single = tuple(a + 1 for a, n in enumerate(shape) if n == 1 and g.shape[a + 1] != 1)
    return g.sum(axis=single, keepdims=True) if single else np.broadcast_to(g, (len(g), *shape))


def spread(g: Any, shape: tuple[int, ...]) -> Any:
    """Each network's array broadcast to ``shape``."""
    return np.broadcast_to(g, (len(g), *shape))


def shaped(g: Any, shape: tuple[int, ...]) -> Any:
    """Each network's array in another shape."""
    return g.reshape(len(g), *shape)


@rule("put back")
def _put_back(node: Node, operands: list[Any], bind: Bind) -> str:
    g, like = operand(operands[0]), operand(operands[1])
    if not g.stacked:
        raise NoRule(node.op)
    key = f"{bind(_Key())}[{index(operands[2], bind)}]"
    shape = f"{like.code}.shape[1:]" if like.stacked else f"{bind(np.shape)}({like.code})"
    return f"{bind(put_back)}({g.code}, {shape}, {key})"


def put_back(g: Any, shape: tuple[int, ...], key: Any) -> Any:
    """Zeros of ``shape`` in each network, with ``g`` added where the index reads; repeated reads add up."""
    result = np.zeros((len(g), *shape))
    if all(part is None or part is Ellipsis or isinstance(part, (int, np.integer, slice)) for part in key):
        result[key] = g
    else:
        np.add.at(result, key, g)
    return result
