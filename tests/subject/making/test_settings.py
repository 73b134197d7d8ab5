"""Classes that make their weights when training begins: what they are constructed with, and what they validate with."""

from __future__ import annotations

from pathlib import Path

from annprobe.subject.usage import MadeUsage
from tests.diagnosis.modules import line_of
from tests.reading import read
from tests.subject.modules import found_usage

VALIDATED = """
import numpy as np


class Classifier:
    def __init__(self, n_classes, hidden_units, rate=0.2, epochs=40, decay=0.99):
        self.n_classes, self.hidden_units, self.rate = n_classes, hidden_units, rate
        self.epochs, self.decay = epochs, decay

    def outputs(self, X):
        h = np.maximum(0, X @ self.w + self.b)
        z = np.exp(h @ self.v + self.c)
        return h, z / z.sum(axis=1, keepdims=True)

    def fit(self, X_train, y_train, X_val=None, y_val=None):
        rng = np.random.RandomState(0)
        self.w, self.b = rng.randn(X_train.shape[1], self.hidden_units), np.zeros(self.hidden_units)
        self.v, self.c = rng.randn(self.hidden_units, self.n_classes), np.zeros(self.n_classes)
        for epoch in range(self.epochs):
            total = 0.0
            self.rate *= self.decay
            for k in range(0, len(X_train), 16):
                x, y = X_train[k:k + 16], y_train[k:k + 16]
                h, p = self.outputs(x)
                total += -np.sum(y * np.log(p)) / len(x)
                d = (p - y) / len(x)
                e = (d @ self.v.T) * (h > 0)
                self.v -= self.rate * h.T @ d
                self.c -= self.rate * d.sum(axis=0)
                self.w -= self.rate * x.T @ e
                self.b -= self.rate * e.sum(axis=0)
            print(epoch, total / (len(X_train) // 16), -np.mean(y_val * np.log(self.outputs(X_val)[1])))
"""
CURVE = """
import numpy as np


class Curve:
    def __init__(self, with_hidden, n_hidden, how):
        self.with_hidden, self.n_hidden, self.starting = with_hidden, n_hidden, how
        self.slope = lambda a: a * (1 - a)

    def start(self, seed):
        rng = np.random.RandomState(seed)
        if self.starting == "narrow":
            if self.with_hidden:
                self.w, self.v = rng.rand(self.n_hidden, 1) - 0.5, rng.rand(1, self.n_hidden) - 0.5
                self.b, self.c = np.zeros((self.n_hidden, 1)), 0
            else:
                self.w, self.b = rng.rand(), 0
        elif self.starting == "wide":
            self.w, self.v = 4 * rng.rand(self.n_hidden, 1) - 2, 4 * rng.rand(1, self.n_hidden) - 2
            self.b, self.c = np.zeros((self.n_hidden, 1)), 0

    def forward(self, x):
        self.h = 1 / (1 + np.exp(-(self.w * x + self.b)))
        self.out = self.v @ self.h + self.c

    def step(self, x, y, rate):
        self.forward(x)
        d = 2 * (self.out - y)
        e = (self.v.T @ d) * self.slope(self.h)
        self.w, self.b = self.w - rate * e * x, self.b - rate * e
        self.v, self.c = self.v - rate * d @ self.h.T, self.c - rate * d

    def train(self, X, y, rate, epochs, seed):
        self.start(seed)
        for epoch in range(epochs):
            for k in range(len(X)):
                self.step(X[k], y[k], rate)
"""


def module(tmp_path: Path, text: str) -> Path:
    """The text as a module of its own."""
    path = tmp_path / "network.py"
    path.write_text(text)
    return path


def test_examples_to_validate_with_are_the_examples(tmp_path: Path) -> None:
    usage = found_usage(tmp_path, VALIDATED).usage
    assert isinstance(usage, MadeUsage)
    assert "net = Classifier(2, 5)" in usage.program.text
    assert "net.fit(X, Y, X.copy(), Y.copy())" in usage.program.text


def test_a_count_of_batches_that_our_few_examples_make_zero_accuses_nobody(tmp_path: Path) -> None:
    understood, findings = read(module(tmp_path, VALIDATED))
    assert understood is not None
    assert not understood.missing
    assert findings == ()


def test_a_setting_is_what_its_attribute_is_compared_with(tmp_path: Path) -> None:
    usage = found_usage(tmp_path, CURVE).usage
    assert isinstance(usage, MadeUsage)
    assert "'narrow')" in usage.program.text
    assert "net.train(" in usage.program.text


def test_a_fault_in_a_network_that_is_made_by_settings(tmp_path: Path) -> None:
    wrong = CURVE.replace("lambda a: a * (1 - a)", "lambda a: np.exp(-a) / (1 + np.exp(-a)) ** 2")
    findings = read(module(tmp_path, wrong))[1]
    lines = {line_of(wrong, "self.slope(self.h)"), line_of(wrong, "self.slope = ")}
    assert findings[0].family == "activation-derivative"
    assert findings[0].places[0].line in lines
