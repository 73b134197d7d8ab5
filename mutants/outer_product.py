"""Outer product operand: the gradient of the weights made of the wrong two arrays."""

from __future__ import annotations

import numpy as np

from annprobe.engine.backward import weight_gradient
from annprobe.engine.conditions import DELTAS_POSITIVE, ONE_LAYER, SINGLE_WIDTHS, Condition, hidden_is, output_is
from annprobe.engine.layout import Array, product, transpose
from annprobe.engine.marking import mutant
from annprobe.engine.optimisers import move
from annprobe.engine.passes import Pass

ONE_INPUT_EACH = Condition("one unit below every layer", lambda n: max(n.architecture.widths[:-1]) == 1)


@mutant("gp-uses-weight", step="weight_gradient")
def weight_for_its_input(p: Pass, layer: int) -> Array:
    """The delta is multiplied by the weight itself, not by the weight's input.

    Correct  ∂C/∂V[l] = δ[l]ᵀ a[l-1]
    Bugged   ∂C/∂V[l] = V[l] ∘ Σ δ[l]
    Silent   never
    Shows    outputs converge to the average; a weight never changes its sign
    Fix      the derivative by a weight is what the weight multiplies
    Seen     stats.SE 464262, cs.SE 23209, techfeed 468648
    """
    return np.asarray(p.V[layer] * p.delta[layer].sum(axis=-2)[..., :, None])


@mutant("gp-uses-z", step="weight_gradient", silent=ONE_LAYER | hidden_is("identity"))
def preactivation_for_activation(p: Pass, layer: int) -> Array:
    """The delta is multiplied by the pre-activation of the layer below.

    Correct  ∂C/∂V[l] = δ[l]ᵀ a[l-1]
    Bugged   ∂C/∂V[l] = δ[l]ᵀ z[l-1]
    Silent   without hidden layers, and with linear ones
    Shows    learns, sometimes faster; the check fails above the first layer
    Fix      what goes into the layer is the activation
    Seen     a cache of the forward pass with two entries a layer
    """
    below = p.X if layer == 1 else p.z[layer - 1]
    return product(transpose(p.delta[layer]), below, np.zeros_like(p.V[layer]))


@mutant("gp-uses-slope", step="weight_gradient", silent=ONE_LAYER)
def slope_for_activation(p: Pass, layer: int) -> Array:
    """The delta is multiplied by the derivative of the layer below, not by its activation.

    Correct  ∂C/∂V[l] = δ[l]ᵀ a[l-1]
    Bugged   ∂C/∂V[l] = δ[l]ᵀ f'(z[l-1])
    Silent   without hidden layers
    Shows    learns poorly: all inputs of a layer look alike
    Fix      the derivative belongs into the recursion; the gradient takes the activation
    Seen     the derivative put on the wrong side of the chain
    """
    below = p.X if layer == 1 else p.slope[layer - 1]
    return product(transpose(p.delta[layer]), below, np.zeros_like(p.V[layer]))


@mutant("gp-inconsistent-delta", step="weight_gradient", silent=output_is("identity"))
def output_weights_from_error(p: Pass, layer: int) -> Array:
    """The output layer's weights take the error, all else the delta.

    Correct  ∂C/∂V[L] = δ[L]ᵀ a[L-1]
    Bugged   ∂C/∂V[L] = errorᵀ a[L-1]
    Silent   for a linear output
    Shows    learns
    Fix      one delta for weights, biases and the layer below
    Seen     stackoverflow 59399842
    """
    delta = p.error if layer == p.L else p.delta[layer]
    return product(transpose(delta), p.a[layer - 1], np.zeros_like(p.V[layer]))


@mutant("gp-no-outer", step="weight_gradient")
def input_left_out(p: Pass, layer: int) -> Array:
    """All weights of a unit get the unit's summed delta: the input is left out.

    Correct  ∂C/∂V[l] = δ[l]ᵀ a[l-1]
    Bugged   ∂C/∂V[l] = δ[l]ᵀ 1
    Silent   only where all inputs are 1
    Shows    weights of a unit move together, also those of inputs that are 0
    Fix      the outer product of delta and input
    Seen     W -= lr * delta with broadcasting
    """
    return np.asarray(p.delta[layer].sum(axis=-2)[..., :, None] + np.zeros_like(p.V[layer]))


@mutant("gp-dot-scalar", step="weight_gradient", silent=SINGLE_WIDTHS)
def inner_for_outer(p: Pass, layer: int) -> Array:
    """Delta and input are multiplied to one number, which all weights of the layer get.

    Correct  ∂C/∂V[l] = δ[l]ᵀ a[l-1], a matrix
    Bugged   ∂C/∂V[l] = Σ over examples of δ[l] · a[l-1], a number
    Silent   where the matrix is one number; layers as wide as the one below run, others stop with an error
    Shows    all weights of a layer move together
    Fix      np.outer for one example, δᵀ @ a for several
    Seen     np.dot of two one-dimensional arrays
    """
    dot = (p.delta[layer] * p.a[layer - 1]).sum(axis=(-2, -1))
    return np.asarray(dot[..., None, None] + np.zeros_like(p.V[layer]))


@mutant("gp-abs-delta", step="weight_gradient", silent=DELTAS_POSITIVE)
def delta_without_sign(p: Pass, layer: int) -> Array:
    """The gradient of the weights is made of the deltas' absolute values.

    Correct  ∂C/∂V[l] = δ[l]ᵀ a[l-1]
    Bugged   ∂C/∂V[l] = |δ[l]|ᵀ a[l-1]
    Silent   where all deltas are positive
    Shows    weights of positive inputs only sink
    Fix      keep the sign
    Seen     "the error" taken for a distance
    """
    return product(np.abs(transpose(p.delta[layer])), p.a[layer - 1], np.zeros_like(p.V[layer]))


@mutant("gp-rolled", step="weight_gradient", silent=ONE_INPUT_EACH)
def columns_off_by_one(p: Pass, layer: int) -> Array:
    """The columns of the gradient are off by one.

    Correct  ∂C/∂V[l][:, i] belongs to input i
    Bugged   ∂C/∂V[l][:, i] belongs to input i - 1
    Silent   with one input to every layer
    Shows    learns badly; entries of the gradient are right but one place further
    Fix      start the index where the weights start
    Seen     index arithmetic around a bias column
    """
    G = weight_gradient(p, layer)
    return np.concatenate([G[..., -1:], G[..., :-1]], axis=-1)


@mutant("gp-same-for-all", step="update", seen_by="update", silent=ONE_LAYER, code="AP404")
def first_layers_step_for_all(p: Pass, layer: int) -> Array:
    """All layers get the step of the first one, repeated until it fits.

    Correct  W[l] ← W[l] - η G[l]
    Bugged   W[l] ← W[l] - η resize(G[1], W[l].shape)
    Silent   without hidden layers
    Shows    the same output for every example
    Fix      each layer its own gradient
    Seen     np.resize and broadcasting that hide a wrong index
    """
    step, W = move(p, 1), p.W[layer]
    flat = step.reshape(*step.shape[:-2], -1)
    places = np.arange(W.shape[-2] * W.shape[-1]) % flat.shape[-1]
    return np.asarray(W + flat[..., places].reshape(W.shape))
