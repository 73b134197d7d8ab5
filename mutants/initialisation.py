"""Initialisation and settings: where training starts, and what it is told to do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from annprobe.engine.architecture import Architecture
from annprobe.engine.conditions import ONE_LAYER, SINGLE_UNITS, Condition
from annprobe.engine.initialisers import draw
from annprobe.engine.layout import Array
from annprobe.engine.marking import mutant
from annprobe.engine.optimisers import move
from annprobe.engine.passes import Pass
from annprobe.engine.setup import Setup, initialise


def starts_as(*names: str) -> Condition:
    """The setup asks for one of these initialisers."""
    return Condition(f"the initialiser {' or '.join(names)}", lambda n: n.setup.initialiser in names)


@mutant("in-zeros", step="initialise", seen_by="start", silent=starts_as("zeros"))
def all_zero(architecture: Architecture, setup: Setup) -> list[Array]:
    """All parameters start at 0.

    Correct  W drawn at random about 0
    Bugged   W = 0
    Silent   where zeros were asked for. Harmless without hidden layers
    Shows    all hidden units stay equal for ever; XOR does not move. A gradient check here passes many wrong gradients
    Fix      draw at random, with a spread of about 1/√n
    Seen     many programs
    """
    return initialise(architecture, replace(setup, initialiser="zeros"))


@mutant("in-constant", step="initialise", seen_by="start", silent=starts_as("constant"))
def all_the_same(architecture: Architecture, setup: Setup) -> list[Array]:
    """All parameters start at 0.5.

    Correct  W drawn at random about 0
    Bugged   W = 0.5
    Silent   where a constant was asked for. Harmless without hidden layers
    Shows    all hidden units of a layer stay equal for ever: the layer counts as one unit
    Fix      draw at random: only different starts make different units
    Seen     a forum question why all weights are the same
    """
    return initialise(architecture, replace(setup, initialiser="constant"))


@mutant("in-same-rows", step="initialise", seen_by="start", silent=SINGLE_UNITS | starts_as("zeros", "constant"))
def same_row_for_all_units(architecture: Architecture, setup: Setup) -> list[Array]:
    """All units of a layer start with the same incoming weights.

    Correct  every unit its own row
    Bugged   the first unit's row for all
    Silent   with one unit a layer
    Shows    mostly nothing: where the outgoing weights differ, the units part. Output units stay alike longer
    Fix      draw the whole matrix
    Seen     one row drawn and repeated
    """
    return [w[:1] + np.zeros_like(w) for w in initialise(architecture, setup)]


@mutant("in-large", step="initialise", seen_by="start")
def far_too_large(architecture: Architecture, setup: Setup) -> list[Array]:
    """Parameters start with a spread of 20.

    Correct  spread about 1/√n
    Bugged   N(0, 20)
    Silent   never
    Shows    saturated units, tiny gradients. A gradient check here passes most wrong gradients
    Fix      divide by the root of the number of inputs
    Seen     stats.SE 265453
    """
    rng = np.random.default_rng(setup.seed)
    return [rng.normal(0.0, 20.0, architecture.shape(layer)) for layer in range(1, architecture.L + 1)]


@mutant("in-tiny", step="initialise", seen_by="start")
def far_too_small(architecture: Architecture, setup: Setup) -> list[Array]:
    """Parameters start with a spread of 0.0001.

    Correct  spread about 1/√n
    Bugged   N(0, 0.0001)
    Silent   never; harmless without hidden layers
    Shows    a long plateau at the cost of a constant output
    Fix      divide by the root of the number of inputs, and by nothing else
    Seen     "small random numbers" taken literally
    """
    rng = np.random.default_rng(setup.seed)
    return [rng.normal(0.0, 1e-4, architecture.shape(layer)) for layer in range(1, architecture.L + 1)]


@mutant("in-positive", step="initialise", seen_by="start")
def all_positive(architecture: Architecture, setup: Setup) -> list[Array]:
    """Parameters start between 0 and 1: all are positive.

    Correct  centred on 0
    Bugged   U(0, 1)
    Silent   never; harmless with few inputs
    Shows    with many inputs all units are saturated at 1
    Fix      subtract the middle, and scale by the root of the number of inputs
    Seen     rand() used as it comes
    """
    rng = np.random.default_rng(setup.seed)
    return [rng.uniform(0.0, 1.0, architecture.shape(layer)) for layer in range(1, architecture.L + 1)]


@mutant("in-every-epoch", step="update", seen_by="update")
def initialised_in_every_epoch(p: Pass, layer: int) -> Array:
    """The parameters are drawn anew at the start of every epoch.

    Correct  W = initialise(), then the loop over epochs
    Bugged   for each epoch: W = initialise(), then its updates
    Silent   in the first epoch
    Shows    the cost jumps back with every epoch; nothing is ever kept
    Fix      initialise before the loop
    Seen     set-up code indented one level too far
    """
    after = p.W[layer] + move(p, layer)
    if p.setup is None:
        return after
    names = [setup.initialiser for setup in p.setups]
    if layer == 1:
        p.memory.update((name, draw(p.architecture, name, np.random.default_rng(p.iteration))) for name in set(names))
    return np.reshape([p.memory[name][layer - 1] for name in names], after.shape)


@mutant("st-lr-small", step="settings", seen_by="settings", code="AP401")
def learning_rate_too_small(architecture: Architecture, setup: Setup) -> tuple[Architecture, Setup]:
    """The learning rate is a hundred times too small.

    Correct  a rate at which the cost falls quickly
    Bugged   a hundredth of it
    Silent   never
    Shows    the same output for every example on a slowly falling cost: only the average is learned
    Fix      try rates in factors of 3 or 10; full batches with the sigmoid need about 1
    Seen     the network that this project began with
    """
    return architecture, replace(setup, learning_rate=setup.learning_rate / 100.0)


@mutant("st-lr-large", step="settings", seen_by="settings", code="AP401")
def learning_rate_too_large(architecture: Architecture, setup: Setup) -> tuple[Architecture, Setup]:
    """The learning rate is a thousand times too large.

    Correct  a rate at which the cost falls quickly
    Bugged   a thousand times that
    Silent   never
    Shows    the first step saturates all units; then the cost is flat
    Fix      try rates in factors of 3 or 10
    Seen     rates for sums used with means, and the other way round
    """
    return architecture, replace(setup, learning_rate=setup.learning_rate * 1000.0)


@mutant("st-capacity", step="settings", seen_by="settings", silent=ONE_LAYER, code="AP203")
def hidden_layers_left_out(architecture: Architecture, setup: Setup) -> tuple[Architecture, Setup]:
    """The network has no hidden layer.

    Correct  [2, 4, 1] for XOR
    Bugged   [2, 1] for XOR
    Silent   where no hidden layer was asked for
    Shows    XOR stays exactly at the cost of a constant output
    Fix      a hidden layer: what is not linearly separable needs one
    Seen     the network that this project began with
    """
    widths = (architecture.widths[0], architecture.widths[-1])
    return replace(architecture, widths=widths, activations=architecture.activations[-1:]), setup


@mutant("st-too-few-steps", step="settings", seen_by="settings", code="AP402",
        silent=Condition("no iterations at all", lambda n: n.setup.iterations == 0))
def stopped_too_early(architecture: Architecture, setup: Setup) -> tuple[Architecture, Setup]:
    """Training is stopped after a fiftieth of the iterations.

    Correct  as many as it takes
    Bugged   one in fifty of them
    Silent   never
    Shows    the cost is still falling when it ends
    Fix      train until the cost no longer falls; fewer steps need a larger rate
    Seen     a default number of epochs
    """
    return architecture, replace(setup, iterations=setup.iterations // 50)


@mutant("fw-consistent-wrong", step="settings", seen_by="settings", code="AP201",
        silent=Condition("linear hidden layers", lambda n: set(n.architecture.activations[:-1]) <= {"identity"}))
def hidden_layers_linear_throughout(architecture: Architecture, setup: Setup) -> tuple[Architecture, Setup]:
    """The hidden activation is left out of the forward pass and of the backward pass alike.

    Correct  a[l] = f(z[l]), with f' in the recursion
    Bugged   a[l] = z[l], with 1 in the recursion
    Silent   for a gradient check: the gradient is right, of the wrong network
    Shows    the network is as weak as one layer; XOR is not learned
    Fix      compute one output by hand and compare
    Seen     activations that default to linear
    """
    hidden = ("identity",) * architecture.hidden_layers
    return replace(architecture, activations=(*hidden, architecture.activations[-1])), setup
