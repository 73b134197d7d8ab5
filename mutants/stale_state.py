"""Accumulation and stale state: the right formula with values of another moment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from annprobe.engine.backward import hidden_delta, reduce
from annprobe.engine.conditions import NO_BATCHES, ONE_EXAMPLE, ONE_LAYER
from annprobe.engine.forward import preactivation
from annprobe.engine.layout import Array, transpose
from annprobe.engine.marking import mutant
from annprobe.engine.passes import Pass


@mutant("ac-not-reset", step="reduce", seen_by="repeat")
def gradient_never_zeroed(p: Pass, layer: int) -> Array:
    """The gradient's buffer is added to and never set to zero.

    Correct  G = 1/N Σ δᵀ a
    Bugged   G += 1/N Σ δᵀ a, also in the next iteration
    Silent   in the first iteration; the second call of the same function differs from the first
    Shows    weights grow without end; a gradient check on the first call passes
    Fix      zero the buffer at the start of every iteration
    Seen     codeproject 1097336; the well-known missing zero_grad
    """
    before = p.G[layer].copy()
    return before + reduce(p, layer)


@mutant("ac-delta-not-reset", step="hidden_delta", seen_by="repeat", silent=ONE_LAYER)
def hidden_delta_never_zeroed(p: Pass, layer: int) -> Array:
    """The hidden deltas' buffer is added to and never set to zero.

    Correct  δ[l] = (δ[l+1] V[l+1]) ∘ f'(z[l])
    Bugged   δ[l] += (δ[l+1] V[l+1]) ∘ f'(z[l]), also in the next iteration
    Silent   without hidden layers; in the first iteration
    Shows    hidden weights keep drifting after the error has gone
    Fix      assign, or zero the buffer first
    Seen     loops with += over units
    """
    before = p.delta[layer].copy()
    return before + hidden_delta(p, layer)


@mutant("ac-forward-buffer", step="preactivation", seen_by="repeat", code="AP201")
def preactivation_never_zeroed(p: Pass, layer: int) -> Array:
    """The forward pass adds to a buffer of sums that is never cleared.

    Correct  z[l] = a[l-1] V[l]ᵀ + b[l]
    Bugged   z[l] += a[l-1] V[l]ᵀ + b[l], also in the next pass
    Silent   in the first pass
    Shows    the answer to one input depends on how often was asked; only linear tasks are learned
    Fix      start the sum at 0
    Seen     stats.SE 415679
    """
    before = p.z[layer].copy()
    return before + preactivation(p, layer)


@mutant("ac-stale-forward", step="weight_gradient", seen_by="update", silent=ONE_LAYER & NO_BATCHES)
def activations_of_previous_step(p: Pass, layer: int) -> Array:
    """The gradient uses the activations of the previous iteration.

    Correct  ∂C/∂V[l] = δ[l]ᵀ a[l-1]
    Bugged   ∂C/∂V[l] = δ[l]ᵀ (a[l-1] of the iteration before)
    Silent   while nothing moves; without hidden layers, when all examples are in one batch
    Shows    nothing to see: small steps change the activations little
    Fix      run the forward pass after the update, before the gradient
    Seen     forward passes cached for speed
    """
    before = p.memory.get(layer, p.a[layer - 1])
    p.memory[layer] = p.a[layer - 1].copy()
    return np.asarray(transpose(p.delta[layer]) @ before)


@mutant("ac-other-batch", step="weight_gradient", silent=ONE_EXAMPLE)
def activations_of_other_examples(p: Pass, layer: int) -> Array:
    """Deltas and activations come from different examples.

    Correct  Σ over examples i of δ_iᵀ a_i
    Bugged   Σ over examples i of δ_iᵀ a_{i-1}
    Silent   with one example
    Shows    only the average can be learned
    Fix      pass the activations that belong to the deltas explicitly
    Seen     activations kept in an attribute that another call overwrites
    """
    a = p.a[layer - 1]
    return np.asarray(transpose(p.delta[layer]) @ np.concatenate([a[..., -1:, :], a[..., :-1, :]], axis=-2))


@mutant("ac-snapshot-alias", step="keep_best", seen_by="records")
def best_parameters_not_copied(W: Sequence[Array]) -> list[Array]:
    """The best parameters are kept without a copy.

    Correct  best = [w.copy() for w in W]
    Bugged   best = W
    Silent   never; harmless where training stops at its best
    Shows    the "best" network is always the last one
    Fix      copy
    Seen     a classic of mutable arrays
    """
    return list(W)


@mutant("ac-cost-from-before-update", step="monitor", seen_by="records", code="AP502")
def cost_of_parameters_before(before: Array, after: Array) -> Array:
    """The cost that is shown is that of the parameters before the update.

    Correct  the cost of the new parameters
    Bugged   the cost computed in the forward pass, before the update
    Silent   never; harmless: the curve is shifted by one step
    Shows    the last cost shown is not that of the network that is kept
    Fix      compute the cost after the update, or say which it is
    Seen     the cost taken from the forward pass of the training step
    """
    return before
