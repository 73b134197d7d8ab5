"""Reverse-mode rules: products of matrices and linear algebra. For ``Z = X @ Y``: ``X̄ = Z̄ @ Yᵀ``, ``Ȳ = Xᵀ @ Z̄``.

Source: Giles, An extended collection of matrix derivative results (2008), section 2.
"""

from __future__ import annotations

import string
from typing import Any

import numpy as np

from annprobe.tape.rules import keyword, rule
from annprobe.tape.rules_reduce import axes, spread


def _t(x: Any) -> Any:
    return np.swapaxes(x, -1, -2)


@rule("matmul")
def _matmul(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    x, y = np.asarray(args[0]), np.asarray(args[1])
    g = np.asarray(g)
    left = x[None, :] if x.ndim == 1 else x
    right = y[:, None] if y.ndim == 1 else y
    if x.ndim == 1:
        g = np.expand_dims(g, -1 if y.ndim == 1 else -2)
    if y.ndim == 1:
        g = np.expand_dims(g, -1)
    gx, gy = g @ _t(right), _t(left) @ g
    return (_fold(gx[..., 0, :] if x.ndim == 1 else gx, x.shape), _fold(gy[..., 0] if y.ndim == 1 else gy, y.shape))


def _fold(g: Any, shape: tuple[int, ...]) -> Any:
    extra = g.ndim - len(shape)
    return g.sum(axis=tuple(range(extra))) if extra > 0 else g


@rule("dot")
def _dot(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    x, y = np.asarray(args[0]), np.asarray(args[1])
    if x.ndim == 0 or y.ndim == 0:
        return g * y, g * x
    if x.ndim <= 2 and y.ndim <= 2:
        return _matmul(g, value, (x, y), {})
    last = 0 if y.ndim == 1 else y.ndim - 2
    return _tensordot(g, value, (x, y, ([x.ndim - 1], [last])), {})


@rule("inner")
def _inner(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    x, y = np.asarray(args[0]), np.asarray(args[1])
    if x.ndim == 0 or y.ndim == 0:
        return g * y, g * x
    return _tensordot(g, value, (x, y, ([x.ndim - 1], [y.ndim - 1])), {})


@rule("vdot")
def _vdot(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    x, y = np.asarray(args[0]), np.asarray(args[1])
    return g * y.reshape(x.shape), g * x.reshape(y.shape)


@rule("outer", "multiply.outer")
def _outer(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    x, y = np.asarray(args[0]), np.asarray(args[1])
    g = np.reshape(g, (x.size, y.size))
    return (g @ y.ravel()).reshape(x.shape), (x.ravel() @ g).reshape(y.shape)


@rule("tensordot")
def _tensordot(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    x, y = np.asarray(args[0]), np.asarray(args[1])
    over = keyword(args, kwargs, 2, "axes", 2)
    if isinstance(over, (int, np.integer)):
        left, right = list(range(x.ndim - int(over), x.ndim)), list(range(int(over)))
    else:
        left, right = ([int(a) % n for a in np.atleast_1d(o)] for o, n in zip(over, (x.ndim, y.ndim), strict=True))
    free_x = [i for i in range(x.ndim) if i not in left]
    free_y = [i for i in range(y.ndim) if i not in right]
    g = np.asarray(g)
    gx = np.tensordot(g, y, (list(range(len(free_x), g.ndim)), free_y))
    gy = np.tensordot(x, g, (free_x, list(range(len(free_x)))))
    back_x = np.argsort(free_x + [left[i] for i in np.argsort(right)])
    back_y = np.argsort([right[i] for i in np.argsort(left)] + free_y)
    return (gx.transpose(back_x), gy.transpose(back_y), *(None for _ in args[2:]))


@rule("einsum")
def _einsum(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    subscripts = str(args[0]).replace(" ", "")
    operands = [np.asarray(a) for a in args[1:]]
    inputs, _, output = subscripts.partition("->")
    terms = inputs.split(",")
    if "->" not in subscripts:
        joined = "".join(terms)
        output = "".join(sorted(c for c in set(joined) if joined.count(c) == 1 and c != "."))
    if "..." in subscripts:
        terms, output = _spelled_out(terms, output if "->" in subscripts else "..." + output, operands)
    if any(len(set(t)) != len(t) for t in terms):
        raise NotImplementedError("einsum with a repeated index")
    grads: list[Any] = [None]
    for k, term in enumerate(terms):
        others = [t for i, t in enumerate(terms) if i != k]
        known = set(output).union(*others) if others else set(output)
        reachable = "".join(c for c in term if c in known)
        rest = [o for i, o in enumerate(operands) if i != k]
        part = np.einsum(",".join([output, *others]) + "->" + reachable, g, *rest)
        shape = [operands[k].shape[term.index(c)] if c in reachable else 1 for c in term]
        grads.append(np.broadcast_to(part.reshape(shape), operands[k].shape))
    return tuple(grads)


def _spelled_out(terms: list[str], output: str, operands: list[Any]) -> tuple[list[str], str]:
    """Subscripts with letters of their own in place of the ellipsis; it means the last axes where ranks differ."""
    spare = [c for c in string.ascii_uppercase if not any(c in term for term in terms)]
    given = zip(operands, terms, strict=True)
    ranks = [np.ndim(x) - len(term.replace("...", "")) if "..." in term else 0 for x, term in given]
    letters = "".join(spare[: max(ranks)])
    full = [term.replace("...", letters[len(letters) - rank :]) for term, rank in zip(terms, ranks, strict=True)]
    return full, output.replace("...", letters)


@rule("kron")
def _kron(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    x, y = np.atleast_2d(args[0]), np.atleast_2d(args[1])
    blocks = np.reshape(g, (x.shape[0], y.shape[0], x.shape[1], y.shape[1]))
    return (
        np.einsum("iajb,ab->ij", blocks, y).reshape(np.shape(args[0])),
        np.einsum("iajb,ij->ab", blocks, x).reshape(np.shape(args[1])),
    )


@rule("norm")
def _norm(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    x = np.asarray(args[0], float)
    order, axis = keyword(args, kwargs, 1, "ord"), keyword(args, kwargs, 2, "axis")
    over = None if axis is None else axes(x.shape, axis)
    if order in (None, "fro", 2) and not (order == 2 and axis is None and x.ndim == 2):
        safe = np.where(np.asarray(value) == 0, np.inf, value)
        return (spread(g / safe, x.shape, over) * x, *(None for _ in args[1:]))
    if order == 1 and (axis is not None or x.ndim == 1):
        return (spread(g, x.shape, over) * np.sign(x), *(None for _ in args[1:]))
    raise NotImplementedError(f"norm of order {order}")


@rule("inv")
def _inv(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    return (-_t(value) @ g @ _t(value),)


@rule("solve")
def _solve(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    a = np.asarray(args[0])
    gb = np.linalg.solve(_t(a), g)
    return (-np.outer(gb, value) if np.ndim(value) == 1 else -gb @ _t(value)), gb


@rule("trace")
def _trace(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    if np.ndim(args[0]) != 2:
        raise NotImplementedError("the traces of a stack of matrices")
    offset = keyword(args, kwargs, 1, "offset", 0)
    rows, columns = np.shape(args[0])
    return g * np.eye(rows, columns, k=offset), *(None for _ in args[1:])


@rule("convolve")
def _convolve(g: Any, value: Any, args: Any, kwargs: Any) -> Any:
    x, y = np.asarray(args[0], float), np.asarray(args[1], float)
    mode = keyword(args, kwargs, 2, "mode", "full")
    full = np.zeros(len(x) + len(y) - 1)
    start = {"full": 0, "same": (min(len(x), len(y)) - 1) // 2, "valid": min(len(x), len(y)) - 1}[mode]
    full[start : start + len(np.ravel(g))] = g
    return np.correlate(full, y, "valid"), np.correlate(full, x, "valid"), *(None for _ in args[2:])
