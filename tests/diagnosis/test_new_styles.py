"""Faults in the ways in which scripts are often written: softmax, unrolled vectors, tables, masks, velocities."""

from __future__ import annotations

from pathlib import Path

import pytest

from annprobe.diagnosis.experiments.beneath import with_class_axis
from annprobe.diagnosis.observing.observation import observe
from annprobe.diagnosis.observing.options import Options
from annprobe.diagnosis.worker import work
from annprobe.findings import Place
from annprobe.subject.reading.source import read_source
from tests.diagnosis.modules import line_of
from tests.reading import read

TABLE = """
import numpy as np
import pandas as pd

data = np.array(pd.read_csv("digits.csv"))
m, n = data.shape
Y = data.T[0]
X = data.T[1:n] / 255.0
W = np.random.RandomState(0).rand(10, 784) - 0.5
b = np.zeros((10, 1))
T = np.zeros((Y.size, Y.max() + 1))
T[np.arange(Y.size), Y] = 1
for i in range(20):
    Z = W.dot(X) + b
    A = np.exp(Z) / np.sum(np.exp(Z))
    dZ = A - T.T
    W = W - 0.1 * dZ.dot(X.T) / m
    b = b - 0.1 * np.sum(dZ) / m
"""

UNROLLED = """
import numpy as np
from scipy import optimize


def cost(p, X, y, decay):
    A, B = p[:20].reshape(4, 5), p[20:].reshape(3, 5)
    one = np.ones((len(X), 1))
    h = np.hstack([one, 1 / (1 + np.exp(-np.hstack([one, X]) @ A.T))])
    o = 1 / (1 + np.exp(-h @ B.T))
    T = np.eye(3)[y]
    J = -np.sum(T * np.log(o) + (1 - T) * np.log(1 - o)) / len(X)
    J = J + decay / (2 * len(X)) * (np.sum(A[:, 1:] ** 2) + np.sum(B[:, 1:] ** 2))
    d3 = o - T
    d2 = (d3 @ B * h * (1 - h))[:, 1:]
    gA = d2.T @ np.hstack([one, X]) / len(X)
    gB = d3.T @ h / len(X)
    gA = gA + decay / len(X) * A
    gB[:, 1:] = gB[:, 1:] + decay / len(X) * B[:, 1:]
    return J, np.concatenate([gA.ravel(), gB.ravel()])


X = np.random.RandomState(1).randn(60, 4)
y = np.argmax(X[:, :3], axis=1)
start = np.random.RandomState(2).randn(35) * 0.2
print(optimize.minimize(lambda p: cost(p, X, y, 1.0), start, jac=True, method="CG", options={"maxiter": 50}).fun)
"""

CALLED = """
import numpy as np


def nonlin(x, deriv=False):
    if deriv:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))


X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
y = np.array([[0], [1], [1], [0]])
np.random.seed(1)
w0, w1 = 2 * np.random.random((3, 4)) - 1, 2 * np.random.random((4, 1)) - 1
for j in range(2000):
    a1 = nonlin(X @ w0)
    a2 = nonlin(a1 @ w1)
    d2 = (y - a2) * nonlin(a2, deriv=True)
    d1 = d2.dot(w1.T) * nonlin(a1)
    w1 += a1.T.dot(d2)
    w0 += X.T.dot(d1)
"""

VELOCITIES = """
import numpy as np

rng = np.random.RandomState(0)
X = rng.randn(40, 3)
Y = (X.sum(axis=1, keepdims=True) > 0) * 1.0
W, V = rng.randn(3, 4) * 0.5, rng.randn(4, 1) * 0.5
b, c = np.zeros(4), np.zeros(4)
vW, vV, vb, vc = np.zeros_like(W), np.zeros_like(V), np.zeros_like(b), np.zeros_like(c)
for i in range(300):
    h = np.tanh(X @ W + b)
    o = 1 / (1 + np.exp(-((h + c) @ V)))
    d = (o - Y) / len(X)
    e = d @ V.T * (1 - h**2)
    vW = 0.9 * vW + 0.1 * X.T @ e
    vV = 0.9 * vV + 0.1 * (h + c).T @ d
    vb = 0.9 * vb + 0.1 * e.sum(axis=0)
    vc = 0.9 * vb + 0.1 * (d @ V.T).sum(axis=0)
    W, V, b, c = W - vW, V - vV, b - vb, c - vc
"""


def written(text: str, folder: Path) -> Path:
    module = folder / "net.py"
    module.write_text(text)
    return module


@pytest.mark.parametrize(("text", "family", "part"), [
    (UNROLLED, "bias", "gA + decay"),
    (CALLED, "activation-derivative", "nonlin(a1)"),
    (VELOCITIES, "update", "vc = 0.9 * vb"),
])  # fmt: skip
def test_the_fault_is_named_at_its_line(text: str, family: str, part: str, tmp_path: Path) -> None:
    _, findings = read(written(text, tmp_path))
    assert [(f.family, f.places[0].line) for f in findings] == [(family, line_of(text, part))]


@pytest.mark.parametrize(("text", "wrong", "right"), [
    (UNROLLED, "decay / len(X) * A\n", "decay / len(X) * np.hstack([np.zeros((4, 1)), A[:, 1:]])\n"),
    (CALLED, "nonlin(a1)\n", "nonlin(a1, deriv=True)\n"),
    (VELOCITIES, "vc = 0.9 * vb", "vc = 0.9 * vc"),
])  # fmt: skip
def test_put_right_nothing_is_found(text: str, wrong: str, right: str, tmp_path: Path) -> None:
    _, findings = read(written(text.replace(wrong, right), tmp_path))
    assert findings == ()


def test_what_a_softmax_over_everything_hides(tmp_path: Path) -> None:
    events: list[dict[str, object]] = []
    work({"path": str(written(TABLE, tmp_path)), "effort": "quick"}, events.append)
    found = next(e["value"] for e in events if e.get("field") == "findings")
    assert isinstance(found, list)
    assert [(f["family"], f["places"][0]["line"]) for f in found] == [
        ("softmax-axis", line_of(TABLE, "A = np.exp")),
        ("bias", line_of(TABLE, "b = b - 0.1")),
    ]


def test_a_missing_table_keeps_whole_numbers(tmp_path: Path) -> None:
    found, _ = observe(read_source(written(TABLE, tmp_path)), Options(effort="quick"))
    assert found is not None
    assert found.outcome.ended == "completed"


@pytest.mark.parametrize(("line", "becomes"), [
    ("    return e / e.sum(axis=0)", "    return e / (e).sum(axis=1, keepdims=True)"),
    ("    return e / np.sum(e, axis=0)", "    return e / (e).sum(axis=1, keepdims=True)"),
    ("    return e / sum(e)", "    return e / (e).sum(axis=1, keepdims=True)"),
])  # fmt: skip
def test_the_axis_is_changed_in_a_copy(line: str, becomes: str, tmp_path: Path) -> None:
    head = "def softmax(z):\n    e = np.exp(z - np.max(z, axis=0))\n"
    module = written(f"{head}{line}\n", tmp_path)
    mended = with_class_axis(read_source(module), Place(str(module), 3), 1)
    assert mended is not None
    assert mended.text.splitlines()[1:] == ["    e = np.exp(z - (z).max(axis=1, keepdims=True))", becomes]
    assert module.read_text() == f"{head}{line}\n"


def test_only_the_softmax_is_changed_where_training_is_one_function(tmp_path: Path) -> None:
    text = (
        "def train(W, b, x, t, rate):\n"
        "    e = np.exp(x @ W + b)\n"
        "    p = e / e.sum(axis=0)\n"
        "    d = p - t\n"
        "    b -= rate * d.sum(axis=0)\n"
        "    return d.max(axis=0)\n"
    )
    module = written(text, tmp_path)
    mended = with_class_axis(read_source(module), Place(str(module), 3), 1)
    assert mended is not None
    assert mended.text == text.replace("e.sum(axis=0)", "(e).sum(axis=1, keepdims=True)")
