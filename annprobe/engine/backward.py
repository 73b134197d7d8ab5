"""The backward half of the table of steps: from the cost back to the gradient.

Each function fills one buffer of the :class:`~annprobe.engine.passes.Pass` and returns it. The equations are those of
Bishop, PRML (2006), section 5.3, and of Nielsen, "Neural Networks and Deep Learning" (2015), chapter 2 (BP1 to BP4).
"""

from __future__ import annotations

import numpy as np

from annprobe.engine.activations import softmax_vjp
from annprobe.engine.layout import Array, product, sum_over_rows, transpose
from annprobe.engine.passes import Pass


def cost_derivative(p: Pass) -> Array:
    """error = ∂C/∂a[L] of each example, not yet reduced; shape (..., N, n_L)."""
    p.error[...] = p.architecture.cost_function.derivative(p.a[p.L], p.Y)
    return p.error


def derivative(p: Pass, layer: int) -> Array:
    """slope[l] = f'(z[l]), shape (..., N, n_l); of softmax the diagonal of its Jacobian."""
    return p.architecture.activation(layer).slope(p.z[layer], p.a[layer], p.slope[layer])


def output_delta(p: Pass) -> Array:
    """delta[L] = error ∘ f'(z[L]), shape (..., N, n_L). Source: Nielsen, BP1.

    a - y where output activation and cost belong together; with softmax and another cost the whole Jacobian is applied.
    """
    p.delta[p.L][...] = delta_from(p, p.error, p.Y)
    return p.delta[p.L]


def delta_from(p: Pass, error: Array, Y: Array) -> Array:
    """The output delta that ``error`` = ∂C/∂a[L] and targets ``Y`` lead to; both (..., N, n_L)."""
    function = p.architecture.cost_function
    if function.delta is not None and p.architecture.fused:
        return function.delta(p.z[p.L], p.a[p.L], Y)
    if p.architecture.activation(p.L).coupled:
        return softmax_vjp(p.a[p.L], error)
    return np.asarray(error * p.slope[p.L])


def hidden_delta(p: Pass, layer: int) -> Array:
    """delta[l] = (delta[l+1] V[l+1]) ∘ f'(z[l]), shape (..., N, n_l).

    delta[l+1] (..., N, n_{l+1}), V[l+1] (..., n_{l+1}, n_l). Source: Bishop, eq. 5.56; Nielsen, BP2.
    """
    product(p.delta[layer + 1], p.V[layer + 1], out=p.delta[layer])
    return np.multiply(p.delta[layer], p.slope[layer], out=p.delta[layer])


def weight_gradient(p: Pass, layer: int) -> Array:
    """SV[l] = delta[l]ᵀ a[l-1], the sum over examples of outer products; shape (..., n_l, n_{l-1}).

    Source: Bishop, eq. 5.53; Nielsen, BP4.
    """
    return product(transpose(p.delta[layer]), p.a[layer - 1], out=p.SV[layer])


def bias_gradient(p: Pass, layer: int) -> Array:
    """Sb[l] = Σ over examples of delta[l], shape (..., n_l). Source: Nielsen, BP3."""
    return sum_over_rows(p.delta[layer], p.Sb[layer])


def reduce(p: Pass, layer: int) -> Array:
    """G[l] = 1/N [Sb[l], SV[l]] (without 1/N where the cost is a sum over examples); shape of W[l]."""
    return np.multiply(p.S[layer], p.scale, out=p.G[layer])


def penalty_gradient(p: Pass, layer: int) -> Array:
    """R[l] = l2 V[l], and 0 (or l2 b[l]) in the bias column; shape of W[l]."""
    np.multiply(p.W[layer], p.architecture.l2, out=p.R[layer])
    if not p.architecture.l2_biases:
        p.R[layer][..., 0] = 0.0
    return p.R[layer]
