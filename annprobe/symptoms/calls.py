"""Symptoms that show when the network's functions are called: no training is needed.

The functions given are the network's own. ``W`` is a list of parameter arrays; for a stack of networks all have
``stack`` leading axes, and so have the costs. Every bound comes from rounding and from what an extrapolation leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from annprobe.symptoms.reading import Array, Measured, grade, where_sensible
from annprobe.symptoms.trace import Bools

Parameters = Sequence[Array]
CostOf = Callable[[list[Array]], Array]  # W to the cost, shape (...)
Forward = Callable[[Array], Array]  # X (N, n_0) to outputs (N, n_L)

STEP = 1e-5  # length of a move in parameter space, times max(1, |W|)
EFFICIENT = 1e-4  # first-order efficiency of a right gradient is 1 within this
DIRECTION = 1e-5  # relative
DEPENDS = 1e-8
IGNORED = 1e-6
EPS = float(np.finfo(np.float64).eps)


def inner(left: Parameters, right: Parameters, stack: int = 0) -> Array:
    """Scalar product over all parameters, shape (...)."""
    return np.asarray(sum((a * b).reshape(*a.shape[:stack], -1).sum(axis=-1) for a, b in zip(left, right, strict=True)))


def _moved(W: Parameters, along: Parameters, by: Array) -> list[Array]:
    return [w + np.reshape(by, by.shape + (1,) * (w.ndim - by.ndim)) * v for w, v in zip(W, along, strict=True)]


def slope(cost: CostOf, W: Parameters, along: Parameters, stack: int = 0) -> tuple[Array, Array]:
    """Derivative of the cost along a direction, and a bound of its error; both (...).

    Central differences with steps h and 2h, extrapolated. The bound is rounding, four times what the two differ by, and
    what the bend at 2h is off from twice that at h: for a smooth cost next to nothing (h² and h³), beside a kink (relu)
    or on it as much as the kink can spoil.
    """
    length = np.sqrt(inner(along, along, stack))
    size = np.maximum(1.0, np.sqrt(inner(W, W, stack)))
    h = STEP * 40.0 * size / np.where(length > 0.0, length, 1.0)
    costs = [cost(_moved(W, along, k * h)) for k in (1.0, -1.0, 2.0, -2.0)]
    fine, coarse = (costs[0] - costs[1]) / (2.0 * h), (costs[2] - costs[3]) / (4.0 * h)
    rounding = 16.0 * EPS * np.max(np.abs(costs), axis=0) / h
    here = cost(list(W))
    bend, wide_bend = (costs[0] - 2.0 * here + costs[1]) / h, (costs[2] - 2.0 * here + costs[3]) / (2.0 * h)
    bound = rounding + 4.0 * np.abs(fine - coarse) + np.abs(2.0 * bend - wide_bend)
    return (4.0 * fine - coarse) / 3.0, bound


def first_order_efficiency(cost: CostOf, W: Parameters, G: Parameters, stack: int = 0) -> Measured:
    """S34 `first-order-efficiency`: what a tiny step against the gradient gains, over what it should gain.

    1 when G is the gradient of the cost. Its value reads the fault: N where the cost is a sum and the gradient a mean,
    1/2 for a factor 2 too much in G, -1 for a wrong sign, 0 for an unrelated direction. Blind to blocks of zeros, where
    it is exactly 1: pair it with :func:`random_direction`.
    """
    with np.errstate(all="ignore"):
        square = inner(G, G, stack)
        gained, bound = slope(cost, W, G, stack)
        value = gained / square
        off = np.abs(value - 1.0)
        strength = grade(off / (EFFICIENT + bound / square), 1.0, 1e3)
    return Measured(where_sensible(strength, np.isfinite(value)), {"efficiency": value})


def random_direction(cost: CostOf, W: Parameters, G: Parameters, rng: np.random.Generator, draws: int = 3,
                     stack: int = 0) -> Measured:
    """S36 `random-direction`: the slope of the cost along random directions is not that of the gradient.

    Two cost calls in place of two for each parameter; three draws saw every wrong gradient of the catalogue.
    """
    worst = np.zeros(())
    with np.errstate(all="ignore"):
        for _ in range(draws):
            V = [np.broadcast_to(rng.normal(0.0, 1.0, w.shape[stack:]), w.shape) for w in W]  # the same for a stack
            numerical, bound = slope(cost, W, V, stack)
            analytic = inner(G, V, stack)
            allowed = DIRECTION * np.sqrt(inner(G, G, stack)) + 2.0 * bound
            gap = np.abs(numerical - analytic)
            ratio = np.where(np.isnan(analytic), np.inf, gap / allowed)
            worst = np.maximum(worst, np.where(np.isfinite(numerical), ratio, 0.0))
    return Measured(grade(worst, 1.0, 1e4), {"gap / allowed": worst})


def gradient_block_zero(gradients: Sequence[Parameters], stack: int = 0, biased: bool = True) -> Measured:
    """S21 `gradient-block-zero`: the weights' or the biases' part of the gradient is exactly zero everywhere.

    ``gradients`` are those at several random points, with parameters N(0, 1): a layer of relu can be dead at one.
    """
    share = np.all([_zero_blocks(G, stack, biased) for G in gradients], axis=0).mean(axis=0)
    return Measured(np.asarray((share > 0.0).astype(np.float64)), {"share of blocks": share})


def _zero_blocks(G: Parameters, stack: int, biased: bool) -> Bools:
    """For each block of a gradient whether it is exactly zero: (blocks, ...)."""
    zero: list[Bools] = []
    for g in G:
        blocks = [g[..., :1], g[..., 1:]] if biased and g.ndim - stack == 2 and g.shape[-1] > 1 else [g]
        zero.extend(np.asarray((block == 0.0).reshape(*block.shape[:stack], -1).all(axis=-1)) for block in blocks)
    return np.stack(zero)


def batch_dependence(forward: Forward, X: Array) -> Measured:
    """S30 `batch-dependence`: an example's output depends on which other examples are given with it.

    Rows are mixed up (a reshape for a transpose, a softmax over the wrong axis), or something is kept between calls.
    Normal for batch normalisation.
    """
    together = np.asarray(forward(X.copy()))
    alone = np.concatenate([np.asarray(forward(X[i:i + 1].copy())) for i in range(len(X))])
    size = max(float(np.std(together)), EPS * float(np.abs(together).max()), 1e-300)
    gap = float(np.abs(together - alone).max()) / size if together.shape == alone.shape else np.inf
    return Measured(grade(gap, DEPENDS, 1e-2), {"difference / spread": np.asarray(gap)})


def nondeterministic(call: Callable[[], Array]) -> Measured:
    """S31 `nondeterministic`: the same call, made twice, gives two answers.

    Randomness without a seed, or a buffer that is not cleared. Differences of rounding (1e-12) do not count.
    """
    first, second = np.array(call()), np.array(call())
    if first.shape != second.shape:
        return Measured(np.ones(()), {"difference": np.asarray(np.inf)})
    size = max(float(np.abs(first).max(initial=0.0)), 1e-300)
    same = (first == second) | (np.isnan(first) & np.isnan(second))
    gap = float(np.where(same, 0.0, np.abs(first - second)).max(initial=0.0)) / size
    gap = np.inf if np.isnan(gap) else gap
    return Measured(grade(gap, 1e-12, 1e-3), {"difference": np.asarray(gap)})


def inputs_mutated(call: Callable[[], object], arrays: Sequence[Array]) -> Measured:
    """S32 `inputs-mutated`: a call changes the arrays that it was given (inputs, targets, initial weights)."""
    before = [a.copy() for a in arrays]
    call()
    changed = sum(a.shape != b.shape or not np.array_equal(a, b, equal_nan=True)
                  for a, b in zip(arrays, before, strict=True))
    return Measured(np.asarray(float(changed > 0)), {"arrays changed": np.asarray(changed)})


def input_ignored(forward: Forward, X: Array, Y: Array) -> Measured:
    """S40 `input-ignored`: the outputs do not depend on the inputs.

    Judged by how outputs move when one column of X is moved by a hundredth of its spread, against the targets' spread.
    """
    reference, moved = np.asarray(forward(X.copy())), []
    for column in range(X.shape[1]):
        other = X.copy()
        other[:, column] += 1e-2 * max(float(X[:, column].std()), 1e-2)
        moved.append(np.asarray(forward(other)) - reference)
    wanted = max(float(np.std(Y)), 1e-300)
    effect = 1e2 * float(np.sqrt(np.mean(np.square(moved)))) / wanted
    return Measured(grade(effect, IGNORED, 1e-12), {"effect of the inputs / spread of targets": np.asarray(effect)})


def cost_scale(cost: Callable[[Array, Array], float], X: Array, Y: Array) -> Measured:
    """S43 `cost-scale`: what the cost does when every example is given twice: 1 for a mean, 2 for a sum over examples.

    Neither is a fault. It is one when cost and gradient disagree: ask for both and compare
    (:func:`scales_disagree`).
    """
    ratio = float(cost(np.concatenate([X, X]), np.concatenate([Y, Y]))) / float(cost(X, Y))
    neither = min(abs(ratio - 1.0), abs(ratio - 2.0))
    return Measured(grade(neither, 1e-6, 0.1), {"cost of all examples twice / once": np.asarray(ratio)})


def scales_disagree(cost_ratio: float, gradient_ratio: float) -> Measured:
    """S43 `cost-scale`, for both: one is summed over the examples, the other averaged.

    Arguments are what cost and gradient grow by when every example is given twice.
    """
    gap = abs(cost_ratio - gradient_ratio)
    return Measured(grade(gap, 1e-6, 1.0), {"cost grows by": np.asarray(cost_ratio),
                                           "gradient grows by": np.asarray(gradient_ratio)})
