"""Reverse-mode rules: reading, writing, joining and rearranging. All move or sum entries of the cotangent."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from annprobe.tape.rules import keyword, rule
from annprobe.tape.views import positions


def _rest(args: Any) -> tuple[None, ...]:
    return tuple(None for _ in args[1:])


@rule("reshape", "ravel", "squeeze", "expand_dims", "atleast_1d", "atleast_2d", "atleast_3d")
def _reshape(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    columns = kwargs.get("order") == "F"
    return (np.reshape(g, np.shape(args[0]), order="F" if columns else "C"), *_rest(args))


@rule("transpose")
def _transpose(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    order = args[1:] if len(args) > 2 else keyword(args, kwargs, 1, "axes")
    if order is None:
        return (np.transpose(g), *_rest(args))
    order = [int(a) % np.ndim(g) for a in np.ravel(order)]
    return (np.transpose(g, np.argsort(order)), *_rest(args))


@rule("swapaxes")
def _swapaxes(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    return (np.swapaxes(g, keyword(args, kwargs, 1, "axis1"), keyword(args, kwargs, 2, "axis2")), *_rest(args))


@rule("moveaxis")
def _moveaxis(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    source, target = keyword(args, kwargs, 1, "source"), keyword(args, kwargs, 2, "destination")
    return (np.moveaxis(g, target, source), *_rest(args))


@rule("flip", "fliplr", "flipud")
def _flip(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    back = positions(np.shape(args[0]), ("flip", _flip_like(value, args, kwargs), (), {}))
    return (_unscatter(g, back, np.shape(args[0])), *_rest(args))


def _flip_like(value: Any, args: Any, kwargs: Any) -> Any:
    """Which flip it was shows on the positions themselves."""
    x = np.asarray(args[0])
    flips: list[Any] = [lambda a: np.flip(a, keyword(args, kwargs, 1, "axis")), np.fliplr, np.flipud]
    for flip in flips:
        try:
            if np.array_equal(flip(x), value):
                return flip
        except ValueError:
            continue
    return np.flip


def _unscatter(g: Any, flat: Any, shape: tuple[int, ...]) -> Any:
    """Each cotangent entry goes back to the flat position it was read from; repeated reads add up."""
    result = np.zeros(math.prod(shape))
    np.add.at(result, np.ravel(flat), np.ravel(np.broadcast_to(g, np.shape(flat))))
    return result.reshape(shape)


@rule("getitem")
def _getitem(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    result = np.zeros(np.shape(args[0]))
    if _basic(args[1]):
        result[args[1]] += g
    else:
        np.add.at(result, args[1], g)
    return result, None


def _basic(index: Any) -> bool:
    parts = index if isinstance(index, tuple) else (index,)
    return all(isinstance(p, (int, np.integer, slice)) or p is None or p is Ellipsis for p in parts)


@rule("setitem")
def _setitem(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    kept = np.array(g, float)
    kept[args[1]] = 0.0
    part = np.asarray(g)[args[1]]
    if isinstance(args[2], (list, tuple)):
        return kept, None, [part[i] for i in range(len(args[2]))]
    return kept, None, part


@rule("scatter")
def _scatter(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    flat = positions(np.shape(args[0]), args[2])
    kept = np.array(g, float)
    kept.reshape(-1)[flat] = 0.0
    return kept, np.asarray(g).reshape(-1)[flat], None


@rule("add.at")
def _add_at(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    return g, None, np.asarray(g)[args[1]]


@rule("subtract.at")
def _subtract_at(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    return g, None, -np.asarray(g)[args[1]]


@rule("flat!")
def _write_flat(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    kept = np.array(g, float)
    kept.flat[args[1]] = 0.0
    return kept, None, np.asarray(g).flat[args[1]]


@rule("fill", "copyto")
def _fill(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    return np.zeros(np.shape(args[0])), np.broadcast_to(g, np.shape(value))


@rule("concatenate", "vstack", "hstack", "dstack", "stack", "column_stack", "row_stack")
def _joined(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    """The pieces are found by joining arrays of positions in the same way."""
    return (_pieces(g, args[0], lambda parts: _join_like(value, parts, args, kwargs)), *_rest(args))


def _join_like(value: Any, parts: list[Any], args: Any, kwargs: Any) -> Any:
    """Join ``parts`` as the recorded operation did."""
    arrays = [np.asarray(a) for a in args[0]]
    axis = keyword(args, kwargs, 1, "axis", 0)
    for join in (
        lambda xs: np.concatenate(xs, axis),
        lambda xs: np.stack(xs, axis),
        np.vstack,
        np.hstack,
        np.column_stack,
        np.dstack,
    ):
        try:
            if np.array_equal(join(arrays), value, equal_nan=True):
                return join(parts)
        except (ValueError, np.exceptions.AxisError, TypeError):
            continue
    raise NotImplementedError("this way of joining arrays")


def _pieces(g: Any, arrays: Any, join: Any) -> list[Any]:
    """Cotangents of the joined arrays."""
    sizes = [np.size(a) for a in arrays]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    parts = [np.arange(s, s + n).reshape(np.shape(a)) for s, n, a in zip(starts[:-1], sizes, arrays, strict=True)]
    flat = _unscatter(g, join(parts), (int(starts[-1]),))
    return [flat[s : s + n].reshape(np.shape(a)) for s, n, a in zip(starts[:-1], sizes, arrays, strict=True)]


@rule("c_", "r_")
def _c(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    raise_kind: Any = None
    for maker in (np.c_, np.r_):
        try:
            if np.array_equal(maker[tuple(np.asarray(a) for a in args)], value, equal_nan=True):
                raise_kind = maker
        except ValueError:
            continue
    if raise_kind is None:
        raise NotImplementedError("np.c_ or np.r_ with strings")
    return tuple(_pieces(g, [np.asarray(a) for a in args], lambda parts: raise_kind[tuple(parts)]))


@rule("append")
def _append(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    axis = keyword(args, kwargs, 2, "axis")
    x = np.asarray(args[0])
    if axis is None:
        flat = np.ravel(g)
        return flat[: x.size].reshape(x.shape), flat[x.size :].reshape(np.shape(args[1])), *(None for _ in args[2:])
    first, second = np.split(np.asarray(g), [x.shape[axis]], axis)
    return first, second.reshape(np.shape(args[1])), *(None for _ in args[2:])


@rule("insert")
def _insert(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    axis = keyword(args, kwargs, 3, "axis")
    x = np.asarray(args[0])
    marks = np.insert(np.arange(x.size).reshape(x.shape), args[1], -1, axis=axis)
    kept = marks >= 0
    base = _unscatter(np.asarray(g)[kept], marks[kept], x.shape)
    inserted = np.asarray(g)[~kept]
    shape = np.shape(args[2])
    return (
        base,
        None,
        (inserted.sum() if not shape else inserted.reshape(shape) if inserted.size == math.prod(shape) else None),
        *(None for _ in args[3:]),
    )


@rule("delete")
def _delete(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    x = np.asarray(args[0])
    marks = np.delete(np.arange(x.size).reshape(x.shape), args[1], axis=keyword(args, kwargs, 2, "axis"))
    return _unscatter(g, marks, x.shape), *_rest(args)


def _by_positions(name: str) -> None:
    """Rules of functions that only move entries: run them on positions."""

    @rule(name)
    def apply(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
        x = np.asarray(args[0])
        marks = getattr(np, name)(np.arange(x.size).reshape(x.shape), *args[1:], **kwargs)
        return _unscatter(g, marks, x.shape), *_rest(args)


for _name in ("roll", "rot90", "tile", "repeat", "take", "diagonal", "broadcast_to", "take_along_axis", "rollaxis"):
    _by_positions(_name)


@rule("diag", "diagflat")
def _diag(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    x, k = np.asarray(args[0]), keyword(args, kwargs, 1, "k", 0)
    if x.ndim == 1 or (np.ndim(value) == 2 and x.shape != np.shape(value)):
        return np.diagonal(g, k).reshape(x.shape), *_rest(args)
    return _unscatter(g, np.diag(np.arange(x.size).reshape(x.shape), k), x.shape), *_rest(args)


@rule("triu", "tril")
def _triangle(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    k = keyword(args, kwargs, 1, "k", 0)
    upper = np.array_equal(np.triu(args[0], k), value)
    return (np.triu(g, k) if upper else np.tril(g, k)), *_rest(args)


@rule("pad")
def _pad(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    x = np.asarray(args[0])
    width = np.broadcast_to(np.asarray(keyword(args, kwargs, 1, "pad_width")), (x.ndim, 2))
    inside = tuple(slice(int(a), int(a) + n) for (a, _), n in zip(width, x.shape, strict=True))
    return np.asarray(g)[inside], *_rest(args)


@rule("pick")
def _pick(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    return tuple(g if i == args[1] else None for i in range(len(args[0]))), None


@rule("split", "array_split", "hsplit", "vsplit")
def _split(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    """``g`` has one cotangent (or None) per part."""
    parts = [np.zeros(np.shape(v)) if part is None else part for part, v in zip(g, value, strict=True)]
    x = np.asarray(args[0])
    axis = next(a for a in range(x.ndim) if sum(np.shape(v)[a] for v in value) == x.shape[a])
    return np.concatenate(parts, axis), *_rest(args)


@rule("array")
def _array(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    """``np.array`` of nested lists: the cotangent falls apart along the leading axes."""
    parts = np.asarray(g)
    flat = isinstance(args[0], (list, tuple)) and len(args[0]) == parts.size and not np.ndim(args[0][0])
    return (_nested(parts.reshape(-1) if flat else parts, args[0]), *_rest(args))


def _nested(g: Any, structure: Any) -> Any:
    if isinstance(structure, (list, tuple)):
        return [_nested(g[i], item) for i, item in enumerate(structure)]
    return g


@rule("sort")
def _sort(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    x = np.asarray(args[0])
    axis = keyword(args, kwargs, 1, "axis", -1)
    result = np.zeros(x.shape)
    np.put_along_axis(result, np.argsort(x, axis), g, axis)
    return result, *_rest(args)


@rule("sliding_window_view", "as_strided")
def _windows(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    x = np.asarray(args[0])
    if "strides" in kwargs or len(args) > 2:
        marks = np.lib.stride_tricks.as_strided(np.arange(x.size).reshape(x.shape), *args[1:], **kwargs)
    else:
        marks = np.lib.stride_tricks.sliding_window_view(np.arange(x.size).reshape(x.shape), *args[1:], **kwargs)
    return _unscatter(g, marks, x.shape), *_rest(args)
