"""Reduction and scale: sums, means, and what they are divided by."""

from __future__ import annotations

import numpy as np

from annprobe.engine.backward import hidden_delta, reduce
from annprobe.engine.conditions import (
    ONE_EXAMPLE,
    ONE_LAYER,
    ONE_OUTPUT,
    SUM,
    Condition,
)
from annprobe.engine.forward import cost, penalty
from annprobe.engine.layout import Array, transpose
from annprobe.engine.marking import mutant
from annprobe.engine.network import Network
from annprobe.engine.passes import Pass


def _divisor_is_width(n: Network) -> bool:
    divisor = n.N if n.architecture.reduction == "mean" else 1
    return set(n.architecture.widths[1:]) == {divisor}


DIVISIBLE = Condition("a batch size that divides the number of examples",
                      lambda n: n.setup.batch is None or n.N % n.setup.batch == 0)
WIDTH_FITS = Condition("as many units in every layer as the sum should be divided by", _divisor_is_width)


@mutant("rd-cost-sum-grad-mean", step="cost", silent=ONE_EXAMPLE | SUM)
def cost_is_a_sum(p: Pass) -> Array:
    """The cost is the sum over the examples, the gradient belongs to their mean.

    Correct  C = 1/N Σ c, G = 1/N Σ δᵀ a
    Bugged   C = Σ c, G = 1/N Σ δᵀ a
    Silent   with one example
    Shows    learns, N times slower than the cost suggests; a gradient check can never agree
    Fix      divide the cost by N too, or multiply the gradient
    Seen     the network that this project began with
    """
    extra = penalty(p) if p.architecture.l2 else 0.0
    return np.asarray((cost(p) - extra) / p.scale + extra)


@mutant("rd-sum", step="reduce", silent=ONE_EXAMPLE | SUM)
def gradient_is_a_sum(p: Pass, layer: int) -> Array:
    """The gradient is the sum over the examples, the cost their mean.

    Correct  G = 1/N Σ δᵀ a
    Bugged   G = Σ δᵀ a
    Silent   with one example, or where the cost is a sum
    Shows    learns with few examples; with many the step is far too large and units saturate
    Fix      divide by N
    Seen     the 1/N of the cost forgotten in the gradient
    """
    return p.S[layer].copy()


@mutant("rd-double-mean", step="reduce", silent=ONE_EXAMPLE)
def divided_twice(p: Pass, layer: int) -> Array:
    """The gradient is divided by N once too often.

    Correct  G = 1/N Σ δᵀ a
    Bugged   G = 1/N² Σ δᵀ a
    Silent   with one example
    Shows    the same output for every example on a slowly falling cost, with many examples
    Fix      divide once: in the delta or at the end
    Seen     a mean in the cost's derivative and another in the gradient
    """
    return np.asarray(reduce(p, layer) / p.N)


@mutant("rd-mean-outputs", step="reduce", silent=WIDTH_FITS)
def divided_by_units(p: Pass, layer: int) -> Array:
    """The gradient is divided by the number of units, not of examples.

    Correct  G[l] = 1/N Σ δᵀ a
    Bugged   G[l] = 1/n_l Σ δᵀ a
    Silent   where both numbers agree in every layer
    Shows    every layer is scaled by its own wrong factor
    Fix      len(X), not the length of a row or of a column
    Seen     shape[0] and shape[1] confused
    """
    return np.asarray(p.S[layer] / p.delta[layer].shape[-1])


@mutant("rd-last-sample", step="weight_gradient", silent=ONE_EXAMPLE)
def only_last_example(p: Pass, layer: int) -> Array:
    """In a loop over the examples the gradient is assigned instead of added.

    Correct  dV += δᵀ a for each example
    Bugged   dV = δᵀ a for each example
    Silent   with one example
    Shows    learns the last example, the cost of the others rises
    Fix      +=, and zeros before the loop
    Seen     a slip while typing
    """
    return np.asarray(transpose(p.delta[layer][..., -1:, :]) @ p.a[layer - 1][..., -1:, :])


@mutant("rd-of-means", step="weight_gradient", silent=ONE_EXAMPLE)
def product_of_means(p: Pass, layer: int) -> Array:
    """Delta and activation are averaged over the examples first, and multiplied afterwards.

    Correct  Σ over examples of δᵀ a
    Bugged   N mean(δ)ᵀ mean(a)
    Silent   with one example
    Shows    the same output for every example on a falling cost: only the average can be learned
    Fix      the mean of products is not the product of means
    Seen     np.mean(delta, axis=0) before the outer product
    """
    delta, a = p.delta[layer].sum(axis=-2) / p.N, p.a[layer - 1].sum(axis=-2) / p.N
    return np.asarray(p.N * delta[..., :, None] * a[..., None, :])


@mutant("rd-product-of-sums", step="weight_gradient", silent=ONE_EXAMPLE)
def product_of_sums(p: Pass, layer: int) -> Array:
    """Delta and activation are summed over the examples first, and multiplied afterwards.

    Correct  Σ over examples of δᵀ a
    Bugged   (Σ δ)ᵀ (Σ a)
    Silent   with one example
    Shows    the same output for every example; steps N times too long besides
    Fix      the sum of products is not the product of sums
    Seen     np.sum(delta, axis=0) before the outer product
    """
    delta, a = p.delta[layer].sum(axis=-2), p.a[layer - 1].sum(axis=-2)
    return np.asarray(delta[..., :, None] * a[..., None, :])


@mutant("rd-hidden-mean-twice", step="hidden_delta", silent=ONE_EXAMPLE | ONE_LAYER)
def hidden_delta_divided(p: Pass, layer: int) -> Array:
    """The hidden delta is divided by N, and so is the gradient that is made of it.

    Correct  δ[l] = (δ[l+1] V[l+1]) ∘ f'(z[l])
    Bugged   δ[l] = 1/N (δ[l+1] V[l+1]) ∘ f'(z[l])
    Silent   with one example, and without a hidden layer
    Shows    learns; the gradient is N times smaller with every layer further down
    Fix      divide once, where the sum over the examples is
    Seen     community.deeplearning.ai 63071
    """
    return np.asarray(hidden_delta(p, layer) / p.N)


@mutant("rd-constant-batch", step="reduce", seen_by="update", silent=DIVISIBLE | SUM)
def divided_by_nominal_batch(p: Pass, layer: int) -> Array:
    """The sum is divided by the batch size asked for, also in a last batch that is smaller.

    Correct  G = 1/len(batch) Σ δᵀ a
    Bugged   G = 1/B Σ δᵀ a
    Silent   where the batch size divides the number of examples
    Shows    nearly nothing: one step in an epoch is shorter
    Fix      divide by the number of rows that are there
    Seen     batch_size used for len(batch)
    """
    if p.setup is None or p.setup.batch is None or p.architecture.reduction == "sum":
        return reduce(p, layer)
    return np.asarray(p.S[layer] / p.setup.batch)


@mutant("rd-n-minus-1", step="reduce", silent=SUM)
def divided_by_n_minus_one(p: Pass, layer: int) -> Array:
    """The sum is divided by N - 1.

    Correct  G = 1/N Σ δᵀ a
    Bugged   G = 1/(N-1) Σ δᵀ a
    Silent   where the cost is a sum; nearly so for many examples
    Shows    learns; with one example the gradient is infinite
    Fix      divide by N: this is a mean, not an estimate of a variance
    Seen     sample variance formulas
    """
    return p.S[layer] / np.float64(p.N - 1) if p.architecture.reduction == "mean" else p.S[layer].copy()


@mutant("rd-mean-everything", step="cost", silent=ONE_OUTPUT)
def cost_averaged_over_outputs(p: Pass) -> Array:
    """The cost is the mean over examples and outputs, the gradient belongs to the sum over the outputs.

    Correct  C = 1/N Σ Σ (a - y)²
    Bugged   C = mean((a - y)²), that is 1/(N K) Σ Σ (a - y)²
    Silent   with one output
    Shows    learns; every gradient is K times the numerical one
    Fix      sum over the outputs, then average over the examples
    Seen     np.mean without an axis
    """
    extra = penalty(p) if p.architecture.l2 else 0.0
    return np.asarray((cost(p) - extra) / p.Y.shape[-1] + extra)


@mutant("rd-grad-over-outputs", step="reduce", silent=ONE_OUTPUT)
def gradient_averaged_over_outputs(p: Pass, layer: int) -> Array:
    """The gradient is the mean over examples and outputs, the cost sums over the outputs.

    Correct  G = 1/N Σ δᵀ a
    Bugged   G = 1/(N K) Σ δᵀ a
    Silent   with one output
    Shows    learns, K times slower
    Fix      divide by the number of examples, not of numbers in Y
    Seen     Y.size used for len(Y)
    """
    return np.asarray(reduce(p, layer) / p.Y.shape[-1])
