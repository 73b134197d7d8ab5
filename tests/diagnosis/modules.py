"""Modules for whole diagnoses: right networks, and settings under which they do not learn."""

from __future__ import annotations

from pathlib import Path

from annprobe.diagnosis.observing.options import Options
from annprobe.diagnosis.pipeline import diagnose
from annprobe.findings import Diagnosis

XOR = """import numpy as np

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
Y = np.array([[0], [1], [1], [0]], float)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class Net:
    def __init__(self, n_in, n_hidden, n_out, seed):
        rng = np.random.default_rng(seed)
        self.W1 = {spread} * rng.standard_normal((n_in, n_hidden))
        self.b1 = np.zeros(n_hidden)
        self.W2 = {spread} * rng.standard_normal((n_hidden, n_out))
        self.b2 = np.zeros(n_out)

    def forward(self, x):
        self.h = sigmoid(x @ self.W1 + self.b1)
        return sigmoid(self.h @ self.W2 + self.b2)

    def cost(self, x, y):
        return 0.5 * np.sum((self.forward(x) - y) ** 2)

    def fit(self, x, y, rate, epochs):
        for epoch in range(epochs):
            out = self.forward(x)
            d2 = (out - y) * out * (1 - out)
            d1 = {hidden}
            self.W2 -= rate * (self.h.T @ d2)
            self.b2 -= rate * d2.sum(axis=0)
            self.W1 -= rate * (x.T @ d1)
            self.b1 -= rate * d1.sum(axis=0)
            if epoch % 100 == 0:
                print(epoch, self.cost(x, y))


if __name__ == "__main__":
    net = Net(2, {width}, 1, {seed})
    net.fit({inputs}, {targets}, {rate}, {epochs})
"""
RIGHT = "(d2 @ self.W2.T) * self.h * (1 - self.h)"
HIDDEN_LINE = 30


def xor(
    *,
    rate: float = 2.0,
    epochs: int = 4000,
    width: int = 5,
    seed: int = 1,
    spread: float = 1.0,
    hidden: str = RIGHT,
    inputs: str = "X",
    targets: str = "Y",
) -> str:
    """XOR in a [2, width, 1] network of sigmoids."""
    return XOR.format(
        rate=rate, epochs=epochs, width=width, seed=seed, spread=spread, hidden=hidden, inputs=inputs, targets=targets
    )


def line_of(text: str, part: str) -> int:
    """The first line that contains a text, from 1."""
    return next(number for number, line in enumerate(text.splitlines(), start=1) if part in line)


def diagnosed(text: str, folder: Path, effort: str = "normal") -> Diagnosis:
    """The whole diagnosis of a module."""
    path = folder / "net.py"
    path.write_text(text)
    return diagnose(path, options=Options(effort=effort))
