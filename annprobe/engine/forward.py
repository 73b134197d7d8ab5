"""The forward half of the table of steps: start, examples, and from the examples to the cost.

Each function fills one buffer of the :class:`~annprobe.engine.passes.Pass` and returns it.
"""

from __future__ import annotations

import numpy as np

from annprobe.engine.layout import Array, product, transpose
from annprobe.engine.passes import Pass


def preactivation(p: Pass, layer: int) -> Array:
    """z[l] = a[l-1] V[l]ᵀ + b[l].

    a[l-1] (..., N, n_{l-1}), V[l] (..., n_l, n_{l-1}), b[l] (..., n_l); returns (..., N, n_l).
    Source: Bishop, PRML (2006), eq. 5.2.
    """
    product(p.a[layer - 1], transpose(p.V[layer]), out=p.z[layer])
    return np.add(p.z[layer], p.b[layer][..., None, :], out=p.z[layer])


def activate(p: Pass, layer: int) -> Array:
    """a[l] = f(z[l]), shapes (..., N, n_l). Source: Bishop, PRML (2006), eq. 5.3."""
    return p.architecture.activation(layer).value(p.z[layer], p.a[layer])


def cost(p: Pass) -> Array:
    """C = 1/N Σ over examples of the cost of each (or the sum alone), plus the penalty; shape (...).

    Where output activation and cost belong together it is computed from z[L], so that log(0) cannot occur.
    Source: Bishop, PRML (2006), eqs. 5.11, 5.21, 5.24.
    """
    function = p.architecture.cost_function
    if function.from_z is not None and p.architecture.fused:
        each = function.from_z(p.z[p.L], p.Y)
    else:
        each = function.per_example(p.a[p.L], p.Y)
    np.multiply(each.sum(axis=-1), p.scale, out=p.C)
    return p.C if p.architecture.l2 == 0.0 else np.add(p.C, penalty(p), out=p.C)


def penalty(p: Pass) -> Array:
    """l2 / 2 Σ V² over all layers (and b² where the architecture says so); shape (...)."""
    share = p.W if p.architecture.l2_biases else p.V
    squares = [(weights**2).sum(axis=(-2, -1)) for weights in share[1:]]
    return np.asarray(0.5 * p.architecture.l2 * sum(squares))


def predict(p: Pass) -> Array:
    """The decision for each example: index of the largest output; of a single output, whether it is above the middle.

    Shape (..., N). The middle of an activation's range is 0.5 for sigmoid, 0 for tanh and for logits.
    """
    outputs = p.a[p.L]
    if outputs.shape[-1] > 1:
        return np.asarray(outputs.argmax(axis=-1), dtype=np.float64)
    f = p.architecture.activation(p.L)
    middle = 0.5 * (f.low + f.high) if np.isfinite(f.low) and np.isfinite(f.high) else 0.0
    return np.asarray(outputs[..., 0] > middle, dtype=np.float64)
