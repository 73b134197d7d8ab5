"""Biases that never learn, and those that only look so: numbers that grow, gradients that stay zero, saturation."""

from __future__ import annotations

from pathlib import Path

from annprobe.training.windows import find_loop
from tests.diagnosis.modules import line_of
from tests.reading import read

GROWING = """
import numpy as np

rng = np.random.RandomState(0)
X, Y = rng.rand(8, 3), rng.uniform(0.2, 0.8, (8, 1))


class Net:
    def __init__(self):
        self.w, self.v = rng.rand(3, 4), rng.rand(4, 1)
        self.b = rng.rand(1, 4)
        self.c = np.random.random()

    def forward(self):
        self.h = 1 / (1 + np.exp(-(X @ self.w + self.b)))
        self.out = 1 / (1 + np.exp(-(self.h @ self.v + self.c)))

    def step(self):
        d = (Y - self.out) * self.out * (1 - self.out)
        e = d @ self.v.T * self.h * (1 - self.h)
        self.w += 0.5 * X.T @ e
        self.v += 0.5 * self.h.T @ d
        self.b += 0.5 * np.sum(e, axis=0, keepdims=True)
        self.c += 0.5 * np.sum(d, axis=0, keepdims=True)


net = Net()
for turn in range(200):
    net.forward()
    net.step()
"""
THROUGH_TIME = """
import numpy as np

rng = np.random.RandomState(0)
U, W, V = rng.randn(6, 3) * 0.3, rng.randn(6, 6) * 0.3, rng.randn(2, 6) * 0.3
b, c = np.zeros((6, 1)), np.zeros((2, 1))
xs, target = rng.randn(4, 3, 1), np.array([[0.4], [-0.3]])
for turn in range(60):
    hs = {-1: np.zeros((6, 1))}
    for t in range(4):
        hs[t] = np.tanh(U @ xs[t] + W @ hs[t - 1] + b)
    out = V @ hs[3] + c
    d = out - target
    dU, dW, dV, db, dc = np.zeros_like(U), np.zeros_like(W), d @ hs[3].T, np.zeros_like(b), d.copy()
    back = V.T @ d
    for t in reversed(range(4)):
        raw = (1 - hs[t] ** 2) * back
        dU += raw @ xs[t].T
        dW += raw @ hs[t - 1].T
        db += raw
        back = W.T @ raw
    for g in (dU, dW, dV, db, dc):
        np.clip(g, -5, 5, out=g)
    U -= 0.1 * dU
    W -= 0.1 * dW
    V -= 0.1 * dV
    b -= 0.1 * db
    c -= 0.1 * dc
"""
SATURATED = """
import numpy as np

rng = np.random.RandomState(0)
X, Y = rng.rand(40, 600), np.eye(6)[rng.randint(0, 6, 40)]
W, V = rng.randn(600, 30), rng.randn(30, 6)
b, c = np.zeros(30), np.zeros(6)
for turn in range(40):
    for k in range(0, 40, 8):
        x, y = X[k:k + 8], Y[k:k + 8]
        h = np.maximum(0, x @ W + b)
        z = h @ V + c
        p = np.exp(z - z.max(axis=1, keepdims=True))
        p = p / p.sum(axis=1, keepdims=True)
        d = (p - y) / 8
        e = (d @ V.T) * (h > 0)
        W = W - 0.05 * x.T @ e
        b = b - 0.05 * e.sum(axis=0)
        V = V - 0.05 * h.T @ d
        c = c - 0.05 * d.sum(axis=0)
"""


def module(tmp_path: Path, text: str) -> Path:
    """The text as a module of its own."""
    path = tmp_path / "network.py"
    path.write_text(text)
    return path


def test_a_number_that_becomes_an_array_with_its_first_correction_learns(tmp_path: Path) -> None:
    understood, findings = read(module(tmp_path, GROWING))
    assert findings == ()
    assert understood is not None
    assert len(find_loop(understood).step.meetings) == 1  # the first step, in which it is a number, is none of them


def test_a_gradient_that_is_clipped_and_never_added_to(tmp_path: Path) -> None:
    assert read(module(tmp_path, THROUGH_TIME))[1] == ()
    still = THROUGH_TIME.replace("        db += raw\n", "")
    (finding,) = read(module(tmp_path, still))[1]
    assert finding.family == "bias"
    assert "always zero" in finding.message
    assert finding.places[0].line == line_of(still, "db, dc = ")


def test_outputs_that_saturate_are_reached_by_the_biases(tmp_path: Path) -> None:
    assert read(module(tmp_path, SATURATED))[1] == ()
