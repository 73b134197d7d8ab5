"""Right networks, trained sensibly, as source in a few styles. Run by hand, it shows that no code fires on them:

    python -m tests.right_networks [COUNT] [JOBS] [--start SEED]

500 of them take about half an hour on two cores.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
from collections import Counter
from pathlib import Path

from annprobe.findings import Diagnosis

# name -> (function, derivative from its value, start size, rate)
HIDDEN = {
    "sigmoid": ("1.0 / (1.0 + np.exp(-z))", "{a} * (1.0 - {a})", 1.0, 1.0),
    "tanh": ("np.tanh(z)", "(1.0 - {a} ** 2)", 0.7, 0.3),
}
DATA = {
    "xor": ("np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])", "np.array([[0.0], [1.0], [1.0], [0.0]])"),
    "and": ("np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])", "np.array([[0.0], [0.0], [0.0], [1.0]])"),
    "sign": ("np.linspace(-1.0, 1.0, 24).reshape(12, 2)[:, ::-1]", "(np.linspace(-1.0, 1.0, 12)[:, None] > 0) * 1.0"),
}
CLASS = """
class {name}:
    def __init__(self, n_in, n_hidden, n_out):
        rng = np.random.default_rng({seed})
        self.W1 = rng.normal(0.0, {size}, (n_in, n_hidden))
        self.b1 = np.zeros(n_hidden)
        self.W2 = rng.normal(0.0, {size}, (n_hidden, n_out))
        self.b2 = np.zeros(n_out)

    def forward(self, X):
        self.h = f(X @ self.W1 + self.b1)
        self.y = g(self.h @ self.W2 + self.b2)
        return self.y

    def train(self, X, Y, rate, epochs):
        for epoch in range(epochs):
            y = self.forward(X)
            d2 = {delta}
            d1 = (d2 @ self.W2.T) * {slope_self}
            self.W2 -= rate * self.h.T @ d2
            self.b2 -= rate * d2.sum(axis=0)
            self.W1 -= rate * X.T @ d1
            self.b1 -= rate * d1.sum(axis=0)


if __name__ == "__main__":
    X, Y = {X}, {Y}
    net = {name}(2, {hidden}, 1)
    net.train(X, Y, {rate}, {epochs})
    print(net.forward(X))
"""
FUNCTIONS = """
def init(n_in, n_hidden, n_out):
    rng = np.random.default_rng({seed})
    return {{"W1": rng.normal(0.0, {size}, (n_hidden, n_in)), "b1": np.zeros((n_hidden, 1)),
            "W2": rng.normal(0.0, {size}, (n_out, n_hidden)), "b2": np.zeros((n_out, 1))}}


def forward(p, X):
    h = f(p["W1"] @ X + p["b1"])
    return h, g(p["W2"] @ h + p["b2"])


def gradients(p, X, Y):
    h, y = forward(p, X)
    d2 = {delta}
    d1 = (p["W2"].T @ d2) * {slope}
    return {{"W2": d2 @ h.T, "b2": d2.sum(axis=1, keepdims=True), "W1": d1 @ X.T, "b1": d1.sum(axis=1, keepdims=True)}}


if __name__ == "__main__":
    X, Y = {X}.T, ({Y}).T
    p = init(2, {hidden}, 1)
    for epoch in range({epochs}):
        d = gradients(p, X, Y)
        for name in p:
            p[name] = p[name] - {rate} * d[name]
    print(forward(p, X)[1])
"""
SCRIPT = """
X, Y = {X}, {Y}
rng = np.random.default_rng({seed})
W1, W2 = rng.normal(0.0, {size}, (2, {hidden})), rng.normal(0.0, {size}, ({hidden}, 1))
b1, b2 = np.zeros((1, {hidden})), np.zeros((1, 1))

for epoch in range({epochs}):
    h = f(X.dot(W1) + b1)
    y = g(h.dot(W2) + b2)
    d2 = {delta}
    d1 = d2.dot(W2.T) * {slope}
    W2 -= {rate} * h.T.dot(d2)
    b2 -= {rate} * np.sum(d2, axis=0, keepdims=True)
    W1 -= {rate} * X.T.dot(d1)
    b1 -= {rate} * np.sum(d1, axis=0, keepdims=True)

print(np.round(y, 2))
"""
# one example after the other, in lists of plain numbers
PLAIN = """
import math
import random

random.seed({seed})


def squash(z):
    return 1.0 / (1.0 + math.exp(-z))


class Unit:
    def __init__(self, n):
        self.w = [random.uniform(-{spread}, {spread}) for _ in range(n)]
        self.b = random.uniform(-{spread}, {spread})

    def out(self, xs):
        self.xs = xs
        self.o = squash(sum(w * x for w, x in zip(self.w, xs)) + self.b)
        return self.o

    def learn(self, delta, rate):
        for i, x in enumerate(self.xs):
            self.w[i] -= rate * delta * x
        self.b -= rate * delta


class {name}:
    def __init__(self, n_in, n_hidden):
        self.hidden = [Unit(n_in) for _ in range(n_hidden)]
        self.top = Unit(n_hidden)

    def predict(self, xs):
        return self.top.out([u.out(xs) for u in self.hidden])

    def train_one(self, xs, t, rate):
        o = self.predict(xs)
        top = {delta}
        below = [top * w * u.o * (1 - u.o) for w, u in zip(self.top.w, self.hidden)]
        self.top.learn(top, rate)
        for u, delta in zip(self.hidden, below):
            u.learn(delta, rate)


if __name__ == "__main__":
    examples = {examples}
    net = {name}(2, {hidden})
    for epoch in range({epochs}):
        for xs, t in examples:
            net.train_one(xs, t, {rate})
    for xs, t in examples:
        print(xs, t, round(net.predict(xs), 2))
"""
# three classes in batches, with momentum
CLASSES = """
import numpy as np

rng = np.random.default_rng({seed})
centres = np.array([[0.0, 1.5], [1.3, -0.8], [-1.3, -0.8]])
labels = {labels}
X = centres[labels] + 0.3 * rng.normal(size=(60, 2))
T = np.eye(3)[labels]


def {function}(Z):
    {body}


def softmax(S):
    E = np.exp(S - S.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


params = [rng.normal(size=(2, {hidden})) * {size}, np.zeros(({hidden},)),
          rng.normal(size=({hidden}, 3)) * 0.4, np.zeros((3,))]
speeds = [np.zeros_like(p) for p in params]


def probabilities(X):
    H = {function}(X @ params[0] + params[1])
    return H, softmax(H @ params[2] + params[3])


for epoch in range({epochs}):
    order = {order}
    for start in range(0, len(X), {batch}):
        rows = order[start:start + {batch}]
        H, P = probabilities(X[rows])
        D = (P - T[rows]) / len(rows)
        B = (D @ params[2].T) * {slope}
        grads = [X[rows].T @ B, B.sum(axis=0), H.T @ D, D.sum(axis=0)]
        for p, v, g in zip(params, speeds, grads):
            v[...] = {mu} * v - {rate} * g
            p += v

H, P = probabilities(X)
print("loss", -np.mean(np.sum(T * np.log(P), axis=1)), "accuracy", np.mean(P.argmax(axis=1) == labels))
"""
STYLES = {"class": CLASS, "functions": FUNCTIONS, "script": SCRIPT}
GATES = {"xor": (0, 1, 1, 0), "and": (0, 0, 0, 1), "or": (0, 1, 1, 1), "nand": (1, 1, 1, 0)}


def source_of(seed: int) -> str:
    """One right network; style, activation, cost, task and width by the seed."""
    makers = (_whole_batch, _whole_batch, _whole_batch, _plain, _classes)
    return makers[seed % 5](seed // 5 if seed % 5 > 2 else seed, random.Random(seed))


def _plain(number: int, pick: random.Random) -> str:
    """Plain Python: gates, or points in the order of their classes."""
    squared = pick.random() < 0.5
    if number % 3:
        gate = pick.choice(list(GATES.values()))
        examples = repr([([a, b], t) for (a, b), t in zip([(0, 0), (0, 1), (1, 0), (1, 1)], gate, strict=True)])
    else:
        examples = "[([x / 5, y / 5], float(x + y > 0)) for x in (-4, -1, 2, 5) for y in (-5, -2, 3, 4)]"
    return PLAIN.format(
        seed=pick.randrange(1000), name=pick.choice(["Net", "Brain", "Mlp"]), spread=pick.choice([1.0, 2.0]),
        delta="(o - t) * o * (1 - o)" if squared else "o - t", hidden=pick.choice([5, 6]),
        epochs=6000 if squared else 3000, rate=0.8 if squared else 0.4, examples=examples,
    )  # fmt: skip


def _classes(number: int, pick: random.Random) -> str:
    """Softmax and cross-entropy in batches."""
    name, body, slope, size = pick.choice([
        ("relu", "return np.maximum(0.0, Z)", "(H > 0)", 1.0), ("tanh", "return np.tanh(Z)", "(1.0 - H ** 2)", 0.7)
    ])  # fmt: skip
    return CLASSES.format(
        seed=pick.randrange(1000), function=name, body=body, slope=slope, size=size, hidden=pick.choice([8, 10, 12]),
        labels=pick.choice(["np.arange(60) % 3", "np.repeat(np.arange(3), 20)"]), epochs=200,
        batch=pick.choice([10, 20]),
        order=pick.choice(["rng.permutation(len(X))", "np.arange(60)"]), mu=pick.choice([0.0, 0.5, 0.9]), rate=0.05,
    )  # fmt: skip


def _whole_batch(seed: int, pick: random.Random) -> str:
    """All examples at once; squared error or cross-entropy at a sigmoid."""
    style, task = list(STYLES)[seed % 3], list(DATA)[seed // 3 % 3]
    activation = pick.choice(list(HIDDEN))
    function, derivative, size, rate = HIDDEN[activation]
    squared = pick.random() < 0.5
    X, Y = DATA[task]
    body = STYLES[style].format(
        name=pick.choice(["Network", "NN", "MyNet", "Mlp"]), seed=pick.randrange(1000), size=size, X=X, Y=Y,
        hidden=pick.choice([5, 6, 8]), rate=rate if squared else rate / 2, epochs=4000,
        delta="(y - Y) * y * (1.0 - y)" if squared else "y - Y",
        slope=derivative.format(a="h"), slope_self=derivative.format(a="self.h"),
    )  # fmt: skip
    activations = f"def f(z):\n    return {function}\n\n\ndef g(z):\n    return 1.0 / (1.0 + np.exp(-z))\n"
    return f"import numpy as np\n\n\n{activations}\n{body}"


def main() -> int:
    """Diagnose COUNT networks from seed START on, say which are not clean as they come; exit code 1 when one is not."""
    from annprobe.batch import diagnose_many
    from annprobe.config import diagnosis_options

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", nargs="?", type=int, default=500)
    parser.add_argument("jobs", nargs="?", type=int, default=2)
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    chosen = parser.parse_args()
    seen: list[str] = []

    def done(path: str, diagnosis: Diagnosis) -> None:
        seen.append(diagnosis.verdict)
        for finding in diagnosis.findings:
            print(os.path.basename(path), finding.code, finding.role, finding.message, flush=True)
        if diagnosis.verdict != "clean":
            print(os.path.basename(path), diagnosis.verdict, diagnosis.message, f"({len(seen)} done)", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"right_{seed:03d}.py" for seed in range(chosen.start, chosen.start + chosen.count)]
        for seed, path in enumerate(paths, chosen.start):
            path.write_text(source_of(seed))
        diagnoses = diagnose_many([str(p) for p in paths], diagnosis_options({}), jobs=chosen.jobs, done=done)
    seconds = [d.seconds for d in diagnoses]
    print(dict(Counter(seen)), f"seconds a network: median {statistics.median(seconds):.1f}, most {max(seconds):.1f}")
    return int(set(seen) != {"clean"})


if __name__ == "__main__":
    sys.exit(main())
