"""A later step is looked at, too: the first may be right only because nothing is left over from an earlier one."""

from __future__ import annotations

from pathlib import Path

from tests.diagnosis.modules import line_of
from tests.reading import read

NETWORK = """
import numpy as np
rng = np.random.default_rng(0)
X = rng.normal(size=(30, 3))
Y = (X[:, :1] * X[:, 1:2] > 0) * 1.0
def sigma(z): return 1 / (1 + np.exp(-z))
class Net:
    def __init__(self):
        self.W = [rng.normal(size=(3, 6)), rng.normal(size=(6, 1))]
        self.A, self.Z = [], []
    def forward(self, x):
        START
        self.A.append(x)
        for w in self.W:
            self.Z.append(x @ w)
            x = sigma(self.Z[-1])
            self.A.append(x)
        return x
    def backward(self, out, y):
        d = (out - y) / len(y)
        later = self.A[-2].T @ d
        d = d @ self.W[1].T * sigma(self.Z[0]) * (1 - sigma(self.Z[0]))
        return [self.A[0].T @ d, later]
    def fit(self, epochs):
        for e in range(epochs):
            i = e % 3 * 10
            out = self.forward(X[i:i + 10])
            for w, g in zip(self.W, self.backward(out, Y[i:i + 10])):
                w -= 0.5 * (0.99 ** e) * g
net = Net()
net.fit(300)
"""


def test_values_of_the_first_step_that_later_ones_use(tmp_path: Path) -> None:
    text = NETWORK.replace("START", "pass")
    (tmp_path / "net.py").write_text(text)
    understanding, findings = read(tmp_path / "net.py")
    assert understanding is not None
    assert understanding.step == len(understanding.steps) - 1
    lines = {line_of(text, "d = d @"), line_of(text, "return [self.A[0]")}
    assert {(f.family, f.places[0].line) for f in findings} == {("state", line) for line in lines}


def test_lists_that_are_emptied_are_right_at_every_step(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(NETWORK.replace("START", "self.A, self.Z = [], []"))
    understanding, findings = read(tmp_path / "net.py")
    assert understanding is not None
    assert understanding.step == 0
    assert findings == ()
