"""Bias handling: the column that is not a weight."""

from __future__ import annotations

import numpy as np

from annprobe.engine.conditions import ONE_EXAMPLE, ONE_LAYER, SINGLE_UNITS, SUM, Condition, all_layers_are
from annprobe.engine.layout import Array, transpose
from annprobe.engine.marking import mutant
from annprobe.engine.passes import Pass

AS_MANY_EXAMPLES_AS_UNITS = Condition("one example and one unit in every layer",
                                      lambda n: n.N == 1 and max(n.architecture.widths[1:]) == 1)


@mutant("bs-slice-last", step="hidden_delta", silent=ONE_LAYER)
def last_column_taken_for_bias(p: Pass, layer: int) -> Array:
    """The bias is stripped as if it were the last column; it is the first.

    Correct  δ[l] = (δ[l+1] W[l+1][:, 1:]) ∘ f'(z[l])
    Bugged   δ[l] = (δ[l+1] W[l+1][:, :-1]) ∘ f'(z[l])
    Silent   without a hidden layer: nothing goes back through any weights
    Shows    learns easy tasks a little slower; deep networks suffer. Output layer right, hidden layers wrong
    Fix      strip the column in which the forward pass has the bias
    Seen     named by the people who asked for this tool
    """
    return np.asarray((p.delta[layer + 1] @ p.W[layer + 1][..., :-1]) * p.slope[layer])


@mutant("bs-slice-row", step="hidden_delta", silent=ONE_LAYER)
def row_stripped_for_bias(p: Pass, layer: int) -> Array:
    """The first row is stripped in place of the first column.

    Correct  δ[l] = (δ[l+1] W[l+1][:, 1:]) ∘ f'(z[l])
    Bugged   δ[l] = (δ[l+1] W[l+1][1:, :]) ∘ f'(z[l])
    Silent   without a hidden layer; with one it always stops with an error
    Shows    a shape error in the backward pass
    Fix      rows are units, columns are inputs: [:, 1:]
    Seen     a slip while typing
    """
    return np.asarray((p.delta[layer + 1] @ p.W[layer + 1][..., 1:, :]) * p.slope[layer])


@mutant("bs-not-stripped", step="hidden_delta", silent=ONE_LAYER)
def bias_not_stripped(p: Pass, layer: int) -> Array:
    """The error goes back through the bias column too.

    Correct  δ[l] = (δ[l+1] W[l+1][:, 1:]) ∘ f'(z[l])
    Bugged   δ[l] = (δ[l+1] W[l+1]) ∘ f'(z[l])
    Silent   without a hidden layer; with one it stops with an error: one column too many
    Shows    a shape error in the backward pass
    Fix      strip the bias column before the product
    Seen     bias columns added to code that had none
    """
    return np.asarray((p.delta[layer + 1] @ p.W[layer + 1]) * p.slope[layer])


@mutant("bs-grad-col-last", step="reduce")
def gradient_with_bias_last(p: Pass, layer: int) -> Array:
    """The gradient has the bias in its last column, the parameters have it in their first.

    Correct  G[l] = 1/N δ[l]ᵀ [1, a[l-1]]
    Bugged   G[l] = 1/N δ[l]ᵀ [a[l-1], 1]
    Silent   never
    Shows    saturated units; the same output for every example on a falling cost
    Fix      put the ones on the same side in the forward pass and in the gradient
    Seen     a slip while typing
    """
    return np.concatenate([p.SV[layer], p.Sb[layer][..., None]], axis=-1) * p.scale


@mutant("bs-forward-last", step="preactivation")
def forward_with_bias_last(p: Pass, layer: int) -> Array:
    """The forward pass has the bias in the last column, the backward pass in the first.

    Correct  z[l] = a[l-1] W[l][:, 1:]ᵀ + W[l][:, 0]
    Bugged   z[l] = a[l-1] W[l][:, :-1]ᵀ + W[l][:, -1]
    Silent   never
    Shows    the cost stays at that of a constant output
    Fix      put the ones on the same side in the forward pass and in the gradient
    Seen     a slip while typing
    """
    W = p.W[layer]
    return np.asarray(p.a[layer - 1] @ transpose(W[..., :-1]) + W[..., None, :, -1])


@mutant("bs-grad-zero", step="bias_gradient")
def bias_gradient_zero(p: Pass, layer: int) -> Array:
    """The biases get no gradient.

    Correct  ∂C/∂b[l] = Σ δ[l]
    Bugged   ∂C/∂b[l] = 0
    Silent   never
    Shows    biases stay exactly as they were; XOR and the like are learned all the same, AND is not
    Fix      give the bias a gradient: the sum of its unit's deltas
    Seen     codeproject 1097336
    """
    return np.zeros_like(p.b[layer])


@mutant("bs-grad-output-only", step="bias_gradient", silent=ONE_LAYER)
def hidden_bias_gradient_zero(p: Pass, layer: int) -> Array:
    """Only the output layer's biases get a gradient.

    Correct  ∂C/∂b[l] = Σ δ[l]
    Bugged   ∂C/∂b[l] = 0 in the hidden layers
    Silent   without a hidden layer
    Shows    hidden biases stay exactly as they were; it learns all the same
    Fix      compute the bias gradient in the loop over the layers
    Seen     code that grew from a single layer
    """
    return np.asarray(p.delta[layer].sum(axis=-2) * (layer == p.L))


@mutant("bs-grad-sum", step="reduce", silent=ONE_EXAMPLE | SUM, code="AP306")
def bias_summed_weights_averaged(p: Pass, layer: int) -> Array:
    """The gradient of the biases is the sum over the examples, that of the weights their mean.

    Correct  ∂C/∂b[l] = 1/N Σ δ[l]
    Bugged   ∂C/∂b[l] = Σ δ[l]
    Silent   with one example, or where the cost is a sum
    Shows    biases move N times too far: fine for a few examples, constant outputs for many
    Fix      divide both by N
    Seen     a slip in hand-written averages
    """
    G = p.S[layer] * p.scale
    G[..., 0] = p.Sb[layer]
    return G


@mutant("bs-grad-first-sample", step="bias_gradient", silent=ONE_EXAMPLE)
def bias_from_first_example(p: Pass, layer: int) -> Array:
    """The bias gradient is that of the first example.

    Correct  ∂C/∂b[l] = Σ δ[l]
    Bugged   ∂C/∂b[l] = δ[l][0]
    Silent   with one example
    Shows    easy tasks are learned; others end higher
    Fix      sum over the examples, axis 0
    Seen     code that grew from one example at a time
    """
    return p.delta[layer][..., 0, :]


@mutant("bs-grad-sign", step="bias_gradient", code="AP307")
def bias_gradient_negated(p: Pass, layer: int) -> Array:
    """The gradient of the biases has the wrong sign.

    Correct  ∂C/∂b[l] = Σ δ[l]
    Bugged   ∂C/∂b[l] = -Σ δ[l]
    Silent   never
    Shows    biases run away from where they should go; the same output for every example
    Fix      the same sign as for the weights
    Seen     thresholds (subtracted) turned into biases (added)
    """
    return np.asarray(-p.delta[layer].sum(axis=-2))


@mutant("bs-shared", step="bias_gradient", silent=SINGLE_UNITS)
def bias_gradients_averaged_over_units(p: Pass, layer: int) -> Array:
    """All biases of a layer get the average of their gradients.

    Correct  ∂C/∂b[l] = Σ over examples of δ[l]
    Bugged   ∂C/∂b[l] = mean over units of Σ δ[l]
    Silent   with one unit a layer
    Shows    learns everywhere; a check that adds the entries up does not see it either
    Fix      sum over axis 0 only
    Seen     np.mean without an axis
    """
    total = p.delta[layer].sum(axis=-2)
    return np.asarray(total.mean(axis=-1, keepdims=True) + np.zeros_like(total))


@mutant("bs-grad-total", step="bias_gradient", silent=SINGLE_UNITS)
def bias_gradients_summed_over_units(p: Pass, layer: int) -> Array:
    """All biases of a layer get the sum of their gradients.

    Correct  ∂C/∂b[l] = Σ over examples of δ[l]
    Bugged   ∂C/∂b[l] = Σ over examples and units of δ[l]
    Silent   with one unit a layer
    Shows    all units of a layer shift together, far too far
    Fix      sum over axis 0 only
    Seen     np.sum without an axis
    """
    total = p.delta[layer].sum(axis=-2)
    return np.asarray(total.sum(axis=-1, keepdims=True) + np.zeros_like(total))


@mutant("bs-times-bias", step="bias_gradient")
def bias_gradient_times_bias(p: Pass, layer: int) -> Array:
    """The bias gradient is multiplied by the bias.

    Correct  ∂C/∂b[l] = Σ δ[l]
    Bugged   ∂C/∂b[l] = b[l] ∘ Σ δ[l]
    Silent   never
    Shows    biases that start at 0 stay there; others change the sign of their step
    Fix      the input of a bias is 1
    Seen     weight formulas copied for the bias
    """
    return np.asarray(p.delta[layer].sum(axis=-2) * p.b[layer])


@mutant("bs-slope-of-bias", step="bias_gradient", silent=all_layers_are("identity"))
def bias_gradient_times_slope_of_bias(p: Pass, layer: int) -> Array:
    """The bias gradient is multiplied by the derivative at the value of the bias.

    Correct  ∂C/∂b[l] = Σ δ[l]
    Bugged   ∂C/∂b[l] = f'(b[l]) ∘ Σ δ[l]
    Silent   with linear layers
    Shows    biases learn about four times too slowly with the sigmoid
    Fix      the derivative at z is in δ already; the input of a bias is 1
    Seen     ai.SE 16675
    """
    b, f = p.b[layer], p.architecture.activation(layer)
    slope = f.slope(b[..., None, :], f.value(b[..., None, :], None), None)[..., 0, :]
    return np.asarray(p.delta[layer].sum(axis=-2) * slope)


@mutant("bs-wrong-axis", step="bias_gradient", silent=AS_MANY_EXAMPLES_AS_UNITS)
def bias_gradient_over_units(p: Pass, layer: int) -> Array:
    """The deltas are summed over the units, not over the examples.

    Correct  ∂C/∂b[l] = sum(δ[l], axis=0)
    Bugged   ∂C/∂b[l] = sum(δ[l], axis=1)
    Silent   with one example and one unit; else a crash, unless there are as many examples as units
    Shows    stuck at chance where it runs
    Fix      axis 0 are the examples
    Seen     pytroubles id1785
    """
    return np.asarray(p.delta[layer].sum(axis=-1))


@mutant("bs-fixed-constant", step="preactivation")
def bias_is_a_constant(p: Pass, layer: int) -> Array:
    """The forward pass adds 1 in place of the bias.

    Correct  z[l] = a[l-1] V[l]ᵀ + b[l]
    Bugged   z[l] = a[l-1] V[l]ᵀ + 1
    Silent   never
    Shows    biases move without any effect; tasks that need a threshold are not learned
    Fix      add the trainable bias
    Seen     codeproject 1097336
    """
    return np.asarray(p.a[layer - 1] @ transpose(p.V[layer]) + 1.0)
