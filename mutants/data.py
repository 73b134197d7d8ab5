"""Data, batches and labels: what the network is given."""

from __future__ import annotations

import numpy as np

from annprobe.engine.backward import delta_from
from annprobe.engine.conditions import (
    EQUAL_BATCHES,
    IN_UNITS,
    NO_BATCHES,
    ONE_EXAMPLE,
    ONE_OUTPUT,
    Condition,
)
from annprobe.engine.forward import preactivation
from annprobe.engine.layout import Array
from annprobe.engine.marking import mutant
from annprobe.engine.passes import Pass
from annprobe.engine.setup import Data, Rows, Setup, batch, prepare

SAME_TARGETS = Condition("neighbours with equal targets", lambda n: np.array_equal(n.Y, np.roll(n.Y, 1, axis=0)))
SAME_OUTPUTS = Condition("targets alike for all outputs", lambda n: np.array_equal(n.Y, np.roll(n.Y, 1, axis=1)))


@mutant("ba-label-broadcast", step="output_delta", silent=ONE_EXAMPLE, code="AP103")
def targets_broadcast(p: Pass) -> Array:
    """Outputs (N, 1) minus targets (N,) is (N, N): every output is compared with every target.

    Correct  δ[L] from a - y, shapes (N, 1) and (N, 1)
    Bugged   δ[L] from a - mean(y), which is what the (N, N) array comes to
    Silent   with one example
    Shows    the same output for every example, at the cost of a constant; no error message
    Fix      y.reshape(-1, 1)
    Seen     a lecture on rank-1 arrays warns of it
    """
    Y = p.Y.mean(axis=-2, keepdims=True) + np.zeros_like(p.Y)
    return delta_from(p, p.architecture.cost_function.derivative(p.a[p.L], Y), Y)


@mutant("ba-same-slice", step="batch", seen_by="batches", silent=NO_BATCHES, code="AP402")
def always_the_first_rows(setup: Setup, N: int, iteration: int) -> tuple[Rows, Rows]:
    """Every batch is the first one.

    Correct  rows i B to (i + 1) B for batch i
    Bugged   rows 0 to B for every batch
    Silent   where all examples are in one batch
    Shows    the first rows are learned; the cost of all rises
    Fix      X[i:i + B]
    Seen     X[:B] in a loop
    """
    rows = np.arange(min(setup.batch or N, N))
    return rows, rows


@mutant("ba-shuffle-x-only", step="batch", seen_by="batches", silent=ONE_EXAMPLE, code="AP103")
def only_inputs_shuffled(setup: Setup, N: int, iteration: int) -> tuple[Rows, Rows]:
    """The inputs are shuffled, their targets are not.

    Correct  one order for X and Y
    Bugged   X in a new order, Y in the old one
    Silent   with one example, or where all targets are equal
    Shows    the cost stays at that of a constant, and swings
    Fix      one permutation for both
    Seen     np.random.shuffle(X) followed by np.random.shuffle(Y)
    """
    rows, _ = batch(setup, N, iteration)
    return rows, np.roll(np.arange(N), 1 + iteration % max(N - 1, 1))[rows]


@mutant("ba-drop-last", step="batch", seen_by="batches", silent=EQUAL_BATCHES, code="AP402")
def last_rows_never_used(setup: Setup, N: int, iteration: int) -> tuple[Rows, Rows]:
    """The rows after the last full batch are never used.

    Correct  a last batch that is smaller
    Bugged   N // B batches of the first rows
    Silent   where the batch size divides the number of examples
    Shows    the last examples are never learned
    Fix      range(0, N, B), or shuffle in every epoch
    Seen     range(N // B)
    """
    size = min(setup.batch or N, N)
    place = iteration % (N // size)
    rows = np.arange(place * size, (place + 1) * size)
    return batch(setup, N, iteration) if N % size == 0 else (rows, rows)


@mutant("ba-normalise-axis", step="prepare", seen_by="data", code="AP101")
def every_example_centred(data: Data) -> tuple[Array, Array]:
    """The mean is taken over the inputs of each example, not over the examples.

    Correct  X - mean(X, axis=0), or X as it is
    Bugged   X - mean(X, axis=1, keepdims=True)
    Silent   never
    Shows    what distinguishes examples as a whole is lost; with one input everything is
    Fix      axis=0
    Seen     a slip while typing
    """
    X, Y = prepare(data)
    return X - X.mean(axis=1, keepdims=True), Y


@mutant("da-unscaled", step="prepare", seen_by="data", silent=IN_UNITS, code="AP101")
def inputs_unscaled(data: Data) -> tuple[Array, Array]:
    """The inputs go in as they come, 0 to 255.

    Correct  X / 255
    Bugged   X
    Silent   where the data come in their unit
    Shows    saturated units from the first step; the same output for every example
    Fix      divide by the largest value
    Seen     pixel values; perhaps the network that this project began with, on MNIST
    """
    return data.X, data.Y


@mutant("da-input-mutated", step="preactivation", seen_by="repeat", code="AP601")
def inputs_changed_in_place(p: Pass, layer: int) -> Array:
    """The forward pass scales the caller's inputs in place.

    Correct  X = X * 0.9
    Bugged   X *= 0.9
    Silent   in the first pass
    Shows    the inputs shrink with every iteration; XOR is stuck
    Fix      copy, or do not assign in place
    Seen     X -= X.mean() and the like inside a function
    """
    if layer == 1:
        p.a[0] *= 0.9
    return preactivation(p, layer)


@mutant("da-target-range", step="prepare", seen_by="data", code="AP102")
def targets_outside_the_range(data: Data) -> tuple[Array, Array]:
    """The targets are -1 and 1; the output cannot go below 0.

    Correct  targets 0 and 1 for the sigmoid
    Bugged   targets -1 and 1
    Silent   never; harmless where the output reaches -1
    Shows    the cost stays above 0; outputs for the lower class at 0
    Fix      0 and 1, or tanh
    Seen     data sets with labels -1 and 1
    """
    X, Y = prepare(data)
    return X, 2.0 * Y - 1.0


@mutant("da-label-permuted", step="prepare", seen_by="data", silent=ONE_EXAMPLE | SAME_TARGETS, code="AP103")
def labels_off_by_one_row(data: Data) -> tuple[Array, Array]:
    """Every example has its neighbour's target.

    Correct  row i of Y belongs to row i of X
    Bugged   row i - 1 of Y belongs to row i of X
    Silent   with one example, or where neighbours' targets are equal
    Shows    the cost stays at that of a constant, or small sets are learned by heart
    Fix      read, sort and split X and Y together
    Seen     a header line skipped in one file only
    """
    X, Y = prepare(data)
    return X, np.roll(Y, 1, axis=0)


@mutant("da-label-shifted", step="prepare", seen_by="data", silent=ONE_OUTPUT | SAME_OUTPUTS, code="AP103")
def classes_off_by_one(data: Data) -> tuple[Array, Array]:
    """The one-hot columns are off by one.

    Correct  class k in column k
    Bugged   class k in column k - 1
    Silent   with one output
    Shows    it learns, and every answer is one class off
    Fix      count classes from 0
    Seen     labels that start at 1
    """
    X, Y = prepare(data)
    return X, np.roll(Y, -1, axis=1)


@mutant("da-conflict", step="prepare", seen_by="data", silent=ONE_EXAMPLE, code="AP103")
def same_input_other_target(data: Data) -> tuple[Array, Array]:
    """Two examples have the same input and different targets.

    Correct  an input has one target
    Bugged   the second input is a copy of the first
    Silent   with one example
    Shows    the cost stays above 0: the best answer is the average of both targets
    Fix      look for duplicate rows
    Seen     data put together from several files
    """
    X, Y = prepare(data)
    X = X.copy()
    X[1:2] = X[:1] if len(X) > 1 else X[1:2]
    return X, Y
