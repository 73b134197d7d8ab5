"""Is a gradient checker right? It must accept right gradients and reject wrong ones. Feeds it both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from annprobe.engine.checker import Probe
from annprobe.engine.layout import Array
from annprobe.engine.network import Network
from annprobe.engine.setup import Rows
from annprobe.engine.steps import REFERENCE, Steps, evaluate, outputs

Wrong = Callable[[list[Array]], list[Array]]


def probe(network: Network, wrong: Wrong | None = None) -> Probe:
    """What a checker is given for this network; ``wrong`` falsifies the analytic gradient."""
    a, X, Y = network.architecture, network.X, network.Y

    def cost(W: Sequence[Array], rows: Rows | None) -> float:
        chosen = slice(None) if rows is None else rows
        return float(outputs(a, W, X[chosen], Y[chosen]).C)

    def gradient(W: Sequence[Array]) -> list[Array]:
        right = evaluate(a, W, X, Y).gradient()
        return right if wrong is None else wrong(right)

    return Probe(network, cost, lambda W: outputs(a, W, X, Y).a[a.L].copy(), gradient)


def verdict(steps: Steps, network: Network, wrong: Wrong | None = None, seed: int = 0) -> bool:
    """What the table's checker says about the right gradient, or about one falsified by ``wrong``."""
    q = probe(steps.check_point(network, np.random.default_rng(seed)), wrong)
    numerical = steps.numerical_gradient(q)
    return bool(steps.agree(steps.analytic_gradient(q), numerical))


def falsified(like: Sequence[Array]) -> Iterator[tuple[str, Wrong]]:
    """Wrong gradients for parameters shaped like these, each with a name: whole, by block, by entry, and NaN."""
    yield "half of everything", lambda G: [0.5 * g for g in G]
    for layer in range(len(like)):
        yield f"weights of layer {layer + 1} negated", _at(layer, np.s_[:, 1:], lambda g: -g)
        yield f"biases of layer {layer + 1} halved", _at(layer, np.s_[:, :1], lambda g: 0.5 * g)
        yield f"layer {layer + 1} doubled", _at(layer, np.s_[:, :], lambda g: 2.0 * g)
        yield f"the last entry of layer {layer + 1} a tenth too large", _at(layer, np.s_[-1:, -1:], lambda g: 1.1 * g)
        yield f"two entries of layer {layer + 1} exchanged", _at(layer, np.s_[:1, :2], lambda g: g[:, ::-1])
        yield f"not a number in layer {layer + 1}", _at(layer, np.s_[-1:, -1:], lambda g: np.nan * g)


def _at(layer: int, where: tuple[slice, slice], change: Callable[[Array], Array]) -> Wrong:
    def wrong(G: list[Array]) -> list[Array]:
        if layer >= len(G):  # the checker looks at a smaller network than it was given
            return G
        G = [g.copy() for g in G]
        G[layer][where] = change(G[layer][where])
        return G

    return wrong


def checker(steps: Steps, network: Network) -> tuple[bool, float, str]:
    """(is the table's checker right, 0 or infinity, what it got wrong), judged on this network.

    Looked at are the right gradient, which must pass, at this network and at one whose errors are a hundredth as
    large; the wrong gradients of :func:`falsified` that the reference's checker can see, which must not; and whether
    checking changes anything.
    """
    q = probe(network)
    before = [w.copy() for w in network.W]
    steps.numerical_gradient(q)
    if not all(np.array_equal(a, b) for a, b in zip(before, network.W, strict=True)):
        for w, b in zip(network.W, before, strict=True):
            w[...] = b
        return False, np.inf, "the check leaves other parameters behind"
    for place in (network, _nearly_solved(network)):
        if not verdict(steps, place):
            return False, np.inf, "a right gradient is rejected"
        for name, wrong in falsified(place.W):
            if verdict(steps, place, wrong) and not verdict(REFERENCE, place, wrong):
                return False, np.inf, f"a wrong gradient is accepted: {name}"
    return True, 0.0, ""


def _nearly_solved(network: Network) -> Network:
    """The same network with targets close to its outputs, so that the gradient is small."""
    if network.architecture.cost.endswith("logits"):
        return network
    rng = np.random.default_rng(0)
    there = REFERENCE.check_point(network, rng)
    a = outputs(there.architecture, there.W, there.X, there.Y).a[there.architecture.L]
    return replace(network, Y=a + 0.01 * (network.Y - a))
