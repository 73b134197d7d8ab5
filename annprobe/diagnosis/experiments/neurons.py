"""How much of the gradient is right: neuron by neuron, weight by weight."""

from __future__ import annotations

from typing import Any

import numpy as np

from annprobe.findings import CheckStatus
from annprobe.training.anatomy import Anatomy
from annprobe.training.results import Experiments

_CLOSE = 1e-6  # of the largest entry; a step is a difference of two parameters and has lost digits
Counted = tuple[CheckStatus, str]


def by_weight(done: Experiments) -> Counted:
    """Every single parameter of the judged step."""
    right = _right_entries(done)
    wrong, total = sum(int((~r).sum()) for r in right.values()), sum(r.size for r in right.values())
    return _counted(wrong, total, "weights")


def by_neuron(done: Experiments, anatomy: Anatomy | None) -> Counted:
    """A neuron is right when all its incoming weights and its bias are."""
    if anatomy is None:
        return "skip", "which weights belong to which neuron is not known"
    right = {read: r.astype(float) for read, r in _right_entries(done).items()}
    wrong, total, where = 0, 0, []
    for number, layer in enumerate(anatomy.layers, start=1):
        biases = {} if layer.bias is None else {layer.bias: right[layer.bias]}
        rows = layer.matrix({**biases, layer.weights: right[layer.weights]})
        free = rows[:, 1:] if layer.bias is None and layer.ones is None else rows
        bad = int((free < 1.0).any(axis=1).sum())
        wrong, total = wrong + bad, total + len(rows)
        where += [f"{bad} of {len(rows)} in layer {number}"] if bad else []
    status, text = _counted(wrong, total, "neurons")
    return status, f"{text}: {', '.join(where)}" if where else text


def _counted(wrong: int, total: int, what: str) -> Counted:
    if wrong:
        return "fail", f"the step is wrong in {wrong} of {total} {what}"
    return "pass", f"the step is right in all {total} {what}"


def _right_entries(done: Experiments) -> dict[int, Any]:
    """Number that reads a parameter -> which of its entries the judged step moved along the true gradient."""
    trainer = done.trainer
    if done.swap is None:
        return {p.read: np.ones(np.shape(trainer.data.graph.sample(p.read)), bool) for p in trainer.loop.parameters}
    gradients = trainer.bench.gradient_samples()
    result = {}
    for p in trainer.loop.parameters:
        before = np.asarray(trainer.data.graph.sample(p.read), dtype=float)
        change = np.asarray(trainer.loop.tape.value(p.after), dtype=float) - before
        wanted = -done.swap.sizes.get(p.chain, 0.0) * np.asarray(gradients[p.chain], dtype=float)
        if p.chain in done.swap.chains:
            scale = max(float(np.abs(change).max(initial=0.0)), float(np.abs(wanted).max(initial=0.0)))
            result[p.read] = np.abs(change - wanted.reshape(change.shape)) <= _CLOSE * scale
        else:
            result[p.read] = np.ones(change.shape, bool)
    return result
