"""The conditions under which bugs are silent, named once. All are about a network with generic weights and inputs."""

from __future__ import annotations

from annprobe.engine.marking import ALWAYS, NEVER, Condition

__all__ = ["ALWAYS", "NEVER", "Condition"]  # and the conditions below

ONE_EXAMPLE = Condition("one example", lambda n: n.N == 1)
ONE_OUTPUT = Condition("one output", lambda n: n.architecture.widths[-1] == 1)
NO_HIDDEN = Condition("no hidden layer", lambda n: n.architecture.L == 1)
ONE_HIDDEN = Condition("at most one hidden layer", lambda n: n.architecture.L <= 2)
SINGLE_UNITS = Condition("one unit in every layer after the input", lambda n: max(n.architecture.widths[1:]) == 1)
SUM = Condition("the cost is a sum over the examples", lambda n: n.architecture.reduction == "sum")
FUSED = Condition("the output delta is a - y anyway", lambda n: n.architecture.fused)
NO_PENALTY = Condition("no L2 penalty", lambda n: n.architecture.l2 == 0.0)
NO_BATCHES = Condition("all examples in one batch", lambda n: n.setup.batch is None or n.setup.batch >= n.N)
EQUAL_BATCHES = Condition("batches of one size", lambda n: n.setup.batch is None or n.N % min(n.setup.batch, n.N) == 0)
NO_MOMENTUM = Condition("no momentum", lambda n: n.setup.optimiser != "momentum")
IN_UNITS = Condition("inputs that come in their unit", lambda n: n.unit == 1.0)


def hidden_activations(*names: str) -> Condition:
    """All hidden layers have one of these activations (true where there is none)."""
    text = f"hidden layers are {' or '.join(names)}"
    return Condition(text, lambda n: all(name in names for name in n.architecture.activations[:-1]))


def output_activation(*names: str) -> Condition:
    """The output layer has one of these activations."""
    return Condition(f"the output is {' or '.join(names)}", lambda n: n.architecture.activations[-1] in names)


