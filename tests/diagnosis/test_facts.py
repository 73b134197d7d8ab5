"""Facts that only the tape sees: each with a module that shows it and a twin, right at that place, that must not."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tests.reading import lines_of, read

NET = """\
import numpy as np

rng = np.random.default_rng(3)
X = rng.uniform(-1, 1, (24, 2))
Y = np.c_[X[:, 0] * X[:, 1], X[:, 0] - X[:, 1]]
W1, b1 = rng.normal(0, 0.7, (2, 5)), np.zeros(5)
W2, b2 = rng.normal(0, 0.7, (5, 2)), np.zeros(2)


def forward(x):
    h = np.tanh(x @ W1 + b1)
    return h, h @ W2 + b2


def gradients(x, y):
    h, out = forward(x)
    d2 = (out - y) / len(x)
    d1 = d2 @ W2.T * (1 - h ** 2)
    return x.T @ d1, d1.sum(axis=0), h.T @ d2, d2.sum(axis=0)


"""

SHUFFLED = """\
for epoch in range(40):
    order = rng.permutation(24)
    X, Y = X[order], Y[order]
    for s in range(0, 24, 6):
        gW1, gb1, gW2, gb2 = gradients(X[s:s + 6], Y[s:s + 6])
        W1 -= 0.1 * gW1
        b1 -= 0.1 * gb1
        W2 -= 0.1 * gW2
        b2 -= 0.1 * gb2
"""

MOMENTUM = """\
velocity = [np.zeros_like(p) for p in (W1, b1, W2, b2)]
for step in range(60):
    grads = gradients(X, Y)
    for k, p in enumerate((W1, b1, W2, b2)):
        velocity[k] = 0.8 * velocity[k] + 0.1 * grads[k]
        p -= velocity[k]
"""

RMSPROP = """\
cache = [np.zeros_like(p) for p in (W1, b1, W2, b2)]
for step in range(60):
    grads = gradients(X, Y)
    for k, p in enumerate((W1, b1, W2, b2)):
        cache[k] = 0.9 * cache[k] + 0.1 * grads[k] ** 2
        p -= 0.01 * grads[k] / (np.sqrt(cache[k]) + 1e-8)
"""

ADAM = """\
m = [np.zeros_like(p) for p in (W1, b1, W2, b2)]
v = [np.zeros_like(p) for p in (W1, b1, W2, b2)]
t = 0
for step in range(60):
    grads = gradients(X, Y)
    t += 1
    for k, p in enumerate((W1, b1, W2, b2)):
        m[k] = 0.9 * m[k] + 0.1 * grads[k]
        v[k] = 0.99 * v[k] + 0.01 * grads[k] ** 2
        p -= 0.01 * (m[k] / (1 - 0.9 ** t)) / (np.sqrt(v[k] / (1 - 0.99 ** t)) + 1e-8)
"""

SUMS = """\
for epoch in range(30):
    sums = [np.zeros_like(p) for p in (W1, b1, W2, b2)]
    for x, y in zip(X, Y):
        for k, g in enumerate(gradients(x[None], y[None])):
            sums[k] += g
    for k, p in enumerate((W1, b1, W2, b2)):
        p -= 0.1 * sums[k] / 24
"""

PLAIN = """\
for step in range(60):
    gW1, gb1, gW2, gb2 = gradients(X, Y)
    W1 -= 0.1 * gW1
    b1 -= 0.1 * gb1
    W2 -= 0.1 * gW2
    b2 -= 0.1 * gb2
"""

NOISY = "START = X.copy()\n" + PLAIN.replace(
    "    gW1,", "    X = START + 0.05 * rng.normal(size=X.shape)\n    gW1,")  # fmt: skip

LISTS = """\
import numpy as np

rng = np.random.default_rng(5)
X = rng.uniform(-1, 1, (20, 3))
Y = np.sin(X.sum(axis=1, keepdims=True))
W = [rng.normal(0, 0.6, (3, 4))] + [rng.normal(0, 0.6, (4, 4)) for _ in range(2)] + [rng.normal(0, 0.6, (4, 1))]
B = [rng.normal(0, 0.1, n) for n in (4, 4, 4, 1)]
for step in range(50):
    a = [X]
    for w, b in zip(W, B):
        a.append(np.tanh(a[-1] @ w + b))
    d = (a[-1] - Y) * (1 - a[-1] ** 2) / 20
    grads = []
    for k in range(3, -1, -1):
        grads.append((k, a[k].T @ d, d.sum(axis=0)))
        d = d @ W[k].T * (1 - a[k] ** 2)
    for k, gw, gb in grads:
        W[k] -= 0.1 * gw
        B[k] -= 0.1 * gb
"""

SOFTMAX = """\
import numpy as np

rng = np.random.default_rng(8)
labels = np.arange(30) % 3
X = np.array([[1, 0], [-1, 1], [0, -1]])[labels] + 0.2 * rng.normal(size=(30, 2))
T = np.eye(3)[labels]
W, b = rng.normal(size=(2, 3)), np.zeros(3)
for step in range(60):
    E = np.exp(X @ W + b)
    P = E / E.sum(axis=1, keepdims=True)
    right = np.mean(P.argmax(axis=1) == T.argmax(axis=1))
    D = (P - T) / 30
    W -= 0.5 * X.T @ D
    b -= 0.5 * D.sum(axis=0)
"""

CASES = {
    "other order": (NET + SHUFFLED, "X, Y = X[order], Y[order]", "X = X[order]", "labels", "X = X[order]"),
    "same batch": (NET + SHUFFLED, "X[s:s + 6], Y[s:s + 6]", "X[:6], Y[:6]", "labels", "gradients(X[:6], Y[:6])"),
    "velocity never fades": (
        NET + MOMENTUM, "0.8 * velocity[k] + 0.1", "velocity[k] + 0.1", "update", "velocity[k] = velocity[k]"),
    "no root": (NET + RMSPROP, "np.sqrt(cache[k])", "cache[k]", "update", "p -= 0.01 * grads[k] /"),
    "counter counts parameters": (
        NET + ADAM, "        m[k] = 0.9", "        t += 1\n        m[k] = 0.9", "update", "        t += 1"),
    "sums go on": (
        NET + SUMS, "for epoch in range(30):\n    sums = [np.zeros_like(p) for p in (W1, b1, W2, b2)]\n",
        "sums = [np.zeros_like(p) for p in (W1, b1, W2, b2)]\nfor epoch in range(30):\n", "state", "sums = ["),
    "whole numbers": (
        NET + PLAIN.replace("W1 -= 0.1 * gW1", "W1[:] = W1 - 0.1 * gW1"),
        "rng.normal(0, 0.7, (2, 5))", "np.array([[1, -1, 2, 1, -2], [-1, 1, 2, 2, 1]])", "dtype", "W1, b1 = np.array"),
    "equal start": (
        NET + PLAIN, "W1, b1 = rng.normal(0, 0.7, (2, 5)), np.zeros(5)\nW2, b2 = rng.normal(0, 0.7, (5, 2))",
        "W1, b1 = np.full((2, 5), 0.3), np.zeros(5)\nW2, b2 = np.full((5, 2), 0.3)",
        "initialisation", "W1, b1 = np.full"),
    "one array for two layers": (
        LISTS, "[rng.normal(0, 0.6, (4, 4)) for _ in range(2)]", "[rng.normal(0, 0.6, (4, 4))] * 2",
        "initialisation", "* 2 +"),
    "first layer left out": (
        LISTS.replace("W = [rng.normal(0, 0.6, (3, 4))] + [rng.normal(0, 0.6, (4, 4)) for _ in range(2)] "
                      "+ [rng.normal(0, 0.6, (4, 1))]",
                      "W = [rng.normal(0, 0.6, s) for s in ((3, 4), (4, 4), (4, 4), (4, 1))]"),
        "    for k, gw, gb in grads:", "    for k, gw, gb in grads[:-1]:", "update", "for k, gw, gb in grads[:-1]:"),
    "inputs change": (
        NET + NOISY,
        "X = START + 0.05 * rng", "X += 0.05 * rng", "state", "X += 0.05"),
    "decision over the examples": (
        SOFTMAX, "argmax(axis=1)", "argmax(axis=0)", "metric", "P.argmax(axis=0)"),
    "drawn anew": (
        NET + SHUFFLED, "    order = rng.permutation(24)\n",
        "    W1, W2 = rng.normal(0, 0.7, (2, 5)), rng.normal(0, 0.7, (5, 2))\n    order = rng.permutation(24)\n",
        "initialisation", "    W1, W2 = rng.normal"),
}  # fmt: skip

# the biases of the hidden layer have a row for each example
CASES["a bias for each example"] = (
    NET + PLAIN, "np.zeros(5)\nW2", "np.zeros((24, 5))\nW2", "bias", "W1, b1 =")  # fmt: skip


# what looks like one of these faults and is none
HARMLESS = {
    "one helper draws the data and the weights": (NET + PLAIN).replace(
        "X = rng.uniform(-1, 1, (24, 2))",
        "def draw(shape):\n    return rng.normal(0, 0.7, shape)\n\n\nX = draw((24, 2))"
    ).replace("rng.normal(0, 0.7, (2, 5))", "draw((2, 5))").replace("rng.normal(0, 0.7, (5, 2))", "draw((5, 2))"),
    "inputs normalised by a running mean": NET + "mean = np.zeros(2)\nRAW = X\n" + PLAIN.replace(
        "    gW1,", "    mean = 0.9 * mean + 0.1 * RAW.mean(axis=0)\n    X = RAW - mean\n    gW1,"),
    "a bias that starts as one number": (NET + PLAIN).replace("np.zeros(5)", "0.0").replace(
        "b1 -= 0.1 * gb1", "b1 = b1 - 0.1 * gb1"),
    "a bias that becomes a row": (NET + PLAIN).replace("d1.sum(axis=0)", "d1.sum(axis=0, keepdims=True)").replace(
        "b1 -= 0.1 * gb1", "b1 = b1 - 0.1 * gb1"),
    "a best cost that starts infinite": NET + "best = float('inf')\ncurve = np.full(60, np.nan)\n" + PLAIN
        + "    curve[step] = np.mean((forward(X)[1] - Y) ** 2)\n    best = min(best, curve[step])\n",
    "inputs backwards, targets too": NET + PLAIN.replace("gradients(X, Y)", "gradients(X[::-1], Y[::-1])"),
    "a position for each place in the sequence": '''
        import numpy as np

        rng = np.random.default_rng(2)
        X = rng.normal(size=(10, 6, 3))
        Y = X[:, 0] * 0.5 - X[:, 3]
        P, W, V = rng.normal(0, 0.3, (6, 3)), rng.normal(0, 0.5, (3, 3)), rng.normal(0, 0.5, (3, 3))
        for step in range(60):
            z = (X + P) @ W
            h = np.tanh(z)
            m = h.mean(axis=1)
            d = (m @ V - Y) / 10
            gV = m.T @ d
            dh = np.repeat((d @ V.T)[:, None, :], 6, axis=1) / 6 * (1 - h ** 2)
            gW = np.einsum("nti,ntj->ij", X + P, dh)
            gP = (dh @ W.T).sum(axis=0)
            V -= 0.2 * gV
            W -= 0.2 * gW
            P -= 0.2 * gP
        ''',
    "squared error reported beside the cross-entropy": SOFTMAX.replace(
        "    D = ", "    error = 0.5 * np.mean(np.sum((P - T) ** 2, axis=1))\n    D = "),
    "whole numbers in a perceptron": '''
        import numpy as np

        X = np.array([[1, 0, 0], [1, 0, 1], [1, 1, 0], [1, 1, 1]])
        y = np.array([0, 0, 0, 1])
        w = np.zeros(3, dtype=int)
        for epoch in range(10):
            for x, t in zip(X, y):
                out = int(w @ x > 0)
                w += (t - out) * x
        ''',
}  # fmt: skip


def written(folder: Path, text: str) -> Path:
    path = folder / "net.py"
    path.write_text(textwrap.dedent(text))
    return path


@pytest.mark.parametrize("name", CASES)
def test_a_right_twin_is_clean(name: str, tmp_path: Path) -> None:
    understood, findings = read(written(tmp_path, CASES[name][0]))
    assert understood is not None
    assert not understood.missing
    assert findings == ()


@pytest.mark.parametrize("name", CASES)
def test_the_fault_is_found_at_its_line(name: str, tmp_path: Path) -> None:
    right, old, new, family, marker = CASES[name]
    if name == "a bias for each example":
        right = right.replace("x.T @ d1, d1.sum(axis=0)", "x.T @ d1, d1")
    assert old in right
    text = right.replace(old, new)
    _, findings = read(written(tmp_path, text))
    assert family in {f.family for f in findings}
    wanted = {i for i, line in enumerate(text.splitlines(), 1) if marker in line}
    assert wanted & lines_of(f for f in findings if f.family == family)


@pytest.mark.parametrize("name", HARMLESS)
def test_what_only_looks_like_a_fault_is_clean(name: str, tmp_path: Path) -> None:
    _, findings = read(written(tmp_path, HARMLESS[name]))
    assert findings == ()
