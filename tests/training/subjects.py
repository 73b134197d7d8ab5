"""Small networks that run by themselves, as texts with places to change, and what annprobe reads off them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from annprobe.diagnosis.observing.observation import observe
from annprobe.diagnosis.observing.options import Options
from annprobe.subject.reading.source import read_source
from annprobe.subject.understanding import Understanding
from annprobe.training.interventions import Suspects, experiment
from annprobe.training.laboratory import Laboratory
from annprobe.training.results import Experiments
from annprobe.training.swaps import true_gradient
from annprobe.training.trainer import Trainer

BATCH = """
import numpy as np

rng = np.random.default_rng(1)
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
Y = np.array([[0], [1], [1], [0]], float)
W1, b1 = SPREAD * rng.standard_normal((2, 6)), np.zeros(6)
W2, b2 = SPREAD * rng.standard_normal((6, 1)), np.zeros(1)
rate = RATE
for step in range(STEPS):
    h = np.tanh(X @ W1 + b1)
    out = 1 / (1 + np.exp(-(h @ W2 + b2)))
    cost = 0.5 * np.sum((out - Y) ** 2)
    d2 = DELTA
    d1 = (d2 @ W2.T) * (1 - h ** 2)
    W2 -= rate * (h.T @ d2)
    b2 -= rate * d2.sum(axis=0)
    W1 -= rate * (X.T @ d1)
    b1 -= rate * d1.sum(axis=0)
"""

ONE_BY_ONE = """
import numpy as np

rng = np.random.default_rng(2)
X = rng.uniform(-1, 1, (12, 3))
Y = X @ np.array([0.5, -1.0, 2.0]) + 0.3
w, b = [list(rng.normal(0, 0.5, 3)), 0.0]
for epoch in range(40):
    for x, y in zip(X, Y):
        out = sum(wi * xi for wi, xi in zip(w, x)) + b
        error = out - y
        w = [wi - 0.1 * error * xi for wi, xi in zip(w, x)]
        b = b - 0.1 * error
"""

MOMENTUM = """
import numpy as np

rng = np.random.RandomState(0)
X = rng.randn(40, 3)
T = np.c_[X[:, 0] > 0, X[:, 0] <= 0].astype(float)
params = [rng.randn(3, 5) * 0.5, np.zeros(5), rng.randn(5, 2) * 0.5, np.zeros(2)]
speeds = [np.zeros_like(p) for p in params]
for epoch in range(60):
    order = rng.permutation(40)
    for k in range(0, 40, 10):
        rows = order[k:k + 10]
        x, t = X[rows], T[rows]
        z1 = x @ params[0] + params[1]
        a1 = np.maximum(z1, 0)
        z2 = a1 @ params[2] + params[3]
        e = np.exp(z2 - z2.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        d2 = (p - t) / 10
        d1 = (d2 @ params[2].T) * (z1 > 0)
        grads = [x.T @ d1, d1.sum(0), a1.T @ d2, d2.sum(0)]
        for i in range(4):
            speeds[i] = 0.9 * speeds[i] - 0.1 * grads[i]
            params[i] = params[i] + speeds[i]
"""

RIGHT_DELTA = "(out - Y) * out * (1 - out)"


def batch(*, rate: float = 2.0, steps: int = 1500, spread: float = 1.0, delta: str = RIGHT_DELTA) -> str:
    """XOR on a [2, 6, 1] network, all examples at once."""
    text = BATCH.replace("RATE", repr(rate)).replace("STEPS", str(steps)).replace("SPREAD", repr(spread))
    return text.replace("DELTA", delta)


@lru_cache(maxsize=64)
def understood(text: str) -> Understanding:
    """What annprobe reads off a module that runs by itself."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "net.py"
        path.write_text(text)
        found = observe(read_source(path), Options())[1]
    assert found is not None
    assert found.missing == ""
    return found


@lru_cache(maxsize=32)
def tried(text: str, seconds: float = 6.0) -> Experiments:
    """The experiments on a module, with nothing suspected but a wrong gradient."""
    trainer = Trainer(understood(text))
    return experiment(Laboratory(trainer, seconds), Suspects(true_gradient(trainer)))
