"""Numerics: right on paper, wrong in floating point."""

from __future__ import annotations

import numpy as np

from annprobe.engine.backward import reduce
from annprobe.engine.conditions import NO_CERTAINTY, NOTHING_SATURATED, ONE_EXAMPLE, SUM, Condition, no_layer_is
from annprobe.engine.forward import activate, cost, penalty, preactivation
from annprobe.engine.layout import Array
from annprobe.engine.marking import mutant
from annprobe.engine.passes import Pass

NO_LOGARITHM = Condition("a cost without logarithm of the outputs",
                         lambda n: not n.architecture.cost.endswith("cross-entropy"))


def _reduced(p: Pass, each: Array) -> Array:
    """The cost from the cost of each output."""
    extra = penalty(p) if p.architecture.l2 else 0.0
    return np.asarray(each.sum(axis=(-2, -1)) * p.scale + extra)


@mutant("nu-log-zero", step="cost", seen_by="numerics", silent=NO_LOGARITHM | NO_CERTAINTY)
def logarithm_of_zero(p: Pass) -> Array:
    """The logarithm of an output that is exactly 0.

    Correct  log from the pre-activation, or of max(a, tiny)
    Bugged   log(a)
    Silent   while no output is exactly 0 or 1
    Shows    an infinite cost, from one certain and wrong answer
    Fix      clip, or compute the cost from the logits
    Seen     many questions titled "cross-entropy is NaN"
    """
    if not p.architecture.cost.endswith("cross-entropy"):
        return cost(p)
    a, y = p.a[p.L], p.Y
    each = np.where(y > 0, -y * np.log(a), 0.0)
    if p.architecture.cost_function.binary:
        each = each + np.where(y < 1, -(1.0 - y) * np.log(1.0 - a), 0.0)
    return _reduced(p, each)


@mutant("nu-zero-times-log", step="cost", seen_by="numerics", silent=NO_LOGARITHM | NO_CERTAINTY)
def zero_times_logarithm_of_zero(p: Pass) -> Array:
    """0 times the logarithm of 0 is not a number.

    Correct  y log a is 0 where y is 0
    Bugged   y * log(a), which is 0 * -inf = NaN there
    Silent   while no output is exactly 0 or 1
    Shows    a cost that is NaN while all outputs are right
    Fix      leave out the terms with y = 0, clip, or compute the cost from the logits
    Seen     many questions titled "cross-entropy is NaN"
    """
    if not p.architecture.cost.endswith("cross-entropy"):
        return cost(p)
    a, y = p.a[p.L], p.Y
    each = -y * np.log(a)
    if p.architecture.cost_function.binary:
        each = each - (1.0 - y) * np.log(1.0 - a)
    return _reduced(p, each)


@mutant("nu-exp-ratio", step="activate", seen_by="numerics", silent=no_layer_is("sigmoid") | NOTHING_SATURATED)
def infinity_over_infinity(p: Pass, layer: int) -> Array:
    """The sigmoid as a ratio of two exponentials, both of which can overflow.

    Correct  1 / (1 + exp(-z))
    Bugged   exp(z) / (1 + exp(z))
    Silent   while no z is above 709
    Shows    NaN as soon as a unit is very sure
    Fix      1 / (1 + exp(-z)), whose overflow gives the right 0
    Seen     the definition typed in as it stands in some books
    """
    if p.architecture.activation(layer).name != "sigmoid":
        return activate(p, layer)
    exponential = np.exp(p.z[layer])
    return np.asarray(exponential / (1.0 + exponential))


@mutant("nu-softmax-no-max", step="activate", seen_by="numerics", silent=no_layer_is("softmax") | NOTHING_SATURATED)
def softmax_overflows(p: Pass, layer: int) -> Array:
    """Softmax without subtracting the largest pre-activation first.

    Correct  exp(z - max z) / Σ exp(z - max z)
    Bugged   exp(z) / Σ exp(z)
    Silent   while no z is above 709, and not all are below -745
    Shows    NaN as soon as a pre-activation is large
    Fix      subtract the maximum of each example
    Seen     the definition typed in as it stands in the books
    """
    if p.architecture.activation(layer).name != "softmax":
        return activate(p, layer)
    exponentials = np.exp(p.z[layer])
    return np.asarray(exponentials / exponentials.sum(axis=-1, keepdims=True))


@mutant("nu-int-division", step="reduce", silent=ONE_EXAMPLE | SUM, code="AP310")
def one_over_n_is_zero(p: Pass, layer: int) -> Array:
    """1/N is computed with integers and is 0.

    Correct  1.0 / N
    Bugged   1 // N, as 1/N is in Python 2
    Silent   with one example, where the cost is a sum
    Shows    nothing moves
    Fix      1.0 / N
    Seen     code from the time of Python 2
    """
    return reduce(p, layer) if p.architecture.reduction == "sum" else p.S[layer] * float(1 // p.N)


@mutant("nu-float32", step="preactivation", seen_by="forward", code="AP310")
def single_precision(p: Pass, layer: int) -> Array:
    """Pre-activations are kept in single precision.

    Correct  float64
    Bugged   float32
    Silent   where all numbers are short binary fractions; harmless in training
    Shows    false alarms in a gradient check with a small step
    Fix      check in float64
    Seen     Stanford's course cs231n warns of it
    """
    return preactivation(p, layer).astype(np.float32).astype(np.float64)
