"""The checks that kill mutants. Each takes a table of steps and a network, and finds out whether one thing is right.

A check knows nothing of mutants. What a step computes is compared with something independent: differences of the
table's own cost, a forward pass by hand, the settings that were asked for. ``CHECKS`` names them all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from annprobe.engine import by_hand
from annprobe.engine.architecture import Architecture
from annprobe.engine.audit import checker
from annprobe.engine.layout import Array
from annprobe.engine.network import Network, random_network, same
from annprobe.engine.numerical import Numerical, numerical_gradient
from annprobe.engine.passes import Pass
from annprobe.engine.setup import Setup
from annprobe.engine.stacks import FAULTS
from annprobe.engine.steps import REFERENCE, Steps, backward, evaluate, forward, run, update
from annprobe.engine.training import Run, train

ITERATIONS = 3  # of training, for the check of the update


@dataclass(frozen=True)
class Verdict:
    """passed: did the check accept; size: the largest disagreement, relative; what: where, in words."""

    passed: bool
    size: float = 0.0
    what: str = ""


Check = Callable[[Steps, Network], Verdict]


def gradient(steps: Steps, n: Network) -> Verdict:
    """Is the gradient that of the table's own cost, within the bound of the differences?"""
    analytic = evaluate(n.architecture, n.W, n.X, n.Y, steps).gradient()
    numerical = numerical_gradient(n.architecture, n.W, n.X, n.Y, steps)
    return _against(analytic, numerical)


def _against(analytic: Sequence[Array], numerical: Numerical) -> Verdict:
    scale = max(float(np.abs(g).max()) for g in numerical.gradient)
    worst, where = 0.0, ""
    for layer, (a, g, bound) in enumerate(zip(analytic, numerical.gradient, numerical.bound, strict=True), start=1):
        gap = np.abs(a - g) - 2.0 * bound - 1e-11 * scale
        wrong = ~(gap <= 0.0)  # NaN is wrong
        if wrong.any():
            size = float(np.max(np.where(wrong, np.abs(a - g), 0.0))) / max(scale, 1e-300)
            part = "biases" if not wrong[:, 1:].any() else "weights" if not wrong[:, 0].any() else "weights and biases"
            where = f"{part} of layer {layer}"
            worst = np.inf if np.isnan(size) else max(worst, size)
    return Verdict(not where, worst, where)


def forward_pass(steps: Steps, n: Network) -> Verdict:
    """Are the outputs those of a forward pass by hand?"""
    mine, right = evaluate(n.architecture, n.W, n.X, n.Y, steps).a[-1], by_hand.outputs(n)
    gap = float(np.max(np.abs(mine - right))) / max(float(np.max(np.abs(right))), 1e-300)
    return Verdict(gap <= 1e-11, gap, "outputs")


def repeat(steps: Steps, n: Network) -> Verdict:
    """Do two passes with the same parameters and examples agree, and leave both alone?"""
    p = Pass(n.architecture, n.W, n.X, n.Y, steps)
    results = []
    for _ in range(2):
        forward(p)
        run(p, "cost")
        backward(p)
        results.append([p.a[-1].copy(), p.C.copy(), *p.gradient()])
    if not same(results[0], results[1]):
        return Verdict(False, what="the second call differs from the first")
    untouched = same([p.X, p.Y, *p.parameters()], [n.X, n.Y, *n.W], 0.0)
    return Verdict(untouched, what="" if untouched else "the examples or parameters were changed")


def update_rule(steps: Steps, n: Network) -> Verdict:
    """Does each of three iterations move the parameters as the optimiser would, given the numerical gradient there?"""
    setup = replace(n.setup, iterations=ITERATIONS)
    moved: list[list[Array]] = [list(n.W)]
    for count in range(1, ITERATIONS + 1):
        run_of = Run(n.architecture, replace(setup, iterations=count), n.raw, steps, n.W)
        trace = train([run_of])[0]
        if trace.fault:
            return Verdict(False, np.inf, trace.fault)
        if trace.architecture != n.architecture:
            return Verdict(False, np.inf, "another architecture was trained")
        moved.append(list(trace.W))
    return _moves(steps, n, setup, moved)


def _moves(steps: Steps, n: Network, setup: Setup, moved: list[list[Array]]) -> Verdict:
    right = Pass(n.architecture, n.W, n.X, n.Y, REFERENCE, setup)
    worst = 0.0
    for t in range(ITERATIONS):
        rows, _ = REFERENCE.batch(setup, n.N, t)
        numerical = numerical_gradient(n.architecture, moved[t], n.X[rows], n.Y[rows], steps)
        right.clock[0] = t
        right.load(moved[t])
        for mine, g in zip(right.G[1:], numerical.gradient, strict=True):
            mine[...] = g
        update(right)
        for after, expected, before, bound in zip(moved[t + 1], right.parameters(), moved[t], numerical.bound,
        strict=True):
            allowed = 3.0 * setup.learning_rate * bound + 1e-9 * np.abs(expected - before).max() + 1e-15
            if setup.optimiser == "adam":  # divides by the gradient's own size: an entry near zero has no direction
                allowed = allowed + 1e-3 * setup.learning_rate
            gap = np.abs(after - expected)
            if not np.all(gap <= allowed):
                size = float(np.max(gap)) / max(float(np.abs(expected - before).max()), 1e-300)
                worst = np.inf if np.isnan(size) else max(worst, size)
    return Verdict(worst == 0.0, worst, f"one of the first {ITERATIONS} updates")


def data(steps: Steps, n: Network) -> Verdict:
    """Are the prepared examples the raw ones in their unit, in their order, each with its own target?"""
    ok = same(steps.prepare(n.raw), (n.X, n.Y), 1e-12)
    return Verdict(ok, what="prepared examples")


def batches(steps: Steps, n: Network) -> Verdict:
    """Does every epoch use every example once, each with its own target?"""
    count = -(-n.N // min(n.setup.batch or n.N, n.N))
    for epoch in range(2):
        rows = [steps.batch(n.setup, n.N, epoch * count + k) for k in range(count)]
        if any(not np.array_equal(x, y) for x, y in rows):
            return Verdict(False, what="rows of X and of Y differ")
        if sorted(np.concatenate([x for x, _ in rows])) != list(range(n.N)):
            return Verdict(False, what="an example is used twice or never in an epoch")
    return Verdict(True)


def settings(steps: Steps, n: Network) -> Verdict:
    """Is what is trained what was asked for?"""
    ok = steps.settings(n.architecture, n.setup) == (n.architecture, n.setup)
    return Verdict(ok, what="architecture or settings")


def start(steps: Steps, n: Network) -> Verdict:
    """Are the first parameters spread as the setup's initialiser says? Judged on layers of 40 units.

    Compared are mean, spread, and spread between units, each against the initialiser's own spread; with 1600 weights
    chance alone moves none of them by a fifth.
    """
    wide = Architecture((40,) * len(n.architecture.widths), n.architecture.activations, "squared error")
    for mine, right in zip(steps.initialise(wide, n.setup), REFERENCE.initialise(wide, n.setup), strict=True):
        spread = float(right[:, 1:].std())
        for name, of in (("mean", np.mean), ("spread", np.std), ("spread between units", lambda w:
        w.std(axis=0).mean())):
            gap = abs(float(of(mine[:, 1:])) - float(of(right[:, 1:])))
            if gap > 0.2 * spread + 1e-12:
                return Verdict(False, gap / max(spread, 1e-300), name)
    return Verdict(True)


def metric(steps: Steps, n: Network) -> Verdict:
    """Is the decision for each example the one that its own outputs demand?"""
    p = evaluate(n.architecture, n.W, n.X, n.Y)
    single = n.architecture.widths[-1] == 1
    middle = 0.5 if n.architecture.activations[-1] in ("sigmoid", "softmax") else 0.0
    right = [float(row[0] > middle) if single else float(max(range(len(row)), key=row.__getitem__)) for row in p.a[-1]]
    mine = steps.predict(p)
    return Verdict(bool(np.array_equal(mine, right)), what="decisions")


def records(steps: Steps, n: Network) -> Verdict:
    """Is the shown cost that of the new parameters, and do the kept ones stay as they were?"""
    before, after = np.array([2.0]), np.array([1.0])
    if steps.monitor(before, after)[0] != 1.0:
        return Verdict(False, what="the cost shown is that of the parameters before the step")
    W = [w.copy() for w in n.W]
    kept = steps.keep_best(W)
    for w in W:
        w += 1.0
    return Verdict(same(kept, n.W, 0.0), what="what was kept changes with the training")


def numerics(steps: Steps, n: Network) -> Verdict:
    """Are cost and gradient numbers, here and with all parameters a thousand times as large?"""
    for factor in (1.0, 1e3):
        W = [factor * w for w in n.W]
        p = evaluate(n.architecture, W, n.X, n.Y, steps)
        if not all(np.all(np.isfinite(x)) for x in (p.C, p.a[-1], *p.gradient())):
            return Verdict(False, np.inf, f"infinite or not a number with parameters x {factor:g}")
    return Verdict(True)


CHECKS: dict[str, Check] = {
    "gradient": gradient,
    "forward": forward_pass,
    "repeat": repeat,
    "update": update_rule,
    "data": data,
    "batches": batches,
    "settings": settings,
    "start": start,
    "metric": metric,
    "records": records,
    "numerics": numerics,
    "checker": lambda steps, n: Verdict(*checker(steps, n)),
}


def judge(check: str, steps: Steps, network: Network) -> Verdict:
    """Run a check; a step that does not fit its shapes fails it."""
    try:
        with np.errstate(all="ignore"):
            return CHECKS[check](steps, network)
    except FAULTS as error:
        return Verdict(False, np.inf, f"{type(error).__name__}: {error}")


def generic(architecture: Architecture, examples: int, seed: int, setup: Setup | None = None) -> Network:
    """A network with random values, for judging a table of steps on an architecture."""
    return random_network(architecture, examples, np.random.default_rng(seed), setup)
