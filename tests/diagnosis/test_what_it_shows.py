"""Slips that a reader of the output stumbles over: outputs that never move, totals that only grow, lines that raise."""

from __future__ import annotations

from pathlib import Path

import pytest

from annprobe.findings import Finding
from tests.diagnosis.modules import diagnosed, line_of
from tests.reading import read

GATE = """
import numpy as np

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
T = np.array([[0], [1], [1], [1]], float)
w = np.array([[0.3], [-0.2]])
for i in range(3000):
    y = 1 / (1 + np.exp(-(X @ w)))
    w += 0.5 * X.T @ ((T - y) * y * (1 - y))
print(y)
"""
FIT = """
import numpy as np

rng = np.random.RandomState(2)
X = rng.randn(30, 2)
T = X[:, :1] * 0.5 - X[:, 1:]
W1, b1 = rng.randn(2, 6) * 0.5, np.zeros((1, 6))
W2, b2 = rng.randn(6, 1) * 0.5, np.zeros((1, 1))
cost = 0
for epoch in range(60):
    h = np.tanh(X @ W1 + b1)
    out = h @ W2 + b2
    cost = np.mean((out - T) ** 2)
    d2 = (out - T) / len(X)
    d1 = d2 @ W2.T * (1 - h ** 2)
    W2 -= 0.3 * h.T @ d2
    b2 -= 0.3 * d2.sum(0, keepdims=True)
    W1 -= 0.3 * X.T @ d1
    b1 -= 0.3 * d1.sum(0, keepdims=True)
    if epoch % 10 == 0:
        print(epoch, cost)
"""
LOOPS = """
import numpy as np

rng = np.random.RandomState(1)
X, T = rng.randn(6, 3), rng.uniform(0.1, 0.9, 6)
w, v = rng.randn(3, 4), rng.randn(4)
for epoch in range(20):
    for x, t in zip(X, T):
        h = np.tanh(x @ w)
        y = 1 / (1 + np.exp(-(h @ v)))
        e = (y - t) * y * (1 - y)
        back = e * v * (1 - h * h)
        for j in range(4):
            v[j] -= 0.1 * (e * h)[j]
        for i in range(3):
            for j in range(4):
                w[i][j] -= 0.1 * (back[j] * x)[i]
"""
HANDED = """
import numpy as np


class Net:
    def __init__(self, sizes):
        rng = np.random.RandomState(0)
        self.w = [rng.randn(m, n) for n, m in zip(sizes, sizes[1:])]

    def train(self, data, rate):
        for x, t in data:
            zs, acts = [], [x]
            for w in self.w:
                zs.append(w @ acts[-1])
                acts.append(np.tanh(zs[-1]))
            delta = (acts[-1] - t) * (1 - acts[-1] ** 2)
            grads = [np.outer(delta, acts[-2])]
            for l in range(2, len(self.w) + 1):
                delta = self.w[-l + 1].T @ delta * (1 - np.tanh(zs[-l - 1]) ** 2)
                grads.insert(0, np.outer(delta, acts[-l - 1]))
            self.w = [w - rate * g for w, g in zip(self.w, grads)]


data = [(np.random.RandomState(k).randn(3), np.array([0.2, -0.4])) for k in range(5)]
net = Net([3, 4, 2])
for epoch in range(10):
    net.train(data, 0.1)
"""


def found(folder: Path, text: str) -> tuple[Finding, ...]:
    path = folder / "net.py"
    path.write_text(text)
    return read(path)[1]


def test_an_example_that_nothing_reaches(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, GATE)
    assert (finding.family, finding.places[0].line) == ("bias", line_of(GATE, "X @ w"))
    assert "it is 0.5 for ever, and the target is 0" in finding.message
    assert found(tmp_path, GATE.replace("[[0], [1], [1], [1]]", "[[0.5], [1], [1], [1]]")) == ()


@pytest.mark.parametrize(
    ("old", "new", "family"),
    [
        ("cost = np.mean(", "cost += np.mean(", "metric"),
        ("d2 = (out - T) / len(X)", "d2 = np.mean(out - T) * (out - T)", "loss-derivative"),
        ("d1 = d2 @ W2.T * (1 - h ** 2)", "back = d2 @ W2.T * (1 - h ** 2); d1 = d2 * (1 - h ** 2)", "layer-index"),
        ("W2 -= 0.3 * h.T @ d2", "W2 -= 0.3 * h.T @ (d2 * out * (1 - out))", "activation-derivative"),
    ],
)
def test_slips_in_a_fit(old: str, new: str, family: str, tmp_path: Path) -> None:
    assert found(tmp_path, FIT) == ()
    wrong = FIT.replace(old, new)
    (finding,) = found(tmp_path, wrong)
    assert (finding.family, finding.places[0].line) == (family, line_of(wrong, new))


def test_arrays_that_are_corrected_entry_by_entry(tmp_path: Path) -> None:
    assert found(tmp_path, LOOPS) == ()
    wrong = LOOPS.replace("* (1 - h * h)", "* h * (1 - h)")
    (finding,) = found(tmp_path, wrong)
    assert (finding.family, finding.places[0].line) == ("activation-derivative", line_of(wrong, "back ="))


def test_a_training_that_raises_is_not_clean(tmp_path: Path) -> None:
    wrong = FIT.replace("W1 -= 0.3 * X.T @ d1", "W1 -= 0.3 * inputs.T @ d1")
    diagnosis = diagnosed(wrong, tmp_path, "quick")
    (finding,) = diagnosis.findings
    assert finding.places[0].line == line_of(wrong, "inputs")
    assert "name 'inputs' is not defined: the training ends there, after 1 step" in finding.message


def test_an_index_that_is_out_of_range(tmp_path: Path) -> None:
    diagnosis = diagnosed(HANDED, tmp_path, "quick")
    finding = diagnosis.findings[0]
    assert (finding.family, finding.places[0].line) == ("layer-index", line_of(HANDED, "zs[-l - 1]"))
    assert "zs[-l - 1] asks for entry -3 of 2 entries" in finding.message


def test_imports_that_were_left_out(tmp_path: Path) -> None:
    pasted = FIT.replace("import numpy as np\n", "")
    diagnosis = diagnosed(pasted, tmp_path, "quick")
    assert diagnosis.verdict == "clean"
    assert "np is used and never imported: taken as numpy" in diagnosis.subject.notes
