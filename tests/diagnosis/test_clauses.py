"""The words and the family of a wrong line: weights of after the update, inputs without a name, views of a bias."""

from __future__ import annotations

from pathlib import Path

from annprobe.findings import Finding
from tests.diagnosis.modules import line_of
from tests.reading import read

ORDER = """
import numpy as np

rng = np.random.RandomState(0)


class Net:
    def __init__(self, kind):
        self.kind = kind
        self.wi, self.wo = rng.uniform(-1, 1, (3, 4)), rng.uniform(-1, 1, (4, 2))

    def squash(self, r):
        if self.kind == "tanh":
            return np.tanh(r)
        return r

    def slope(self, r):
        if self.kind == "tanh":
            return 1 - r ** 2
        return r

    def step(self, x, t):
        h = [self.squash(sum(x[i] * self.wi[i][j] for i in range(3))) for j in range(4)]
        o = [sum(h[j] * self.wo[j][k] for j in range(4)) for k in range(2)]
        d = [t[k] - o[k] for k in range(2)]
        for j in range(4):
            for k in range(2):
                self.wo[j][k] += 0.1 * d[k] * h[j]
        e = [0.0] * 4
        for j in range(4):
            back = 0.0
            for k in range(2):
                back += d[k] * self.wo[j][k]
            e[j] = back * self.slope(h[j])
        for i in range(3):
            for j in range(4):
                self.wi[i][j] += 0.1 * e[j] * x[i]


net = Net("tanh")
for turn in range(30):
    for x, t in zip(rng.randn(6, 3), rng.uniform(-0.5, 0.5, (6, 2))):
        net.step(x, t)
"""
NAMELESS = """
import numpy as np

rng = np.random.RandomState(0)


class Net:
    def __init__(self):
        self.W, self.V = rng.uniform(-1, 1, (3, 3)), rng.uniform(-1, 1, (2, 3))

    def forward(self, x):
        self.seen = x
        self.h = np.tanh(self.W.dot(x))
        return self.V.dot(self.h)

    def backward(self, d):
        e = d.dot(self.V) * (1 - self.h ** 2)
        self.V -= 0.1 * np.outer(d, self.h)
        self.W -= 0.1 * e * self.seen


def examples():
    return rng.randint(0, 3, (6, 3)), rng.uniform(-0.5, 0.5, (6, 2))


net = Net()
for turn in range(30):
    for x, t in zip(*examples()):
        net.backward(net.forward(x) - t)
"""
CLASSES = """
import numpy as np

rng = np.random.RandomState(0)
X, y = rng.randn(4, 30), rng.randint(0, 3, 30)
W, b = np.zeros((3, 4)), np.zeros(3)
for turn in range(50):
    Z = W @ X + b[:, np.newaxis]
    P = np.exp(Z) / np.exp(Z).sum(axis=0)
    d = P - np.eye(3)[y].T
    W -= 0.1 * d @ X.T / 30
    b -= 0.1 * np.sum(d) / 30
"""
ITSELF = """
import numpy as np

rng = np.random.RandomState(0)
X, Y = rng.randn(3, 5), rng.uniform(-0.5, 0.5, (2, 5))
W, V = rng.randn(5, 3) * 0.5, rng.randn(2, 5) * 0.5
for turn in range(30):
    h = np.tanh(W @ X)
    d = V @ h - Y
    e = (V.T @ d) * (1 - h ** 2)
    gV, gW = d @ h.T, np.tanh(e @ W)
    V -= 0.02 * gV
    W -= 0.02 * gW
"""
MASKED = """
import numpy as np

rng = np.random.RandomState(0)
X, Y = rng.randn(8, 3), rng.uniform(0.2, 0.8, (8, 1))
W, V, c = rng.randn(3, 5) * 0.5, rng.randn(5, 1) * 0.5, np.zeros(1)
for turn in range(30):
    z = X @ W
    a = 1 / (1 + np.exp(-z))
    mask = (rng.rand(8, 5) > 0.5).astype(float)
    a *= mask
    a /= 0.5
    out = a @ V + c
    d = out - Y
    e = (d @ V.T) * mask / 0.5
    e = e * (a * (1 - a))
    V -= 0.02 * a.T @ d
    c -= 0.02 * d.sum(axis=0)
    W -= 0.02 * X.T @ e
"""


def findings(tmp_path: Path, text: str) -> tuple[Finding, ...]:
    """What is found in the text as a module of its own."""
    path = tmp_path / "network.py"
    path.write_text(text)
    return read(path)[1]


def test_weights_that_are_read_after_their_update(tmp_path: Path) -> None:
    (finding,) = findings(tmp_path, ORDER)
    assert finding.family == "delta-order"
    assert finding.places[0].line == line_of(ORDER, "back += d[k]")
    assert "was already updated in this step" in finding.message
    assert "as it was before its update" in str(finding.help)


def test_an_input_that_no_line_names_is_called_as_the_product_calls_it(tmp_path: Path) -> None:
    (finding,) = findings(tmp_path, NAMELESS)
    assert finding.family == "transpose"
    assert finding.places[0].line == line_of(NAMELESS, "self.W -= 0.1 * e")
    assert finding.message == "the product should be outer(error, self.seen)"


def test_a_bias_that_is_added_through_a_view_is_a_bias(tmp_path: Path) -> None:
    (finding,) = [f for f in findings(tmp_path, CLASSES) if "summed" in f.message]
    assert finding.family == "bias"
    assert finding.places[0].line == line_of(CLASSES, "np.sum(d)")


def test_a_weight_gradient_that_is_made_of_the_weights_themselves(tmp_path: Path) -> None:
    (finding,) = findings(tmp_path, ITSELF)
    assert finding.family == "layer-index"
    assert finding.places[0].line == line_of(ITSELF, "np.tanh(e @ W)")


def test_a_slope_that_is_taken_at_what_a_mask_has_left(tmp_path: Path) -> None:
    (finding,) = findings(tmp_path, MASKED)
    assert finding.family == "activation-derivative"
    assert finding.places[0].line == line_of(MASKED, "e * (a * (1 - a))")
    masked, kept = line_of(MASKED, "a /= 0.5"), line_of(MASKED, "a *= mask")
    assert finding.message == f"a as line {masked} leaves it is used, where it is needed as line {kept} makes it"
