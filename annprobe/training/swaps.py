"""Which parameters do not follow the true gradient, and how long their steps should be when they do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from annprobe.training.trainer import Trainer
from annprobe.training.variants import Variant

_SAME = 0.01  # relative: steps along the gradient that differ by more are not of one rate


@dataclass(frozen=True)
class Swap:
    """Chains whose update is to be −size ∂C/∂P."""

    chains: tuple[int, ...]
    sizes: dict[int, float]

    def only(self, chosen: Collection[int]) -> Swap:
        """Some of the chains."""
        return Swap(tuple(c for c in self.chains if c in chosen), self.sizes)

    def variant(self, trainer: Trainer) -> Variant | None:
        """The training step with it; None where an operation cannot be differentiated."""
        try:
            return trainer.bench.descending(self.chains, self.sizes)
        except (NotImplementedError, ValueError, TypeError, IndexError):
            return None


def true_gradient(trainer: Trainer) -> Swap | None:
    """The swap that makes every parameter descend along the true gradient; None when all do, or where it is unknown.

    The step of the parameters that already descend is the measure for the others; where there is none, the learning
    rate times the sum or the mean over the examples, whichever is nearer to the module's own step.
    """
    try:
        gradients = trainer.bench.gradient_samples()
    except (NotImplementedError, ValueError, TypeError, IndexError):
        return None
    judged = {j.move.chain: j for j in (trainer.found.hypothesis.judged if trainer.found.hypothesis else ())}
    steps = {p.chain: _step(trainer, p.chain, gradients[p.chain]) for p in trainer.loop.parameters}
    factors = _oriented({c: j.factor for c, j in judged.items() if j.factor is not None}, steps)
    descent = [f for f in factors.values() if f < 0.0]
    common = float(np.median(descent)) if descent else 0.0
    wrong = tuple(
        p.chain
        for p in trainer.loop.parameters
        if p.chain not in judged
        or not judged[p.chain].right
        or (p.chain in factors and _another_step(factors[p.chain], common, _stateful(trainer, p.chain)))
    )
    if not wrong:
        return None
    right = [steps[p.chain] for p in trainer.loop.parameters if p.chain not in wrong]
    descending = [length for length, cosine in right if cosine < 0.0 and length > 0.0]
    usual = float(np.median(descending)) if descending else 0.0
    size = usual or _by_rate(trainer, _as_long(trainer, gradients, wrong))
    return Swap(wrong, dict.fromkeys(wrong, size))


def _oriented(factors: dict[int, float], steps: dict[int, tuple[float, float]]) -> dict[int, float]:
    """ΔP over the gradient of what is to be lowered: the module's own cost may be a likelihood, which it raises."""
    agree = sum(np.sign(f) * np.sign(steps[c][1]) for c, f in factors.items() if c in steps)
    return {c: -f for c, f in factors.items()} if agree < 0.0 else factors


def _another_step(factor: float, common: float, stateful: bool) -> bool:
    """Whether a parameter climbs, or takes steps of another length than the others."""
    return factor >= 0.0 or (not stateful and abs(factor / common - 1.0) > _SAME)


def _change(trainer: Trainer, chain: int) -> Any:
    """ΔP of the template step."""
    p = next(p for p in trainer.loop.parameters if p.chain == chain)
    tape = trainer.loop.tape
    return np.asarray(tape.value(p.after), dtype=float) - np.asarray(trainer.data.graph.sample(p.read), dtype=float)


def _step(trainer: Trainer, chain: int, gradient: Any) -> tuple[float, float]:
    """|ΔP| / |∂C/∂P| and the cosine between the two."""
    change, g = _change(trainer, chain).ravel(), np.asarray(gradient, dtype=float).ravel()
    sizes = float(np.linalg.norm(change)), float(np.linalg.norm(g))
    if min(sizes) == 0.0 or change.size != g.size:
        return 0.0, -1.0 if sizes[0] == 0.0 == sizes[1] else 0.0
    return sizes[0] / sizes[1], float(change @ g) / (sizes[0] * sizes[1])


def _stateful(trainer: Trainer, chain: int) -> bool:
    judged = trainer.found.hypothesis.judged if trainer.found.hypothesis else []
    return any(j.move.chain == chain and j.gradient is not None for j in judged)


def _as_long(trainer: Trainer, gradients: dict[int, Any], chains: Collection[int]) -> float:
    change = np.concatenate([_change(trainer, c).ravel() for c in chains])
    gradient = np.concatenate([np.ravel(gradients[c]) for c in chains])
    size = float(np.linalg.norm(gradient))
    return float(np.linalg.norm(change)) / size if size else 0.0


def _by_rate(trainer: Trainer, own: float) -> float:
    """The rate for a sum or a mean over the examples of a step; ``own``: the length of the module's own step."""
    rates = [abs(r.value) for r in trainer.found.rates if r is not None and r.value]
    examples = max(len(trainer.judge().targets) / len(trainer.evaluated), 1.0)
    if not rates:
        return own or 0.1 / examples
    rate: float = float(np.median(rates))
    if not own:
        return rate / examples
    summed = bool(abs(np.log(rate / own)) < abs(np.log(rate / examples / own)))
    return rate if summed else rate / examples
