"""Forward pass: the outputs are not those of the network that was meant."""

from __future__ import annotations

import numpy as np

from annprobe.engine.conditions import ONE_EXAMPLE, ONE_LAYER, ONE_OUTPUT, Condition, hidden_is, no_layer_is, output_is
from annprobe.engine.forward import activate, preactivation, predict
from annprobe.engine.layout import Array, transpose
from annprobe.engine.marking import mutant
from annprobe.engine.passes import Pass
from annprobe.engine.steps import evaluate

SAME_DECISIONS = Condition(
    "decisions that are alike for all examples",
    lambda n: len(np.unique(predict(evaluate(n.architecture, n.W, n.X, n.Y)))) == 1,
    here_only=True,
)
THRESHOLD_ZERO = Condition(
    "several outputs, or one that is 0 in its middle",
    lambda n: n.architecture.widths[-1] > 1 or n.architecture.activations[-1] not in ("sigmoid", "softmax"),
)


@mutant("fw-bias-missing", step="preactivation", code="AP303")
def bias_left_out(p: Pass, layer: int) -> Array:
    """The forward pass leaves out the bias.

    Correct  z[l] = a[l-1] V[l]ᵀ + b[l]
    Bugged   z[l] = a[l-1] V[l]ᵀ
    Silent   while all biases are 0
    Shows    AND cannot be learned; others can. The numerical gradient of every bias is 0
    Fix      add the bias, or the ones that it is multiplied by
    Seen     bias columns added to the gradient only
    """
    return np.asarray(p.a[layer - 1] @ transpose(p.V[layer]))


@mutant("fw-input-every-layer", step="preactivation", silent=ONE_LAYER)
def network_input_in_every_layer(p: Pass, layer: int) -> Array:
    """Every layer is given the network's input.

    Correct  z[l] = a[l-1] V[l]ᵀ + b[l]
    Bugged   z[l] = X V[l]ᵀ + b[l]
    Silent   without hidden layers; widths that differ stop it with an error
    Shows    hidden layers have no effect on the output
    Fix      chain the layers
    Seen     a loop that forgets to rebind its variable
    """
    return np.asarray(p.X @ transpose(p.V[layer]) + p.b[layer][..., None, :])


@mutant("fw-layer-reused", step="preactivation", silent=ONE_LAYER)
def first_weights_in_every_layer(p: Pass, layer: int) -> Array:
    """Every layer uses the first layer's parameters.

    Correct  z[l] = a[l-1] V[l]ᵀ + b[l]
    Bugged   z[l] = a[l-1] V[1]ᵀ + b[1]
    Silent   without hidden layers; widths that differ stop it with an error
    Shows    the other layers' parameters move without any effect
    Fix      index with the loop's variable
    Seen     a fixed index in a loop
    """
    return np.asarray(p.a[layer - 1] @ transpose(p.V[1]) + p.b[1][..., None, :])


@mutant("fw-hidden-linear", step="activate", silent=hidden_is("identity"))
def hidden_activation_left_out(p: Pass, layer: int) -> Array:
    """The hidden layers have no activation function; their derivative is still applied.

    Correct  a[l] = f(z[l])
    Bugged   a[l] = z[l] for l < L
    Silent   with linear hidden layers
    Shows    saturated outputs, the same for every example
    Fix      apply f
    Seen     a line lost between two layers
    """
    return activate(p, layer) if layer == p.L else p.z[layer].copy()


@mutant("fw-output-linear", step="activate", silent=output_is("identity"))
def output_activation_left_out(p: Pass, layer: int) -> Array:
    """The output layer has no activation function; its derivative is still applied.

    Correct  a[L] = f(z[L])
    Bugged   a[L] = z[L]
    Silent   with a linear output
    Shows    outputs outside the range of the targets
    Fix      apply f, or drop its derivative
    Seen     a line lost after the last layer
    """
    return activate(p, layer) if layer < p.L else p.z[layer].copy()


@mutant("fw-double-activation", step="activate", silent=output_is("identity", "relu"))
def output_activation_twice(p: Pass, layer: int) -> Array:
    """The output's activation function is applied twice.

    Correct  a[L] = f(z[L])
    Bugged   a[L] = f(f(z[L]))
    Silent   for identity and relu
    Shows    outputs that cannot go below 0.5 (sigmoid) or are all alike (softmax)
    Fix      once; a cost "with logits" applies it too
    Seen     softmax before a cost that expects logits
    """
    a = activate(p, layer)
    return p.architecture.activation(layer).value(a, None) if layer == p.L else a


@mutant("fw-derivative", step="activate")
def derivative_in_the_forward_pass(p: Pass, layer: int) -> Array:
    """The output is the derivative of the activation function, not the function.

    Correct  a[L] = f(z[L])
    Bugged   a[L] = f'(z[L])
    Silent   never
    Shows    outputs of the sigmoid between 0 and 0.25
    Fix      f in the forward pass, f' in the backward pass
    Seen     two functions with names alike
    """
    a, f = activate(p, layer), p.architecture.activation(layer)
    return f.slope(p.z[layer], a, None) if layer == p.L else a


@mutant("fw-sigmoid-sign", step="activate", silent=no_layer_is("sigmoid"))
def sigmoid_of_minus_z(p: Pass, layer: int) -> Array:
    """The sigmoid has exp(z) for exp(-z).

    Correct  1 / (1 + exp(-z))
    Bugged   1 / (1 + exp(z))
    Silent   without the sigmoid
    Shows    the cost rises; with two such layers the signs alternate
    Fix      exp(-z)
    Seen     a slip while typing
    """
    f = p.architecture.activation(layer)
    return f.value(-p.z[layer], None) if f.name == "sigmoid" else activate(p, layer)


@mutant("fw-softmax-axis", step="activate", silent=no_layer_is("softmax"), code="AP202")
def softmax_over_examples(p: Pass, layer: int) -> Array:
    """Softmax is normalised over the examples.

    Correct  exp(z) / sum(exp(z), axis=1, keepdims=True)
    Bugged   exp(z) / sum(exp(z), axis=0)
    Silent   without softmax
    Shows    an example's output depends on the others; the outputs of one example do not add to 1
    Fix      axis=1, keepdims=True
    Seen     example-a.com 76473561
    """
    if p.architecture.activation(layer).name != "softmax":
        return activate(p, layer)
    exponentials = np.exp(p.z[layer])
    return np.asarray(exponentials / exponentials.sum(axis=-2, keepdims=True))


@mutant("fw-softmax-global", step="activate", silent=no_layer_is("softmax") | ONE_EXAMPLE, code="AP202")
def softmax_over_everything(p: Pass, layer: int) -> Array:
    """Softmax is normalised over the whole array.

    Correct  exp(z) / sum(exp(z), axis=1, keepdims=True)
    Bugged   exp(z) / sum(exp(z))
    Silent   with one example, and without softmax
    Shows    all outputs are about 1/N of what they should be; the same output for every example
    Fix      axis=1, keepdims=True
    Seen     stats.SE 550353
    """
    if p.architecture.activation(layer).name != "softmax":
        return activate(p, layer)
    exponentials = np.exp(p.z[layer])
    return np.asarray(exponentials / exponentials.sum(axis=(-2, -1), keepdims=True))


@mutant("fw-previous-bias", step="preactivation", silent=ONE_LAYER, code="AP301")
def bias_of_first_layer(p: Pass, layer: int) -> Array:
    """Every layer adds the first layer's bias.

    Correct  z[l] = a[l-1] V[l]ᵀ + b[l]
    Bugged   z[l] = a[l-1] V[l]ᵀ + b[1]
    Silent   without hidden layers; widths that differ stop it with an error, a first layer of one unit broadcasts
    Shows    the numerical gradient of the other biases is 0
    Fix      index with the loop's variable
    Seen     a fixed index in a loop
    """
    b = p.b[1]
    return np.asarray(preactivation(p, layer) - p.b[layer][..., None, :] + b[..., None, :])


@mutant("fw-argmax-axis", step="predict", seen_by="metric", silent=ONE_OUTPUT, code="AP502")
def largest_over_examples(p: Pass) -> Array:
    """The class is looked for along the examples.

    Correct  argmax(a, axis=1): for each example the largest output
    Bugged   argmax(a, axis=0): for each output the largest example
    Silent   with one output
    Shows    an accuracy that means nothing, often near 0, while the cost is fine
    Fix      axis=1
    Seen     example-a.com 76473561
    """
    outputs = p.a[p.L]
    if outputs.shape[-1] == 1:
        return predict(p)
    return np.asarray(outputs.argmax(axis=-2), dtype=np.float64)


@mutant("fw-threshold-zero", step="predict", seen_by="metric", silent=THRESHOLD_ZERO, code="AP502")
def threshold_at_zero(p: Pass) -> Array:
    """The decision of a sigmoid output is taken at 0, where it always says yes.

    Correct  a > 0.5
    Bugged   a > 0
    Silent   with several outputs, and where 0 is the middle
    Shows    an accuracy equal to the share of the positive class, while the cost is fine
    Fix      0.5 for the sigmoid, 0 for its pre-activation
    Seen     thresholds of the perceptron
    """
    outputs = p.a[p.L]
    if outputs.shape[-1] > 1:
        return np.asarray(outputs.argmax(axis=-1), dtype=np.float64)
    return np.asarray(outputs[..., 0] > 0.0, dtype=np.float64)


@mutant("fw-predict-last", step="predict", seen_by="metric", silent=SAME_DECISIONS, code="AP502")
def last_example_for_all(p: Pass) -> Array:
    """Every decision is that of the last example.

    Correct  the decision for row i from outputs of row i
    Bugged   the decision for every row from outputs of the last row
    Silent   with one example, or where all decisions are alike
    Shows    the same answer for every example, while the cost is fine
    Fix      pass X[i] to the network, not the variable that the training loop left behind
    Seen     a prediction loop that reads a variable of the module
    """
    right = predict(p)
    return np.asarray(right[..., -1:] + np.zeros_like(right))
