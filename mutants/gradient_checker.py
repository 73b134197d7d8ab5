"""Gradient checkers, the two columns: what is wrong is the instrument, not the network."""

from __future__ import annotations

import numpy as np

from annprobe.engine.checker import STEP, Probe, analytic_gradient, differences, numerical_gradient
from annprobe.engine.conditions import ONE_EXAMPLE, SUM, Condition, all_layers_are
from annprobe.engine.layout import Array
from annprobe.engine.marking import mutant

QUADRATIC = Condition("squared error of linear layers", lambda n: all_layers_are("identity").holds(n)
                      and n.architecture.cost.endswith("squared error"))


@mutant("gc-prints-weights", step="analytic_gradient", seen_by="checker")
def weights_in_place_of_gradient(q: Probe) -> list[Array]:
    """The column called gradient holds the weights.

    Correct  compare ∂C/∂W by backpropagation with the numerical one
    Bugged   compare W with the numerical gradient
    Silent   never
    Shows    a check that fails whatever the gradient is
    Fix      print the gradient; look at whether the column equals W
    Seen     the network that this project began with
    """
    return [w.copy() for w in q.network.W]


@mutant("gc-stale-analytic", step="analytic_gradient", seen_by="checker")
def gradient_of_other_weights(q: Probe) -> list[Array]:
    """The analytic gradient was computed at other parameters.

    Correct  both gradients at the same W
    Bugged   backpropagation before an update, differences after it
    Silent   never
    Shows    a check that fails though both gradients are right
    Fix      recompute the gradient at the W that is checked
    Seen     a check inside the training loop, after the update
    """
    return q.gradient([0.9 * w for w in q.network.W])


@mutant("gc-mean-vs-sum", step="analytic_gradient", seen_by="checker", silent=ONE_EXAMPLE | SUM)
def checks_sum_against_mean(q: Probe) -> list[Array]:
    """The gradient is summed over the examples, the cost that is differenced is their mean.

    Correct  both sums or both means
    Bugged   Σ against 1/N Σ
    Silent   with one example
    Shows    all entries disagree by the same factor, N
    Fix      divide both or neither
    Seen     "can I blame floating point precision?": all signs right, one ratio
    """
    factor = q.network.N if q.network.architecture.reduction == "mean" else 1
    return [g * factor for g in q.gradient(q.network.W)]


@mutant("gc-reg-in-grad-only", step="analytic_gradient", seen_by="checker")
def checks_with_penalty_in_gradient(q: Probe) -> list[Array]:
    """The analytic gradient contains a penalty that the differenced cost does not.

    Correct  the same regularised cost on both sides
    Bugged   backpropagation + λ W against differences of the bare cost
    Silent   never
    Shows    disagreements that are proportional to W
    Fix      add the penalty to both, or check with λ = 0
    Seen     weight decay inside the gradient function
    """
    return [g + 0.1 * w for g, w in zip(q.gradient(q.network.W), q.network.W, strict=True)]


@mutant("gc-reg-in-cost-only", step="numerical_gradient", seen_by="checker")
def checks_with_penalty_in_cost(q: Probe) -> list[Array]:
    """The differenced cost contains a penalty that the analytic gradient does not.

    Correct  the same regularised cost on both sides
    Bugged   differences of cost + λ/2 Σ W² against the bare backpropagation
    Silent   never
    Shows    disagreements that are proportional to W
    Fix      add the penalty to both, or check with λ = 0
    Seen     penalties added to the cost for display
    """
    return differences(lambda W: q.cost(W, None) + 0.05 * sum(float((w**2).sum()) for w in W), q.network.W, STEP)


@mutant("gc-no-two", step="numerical_gradient", seen_by="checker")
def divides_by_epsilon(q: Probe) -> list[Array]:
    """The central difference is divided by ε.

    Correct  (C(w + ε) - C(w - ε)) / 2ε
    Bugged   (C(w + ε) - C(w - ε)) / ε
    Silent   never
    Shows    all entries disagree by a factor 2; a gradient that is itself twice too large passes
    Fix      2ε
    Seen     one-sided formulas turned into central ones
    """
    return [2.0 * g for g in numerical_gradient(q)]


@mutant("gc-one-sided", step="numerical_gradient", seen_by="checker")
def forward_difference(q: Probe) -> list[Array]:
    """A one-sided difference with a step made for a central one.

    Correct  (C(w + ε) - C(w - ε)) / 2ε
    Bugged   (C(w + ε) - C(w)) / ε, with ε = 0.01
    Silent   never
    Shows    small disagreements that shrink in proportion to ε
    Fix      the central difference
    Seen     the definition of the derivative typed in as it stands
    """
    here, eps = q.cost(q.network.W, None), 0.01
    W = [w.copy() for w in q.network.W]
    result = [np.empty_like(w) for w in W]
    for w, column in zip(W, result, strict=True):
        for place in np.ndindex(w.shape):
            kept = w[place]
            w[place] = kept + eps
            column[place] = (q.cost(W, None) - here) / eps
            w[place] = kept
    return result


@mutant("gc-eps-large", step="numerical_gradient", seen_by="checker", silent=QUADRATIC)
def epsilon_too_large(q: Probe) -> list[Array]:
    """The step of the difference is 1.

    Correct  ε = 1e-5
    Bugged   ε = 1
    Silent   where the cost is quadratic in every parameter: linear layers and squared error
    Shows    disagreements that shrink with the square of ε
    Fix      1e-4 to 1e-6 with float64
    Seen     "a small number"
    """
    return differences(lambda W: q.cost(W, None), q.network.W, 1.0)


@mutant("gc-eps-small", step="numerical_gradient", seen_by="checker")
def epsilon_too_small(q: Probe) -> list[Array]:
    """The step of the difference is 1e-13.

    Correct  ε = 1e-5
    Bugged   ε = 1e-13
    Silent   never
    Shows    differences full of rounding: many exact zeros, the rest like 0.0022
    Fix      1e-4 to 1e-6 with float64
    Seen     "the smaller the better"
    """
    return differences(lambda W: q.cost(W, None), q.network.W, 1e-13)


@mutant("gc-not-restored", step="numerical_gradient", seen_by="checker")
def weight_not_restored(q: Probe) -> list[Array]:
    """Every parameter is left at w - ε.

    Correct  w + ε, w - ε, back to w
    Bugged   w + ε, w - ε
    Silent   never
    Shows    the network after the check is not the one before it; later entries are off by a little
    Fix      restore from a saved value, or difference on a copy
    Seen     W[i, j] += eps; W[i, j] -= 2 * eps
    """
    result = []
    for w in q.network.W:
        column = np.empty_like(w)
        for place in np.ndindex(w.shape):
            w[place] += STEP
            above = q.cost(q.network.W, None)
            w[place] -= 2.0 * STEP
            column[place] = (above - q.cost(q.network.W, None)) / (2.0 * STEP)
        result.append(column)
    return result


@mutant("gc-perturbs-copy", step="numerical_gradient", seen_by="checker")
def copy_perturbed(q: Probe) -> list[Array]:
    """A copy is perturbed, and the cost of the original is differenced.

    Correct  C at the perturbed parameters
    Bugged   C at the same parameters twice
    Silent   never
    Shows    all numerical gradients are exactly 0. So too with cached outputs and with integer weights
    Fix      give the perturbed parameters to the cost
    Seen     w = W.copy(); w[i, j] += eps; cost(W)
    """
    return differences(lambda W: q.cost(q.network.W, None), q.network.W, STEP)


@mutant("gc-output-not-loss", step="numerical_gradient", seen_by="checker")
def output_differenced(q: Probe) -> list[Array]:
    """The output is differenced, not the cost.

    Correct  (C(w + ε) - C(w - ε)) / 2ε
    Bugged   (Σ a(w + ε) - Σ a(w - ε)) / 2ε
    Silent   never
    Shows    numerical gradients that do not depend on the targets
    Fix      difference the cost
    Seen     stats.SE 188678
    """
    return differences(lambda W: float(q.outputs(W).sum()), q.network.W, STEP)


@mutant("gc-other-batch", step="numerical_gradient", seen_by="checker", silent=ONE_EXAMPLE)
def other_examples(q: Probe) -> list[Array]:
    """The cost that is differenced is that of other examples.

    Correct  one batch for both gradients
    Bugged   backpropagation on one batch, differences on another
    Silent   with one example
    Shows    a check that fails though both gradients are right
    Fix      pass the same rows to both
    Seen     a random batch drawn inside the cost function
    """
    rows = np.arange(1, q.network.N) if q.network.N > 1 else None
    return differences(lambda W: q.cost(W, rows), q.network.W, STEP)


@mutant("gc-float32", step="numerical_gradient", seen_by="checker")
def cost_in_single_precision(q: Probe) -> list[Array]:
    """The cost is a float32.

    Correct  float64
    Bugged   float32, whose last digit is 1e-7 of the cost, divided by 2ε
    Silent   never
    Shows    differences full of rounding; the network itself is fine
    Fix      check in float64
    Seen     Stanford's course cs231n warns of it
    """
    return differences(lambda W: float(np.float32(q.cost(W, None))), q.network.W, STEP)


@mutant("gc-tautology", step="numerical_gradient", seen_by="checker")
def compared_with_itself(q: Probe) -> list[Array]:
    """The gradient is compared with itself.

    Correct  a numerical gradient from the cost alone
    Bugged   backpropagation once more
    Silent   never
    Shows    a check that always passes, with a difference of exactly 0
    Fix      put an error into the gradient on purpose: the check must fail
    Seen     both columns filled by one function
    """
    return analytic_gradient(q)
