"""Activation derivative: f' of the wrong thing, in the wrong form, or left out."""

from __future__ import annotations

import numpy as np

from annprobe.engine.backward import output_delta
from annprobe.engine.conditions import (
    ALWAYS,
    FUSED,
    NO_SLOPE,
    ONE_LAYER,
    Condition,
    all_layers_are,
    hidden_is,
    output_is,
    slopes_none_of,
    slopes_only_of,
)
from annprobe.engine.layout import Array
from annprobe.engine.marking import mutant
from annprobe.engine.passes import Pass

LINEAR = ("identity", "relu", "leaky relu")  # a has the sign of z, and f' depends on nothing else
TOP_LINEAR = Condition("no hidden layer, or a linear one next to the output",
                       lambda n: n.architecture.L == 1 or n.architecture.activations[-2] == "identity")
NO_JACOBIAN = Condition("no softmax with a cost that needs its whole Jacobian",
                        lambda n: n.architecture.activations[-1] != "softmax" or n.architecture.fused)


@mutant("ad-on-activation", step="derivative", silent=slopes_only_of(*LINEAR))
def derivative_at_activation(p: Pass, layer: int) -> Array:
    """The derivative, which applies f itself, is given the activation instead of the pre-activation.

    Correct  f'(z) = f(z) (1 - f(z))
    Bugged   f'(a) = f(a) (1 - f(a))
    Silent   for identity, relu and leaky relu: a has the sign of z
    Shows    learns nearly everywhere: the sigmoid's derivative comes out between 0.20 and 0.25
    Fix      pass z, or use the form a (1 - a)
    Seen     probably datascience.SE 37545
    """
    f = p.architecture.activation(layer)
    return f.slope(p.a[layer], f.value(p.a[layer], None), None)


@mutant("ad-on-z", step="derivative", silent=slopes_only_of(*LINEAR, "gelu"))
def output_form_at_z(p: Pass, layer: int) -> Array:
    """The form of the derivative that takes the activation is given the pre-activation.

    Correct  a (1 - a)
    Bugged   z (1 - z)
    Silent   for identity, relu and leaky relu, and for gelu, which has no such form
    Shows    NaN within a few hundred steps: the "derivative" is unbounded and negative
    Fix      this form takes a = f(z)
    Seen     derivative functions shared between two styles of code
    """
    return p.architecture.activation(layer).slope_from_output(p.z[layer])


@mutant("ad-only-a", step="derivative", silent=NO_SLOPE)
def derivative_is_activation(p: Pass, layer: int) -> Array:
    """The second factor of the derivative is missing.

    Correct  a (1 - a)
    Bugged   a
    Silent   never with the sigmoid, but where no derivative is used
    Shows    saturated units, weights that grow without end
    Fix      both factors
    Seen     stackoverflow 75378819
    """
    return p.a[layer].copy()


@mutant("ad-only-1ma", step="derivative", silent=NO_SLOPE)
def derivative_is_one_minus_activation(p: Pass, layer: int) -> Array:
    """The first factor of the derivative is missing.

    Correct  a (1 - a)
    Bugged   1 - a
    Silent   never with the sigmoid, but where no derivative is used
    Shows    saturated units, weights that grow without end
    Fix      both factors
    Seen     devhide 45988293
    """
    return np.asarray(1.0 - p.a[layer])


@mutant("ad-one-plus-a", step="derivative", silent=NO_SLOPE)
def derivative_with_plus(p: Pass, layer: int) -> Array:
    """The derivative has a plus for a minus.

    Correct  a (1 - a)
    Bugged   a (1 + a)
    Silent   never with the sigmoid, but where no derivative is used
    Shows    right signs, far too large steps where a unit is on
    Fix      1 - a
    Seen     a slip while typing
    """
    return np.asarray(p.a[layer] * (1.0 + p.a[layer]))


@mutant("ad-tanh-for-sigmoid", step="derivative", silent=slopes_only_of("tanh"))
def derivative_of_tanh(p: Pass, layer: int) -> Array:
    """The derivative is that of tanh whatever the activation is.

    Correct  the derivative of the layer's own activation
    Bugged   1 - a²
    Silent   for tanh
    Shows    learns, with saturated units
    Fix      match the derivative to the activation
    Seen     activations changed in one place only
    """
    return np.asarray(1.0 - p.a[layer] ** 2)


@mutant("ad-sigmoid-for-all", step="derivative", silent=slopes_only_of("sigmoid"))
def derivative_of_sigmoid(p: Pass, layer: int) -> Array:
    """The derivative is that of the sigmoid whatever the activation is.

    Correct  the derivative of the layer's own activation
    Bugged   a (1 - a)
    Silent   for the sigmoid
    Shows    with tanh the wrong sign for negative outputs; with relu steps that grow with the activation
    Fix      match the derivative to the activation
    Seen     activations changed in one place only
    """
    return np.asarray(p.a[layer] * (1.0 - p.a[layer]))


@mutant("ad-sign", step="derivative", silent=NO_SLOPE, code="AP307")
def derivative_negated(p: Pass, layer: int) -> Array:
    """The derivative has the wrong sign.

    Correct  a (1 - a)
    Bugged   a (a - 1)
    Silent   where no derivative is used
    Shows    layers climb and descend in turn: the sign changes with every layer further down
    Fix      1 - a, not a - 1
    Seen     a slip while typing
    """
    return np.asarray(-p.architecture.activation(layer).slope(p.z[layer], p.a[layer], None))


@mutant("ad-missing-hidden", step="hidden_delta", silent=hidden_is("identity"))
def no_derivative_in_hidden_layers(p: Pass, layer: int) -> Array:
    """The derivative is missing in the hidden layers.

    Correct  δ[l] = (δ[l+1] V[l+1]) ∘ f'(z[l])
    Bugged   δ[l] = δ[l+1] V[l+1]
    Silent   without hidden layers, or with linear ones
    Shows    may learn; deep networks get errors that are four times too large a layer
    Fix      multiply by f'(z[l])
    Seen     stats.SE 550353, datascience.SE 120115
    """
    return np.asarray(p.delta[layer + 1] @ p.V[layer + 1])


@mutant("ad-missing-top-hidden", step="hidden_delta", silent=TOP_LINEAR)
def no_derivative_below_the_output(p: Pass, layer: int) -> Array:
    """The derivative is missing in the hidden layer next to the output; deeper ones have it.

    Correct  δ[L-1] = (δ[L] V[L]) ∘ f'(z[L-1])
    Bugged   δ[L-1] = δ[L] V[L]
    Silent   without hidden layers, and where that layer is linear
    Shows    may learn; saturated units of that layer are not slowed down, and the layers below get too much
    Fix      multiply by f'(z[L-1]) too: the first step of the loop is no exception
    Seen     dictionaries of layers in which the last hidden delta is written out before the loop
    """
    back = p.delta[layer + 1] @ p.V[layer + 1]
    return np.asarray(back if layer == p.L - 1 else back * p.slope[layer])


@mutant("ad-missing-output", step="output_delta",
        silent=FUSED | output_is("identity"))
def no_derivative_in_output_layer(p: Pass) -> Array:
    """The derivative is missing in the output layer.

    Correct  δ[L] = error ∘ f'(z[L])
    Bugged   δ[L] = error
    Silent   for a linear output, and where the delta is a - y anyway
    Shows    learns faster than the right gradient: it is the gradient of another cost
    Fix      multiply by f'(z[L]); or mean the cross-entropy, and then report that cost
    Seen     a common shortcut
    """
    return output_delta(p) if p.architecture.fused else p.error.copy()


@mutant("ad-of-error", step="output_delta")
def derivative_of_error(p: Pass) -> Array:
    """The derivative's form is applied to the error.

    Correct  δ[L] = e ∘ a (1 - a), with e = a - y
    Bugged   δ[L] = e (1 - e)
    Silent   never
    Shows    the same output for every example, saturated
    Fix      a (1 - a) takes the activation; multiply it by the error
    Seen     datascience.SE 20139
    """
    e = p.a[p.L] - p.Y
    return np.asarray(e * (1.0 - e))


@mutant("ad-twice-hidden", step="hidden_delta", silent=hidden_is("identity", "relu"))
def derivative_twice(p: Pass, layer: int) -> Array:
    """The derivative is applied twice in the hidden layers.

    Correct  δ[l] = (δ[l+1] V[l+1]) ∘ f'(z[l])
    Bugged   δ[l] = (δ[l+1] V[l+1]) ∘ f'(z[l]) ∘ f'(z[l])
    Silent   without hidden layers; for identity and relu, whose derivative is 0 or 1
    Shows    learns slowly, the more slowly the deeper
    Fix      once
    Seen     a helper that already multiplies by the derivative
    """
    return np.asarray((p.delta[layer + 1] @ p.V[layer + 1]) * p.slope[layer] ** 2)


@mutant("ad-output-for-hidden", step="hidden_delta", silent=ONE_LAYER | all_layers_are("identity"))
def one_derivative_for_all(p: Pass, layer: int) -> Array:
    """The hidden layers use one number, the output layer's average derivative.

    Correct  δ[l] = (δ[l+1] V[l+1]) ∘ f'(z[l])
    Bugged   δ[l] = (δ[l+1] V[l+1]) mean(f'(z[L]))
    Silent   without hidden layers, and where all derivatives are 1
    Shows    learns; saturated hidden units get as much as the others
    Fix      every unit has its own derivative at its own z
    Seen     a derivative kept in one variable
    """
    return np.asarray((p.delta[layer + 1] @ p.V[layer + 1]) * p.slope[p.L].mean(axis=(-2, -1), keepdims=True))


@mutant("ad-added", step="hidden_delta", silent=ONE_LAYER)
def derivative_added(p: Pass, layer: int) -> Array:
    """The derivative is added instead of multiplied.

    Correct  δ[l] = (δ[l+1] V[l+1]) ∘ f'(z[l])
    Bugged   δ[l] = (δ[l+1] V[l+1]) + f'(z[l])
    Silent   without hidden layers
    Shows    hidden weights drift steadily in one direction, also when all errors are 0
    Fix      multiply
    Seen     a slip while typing
    """
    return np.asarray((p.delta[layer + 1] @ p.V[layer + 1]) + p.slope[layer])


@mutant("ad-relu-one", step="derivative", silent=slopes_none_of("relu"))
def relu_derivative_one(p: Pass, layer: int) -> Array:
    """The derivative of relu is 1 everywhere.

    Correct  f'(z) = 1 where z > 0, else 0
    Bugged   f'(z) = 1
    Silent   where no unit is ever off, and without relu
    Shows    oscillation, then failure
    Fix      (z > 0)
    Seen     datascience.SE 120115
    """
    f = p.architecture.activation(layer)
    return np.ones_like(p.z[layer]) if f.name == "relu" else f.slope(p.z[layer], p.a[layer], None)


@mutant("ad-relu-flipped", step="derivative", silent=slopes_none_of("relu"))
def relu_derivative_flipped(p: Pass, layer: int) -> Array:
    """The derivative of relu is 1 where it should be 0.

    Correct  f'(z) = 1 where z > 0, else 0
    Bugged   f'(z) = 1 where z < 0, else 0
    Silent   without relu
    Shows    the cost stays at that of a constant output; active units never learn
    Fix      (z > 0)
    Seen     a slip while typing
    """
    f = p.architecture.activation(layer)
    return (p.z[layer] < 0).astype(float) if f.name == "relu" else f.slope(p.z[layer], p.a[layer], None)


@mutant("ad-relu-ge", step="derivative", seen_by=None, silent=ALWAYS.but("unless some z is exactly 0"))
def relu_derivative_one_at_zero(p: Pass, layer: int) -> Array:
    """The derivative of relu is 1 at z = 0. Equivalent: both 0 and 1 are subgradients there.

    Correct  f'(z) = 1 where z > 0, else 0
    Bugged   f'(z) = 1 where z >= 0, else 0
    Silent   wherever no pre-activation is exactly 0, and right there too: relu has no derivative at 0
    Shows    nothing, but with parameters that are all 0
    Fix      none is needed
    Seen     many implementations
    """
    f = p.architecture.activation(layer)
    return (p.z[layer] >= 0).astype(float) if f.name == "relu" else f.slope(p.z[layer], p.a[layer], None)


@mutant("ad-leaky-slope", step="derivative", silent=slopes_none_of("leaky relu"))
def leaky_slopes_differ(p: Pass, layer: int) -> Array:
    """The slope of leaky relu for negative z differs between the forward and the backward pass.

    Correct  f'(z) = 1 where z > 0, else 0.01
    Bugged   f'(z) = 1 where z > 0, else 0.1
    Silent   where no z is negative, and without leaky relu
    Shows    learns; inactive units move ten times too fast
    Fix      one constant for both
    Seen     two defaults in two places
    """
    f = p.architecture.activation(layer)
    return np.where(p.z[layer] > 0, 1.0, 0.1) if f.name == "leaky relu" else f.slope(p.z[layer], p.a[layer], None)


@mutant("ad-softmax-diagonal", step="output_delta", silent=NO_JACOBIAN)
def softmax_diagonal_only(p: Pass) -> Array:
    """Of softmax's Jacobian only the diagonal is used, with a cost that needs all of it.

    Correct  δ[k] = Σ over j of error[j] ∂a[j]/∂z[k]
    Bugged   δ[k] = error[k] a[k] (1 - a[k])
    Silent   with cross-entropy, where the delta is a - y
    Shows    learns; outputs push less against each other than they should
    Fix      use cross-entropy, or the whole Jacobian
    Seen     softmax put in place of the sigmoid
    """
    if p.architecture.fused:
        return np.asarray(p.a[p.L] - p.Y)
    return np.asarray(p.error * p.slope[p.L])
