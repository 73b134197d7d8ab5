"""Reverse-mode rules of reductions: sums, means, extremes, spreads, softmax."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from annprobe.tape.rules import keyword, rule


def axes(shape: tuple[int, ...], axis: Any) -> tuple[int, ...]:
    """The reduced axes as non-negative numbers."""
    if axis is None:
        return tuple(range(len(shape)))
    chosen = axis if isinstance(axis, (tuple, list)) else (axis,)
    return tuple(int(a) % len(shape) for a in chosen)


def spread(g: Any, shape: tuple[int, ...], axis: Any) -> Any:
    """A cotangent of a reduction, repeated over the reduced axes."""
    if not shape:
        return g
    kept = [1 if i in axes(shape, axis) else n for i, n in enumerate(shape)]
    return np.broadcast_to(np.reshape(g, kept), shape)


@rule("sum", "nansum")
def _sum(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    x = np.asarray(args[0])
    return (spread(g, x.shape, keyword(args, kwargs, 1, "axis")), *(None for _ in args[1:]))


@rule("add.reduce")
def _add_reduce(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    return (spread(g, np.shape(args[0]), keyword(args, kwargs, 1, "axis", 0)), *(None for _ in args[1:]))


@rule("mean", "nanmean")
def _mean(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    shape = np.shape(args[0])
    axis = keyword(args, kwargs, 1, "axis")
    count = math.prod(shape[a] for a in axes(shape, axis))
    return (spread(g, shape, axis) / max(count, 1), *(None for _ in args[1:]))


@rule("average")
def _average(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    shape = np.shape(args[0])
    axis = keyword(args, kwargs, 1, "axis")
    weights = keyword(args, kwargs, 2, "weights")
    if weights is None:
        return _mean(g, value, args, {"axis": axis})
    w = np.asarray(weights, float)
    if w.shape != shape:
        w = np.broadcast_to(w.reshape([-1 if i in axes(shape, axis) else 1 for i in range(len(shape))]), shape)
    total = w.sum(axis=axis if axis is None else axes(shape, axis))
    share = spread(g / total, shape, axis)
    of_weights = share * (np.asarray(args[0]) - spread(value, shape, axis))
    if np.shape(weights) != shape:
        of_weights = of_weights.sum(axis=tuple(i for i in range(len(shape)) if i not in axes(shape, axis)))
    return share * w, *[of_weights if i == 2 else None for i in range(1, len(args))]


@rule("prod")
def _prod(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    x = np.asarray(args[0], float)
    axis = keyword(args, kwargs, 1, "axis")
    with np.errstate(all="ignore"):
        return (spread(g * value, x.shape, axis) / np.where(x == 0, np.nan, x), *(None for _ in args[1:]))


@rule("maximum.reduce", "minimum.reduce")
def _extreme_reduce(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    axis = keyword(args, kwargs, 1, "axis", 0)
    return (_extreme(g, value, args[:1], {"axis": axis})[0], *(None for _ in args[1:]))


@rule("max", "amax", "min", "amin", "nanmax", "nanmin")
def _extreme(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    x = np.asarray(args[0])
    axis = keyword(args, kwargs, 1, "axis")
    hit = (x == spread(value, x.shape, axis)) * 1.0
    count = spread(hit.sum(axis=axes(x.shape, axis)), x.shape, axis)
    return (spread(g, x.shape, axis) * hit / count, *(None for _ in args[1:]))


@rule("var")
def _var(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    x = np.asarray(args[0], float)
    axis = keyword(args, kwargs, 1, "axis")
    chosen = axes(x.shape, axis)
    count = math.prod(x.shape[a] for a in chosen) - kwargs.get("ddof", 0)
    centred = x - x.mean(axis=chosen, keepdims=True)
    return (spread(g, x.shape, axis) * 2.0 * centred / count, *(None for _ in args[1:]))


@rule("std")
def _std(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    safe = np.where(np.asarray(value) == 0, np.inf, value)
    return _var(g / (2.0 * safe), value, args, kwargs)


@rule("add.accumulate")
def _add_accumulate(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    axis = keyword(args, kwargs, 1, "axis", 0)
    return (_cumsum(g, value, args[:1], {"axis": axis})[0], *(None for _ in args[1:]))


@rule("cumsum")
def _cumsum(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    shape = np.shape(args[0])
    axis = keyword(args, kwargs, 1, "axis")
    if axis is None:
        return (np.cumsum(np.ravel(g)[::-1])[::-1].reshape(shape), *(None for _ in args[1:]))
    return (np.flip(np.cumsum(np.flip(g, axis), axis), axis), *(None for _ in args[1:]))


@rule("softmax")
def _softmax(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    axis = keyword(args, kwargs, 1, "axis")
    chosen = axes(np.shape(args[0]), axis)
    return (value * (g - np.sum(g * value, axis=chosen, keepdims=True)), *(None for _ in args[1:]))


@rule("log_softmax")
def _log_softmax(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    chosen = axes(np.shape(args[0]), keyword(args, kwargs, 1, "axis"))
    return (g - np.exp(value) * np.sum(g, axis=chosen, keepdims=True), *(None for _ in args[1:]))


@rule("logsumexp")
def _logsumexp(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    x = np.asarray(args[0])
    axis = keyword(args, kwargs, 1, "axis")
    return (spread(g, x.shape, axis) * np.exp(x - spread(value, x.shape, axis)), *(None for _ in args[1:]))
