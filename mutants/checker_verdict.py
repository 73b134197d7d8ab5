"""Gradient checkers, the verdict: where they look and what they call equal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from annprobe.engine.checker import NOISE, TOLERANCE, agree, check_point
from annprobe.engine.conditions import ONE_LAYER
from annprobe.engine.layout import Array
from annprobe.engine.marking import mutant
from annprobe.engine.network import Network

Gradient = Sequence[Array]


@mutant("gc-absolute-tol", step="agree", seen_by="checker")
def absolute_tolerance(analytic: Gradient, numerical: Gradient) -> bool:
    """The tolerance is absolute, and gradients are small.

    Correct  |a - n| relative to the larger of the two
    Bugged   |a - n| < 0.01
    Silent   never
    Shows    wrong gradients pass where gradients are small
    Fix      a relative tolerance
    Seen     np.allclose(a, n, atol=1e-2)
    """
    return all(bool(np.all(np.abs(a - n) < 1e-2)) for a, n in zip(analytic, numerical, strict=True))


@mutant("gc-norm-ratio-loose", step="agree", seen_by="checker")
def norm_over_everything(analytic: Gradient, numerical: Gradient) -> bool:
    """One ratio of norms for all entries together, with a generous limit.

    Correct  every entry by itself
    Bugged   |a - n| / (|a| + |n|) < 0.2 for the whole gradient
    Silent   never
    Shows    a block that is wrong and small passes
    Fix      entry by entry, or block by block with 1e-7
    Seen     the formula of a well-known course with another limit
    """
    a, n = (np.concatenate([np.ravel(g) for g in column]) for column in (analytic, numerical))
    return bool(np.linalg.norm(a - n) < 0.2 * (np.linalg.norm(a) + np.linalg.norm(n)))


@mutant("gc-signs-only", step="agree", seen_by="checker")
def only_signs_compared(analytic: Gradient, numerical: Gradient) -> bool:
    """Only the signs are compared.

    Correct  the values
    Bugged   sign(a) == sign(n)
    Silent   never
    Shows    wrong factors pass
    Fix      compare values
    Seen     comparison by eye
    """
    pairs = list(zip(analytic, numerical, strict=True))
    return all(bool(np.all(a * n >= -NOISE) and np.all(np.isfinite(a))) for a, n in pairs)


@mutant("gc-cosine-only", step="agree", seen_by="checker")
def only_direction_compared(analytic: Gradient, numerical: Gradient) -> bool:
    """Only the direction of the whole gradient is compared.

    Correct  direction and length
    Bugged   cos(a, n) > 0.9999
    Silent   never
    Shows    wrong factors pass
    Fix      compare the length too
    Seen     checks made for large networks
    """
    a, n = (np.concatenate([np.ravel(g) for g in column]) for column in (analytic, numerical))
    return bool(a @ n > 0.9999 * np.linalg.norm(a) * np.linalg.norm(n))


@mutant("gc-signed-relative", step="agree", seen_by="checker")
def relative_error_with_sign(analytic: Gradient, numerical: Gradient) -> bool:
    """The relative error is not an absolute value.

    Correct  |a - n| / max(|a|, |n|) < 1e-4
    Bugged   (a - n) / (a + n) < 1e-4
    Silent   never
    Shows    every gradient that is too small passes
    Fix      absolute values, above and below
    Seen     a slip while typing
    """
    return all(bool(np.all((a - n) / (a + n + NOISE) < TOLERANCE)) for a, n in zip(analytic, numerical, strict=True))


@mutant("gc-last-layer-only", step="agree", seen_by="checker", silent=ONE_LAYER)
def only_output_layer_compared(analytic: Gradient, numerical: Gradient) -> bool:
    """Only the output layer is checked.

    Correct  every layer
    Bugged   the last one
    Silent   without hidden layers
    Shows    all errors of the recursion pass
    Fix      every layer
    Seen     a check written before the hidden layers were
    """
    return agree(analytic[-1:], numerical[-1:])


@mutant("gc-first-layer-only", step="agree", seen_by="checker", silent=ONE_LAYER)
def only_first_layer_compared(analytic: Gradient, numerical: Gradient) -> bool:
    """Only the first layer is checked.

    Correct  every layer
    Bugged   the first one
    Silent   without hidden layers
    Shows    errors in the output layer's own gradient pass
    Fix      every layer
    Seen     a check of W[0]
    """
    return agree(analytic[:1], numerical[:1])


@mutant("gc-skips-bias", step="agree", seen_by="checker")
def biases_not_compared(analytic: Gradient, numerical: Gradient) -> bool:
    """The biases are not checked.

    Correct  every parameter
    Bugged   the weights
    Silent   never
    Shows    all errors in bias gradients pass
    Fix      the biases too
    Seen     checks over W only
    """
    return agree([a[:, 1:] for a in analytic], [n[:, 1:] for n in numerical])


@mutant("gc-one-entry", step="agree", seen_by="checker")
def one_entry_compared(analytic: Gradient, numerical: Gradient) -> bool:
    """One entry of every layer is checked.

    Correct  every entry
    Bugged   the first weight of every layer
    Silent   never
    Shows    errors in rows, columns and biases pass
    Fix      all entries, or random directions
    Seen     checks of W[0][0, 0]
    """
    return agree([a[:1, 1:2] for a in analytic], [n[:1, 1:2] for n in numerical])


@mutant("gc-sum-of-entries", step="agree", seen_by="checker")
def sums_compared(analytic: Gradient, numerical: Gradient) -> bool:
    """The sums over all entries of a layer are compared.

    Correct  every entry
    Bugged   Σ a against Σ n
    Silent   never
    Shows    exchanged entries pass: transposes, wrong columns
    Fix      entry by entry
    Seen     checksums
    """
    return agree([a.sum(keepdims=True) for a in analytic], [n.sum(keepdims=True) for n in numerical])


@mutant("gc-nan-passes", step="agree", seen_by="checker")
def nan_passes(analytic: Gradient, numerical: Gradient) -> bool:
    """The check fails where the error is larger than the tolerance, and NaN is never larger.

    Correct  not (error <= tolerance) fails
    Bugged   error > tolerance fails
    Silent   while all numbers are finite
    Shows    a gradient of NaN passes
    Fix      turn the comparison round
    Seen     max(error) > tol
    """
    pairs = zip(analytic, numerical, strict=True)
    errors = [np.abs(a - n) - TOLERANCE * np.maximum(np.abs(a), np.abs(n)) for a, n in pairs]
    return not any(bool(np.any(error > NOISE)) for error in errors)


@mutant("gc-ignored", step="agree", seen_by="checker")
def result_ignored(analytic: Gradient, numerical: Gradient) -> bool:
    """Both columns are printed and nothing is decided.

    Correct  a check that can fail
    Bugged   print(a, n)
    Silent   never
    Shows    a check that has been failing for weeks
    Fix      assert
    Seen     many programs
    """
    return True


@mutant("gc-at-zero-weights", step="check_point", seen_by="checker")
def checked_at_zero(network: Network, rng: np.random.Generator) -> Network:
    """The check is made with all parameters at 0.

    Correct  random parameters
    Bugged   the zeros of the initialisation
    Silent   never; harmless without hidden layers
    Shows    a third of all wrong gradients pass: nothing comes back through weights of 0
    Fix      check at random parameters
    Seen     checks before the first step
    """
    return replace(network, W=tuple(np.zeros_like(w) for w in network.W))


@mutant("gc-at-saturated", step="check_point", seen_by="checker")
def checked_in_saturation(network: Network, rng: np.random.Generator) -> Network:
    """The check is made with parameters that are two hundred times too large.

    Correct  parameters of about 1/√n
    Bugged   parameters of about 200/√n
    Silent   where no layer saturates
    Shows    most wrong gradients pass: all are next to 0
    Fix      check where derivatives are not tiny
    Seen     checks after training has gone wrong
    """
    right = check_point(network, rng)
    return replace(right, W=tuple(200.0 * w for w in right.W))


@mutant("gc-toy-net", step="check_point", seen_by="checker", silent=ONE_LAYER)
def checked_on_another_network(network: Network, rng: np.random.Generator) -> Network:
    """The check is made on a network without hidden layers.

    Correct  the architecture that is used, or a richer one
    Bugged   [2, 1]
    Silent   where no hidden layer is used
    Shows    every error in the recursion passes
    Fix      at least two hidden layers of different widths, two outputs, three examples
    Seen     checks on the AND example
    """
    a = network.architecture
    if a.L == 1:
        return check_point(network, rng)
    toy = replace(a, widths=(a.widths[0], a.widths[-1]), activations=a.activations[-1:])
    W = (rng.normal(0.0, 0.5, toy.shape(1)),)
    return replace(network, architecture=toy, W=W)
