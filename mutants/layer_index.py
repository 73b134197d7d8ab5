"""Layer index: the right formula with another layer's array."""

from __future__ import annotations

import numpy as np

from annprobe.engine.conditions import ABOVE_FITS, BELOW_FITS, ONE_LAYER, TWO_LAYERS, all_layers_are, hidden_is
from annprobe.engine.layout import Array, transpose
from annprobe.engine.marking import mutant
from annprobe.engine.optimisers import move
from annprobe.engine.passes import Pass


@mutant("li-delta-weights-own", step="hidden_delta", silent=ONE_LAYER)
def delta_through_own_weights(p: Pass, layer: int) -> Array:
    """The error of a layer comes back through the weights into that layer, not through those above it.

    Correct  δ[l] = (δ[l+1] V[l+1]) ∘ f'(z[l])
    Bugged   δ[l] = (δ[l+1] V[l]) ∘ f'(z[l])
    Silent   without a hidden layer: there is no recursion. With widths that differ it stops with an error
    Shows    a deep network stays at about twice the cost it could reach
    Fix      index the weights one layer above the delta that is computed
    Seen     a common slip; named by the people who asked for this tool
    """
    return np.asarray((p.delta[layer + 1] @ p.V[layer]) * p.slope[layer])


@mutant("li-delta-weights-last", step="hidden_delta", silent=TWO_LAYERS)
def delta_through_last_weights(p: Pass, layer: int) -> Array:
    """Every hidden layer's error comes back through the weights of the output layer.

    Correct  δ[l] = (δ[l+1] V[l+1]) ∘ f'(z[l])
    Bugged   δ[l] = (δ[l+1] V[L]) ∘ f'(z[l])
    Silent   with at most one hidden layer: then l + 1 is L
    Shows    learns, but slower and to a higher cost
    Fix      index with the loop's variable instead of -1
    Seen     code that was written for one hidden layer and then given a second
    """
    return np.asarray((p.delta[layer + 1] @ p.V[p.L]) * p.slope[layer])


@mutant("li-delta-weights-first", step="hidden_delta", silent=TWO_LAYERS)
def delta_through_first_weights(p: Pass, layer: int) -> Array:
    """Every hidden layer's error comes back through the weights above the first hidden layer.

    Correct  δ[l] = (δ[l+1] V[l+1]) ∘ f'(z[l])
    Bugged   δ[l] = (δ[l+1] V[2]) ∘ f'(z[l])
    Silent   with at most one hidden layer: then l + 1 is 2
    Shows    learns, but slower and to a higher cost
    Fix      index with the loop's variable instead of a fixed number
    Seen     code that was written for one hidden layer and then given a second
    """
    return np.asarray((p.delta[layer + 1] @ p.V[2]) * p.slope[layer])


@mutant("li-grad-activation-next", step="weight_gradient")
def gradient_with_own_activation(p: Pass, layer: int) -> Array:
    """The delta is multiplied by the output of its own layer instead of the layer's input.

    Correct  ∂C/∂V[l] = δ[l]ᵀ a[l-1]
    Bugged   ∂C/∂V[l] = δ[l]ᵀ a[l]
    Silent   never; where a layer is not as wide as the one below it stops with an error
    Shows    the cost falls for a while, then rises; outputs lean the wrong way
    Fix      multiply by what goes into the layer: a[l-1], for the first layer X
    Seen     stackoverflow 55858141, datascience.SE 25394
    """
    return np.asarray(transpose(p.delta[layer]) @ p.a[layer])


@mutant("li-grad-input-everywhere", step="weight_gradient", silent=ONE_LAYER)
def gradient_with_network_input(p: Pass, layer: int) -> Array:
    """The deltas of all layers are multiplied by the network's input.

    Correct  ∂C/∂V[l] = δ[l]ᵀ a[l-1]
    Bugged   ∂C/∂V[l] = δ[l]ᵀ X
    Silent   without a hidden layer: a[0] is X
    Shows    may even learn faster at first; the check fails above the first layer
    Fix      multiply by the activation of the layer below
    Seen     code that grew from a single layer
    """
    return np.asarray(transpose(p.delta[layer]) @ p.X)


@mutant("li-deltas-not-reversed", step="weight_gradient", silent=ONE_LAYER)
def deltas_in_wrong_order(p: Pass, layer: int) -> Array:
    """The list of deltas, gathered from the output backwards, is used without being reversed.

    Correct  ∂C/∂V[l] = δ[l]ᵀ a[l-1]
    Bugged   ∂C/∂V[l] = δ[L+1-l]ᵀ a[l-1]
    Silent   without a hidden layer; mostly it stops with an error, but equal widths let it pass
    Shows    saturated units, the same output for every example
    Fix      reverse the list, or insert each delta at its front
    Seen     the network that this project began with has the line that prevents it
    """
    return np.asarray(transpose(p.delta[p.L + 1 - layer]) @ p.a[layer - 1])


@mutant("li-delta-from-output", step="hidden_delta", silent=TWO_LAYERS)
def delta_restarts_at_output(p: Pass, layer: int) -> Array:
    """Every hidden layer takes the output layer's delta instead of that of the layer above it.

    Correct  δ[l] = (δ[l+1] V[l+1]) ∘ f'(z[l])
    Bugged   δ[l] = (δ[L] V[l+1]) ∘ f'(z[l])
    Silent   with at most one hidden layer: then l + 1 is L
    Shows    learns; only the deeper layers go astray
    Fix      carry the delta of the layer above through the loop
    Seen     code that was written for one hidden layer and then given a second
    """
    return np.asarray((p.delta[p.L] @ p.V[layer + 1]) * p.slope[layer])


@mutant("li-deriv-layer-below", step="hidden_delta", code="AP304",
        silent=ONE_LAYER | (hidden_is("identity") & BELOW_FITS))
def derivative_of_layer_below(p: Pass, layer: int) -> Array:
    """The derivative is taken from the activation of the layer below.

    Correct  δ[l] = (δ[l+1] V[l+1]) ∘ f'(a[l])
    Bugged   δ[l] = (δ[l+1] V[l+1]) ∘ f'(a[l-1])
    Silent   with linear hidden layers. Widths that differ stop it, but one input passes by broadcasting
    Shows    the same output for every example, on a falling cost
    Fix      the derivative belongs to the layer whose delta is computed
    Seen     loops that count deltas and activations from different ends
    """
    slope = p.architecture.activation(layer).slope_from_output(p.a[layer - 1])
    return np.asarray((p.delta[layer + 1] @ p.V[layer + 1]) * slope)


@mutant("li-deriv-layer-above", step="hidden_delta", code="AP304",
        silent=ONE_LAYER | (all_layers_are("identity") & ABOVE_FITS))
def derivative_of_layer_above(p: Pass, layer: int) -> Array:
    """The derivative is taken from the layer above.

    Correct  δ[l] = (δ[l+1] V[l+1]) ∘ f'(z[l])
    Bugged   δ[l] = (δ[l+1] V[l+1]) ∘ f'(z[l+1])
    Silent   without a hidden layer, and where all derivatives are 1. A single output passes by broadcasting
    Shows    learns slowly; the hidden layers get too little or too much
    Fix      the derivative belongs to the layer whose delta is computed
    Seen     loops that count deltas and activations from different ends
    """
    return np.asarray((p.delta[layer + 1] @ p.V[layer + 1]) * p.slope[layer + 1])


@mutant("li-minus-zero", step="hidden_delta", silent=ONE_LAYER)
def weights_counted_from_the_end(p: Pass, layer: int) -> Array:
    """Weights are indexed with -i, and for i = 0 Python takes the first matrix instead of the last.

    Correct  δ[l] = (δ[l+1] V[l+1]) ∘ f'(z[l])
    Bugged   δ[l] = (δ[l+1] weights[-i]) ∘ f'(z[l]), with i = 0 for the last hidden layer
    Silent   without a hidden layer
    Shows    no IndexError; where the widths allow it, a network that learns badly
    Fix      use indices from the front, or -i - 1
    Seen     a hazard of the style of the network that this project began with
    """
    weights = p.V[1:]
    return np.asarray((p.delta[layer + 1] @ weights[-(p.L - 1 - layer)]) * p.slope[layer])


@mutant("li-skip-first", step="update", seen_by="update", code="AP404")
def first_layer_never_updated(p: Pass, layer: int) -> Array:
    """The update's loop starts at the second layer.

    Correct  W[l] ← W[l] - η G[l] for l = 1 .. L
    Bugged   W[l] ← W[l] - η G[l] for l = 2 .. L
    Silent   never; the gradient itself is right, so a gradient check passes
    Shows    the first layer's weights stay exactly as they were; easy tasks are learned all the same
    Fix      start the loop at the first layer, and test that every array has changed after a step
    Seen     range(1, L) in an update loop
    """
    return p.W[layer] + (0.0 if layer == 1 else move(p, layer))


@mutant("li-skip-last", step="update", seen_by="update", code="AP404")
def last_layer_never_updated(p: Pass, layer: int) -> Array:
    """The update's loop stops before the output layer.

    Correct  W[l] ← W[l] - η G[l] for l = 1 .. L
    Bugged   W[l] ← W[l] - η G[l] for l = 1 .. L-1
    Silent   never; the gradient itself is right, so a gradient check passes
    Shows    the output layer's weights stay exactly as they were
    Fix      let the loop run to the last layer, and test that every array has changed after a step
    Seen     range(L - 1) in an update loop
    """
    return p.W[layer] + (0.0 if layer == p.L else move(p, layer))
