"""The conditions under which bugs are silent, named once. A condition is about one network, values included."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from annprobe.engine.marking import ALWAYS, NEVER, Condition
from annprobe.engine.network import Network
from annprobe.engine.passes import Pass
from annprobe.engine.steps import evaluate

__all__ = ["ALWAYS", "NEVER", "Condition"]  # and the conditions below

ONE_EXAMPLE = Condition("one example", lambda n: n.N == 1)
ONE_OUTPUT = Condition("one output", lambda n: n.architecture.widths[-1] == 1)
ONE_LAYER = Condition("no hidden layer", lambda n: n.architecture.L == 1)
TWO_LAYERS = Condition("at most one hidden layer", lambda n: n.architecture.L <= 2)
SINGLE_UNITS = Condition("one unit in every layer", lambda n: max(n.architecture.widths[1:]) == 1)
SINGLE_WIDTHS = Condition("one unit everywhere, the input too", lambda n: max(n.architecture.widths) == 1)
NARROW_ABOVE = Condition(
    "one unit in every layer above a hidden one", lambda n: max(n.architecture.widths[2:], default=1) == 1
)
VECTORS = Condition(
    "every weight matrix a row or a column",
    lambda n: all(1 in pair for pair in pairwise(n.architecture.widths)),
)
BELOW_FITS = Condition(
    "hidden layers as wide as the one below, or above a single unit",
    lambda n: all(below in (own, 1) for below, own in pairwise(n.architecture.widths[:-1])),
)
ABOVE_FITS = Condition(
    "hidden layers as wide as the one above, or below a single unit",
    lambda n: all(above in (own, 1) for own, above in pairwise(n.architecture.widths[1:])),
)
SUM = Condition("a cost that is the sum over the examples", lambda n: n.architecture.reduction == "sum")
FUSED = Condition("an output delta that is a - y anyway", lambda n: n.architecture.fused)
NO_PENALTY = Condition("no L2 penalty", lambda n: n.architecture.l2 == 0.0)
NO_BATCHES = Condition("all examples in one batch", lambda n: n.setup.batch is None or n.setup.batch >= n.N)
EQUAL_BATCHES = Condition("batches of one size", lambda n: n.N % min(n.setup.batch or n.N, n.N) == 0)
IN_UNITS = Condition("inputs that come in their unit", lambda n: n.unit == 1.0)


def optimiser_is_not(name: str) -> Condition:
    """The setup has another optimiser."""
    return Condition(f"an optimiser that is not {name}", lambda n: n.setup.optimiser != name)


def hidden_is(*names: str) -> Condition:
    """All hidden layers have one of these activations; true where there is none."""
    text = f"hidden layers that are {' or '.join(names)}"
    return Condition(text, lambda n: all(name in names for name in n.architecture.activations[:-1]))


def output_is(*names: str) -> Condition:
    """The output layer has one of these activations."""
    return Condition(f"an output that is {' or '.join(names)}", lambda n: n.architecture.activations[-1] in names)


def all_layers_are(name: str) -> Condition:
    """All layers have this activation."""
    return Condition(f"all layers {name}", lambda n: set(n.architecture.activations) == {name})


def no_layer_is(name: str) -> Condition:
    """No layer has this activation."""
    return Condition(f"no layer that is {name}", lambda n: name not in n.architecture.activations)


def _slopes_used(n: Network) -> tuple[str, ...]:
    """Activations of the layers whose element-wise derivative the backward pass uses."""
    a = n.architecture
    skipped = a.fused or a.activation(a.L).coupled
    return a.activations[:-1] if skipped else a.activations


NO_SLOPE = Condition("no derivative used: one layer, with a - y as its delta", lambda n: not _slopes_used(n))


def slopes_only_of(*names: str) -> Condition:
    """All layers whose derivative is used have one of these activations."""
    text = f"derivatives that are used only of {', '.join(names)}"
    return Condition(text, lambda n: all(name in names for name in _slopes_used(n)))


def slopes_none_of(name: str) -> Condition:
    """No layer whose derivative is used has this activation."""
    return Condition(f"no derivative used of {name}", lambda n: name not in _slopes_used(n))


def _pass(n: Network) -> Pass:
    return evaluate(n.architecture, n.W, n.X, n.Y)


ERRORS_POSITIVE = Condition(
    "errors that are all positive", lambda n: bool(np.all(_pass(n).delta[-1] >= 0)), here_only=True
)
DELTAS_POSITIVE = Condition(
    "deltas that are all positive",
    lambda n: all(bool(np.all(delta >= 0)) for delta in _pass(n).delta[1:]),
    here_only=True,
)
WEIGHTS_POSITIVE = Condition(
    "weights above the first layer that are all positive",
    lambda n: all(bool(np.all(w[:, 1:] >= 0)) for w in n.W[1:]),
    here_only=True,
)
NOTHING_SATURATED = Condition(
    "pre-activations between -700 and 700",
    lambda n: all(bool(np.all(np.abs(z) < 700)) for z in _pass(n).z[1:]),
    here_only=True,
)
NO_CERTAINTY = Condition(
    "outputs that are neither 0 nor 1 exactly",
    lambda n: bool(np.all((_pass(n).a[-1] > 0) & (_pass(n).a[-1] != 1))),
    here_only=True,
)
