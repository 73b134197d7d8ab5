"""Transpose and product kind: the right arrays in the wrong product."""

from __future__ import annotations

import numpy as np

from annprobe.engine.conditions import (
    NARROW_ABOVE,
    ONE_EXAMPLE,
    ONE_LAYER,
    SINGLE_UNITS,
    SINGLE_WIDTHS,
    VECTORS,
    Condition,
)
from annprobe.engine.layout import Array, transpose
from annprobe.engine.marking import mutant
from annprobe.engine.passes import Pass
from annprobe.engine.setup import Data

ONE_INPUT = Condition("one input", lambda n: n.architecture.widths[0] == 1)
SCALAR_HIDDEN = Condition("one example and hidden layers of one unit",
                          lambda n: n.N == 1 and max(n.architecture.widths[1:-1], default=1) == 1)


@mutant("tr-delta-w", step="hidden_delta", silent=ONE_LAYER | SINGLE_UNITS)
def delta_through_transposed_weights(p: Pass, layer: int) -> Array:
    """The error comes back through the transposed weights.

    Correct  δ[l] = (δ[l+1] V[l+1]) ∘ f'(z[l]), with V of shape (out, in)
    Bugged   δ[l] = (δ[l+1] V[l+1]ᵀ) ∘ f'(z[l])
    Silent   where the matrix is one number, or symmetric. Where it is not square, it stops with an error
    Shows    with square layers a network that learns badly; else a crash
    Fix      deltas (N, out) times weights (out, in): no transpose in this layout
    Seen     named by the people who asked for this tool; seldom in the wild, since it mostly crashes
    """
    return np.asarray((p.delta[layer + 1] @ transpose(p.V[layer + 1])) * p.slope[layer])


@mutant("tr-forward", step="preactivation", silent=SINGLE_WIDTHS, code="AP302")
def forward_with_transposed_weights(p: Pass, layer: int) -> Array:
    """The forward pass uses the weights untransposed, the backward pass as if they had been.

    Correct  z[l] = a[l-1] V[l]ᵀ + b[l]
    Bugged   z[l] = a[l-1] V[l] + b[l]
    Silent   where every matrix is one number. Where one is not square, it stops with an error
    Shows    with square layers a cost that stays high
    Fix      keep one layout, (out, in), in both passes
    Seen     mixed layouts from two tutorials
    """
    return np.asarray(p.a[layer - 1] @ p.V[layer] + p.b[layer][..., None, :])


@mutant("tr-grad", step="weight_gradient", silent=SINGLE_WIDTHS)
def gradient_transposed(p: Pass, layer: int) -> Array:
    """The gradient of the weights is transposed.

    Correct  ∂C/∂V[l] = δ[l]ᵀ a[l-1], shape (out, in)
    Bugged   ∂C/∂V[l] = a[l-1]ᵀ δ[l], shape (in, out)
    Silent   where every matrix is one number
    Shows    in place, W can silently grow by broadcasting; with square layers it learns badly
    Fix      check that every gradient has its parameter's shape
    Seen     pytroubles
    """
    return np.asarray(transpose(p.a[layer - 1]) @ p.delta[layer])


@mutant("tr-outer-reshaped", step="weight_gradient", silent=VECTORS)
def gradient_reshaped(p: Pass, layer: int) -> Array:
    """The gradient has the wrong orientation and is reshaped, not transposed, to fit.

    Correct  ∂C/∂V[l] = δ[l]ᵀ a[l-1]
    Bugged   ∂C/∂V[l] = (a[l-1]ᵀ δ[l]).reshape(V[l].shape)
    Silent   where every weight matrix is a row or a column: then reshape and transpose are the same
    Shows    learns badly; entries of the gradient are right but in other places
    Fix      transpose; a reshape never turns rows into columns
    Seen     shape errors that were "repaired" with reshape
    """
    return np.asarray((transpose(p.a[layer - 1]) @ p.delta[layer]).reshape(p.V[layer].shape))


@mutant("tr-delta-reshaped", step="weight_gradient", silent=ONE_EXAMPLE | SINGLE_UNITS)
def delta_reshaped(p: Pass, layer: int) -> Array:
    """The deltas are reshaped, not transposed, before they meet the activations.

    Correct  ∂C/∂V[l] = δ[l]ᵀ a[l-1]
    Bugged   ∂C/∂V[l] = δ[l].reshape(n_l, N) a[l-1]
    Silent   with one example or one unit: then reshape and transpose are the same
    Shows    learns badly: examples and units are mixed
    Fix      transpose; a reshape never turns rows into columns
    Seen     shape errors that were "repaired" with reshape
    """
    delta = p.delta[layer]
    return np.asarray(delta.reshape(*delta.shape[:-2], delta.shape[-1], delta.shape[-2]) @ p.a[layer - 1])


@mutant("tr-reshape-for-transpose", step="prepare", seen_by="data", silent=ONE_EXAMPLE | ONE_INPUT, code="AP101")
def data_reshaped(data: Data) -> tuple[Array, Array]:
    """Examples are brought from rows to columns by reshape instead of transpose.

    Correct  Xᵀ
    Bugged   X.reshape(n_0, N)
    Silent   with one example or one input
    Shows    every example is a mixture of several; nothing can be learned but the average
    Fix      transpose
    Seen     a long-standing warning of A. Karpathy's
    """
    X = data.X / data.unit
    return X.reshape(X.shape[1], X.shape[0]).T, data.Y


@mutant("tr-elementwise-for-dot", step="hidden_delta", silent=NARROW_ABOVE)
def elementwise_for_product(p: Pass, layer: int) -> Array:
    """The delta is multiplied with the weights element by element.

    Correct  δ[l] = (δ[l+1] V[l+1]) ∘ f'(z[l])
    Bugged   δ[l] = (δ[l+1] * V[l+1]) ∘ f'(z[l])
    Silent   with one unit in the layer above: broadcasting then makes the outer product
    Shows    mostly a crash; it passes where the numbers of examples and of units agree
    Fix      use @
    Seen     stackoverflow 55858141
    """
    return np.asarray((p.delta[layer + 1] * p.V[layer + 1]) * p.slope[layer])


@mutant("tr-dot-for-elementwise", step="hidden_delta", silent=ONE_LAYER | SCALAR_HIDDEN)
def product_for_elementwise(p: Pass, layer: int) -> Array:
    """The derivative is applied with a matrix product.

    Correct  δ[l] = (δ[l+1] V[l+1]) ∘ f'(z[l])
    Bugged   δ[l] = (δ[l+1] V[l+1]) @ f'(z[l])
    Silent   where both are one number
    Shows    a crash, unless there are as many examples as units; then nonsense
    Fix      use * for the derivative
    Seen     community.deeplearning.ai 402919
    """
    return np.asarray((p.delta[layer + 1] @ p.V[layer + 1]) @ p.slope[layer])


@mutant("tr-matmul-out", step="output_delta", code="AP305")
def third_factor_is_out(p: Pass) -> Array:
    """A product of three is written as multiply(x, y, z): the third argument is where the result goes.

    Correct  δ[L] = f'(z[L]) ∘ 1 ∘ error
    Bugged   δ[L] = multiply(f'(z[L]), 1, error), which overwrites the error
    Silent   never: the error does not enter the delta at all
    Shows    the outputs run off in one direction whatever the targets are
    Fix      multiply two at a time; the third argument of numpy's functions is out
    Seen     freecodecamp 453085
    """
    return np.multiply(p.slope[p.L], 1.0, p.error)
