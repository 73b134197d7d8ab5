"""What stands between gradients and parameters: signs, penalties, statements that replace, multiply or lose."""

from __future__ import annotations

from pathlib import Path

import pytest

from annprobe.findings import Finding
from tests.diagnosis.modules import line_of
from tests.reading import read

MOMENTUM = """
import numpy as np

rng = np.random.RandomState(0)
X, Y = rng.randn(12, 4), rng.uniform(0.2, 0.8, (12, 2))
W1, b1 = rng.randn(4, 5) * 0.5, rng.randn(1, 5) * 0.1
W2, b2 = rng.randn(5, 2) * 0.5, rng.randn(1, 2) * 0.1
v = {name: 0.0 for name in ("W1", "b1", "W2", "b2")}
lam = 0.01


def sigma(z):
    return 1 / (1 + np.exp(-z))


def cost(X, Y):
    out = sigma(np.tanh(X @ W1 + b1) @ W2 + b2)
    data = -np.sum(Y * np.log(out) + (1 - Y) * np.log(1 - out)) / len(X)
    return data + 0.5 * lam * (np.sum(W1 ** 2) + np.sum(W2 ** 2))


for epoch in range(40):
    h = np.tanh(X @ W1 + b1)
    out = sigma(h @ W2 + b2)
    d2 = (out - Y) / len(X)
    d1 = d2 @ W2.T * (1 - h ** 2)
    g = {"W2": h.T @ d2 + lam * W2, "b2": d2.sum(0, keepdims=True)}
    g["W1"] = X.T @ d1 + lam * W1
    g["b1"] = d1.sum(0, keepdims=True)
    for name in g:
        v[name] = 0.9 * v[name] - 0.1 * g[name]
    W1 = W1 + v["W1"]
    b1 = b1 + v["b1"]
    W2 = W2 + v["W2"]
    b2 = b2 + v["b2"]
    if epoch % 10 == 0:
        print(cost(X, Y))
"""
PLAIN = """
import numpy as np

rng = np.random.RandomState(0)
X, Y = rng.randn(10, 3), rng.uniform(0.2, 0.8, (10, 2))


class Net:
    def __init__(self):
        self.W1, self.W2 = rng.randn(3, 4), rng.randn(4, 2)
        self.b1 = rng.randn(1, 4)
        self.b2 = rng.randn(1, 2)

    def forward(self, X):
        self.h = np.tanh(X @ self.W1 + self.b1)
        self.out = np.tanh(self.h @ self.W2 + self.b2)
        return self.out

    def backward(self, X, Y):
        d2 = (self.out - Y) * (1 - self.out ** 2) / len(X)
        d1 = d2 @ self.W2.T * (1 - self.h ** 2)
        self.g2, self.g1 = self.h.T @ d2, X.T @ d1
        self.c2 = d2.sum(0, keepdims=True)
        self.c1 = d1.sum(0, keepdims=True)

    def update(self, rate):
        self.W2 = self.W2 - rate * self.g2
        self.W1 = self.W1 - rate * self.g1
        self.b2 = self.b2 - rate * self.c2
        self.b1 = self.b1 - rate * self.c1


net = Net()
for epoch in range(30):
    net.forward(X)
    net.backward(X, Y)
    net.update(0.2)
print(np.mean((net.forward(X) - Y) ** 2))
"""


def found(folder: Path, text: str) -> tuple[Finding, ...]:
    path = folder / "net.py"
    path.write_text(text)
    return read(path)[1]


@pytest.mark.parametrize("text", [MOMENTUM, PLAIN])
def test_right_ones_are_clean(text: str, tmp_path: Path) -> None:
    assert found(tmp_path, text) == ()


@pytest.mark.parametrize(
    ("text", "old", "new", "family"),
    [
        (MOMENTUM, "d2 = (out - Y)", "d2 = (Y - out)", "sign"),
        (MOMENTUM, "- 0.1 * g[name]", "+ 0.1 * g[name]", "sign"),
        (MOMENTUM, "d1 = d2 @", "d1 = -d2 @", "sign"),
        (MOMENTUM, "X.T @ d1 + lam * W1", "X.T @ d1", "loss-derivative"),
        (MOMENTUM, "X.T @ d1 + lam * W1", "X.T @ d1 + 3 * lam * W1", "loss-derivative"),
        (MOMENTUM, "X.T @ d1 + lam * W1", "X.T @ d1 - lam * W1", "sign"),
        (MOMENTUM, 'g["b1"] = d1.sum(0, keepdims=True)', 'g["b1"] = d1.sum(0, keepdims=True) + lam * b1', "bias"),
        (MOMENTUM, "(out - Y) / len(X)", "(out - Y)", "scale"),
        (MOMENTUM, "0.9 * v[name] - 0.1 * g[name]", "v[name] - 0.1 * g[name]", "update"),
        (PLAIN, "self.W2 = self.W2 - rate * self.g2", "self.W2 = self.W2 * (1 - rate * self.g2)", "update"),
        (PLAIN, "self.W1 = self.W1 - rate * self.g1", "W1 = self.W1 - rate * self.g1", "update"),
        (PLAIN, "self.b1 = self.b1 - rate * self.c1", "self.b1 = rate * self.c1", "update"),
        (PLAIN, "self.c1 = d1.sum(0, keepdims=True)", "self.c1 = np.zeros_like(self.b1)", "bias"),
    ],
)
def test_a_slip_is_named_where_it_stands(text: str, old: str, new: str, family: str, tmp_path: Path) -> None:
    assert text.count(old) == 1
    wrong = text.replace(old, new)
    (finding,) = found(tmp_path, wrong)
    assert finding.family == family
    assert finding.places[0].line == line_of(wrong, new)


def test_a_forward_pass_that_is_run_once(tmp_path: Path) -> None:
    once = PLAIN.replace("    net.forward(X)\n", "    if epoch == 0:\n        net.forward(X)\n")
    findings = found(tmp_path, once)
    assert "state" in [f.family for f in findings]
    stale = next(f for f in findings if f.family == "state")
    assert stale.places[0].line == line_of(once, "        net.forward(X)")


def test_a_bias_that_nobody_updates(tmp_path: Path) -> None:
    frozen = PLAIN.replace("        self.b1 = self.b1 - rate * self.c1\n", "")
    (finding,) = found(tmp_path, frozen)
    assert finding.family == "bias"
    assert "self.b1 is added like a bias and never updated" in finding.message


@pytest.mark.parametrize(("start", "factor"), [("np.zeros((10, 2))", "* self.out *"), ("Y * 0.3 + 0.1", "*")])
def test_a_backward_pass_that_never_sees_the_output(start: str, factor: str, tmp_path: Path) -> None:
    lost = PLAIN.replace("def __init__(self):", f"def __init__(self):\n        self.out, self.shown = {start}, None")
    lost = lost.replace("self.out = np", "self.shown = np").replace("return self.out", "return self.shown")
    lost = lost.replace("(self.out - Y) *", f"(self.out - Y) {factor}")
    (finding,) = found(tmp_path, lost)
    assert finding.family == "state"
    assert [place.line for place in finding.places[:2]] == [line_of(lost, "(self.out - Y)"), line_of(lost, start)]


def test_a_training_in_which_nothing_moves(tmp_path: Path) -> None:
    still = PLAIN.replace("net = Net()", "net, mask = Net(), np.zeros((10, 2))")
    still = still.replace("d2 = (self.out - Y)", "d2 = mask * (self.out - Y)")
    (finding,) = found(tmp_path, still)
    assert finding.family == "state"
    assert "nothing is learned" in finding.message
    assert line_of(still, "np.zeros((10, 2))") in [place.line for place in finding.places]


LISTS = """
import math, random

random.seed(3)
data = [([0.1, 0.9], [0.2, 0.7]), ([0.8, 0.3], [0.9, 0.1]), ([0.5, 0.6], [0.3, 0.4])]
wi = [[random.uniform(-1, 1) for _ in range(4)] for _ in range(2)]
wo = [[random.uniform(-1, 1) for _ in range(2)] for _ in range(4)]
for epoch in range(30):
    for x, t in data:
        h = [math.tanh(sum(x[i] * wi[i][j] for i in range(2))) for j in range(4)]
        o = [math.tanh(sum(h[j] * wo[j][k] for j in range(4))) for k in range(2)]
        d_out = [(1 - o[k] ** 2) * (o[k] - t[k]) for k in range(2)]
        d_hid = [0.0] * 4
        for j in range(4):
            error = 0.0
            for k in range(2):
                error += d_out[k] * wo[j][k]
            d_hid[j] = (1 - h[j] ** 2) * error
        for j in range(4):
            for k in range(2):
                wo[j][k] -= 0.1 * d_out[k] * h[j]
        for i in range(2):
            for j in range(4):
                wi[i][j] -= 0.1 * d_hid[j] * x[i]
"""


def test_a_loop_that_fills_in_too_few(tmp_path: Path) -> None:
    assert found(tmp_path, LISTS) == ()
    loop = "        for j in range(4):\n            error"
    short = LISTS.replace(loop, loop.replace("4", "2"))
    (finding,) = found(tmp_path, short)
    assert finding.family == "layer-index"
    assert finding.places[0].line == line_of(short, "        for j in range(2):")
    assert "4 of the 8 numbers" in finding.message


@pytest.mark.parametrize(
    "kept",
    ["    weights_all = weights_all + net.W1", "    grad_W2 = grad_W2 + net.g2", "    b2_sum = b2_sum + net.c2"],
)
def test_what_is_kept_beside_the_parameters_is_none(kept: str, tmp_path: Path) -> None:
    start = "net = Net()\nweights_all, grad_W2, b2_sum = np.zeros((3, 4)), np.zeros((4, 2)), np.zeros((1, 2))\n"
    text = PLAIN.replace("net = Net()\n", start).replace("    net.update(0.2)\n", f"    net.update(0.2)\n{kept}\n")
    assert kept in text
    assert found(tmp_path, text) == ()


def test_a_parameter_that_the_forward_pass_leaves_out(tmp_path: Path) -> None:
    without = PLAIN.replace("self.h @ self.W2 + self.b2", "self.h @ self.W2")
    (finding,) = found(tmp_path, without)
    assert finding.family == "forward"
    assert "self.b2" in finding.message
    assert finding.places[0].line == line_of(without, "self.h @ self.W2")


ONE_PASS = """
import numpy as np

rng = np.random.RandomState(0)
X, Y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0], [1], [1], [0]])
W, V = rng.uniform(size=(2, 4)), rng.uniform(size=(4, 1))
for epoch in range(1):
    h = 1 / (1 + np.exp(-X @ W))
    p = 1 / (1 + np.exp(-h @ V))
    d = (Y - p) * p * (1 - p)
    e = d @ V.T * h * (1 - h)
    W += 0.1 * X.T @ e
    V = 0.1 * h.T @ d
"""


def test_a_replaced_parameter_is_seen_in_a_single_pass(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(ONE_PASS)
    [finding] = [f for f in read(tmp_path / "net.py")[1] if f.family == "update"]
    assert finding.message == "V is replaced by its correction: nothing of its old value is kept"
    assert finding.places[0].line == line_of(ONE_PASS, "V = 0.1")
    for kept in ("V = V + 0.1", "V += 0.1"):
        (tmp_path / "net.py").write_text(ONE_PASS.replace("V = 0.1", kept))
        assert "update" not in {f.family for f in read(tmp_path / "net.py")[1]}
