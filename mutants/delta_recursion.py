"""Delta recursion: how the error comes down one layer."""

from __future__ import annotations

import numpy as np

from annprobe.engine.backward import hidden_delta, reduce
from annprobe.engine.conditions import NARROW_ABOVE, ONE_LAYER, TWO_LAYERS, WEIGHTS_POSITIVE, Condition
from annprobe.engine.layout import Array, transpose
from annprobe.engine.marking import mutant
from annprobe.engine.network import Network
from annprobe.engine.passes import Pass


def _error_is_delta(n: Network) -> bool:
    a = n.architecture
    plain = a.fused or (a.cost == "halved squared error" and a.activations[-1] == "identity")
    return a.L == 1 or (plain and set(a.activations[1:-1]) <= {"identity"})


RAW_IS_RIGHT = Condition("no hidden layer, or all above the first hidden layer with δ = a - y", _error_is_delta)


@mutant("dr-sign", step="hidden_delta", silent=ONE_LAYER, code="AP307")
def sign_in_recursion(p: Pass, layer: int) -> Array:
    """The recursion has a minus too many.

    Correct  δ[l] = (δ[l+1] V[l+1]) ∘ f'(z[l])
    Bugged   δ[l] = -(δ[l+1] V[l+1]) ∘ f'(z[l])
    Silent   without hidden layers
    Shows    layers climb and descend in turn; XOR stays at the cost of a constant
    Fix      the only minus is in the update
    Seen     a minus for each layer, taken from a formula with y - a
    """
    return -hidden_delta(p, layer)


@mutant("dr-raw-error", step="hidden_delta", silent=RAW_IS_RIGHT)
def raw_error_propagated(p: Pass, layer: int) -> Array:
    """The raw error is passed down, without the derivatives of the layers above.

    Correct  δ[l] = (δ[l+1] V[l+1]) ∘ f'(z[l])
    Bugged   e[l] = e[l+1] V[l+1] with e[L] = a - y, and δ[l] = e[l] ∘ f'(z[l])
    Silent   where all layers above have the derivative 1
    Shows    learns, often faster: saturated units lose their brake
    Fix      pass the delta, not the error
    Seen     stackoverflow 53287032, after a published tutorial
    """
    e = p.a[p.L] - p.Y
    for above in range(p.L, layer, -1):
        e = e @ p.V[above]
    return np.asarray(e * p.slope[layer])


@mutant("dr-no-weights", step="hidden_delta", silent=ONE_LAYER)
def weights_left_out(p: Pass, layer: int) -> Array:
    """The deltas are summed without their weights.

    Correct  δ[l] = (δ[l+1] V[l+1]) ∘ f'(z[l])
    Bugged   δ[l] = (Σ over units of δ[l+1]) ∘ f'(z[l])
    Silent   without hidden layers
    Shows    hidden units all pull the same way; with softmax the hidden layer stands still: its errors add to 0
    Fix      multiply each delta by the weight it comes through
    Seen     "distribute the error" taken literally
    """
    return np.asarray(p.delta[layer + 1].sum(axis=-1, keepdims=True) * p.slope[layer])


@mutant("dr-abs-weights", step="hidden_delta", silent=ONE_LAYER | WEIGHTS_POSITIVE)
def weights_without_sign(p: Pass, layer: int) -> Array:
    """The error goes back through the absolute values of the weights.

    Correct  δ[l] = (δ[l+1] V[l+1]) ∘ f'(z[l])
    Bugged   δ[l] = (δ[l+1] |V[l+1]|) ∘ f'(z[l])
    Silent   without hidden layers, and while all weights are positive
    Shows    learns easy tasks; units that should be inhibited are not
    Fix      keep the sign
    Seen     weights taken for shares of the error
    """
    return np.asarray((p.delta[layer + 1] @ np.abs(p.V[layer + 1])) * p.slope[layer])


@mutant("dr-uses-activation", step="hidden_delta", silent=ONE_LAYER)
def outputs_propagated(p: Pass, layer: int) -> Array:
    """The outputs of the layer above are propagated, not its errors.

    Correct  δ[l] = (δ[l+1] V[l+1]) ∘ f'(z[l])
    Bugged   δ[l] = (a[l+1] V[l+1]) ∘ f'(z[l])
    Silent   without hidden layers
    Shows    hidden weights change even when every answer is right; XOR goes to 0.5
    Fix      propagate deltas
    Seen     a question titled "Basic neural network problem"
    """
    return np.asarray((p.a[layer + 1] @ p.V[layer + 1]) * p.slope[layer])


@mutant("dr-first-neuron", step="hidden_delta", silent=NARROW_ABOVE)
def only_first_unit(p: Pass, layer: int) -> Array:
    """Only the first unit of the layer above sends its error back.

    Correct  δ[l] = Σ over units k of δ[l+1][k] V[l+1][k]
    Bugged   δ[l] = δ[l+1][0] V[l+1][0]
    Silent   with one unit in each layer above
    Shows    learns the first output well, the others from what the hidden layer happens to offer
    Fix      sum over all units of the layer above
    Seen     code that was written for one output
    """
    return np.asarray((p.delta[layer + 1][..., :1] @ p.V[layer + 1][..., :1, :]) * p.slope[layer])


@mutant("dr-mean-neurons", step="hidden_delta", silent=NARROW_ABOVE, code="AP306")
def averaged_over_units(p: Pass, layer: int) -> Array:
    """The errors that come back are averaged over the units above, not added.

    Correct  δ[l] = (δ[l+1] V[l+1]) ∘ f'(z[l])
    Bugged   δ[l] = 1/n_{l+1} (δ[l+1] V[l+1]) ∘ f'(z[l])
    Silent   with one unit in each layer above
    Shows    learns; lower layers move more slowly
    Fix      sum
    Seen     np.mean for np.sum
    """
    return np.asarray(hidden_delta(p, layer) / p.delta[layer + 1].shape[-1])


@mutant("dr-uses-weight-grad", step="hidden_delta", silent=ONE_LAYER)
def gradient_in_place_of_weights(p: Pass, layer: int) -> Array:
    """The error goes back through the gradient of the weights.

    Correct  δ[l] = (δ[l+1] V[l+1]) ∘ f'(z[l])
    Bugged   δ[l] = (δ[l+1] ∂C/∂V[l+1]) ∘ f'(z[l])
    Silent   without hidden layers
    Shows    XOR stuck; the same output for every example on a falling cost
    Fix      W, not dW
    Seen     community.deeplearning.ai 402919
    """
    dV = p.scale * (transpose(p.delta[layer + 1]) @ p.a[layer])
    return np.asarray((p.delta[layer + 1] @ dV) * p.slope[layer])


@mutant("dr-sums-weight-grad", step="hidden_delta", silent=ONE_LAYER)
def weight_gradients_summed(p: Pass, layer: int) -> Array:
    """What is sent back to a unit is the sum of the gradients of its outgoing weights.

    Correct  δ[l][j] = (Σ over units k of δ[l+1][k] V[l+1][k, j]) f'(z[l][j])
    Bugged   δ[l][j] = (Σ over units k of δ[l+1][k] a[l][j]) f'(z[l][j])
    Silent   without hidden layers
    Shows    hidden units follow their own output, not what they do to the error
    Fix      delta times weight, not the weight's gradient
    Seen     two-by-two networks worked out with one variable a weight
    """
    return np.asarray(p.delta[layer + 1].sum(axis=-1, keepdims=True) * p.a[layer] * p.slope[layer])


@mutant("dr-hidden-zero", step="reduce", silent=ONE_LAYER)
def hidden_layers_not_trained(p: Pass, layer: int) -> Array:
    """The hidden layers get no gradient.

    Correct  G[l] for l = 1 .. L
    Bugged   G[l] = 0 for l < L
    Silent   without hidden layers
    Shows    hidden weights stay exactly as they were; many tasks are learned on their random features
    Fix      compute the gradient in a loop over all layers
    Seen     only the delta rule, for the output layer
    """
    return reduce(p, layer) * float(layer == p.L)


@mutant("dr-output-zero", step="reduce")
def output_layer_not_trained(p: Pass, layer: int) -> Array:
    """The output layer gets no gradient.

    Correct  G[l] for l = 1 .. L
    Bugged   G[L] = 0
    Silent   never
    Shows    output weights stay exactly as they were
    Fix      compute the gradient in a loop over all layers
    Seen     a loop over the hidden layers only
    """
    return reduce(p, layer) * float(layer != p.L)


@mutant("dr-accumulate", step="hidden_delta", silent=ONE_LAYER)
def delta_added_to_the_one_above(p: Pass, layer: int) -> Array:
    """The new delta is added to the delta of the layer above.

    Correct  delta = (delta V) ∘ f'(z)
    Bugged   delta += (delta V) ∘ f'(z)
    Silent   without hidden layers; widths that differ stop it with an error, one unit above broadcasts
    Shows    hidden weights follow the output's error
    Fix      assign
    Seen     += carried over from the gradient
    """
    return hidden_delta(p, layer) + p.delta[layer + 1]


@mutant("dr-missing-layer", step="hidden_delta", silent=TWO_LAYERS)
def layer_skipped(p: Pass, layer: int) -> Array:
    """The delta of two layers above is used: one layer is skipped.

    Correct  δ[l] = (δ[l+1] V[l+1]) ∘ f'(z[l])
    Bugged   δ[l] = (δ[l+2] V[l+1]) ∘ f'(z[l]), where there is a δ[l+2]
    Silent   with at most one hidden layer; widths that differ stop it with an error
    Shows    learns; deep layers are misled
    Fix      one layer at a time
    Seen     indices that run at double speed
    """
    above = min(layer + 2, p.L) if layer + 1 < p.L else layer + 1
    return np.asarray((p.delta[above] @ p.V[layer + 1]) * p.slope[layer])


@mutant("dr-copied", step="hidden_delta", silent=ONE_LAYER)
def delta_copied(p: Pass, layer: int) -> Array:
    """The delta is handed down without weights, unit by unit.

    Correct  δ[l] = (δ[l+1] V[l+1]) ∘ f'(z[l])
    Bugged   δ[l] = δ[l+1] ∘ f'(z[l])
    Silent   without hidden layers; widths that differ stop it with an error, one unit above broadcasts
    Shows    hidden units learn the output's task, with the wrong sign where a weight is negative
    Fix      multiply by the weights of the layer above
    Seen     a slip while typing
    """
    return np.asarray(p.delta[layer + 1] * p.slope[layer])


@mutant("dr-gradient-mask", step="hidden_delta", silent=ONE_LAYER)
def mask_from_the_error(p: Pass, layer: int) -> Array:
    """The mask of relu is taken from the error that comes back, not from the pre-activation.

    Correct  δ[l] = (δ[l+1] V[l+1]) ∘ (z[l] > 0)
    Bugged   δ[l] = (δ[l+1] V[l+1]) ∘ (δ[l+1] V[l+1] > 0)
    Silent   without hidden layers
    Shows    hidden weights can only go one way
    Fix      the mask of the forward pass
    Seen     relu's own function applied to the gradient
    """
    back = p.delta[layer + 1] @ p.V[layer + 1]
    return np.maximum(back, 0.0)
