"""Loss derivative: the first line of the backward pass, and the penalty."""

from __future__ import annotations

import numpy as np

from annprobe.engine.backward import delta_from, output_delta, penalty_gradient
from annprobe.engine.conditions import (
    ERRORS_POSITIVE,
    FUSED,
    NO_PENALTY,
    ONE_EXAMPLE,
    ONE_OUTPUT,
    Condition,
)
from annprobe.engine.forward import cost, penalty
from annprobe.engine.layout import Array
from annprobe.engine.marking import mutant
from annprobe.engine.network import Network
from annprobe.engine.passes import Pass
from annprobe.engine.steps import outputs

TARGETS_ZERO = Condition("targets that are all 0, where the delta is (a - y) ∘ f'(z)",
                         lambda n: not n.Y.any() and n.architecture.cost in ("halved squared error",
                                                                             "binary cross-entropy"))
NO_ENTROPY = Condition("a cost without logarithm", lambda n: "entropy" not in n.architecture.cost)
BIASES_PENALISED = Condition("a penalty on biases too", lambda n: n.architecture.l2_biases)
CHEAP_EXAMPLES = Condition("no example that costs more than 1", lambda n: _costs(n).max() <= 1.0)


def _costs(n: Network) -> Array:
    p = outputs(n.architecture, n.W, n.X, n.Y)
    return _each(p)


def _each(p: Pass) -> Array:
    function = p.architecture.cost_function
    return function.per_example(p.a[p.L], p.Y)


def _own_slope(p: Pass) -> Array:
    """f'(z[L]) where the delta needs it, else 1."""
    return np.ones_like(p.slope[p.L]) if p.architecture.fused else p.slope[p.L]


@mutant("ld-sign", step="output_delta", code="AP307")
def error_negated(p: Pass) -> Array:
    """The error is target minus output, and the update still subtracts.

    Correct  δ[L] = (a - y) ∘ f'(z[L])
    Bugged   δ[L] = (y - a) ∘ f'(z[L])
    Silent   never; only together with an update that adds
    Shows    the cost rises from the first step; all outputs go to the same end
    Fix      a - y with W -= η G, or y - a with W += η G, not one of each
    Seen     pythoner.space
    """
    return -output_delta(p)


@mutant("ld-abs", step="output_delta", silent=ERRORS_POSITIVE)
def error_without_sign(p: Pass) -> Array:
    """The error has lost its sign.

    Correct  δ[L] = (a - y) ∘ f'(z[L])
    Bugged   δ[L] = |a - y| ∘ f'(z[L])
    Silent   where all outputs are above their targets
    Shows    all outputs sink; the cost rises where targets are high
    Fix      keep the sign
    Seen     "the error" taken for a distance
    """
    return np.abs(output_delta(p))


@mutant("ld-squared", step="output_delta")
def cost_for_its_derivative(p: Pass) -> Array:
    """The squared error itself is propagated, not its derivative.

    Correct  δ[L] = (a - y) ∘ f'(z[L])
    Bugged   δ[L] = (a - y)²
    Silent   never
    Shows    all outputs sink; the cost rises where targets are high
    Fix      the derivative of (a - y)² is 2 (a - y)
    Seen     "propagate the cost back" taken literally
    """
    return np.asarray((p.a[p.L] - p.Y) ** 2)


@mutant("ld-factor-2", step="output_delta", code="AP306")
def delta_doubled(p: Pass) -> Array:
    """The delta has a factor 2 that the cost has not.

    Correct  C = ½ Σ (a - y)², δ[L] = (a - y) ∘ f'(z[L])
    Bugged   C = ½ Σ (a - y)², δ[L] = 2 (a - y) ∘ f'(z[L])
    Silent   never, but harmless: the step is twice as long
    Shows    learns; every gradient is exactly twice the numerical one
    Fix      ½ in the cost, or 2 in its derivative, not both or neither
    Seen     cost from one course, gradient from another
    """
    return 2.0 * output_delta(p)


@mutant("ld-missing-2", step="output_delta", code="AP306")
def delta_halved(p: Pass) -> Array:
    """The delta lacks a factor 2 that the cost's derivative has.

    Correct  C = Σ (a - y)², δ[L] = 2 (a - y) ∘ f'(z[L])
    Bugged   C = Σ (a - y)², δ[L] = (a - y) ∘ f'(z[L])
    Silent   never, but harmless: the step is half as long
    Shows    learns; every gradient is exactly half the numerical one
    Fix      ½ in the cost, or 2 in its derivative, not both or neither
    Seen     cost from one course, gradient from another
    """
    return 0.5 * output_delta(p)


@mutant("ld-bce-extra-deriv", step="output_delta", silent=(~FUSED).but("a cost needing the derivative"), code="AP304")
def derivative_with_cross_entropy(p: Pass) -> Array:
    """With cross-entropy, whose delta is a - y, the activation's derivative is applied once more.

    Correct  δ[L] = a - y
    Bugged   δ[L] = (a - y) ∘ f'(z[L])
    Silent   with squared error, where the derivative belongs
    Shows    learns, several times slower; wrong answers that are sure of themselves hardly move
    Fix      drop the derivative: it has cancelled against that of the logarithm
    Seen     a cost changed without the delta
    """
    delta = output_delta(p)
    return np.asarray(delta * p.slope[p.L]) if p.architecture.fused else delta


@mutant("ld-label-index", step="output_delta", silent=ONE_OUTPUT, code="AP103")
def class_index_for_one_hot(p: Pass) -> Array:
    """The number of the class is subtracted from all outputs, in place of the one-hot row.

    Correct  δ[L] = a - y, with y = (0, 1, 0)
    Bugged   δ[L] = a - 1 for class 1, for every output
    Silent   with a single output
    Shows    all outputs alike; large classes pull all outputs up
    Fix      one-hot targets, or subtract 1 at the class's place only
    Seen     labels as they come from the file
    """
    if p.Y.shape[-1] == 1:
        return output_delta(p)
    index = p.Y.argmax(axis=-1)[..., None] + np.zeros_like(p.a[p.L])
    return delta_from(p, p.architecture.cost_function.derivative(p.a[p.L], index), index)


@mutant("ld-no-target", step="output_delta", silent=TARGETS_ZERO)
def target_missing(p: Pass) -> Array:
    """The target is missing from the delta.

    Correct  δ[L] = (a - y) ∘ f'(z[L])
    Bugged   δ[L] = a ∘ f'(z[L])
    Silent   where all targets are 0
    Shows    all outputs sink towards 0 whatever the targets are
    Fix      subtract the target
    Seen     a wrong variable in place of the error
    """
    return np.asarray(p.a[p.L] * _own_slope(p))


@mutant("ld-plus", step="output_delta", silent=TARGETS_ZERO)
def target_added(p: Pass) -> Array:
    """The target is added to the output instead of subtracted.

    Correct  δ[L] = (a - y) ∘ f'(z[L])
    Bugged   δ[L] = (a + y) ∘ f'(z[L])
    Silent   where all targets are 0
    Shows    all outputs sink, most where they should be high
    Fix      a - y
    Seen     a slip while typing
    """
    return np.asarray((p.a[p.L] + p.Y) * _own_slope(p))


@mutant("ld-mean-error", step="output_delta", silent=ONE_OUTPUT)
def mean_error_for_all_outputs(p: Pass) -> Array:
    """All outputs get the average of their deltas.

    Correct  δ[L] of each output from its own error
    Bugged   δ[L] = mean over the outputs, for each of them
    Silent   with a single output
    Shows    outputs move together; classes are never told apart
    Fix      no mean over the outputs in the delta
    Seen     np.mean(error) without an axis
    """
    delta = output_delta(p)
    return np.asarray(delta.mean(axis=-1, keepdims=True) + np.zeros_like(delta))


@mutant("ld-error-sign", step="output_delta")
def only_sign_of_error(p: Pass) -> Array:
    """Only the sign of the error is used.

    Correct  δ[L] = (a - y) ∘ f'(z[L])
    Bugged   δ[L] = sign(a - y) ∘ f'(z[L])
    Silent   never
    Shows    learns, then trembles about the target: the step does not shrink with the error
    Fix      use the error itself; the sign is the derivative of |a - y|
    Seen     perceptron rules carried over
    """
    return np.asarray(np.sign(p.a[p.L] - p.Y) * _own_slope(p))


@mutant("ld-log-base", step="cost", silent=NO_ENTROPY, code="AP306")
def logarithm_to_base_two(p: Pass) -> Array:
    """The cross-entropy is computed with log2; the gradient belongs to the natural logarithm.

    Correct  C = -Σ y ln a
    Bugged   C = -Σ y log2 a
    Silent   for squared error
    Shows    learns; every gradient is 0.693 times the numerical one
    Fix      the natural logarithm
    Seen     entropies measured in bits
    """
    value = cost(p)
    extra = penalty(p) if p.architecture.l2 else 0.0
    return value if "entropy" not in p.architecture.cost else np.asarray((value - extra) / np.log(2.0) + extra)


@mutant("ld-clip-loss", step="cost", silent=CHEAP_EXAMPLES)
def cost_clipped(p: Pass) -> Array:
    """The cost of each example is clipped, the gradient is not that of the clipped cost.

    Correct  C = 1/N Σ c, with the gradient clipped if anything
    Bugged   C = 1/N Σ min(c, 1)
    Silent   where no example costs more than 1
    Shows    in automatic differentiation outliers are ignored; by hand cost and gradient disagree
    Fix      clip the gradient, not the cost
    Seen     a long-standing warning of A. Karpathy's
    """
    extra = penalty(p) if p.architecture.l2 else 0.0
    return np.asarray(np.minimum(_each(p), 1.0).sum(axis=-1) * p.scale + extra)


@mutant("ld-reg-missing", step="penalty_gradient", silent=NO_PENALTY)
def penalty_not_in_gradient(p: Pass, layer: int) -> Array:
    """The cost has an L2 penalty, the gradient has not.

    Correct  G = ∂C/∂V + λ V
    Bugged   G = ∂C/∂V
    Silent   for λ = 0
    Shows    learns, but is not regularised; the difference from the numerical gradient is proportional to W
    Fix      add λ V to the gradient
    Seen     penalties added to the cost for display
    """
    return np.zeros_like(p.W[layer])


@mutant("ld-reg-not-in-cost", step="cost", silent=NO_PENALTY)
def penalty_not_in_cost(p: Pass) -> Array:
    """The gradient has an L2 penalty, the cost has not.

    Correct  C = cost + λ/2 Σ V²
    Bugged   C = cost
    Silent   for λ = 0
    Shows    the cost that is shown may rise while the regularised one falls
    Fix      add λ/2 Σ V² to the cost
    Seen     weight decay added to the update only
    """
    return cost(p) - penalty(p)


@mutant("ld-reg-bias", step="penalty_gradient", silent=NO_PENALTY | BIASES_PENALISED)
def penalty_on_biases(p: Pass, layer: int) -> Array:
    """The gradient penalises the biases, the cost does not.

    Correct  G of the biases = ∂C/∂b
    Bugged   G of the biases = ∂C/∂b + λ b
    Silent   for λ = 0, and where the cost penalises biases too
    Shows    learns; thresholds are pulled towards 0
    Fix      leave out the bias column
    Seen     λ W with the bias inside W
    """
    return np.asarray(p.architecture.l2 * p.W[layer])


@mutant("ld-reg-over-n", step="penalty_gradient", silent=NO_PENALTY | ONE_EXAMPLE, code="AP306")
def penalty_over_n(p: Pass, layer: int) -> Array:
    """The penalty is divided by N in the gradient, not in the cost.

    Correct  G = ∂C/∂V + λ V
    Bugged   G = ∂C/∂V + λ/N V
    Silent   for λ = 0 and with one example
    Shows    learns; regularised N times too weakly
    Fix      the same λ in both
    Seen     cost from one course, gradient from another
    """
    return np.asarray(penalty_gradient(p, layer) / p.N)


@mutant("ld-reg-factor-2", step="penalty_gradient", silent=NO_PENALTY, code="AP306")
def penalty_doubled(p: Pass, layer: int) -> Array:
    """The penalty in the gradient is twice that of the cost.

    Correct  C has λ/2 Σ V², G has λ V
    Bugged   C has λ/2 Σ V², G has 2 λ V
    Silent   for λ = 0
    Shows    learns; regularised twice too strongly
    Fix      λ/2 in the cost with λ in the gradient, or λ with 2 λ
    Seen     cost from one course, gradient from another
    """
    return 2.0 * penalty_gradient(p, layer)
