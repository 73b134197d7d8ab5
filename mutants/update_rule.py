"""Update rule: the gradient is right, what is done with it is not."""

from __future__ import annotations

import numpy as np

from annprobe.engine.conditions import ONE_EXAMPLE, ONE_LAYER, Condition, optimiser_is_not
from annprobe.engine.layout import Array, transpose
from annprobe.engine.marking import mutant
from annprobe.engine.optimisers import BETA_1, BETA_2, EPSILON, gradient_descent, move, update
from annprobe.engine.passes import Pass

RATE_ONE = Condition("a learning rate of 1", lambda n: n.setup.learning_rate == 1.0)


@mutant("sg-update", step="update", seen_by="update", code="AP307")
def climbs(p: Pass, layer: int) -> Array:
    """The update adds the gradient.

    Correct  W ← W - η G
    Bugged   W ← W + η G
    Silent   never; the gradient itself is right, so a gradient check passes
    Shows    the cost rises from the first step
    Fix      minus
    Seen     pythoner.space
    """
    return p.W[layer] - move(p, layer)


@mutant("up-order", step="hidden_delta", seen_by="update", silent=ONE_LAYER, code="AP308")
def output_weights_updated_first(p: Pass, layer: int) -> Array:
    """The layer above is updated before its old weights have been used for the error.

    Correct  all deltas first, then all updates
    Bugged   δ[l] = (δ[l+1] (V[l+1] - η ∂C/∂V[l+1])) ∘ f'(z[l])
    Silent   without hidden layers; nearly so for small steps
    Shows    nothing: it ends within a few percent of the right training
    Fix      compute all gradients before changing any parameter
    Seen     a question titled "Order of updating"
    """
    dV = p.scale * (transpose(p.delta[layer + 1]) @ p.a[layer])
    return np.asarray((p.delta[layer + 1] @ (p.V[layer + 1] - p.learning_rate * dV)) * p.slope[layer])


@mutant("up-rebind", step="update", seen_by="update")
def loop_variable_rebound(p: Pass, layer: int) -> Array:
    """The new parameters are bound to the loop's variable and lost.

    Correct  for i in range(L): W[i] = W[i] - η G[i]
    Bugged   for w, g in zip(W, G): w = w - η g
    Silent   never; the gradient itself is right
    Shows    the cost is exactly constant, nothing moves
    Fix      assign to W[i], or change w in place with w -= η g
    Seen     a classic of Python's names
    """
    return p.W[layer].copy()


@mutant("up-multiplicative", step="update", seen_by="update")
def multiplied_by_the_step(p: Pass, layer: int) -> Array:
    """The parameters are multiplied by 1 - η G.

    Correct  W ← W - η G
    Bugged   W ← W (1 - η G)
    Silent   never
    Shows    no parameter changes its sign, those that are 0 stay 0; the cost may rise
    Fix      subtract
    Seen     W *= 1 - lr * g
    """
    return np.asarray(p.W[layer] * (1.0 + move(p, layer)))


@mutant("up-momentum-no-decay", step="update", seen_by="update", silent=optimiser_is_not("momentum"))
def velocity_never_decays(p: Pass, layer: int) -> Array:
    """The velocity keeps all of itself.

    Correct  v ← μ v - η G
    Bugged   v ← v - η G
    Silent   without momentum, and in the first step
    Shows    swings that grow; weights become huge
    Fix      multiply the old velocity by μ < 1
    Seen     v += g
    """
    if p.setup is None or p.setup.optimiser != "momentum":
        return p.W[layer] + move(p, layer)
    p.first[layer][...] += gradient_descent(p, layer)
    return p.W[layer] + p.first[layer]


@mutant("up-adam-no-correction", step="update", seen_by="update", silent=optimiser_is_not("adam"))
def adam_without_correction(p: Pass, layer: int) -> Array:
    """Adam's means are not corrected for their start at 0.

    Correct  W ← W - η m̂ / (√v̂ + ε), with m̂ = m / (1 - β₁ᵗ), v̂ = v / (1 - β₂ᵗ)
    Bugged   W ← W - η m / (√v + ε)
    Silent   with another optimiser; after many steps
    Shows    first steps that are three times too long
    Fix      divide by 1 - βᵗ, t counted from 1
    Seen     short implementations of Adam
    """
    if p.setup is None or p.setup.optimiser != "adam":
        return p.W[layer] + move(p, layer)
    p.first[layer][...] = BETA_1 * p.first[layer] + (1.0 - BETA_1) * p.G[layer]
    p.second[layer][...] = BETA_2 * p.second[layer] + (1.0 - BETA_2) * p.G[layer] ** 2
    return np.asarray(p.W[layer] - p.learning_rate * p.first[layer] / (np.sqrt(p.second[layer]) + EPSILON))


@mutant("up-lr-over-n", step="update", seen_by="update", silent=ONE_EXAMPLE, code="AP306")
def step_over_n(p: Pass, layer: int) -> Array:
    """The step is divided by N, though the gradient is a mean already.

    Correct  W ← W - η G
    Bugged   W ← W - η/N G
    Silent   with one example
    Shows    slow; with many examples the same output for all, on a falling cost
    Fix      divide by N once
    Seen     lr / m in an update after a mean in the gradient
    """
    return np.asarray(p.W[layer] + move(p, layer) / p.N)


@mutant("up-lr-twice", step="update", seen_by="update", silent=RATE_ONE, code="AP401")
def learning_rate_twice(p: Pass, layer: int) -> Array:
    """The learning rate is applied twice.

    Correct  W ← W - η G
    Bugged   W ← W - η² G
    Silent   for η = 1
    Shows    slow for η < 1
    Fix      once: in the gradient function or in the update
    Seen     gradient functions that return η G
    """
    return p.W[layer] + move(p, layer) * p.learning_rate


@mutant("up-decay-strong", step="update", seen_by="update")
def decay_without_learning_rate(p: Pass, layer: int) -> Array:
    """The weight decay is not multiplied by the learning rate, and so far too strong.

    Correct  W ← (1 - η λ) W - η G
    Bugged   W ← (1 - λ) W - η G, with λ = 0.02
    Silent   never
    Shows    the same output for every example: weights shrink faster than they learn
    Fix      η λ
    Seen     decay constants copied from another formula
    """
    return np.asarray(0.98 * p.W[layer] + move(p, layer))


@mutant("up-int-dtype", step="update", seen_by="update", code="AP310")
def step_cut_to_integer(p: Pass, layer: int) -> Array:
    """The parameters are an integer array, and changes in place lose their fraction.

    Correct  W = W - η G
    Bugged   W[...] = W - η G, with W of integers
    Silent   never, unless steps happen to be whole numbers
    Shows    nothing moves
    Fix      make the arrays of floats: np.array([...], dtype=float)
    Seen     weights typed in by hand as 0, 1, -1
    """
    return np.asarray(p.W[layer] + np.trunc(move(p, layer)))


@mutant("up-bias-forgotten", step="update", seen_by="update", code="AP303")
def biases_never_updated(p: Pass, layer: int) -> Array:
    """The update leaves out the biases.

    Correct  V ← V - η ∂C/∂V and b ← b - η ∂C/∂b
    Bugged   V ← V - η ∂C/∂V
    Silent   never; the gradient itself is right
    Shows    biases stay exactly as they were
    Fix      update b too, and test that every array has changed after a step
    Seen     codeproject 1097336; separate loops for W and b
    """
    b = p.b[layer].copy()
    W = update(p, layer)
    W[..., 0] = b
    return W


@mutant("up-list-multiply", step="update", seen_by="update", silent=ONE_LAYER, code="AP309")
def all_layers_are_one_array(p: Pass, layer: int) -> Array:
    """All layers are the same array, made by multiplying a list.

    Correct  W = [random() for each layer]
    Bugged   W = [random()] * L
    Silent   without hidden layers; where shapes differ it cannot be
    Shows    all layers are always equal: what one learns the next overwrites
    Fix      a list comprehension, which makes a new array each time
    Seen     a classic of Python's lists
    """
    return p.W[1] + move(p, layer)


@mutant("up-bias-sign", step="update", seen_by="update", code="AP307")
def biases_climb(p: Pass, layer: int) -> Array:
    """Weights descend, biases climb.

    Correct  b ← b - η ∂C/∂b
    Bugged   b ← b + η ∂C/∂b
    Silent   never; the gradient itself is right
    Shows    units are pushed to the wrong end; the weights struggle against it
    Fix      the same sign in both updates
    Seen     weights and biases updated in two lines, of which one was turned round
    """
    step = move(p, layer).copy()
    step[..., 0] *= -1.0
    return p.W[layer] + step


@mutant("up-bias-decays", step="update", seen_by="update", code="AP303")
def bias_in_place_of_its_gradient(p: Pass, layer: int) -> Array:
    """The step of the biases is made of the biases, not of their gradient.

    Correct  b ← b - η ∂C/∂b
    Bugged   b ← b - η b
    Silent   never; the gradient itself is right
    Shows    biases shrink to 0 and never learn
    Fix      pass the gradient: db, not b
    Seen     a momentum step that is fed b for the biases and dW for the weights
    """
    step = move(p, layer).copy()
    step[..., 0] = -(p.learning_rate * p.W[layer])[..., 0]
    return p.W[layer] + step
