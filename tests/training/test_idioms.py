"""Steps written in many ways: stacks of networks do what single ones do, operation by operation."""

from __future__ import annotations

import numpy as np
import pytest

from annprobe.training.stack import Lane
from annprobe.training.trainer import Trainer
from tests.training.subjects import understood

STEP = """
import numpy as np

rng = np.random.default_rng(3)
X = rng.uniform(0.2, 1.0, (6, 4))
Y = rng.uniform(-1, 1, (6, 2))
W = rng.normal(0, 0.5, (4, 2))
b = rng.normal(0, 0.5, 2)
v = np.zeros((4, 2))
for step in range(20):
    out = X @ W + b
    e = out - Y
    {line}
    W = W - 0.05 * g
    b = b - 0.05 * e.sum(axis=0)
"""
LINES = [
    "g = np.dot(X.T, e)",
    "g = np.einsum('ni,nk->ik', X, e)",
    "g = np.tensordot(X, e, axes=(0, 0))",
    "g = sum(np.outer(x, r) for x, r in zip(X, e))",
    "g = np.array([[np.sum(X[:, i] * e[:, k]) for k in range(2)] for i in range(4)])",
    "g = np.zeros_like(W); g[:] = X.T @ e",
    "g = np.zeros_like(W); g[0] = X[:, 0] @ e; g[1:] += X[:, 1:].T @ e",
    "v = 0.9 * v + X.T @ e; g = v",
    "v *= 0.5; v += X.T @ e; g = v.copy()",
    "g = (X[:, :, None] * e[:, None, :]).sum(axis=0)",
    "g = np.vstack([X[:, :2].T @ e, X[:, 2:].T @ e])",
    "g = np.hstack([(X.T @ e)[:, :1], (X.T @ e)[:, 1:]])",
    "g = np.concatenate([X.T @ e[:, :1], X.T @ e[:, 1:]], axis=1)",
    "g = (e.T @ X).T",
    "g = np.transpose(np.matmul(np.transpose(e), X))",
    "g = (X.T @ e).reshape(-1).reshape(4, 2)",
    "g = np.clip(X.T @ e, -1, 1)",
    "g = np.where(X.T @ e > 0, X.T @ e, 0.5 * (X.T @ e))",
    "g = X.T @ e / max(1.0, np.linalg.norm(X.T @ e))",
    "g = np.sign(X.T @ e) * np.minimum(np.abs(X.T @ e), 0.3)",
    "g = X.T @ e + 0.1 * W ** 2",
    "g = np.cumsum(X.T @ e, axis=0)",
    "g = np.flip(X.T @ e, axis=0)[::-1]",
    "g = (X.T @ e) * np.eye(4)[:, :2] + W.mean(axis=0, keepdims=True)",
    "g = np.squeeze(np.expand_dims(X.T @ e, 0))",
    "g = X.T.dot(e) - np.average(W, axis=0)",
    "g = np.stack([X.T @ e[:, k] for k in range(2)], axis=1)",
    "g = np.roll(X.T @ e, 1, axis=0)",
    "g = np.diag(np.ones(4)) @ X.T @ e",
]


@pytest.mark.parametrize("line", LINES)
def test_stacks_and_single_networks_agree(line: str) -> None:
    trainer = Trainer(understood(STEP.format(line=line.replace("; ", "\n    "))))
    assert trainer.planned == 20
    rng = np.random.default_rng(0)
    lanes = [
        Lane({p.read: rng.normal(0, 0.4, np.shape(trainer.recorded(p.read))) for p in trainer.loop.parameters}, factor)
        for factor in (1.0, 0.3, 2.0)
    ]
    together = trainer.train(trainer.bench.plain(), lanes, 15, 20.0)
    for lane, trace in zip(lanes, together, strict=True):
        alone = trainer.train(trainer.bench.plain(), [lane], 15, 20.0)[0]
        np.testing.assert_allclose(trace.left, alone.left, rtol=1e-9)
