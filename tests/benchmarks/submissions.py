"""Generated submissions of a course: three ways to write the same network, each with one planted fault or none."""

from __future__ import annotations

import difflib
import random
from dataclasses import dataclass, field

SCRIPT = """\
import numpy as np

{x} = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
{y} = np.array([[0.0], [1.0], [1.0], [0.0]])
rng = np.random.default_rng({seed})
{w}1, {b}1 = rng.normal(size=(2, {hidden})), np.zeros({hidden})
{w}2, {b}2 = rng.normal(size=({hidden}, 1)), np.zeros(1)


def {f}(z):
    return 1 / (1 + np.exp(-z))


for step in range(5000):
    hidden = {f}({x} @ {w}1 + {b}1)
    output = {f}(hidden @ {w}2 + {b}2)
    cost = 0.5 * np.sum((output - {y}) ** 2)
    delta2 = (output - {y}) * output * (1 - output)
    delta1 = (delta2 @ {w}2.T) * hidden * (1 - hidden)
    {w}2 -= 1.0 * hidden.T @ delta2
    {b}2 -= 1.0 * delta2.sum(axis=0)
    {w}1 -= 1.0 * {x}.T @ delta1
    {b}1 -= 1.0 * delta1.sum(axis=0)
"""
CLASS = """\
import numpy as np


def {f}(z):
    return 1.0 / (1.0 + np.exp(-z))


class Network:
    def __init__(self, n_in, n_hidden, n_out):
        rng = np.random.default_rng({seed})
        self.{w}1 = rng.normal(size=(n_in, n_hidden))
        self.{b}1 = np.zeros((1, n_hidden))
        self.{w}2 = rng.normal(size=(n_hidden, n_out))
        self.{b}2 = np.zeros((1, n_out))

    def forward(self, {x}):
        self.hidden = {f}({x} @ self.{w}1 + self.{b}1)
        self.output = {f}(self.hidden @ self.{w}2 + self.{b}2)
        return self.output

    def cost(self, {x}, {y}):
        return 0.5 * np.sum((self.forward({x}) - {y}) ** 2)

    def backward(self, {x}, {y}):
        self.forward({x})
        hidden, output = self.hidden, self.output
        delta2 = (output - {y}) * output * (1 - output)
        delta1 = (delta2 @ self.{w}2.T) * hidden * (1 - hidden)
        self.d{w}2 = hidden.T @ delta2
        self.d{b}2 = delta2.sum(axis=0, keepdims=True)
        self.d{w}1 = {x}.T @ delta1
        self.d{b}1 = delta1.sum(axis=0, keepdims=True)

    def train(self, {x}, {y}, steps=5000, rate=1.0):
        for _ in range(steps):
            self.backward({x}, {y})
            self.{w}1 -= rate * self.d{w}1
            self.{b}1 -= rate * self.d{b}1
            self.{w}2 -= rate * self.d{w}2
            self.{b}2 -= rate * self.d{b}2


if __name__ == "__main__":
    {x} = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    {y} = np.array([[0.0], [1.0], [1.0], [0.0]])
    network = Network(2, {hidden}, 1)
    network.train({x}, {y})
    print(network.cost({x}, {y}), network.forward({x}))
"""
FUNCTIONS = """\
import numpy as np


def {f}(z):
    return 1 / (1 + np.exp(-z))


def forward({x}, {w}1, {b}1, {w}2, {b}2):
    hidden = {f}(np.dot({w}1, {x}) + {b}1)
    output = {f}(np.dot({w}2, hidden) + {b}2)
    return hidden, output


def cost(output, {y}):
    return 0.5 * np.sum(np.square(output - {y}))


def gradients({x}, {y}, hidden, output, {w}2):
    delta2 = (output - {y}) * output * (1 - output)
    delta1 = np.dot({w}2.T, delta2) * hidden * (1 - hidden)
    grad2 = np.dot(delta2, hidden.T)
    grad_b2 = np.sum(delta2, axis=1, keepdims=True)
    grad1 = np.dot(delta1, {x}.T)
    grad_b1 = np.sum(delta1, axis=1, keepdims=True)
    return grad1, grad_b1, grad2, grad_b2


def train({x}, {y}, n_hidden, steps, rate):
    rng = np.random.RandomState({seed})
    {w}1, {b}1 = rng.randn(n_hidden, 2), np.zeros((n_hidden, 1))
    {w}2, {b}2 = rng.randn(1, n_hidden), np.zeros((1, 1))
    for i in range(steps):
        hidden, output = forward({x}, {w}1, {b}1, {w}2, {b}2)
        if i % 1000 == 0:
            print(i, cost(output, {y}))
        grad1, grad_b1, grad2, grad_b2 = gradients({x}, {y}, hidden, output, {w}2)
        {w}1 = {w}1 - rate * grad1
        {b}1 = {b}1 - rate * grad_b1
        {w}2 = {w}2 - rate * grad2
        {b}2 = {b}2 - rate * grad_b2
    return {w}1, {b}1, {w}2, {b}2


{x} = np.array([[0, 0, 1, 1], [0, 1, 0, 1]], dtype=float)
{y} = np.array([[0, 1, 1, 0]], dtype=float)
train({x}, {y}, {hidden}, 5000, 1.0)
"""
NO_NETWORK = """\
def greet(name):
    return 'hello ' + name


print(greet('world'))
"""
STYLES = {"script": SCRIPT, "class": CLASS, "functions": FUNCTIONS}


@dataclass(frozen=True)
class Fault:
    """``edits`` are (text, replacement); in each style those that occur are made, and at least one has to."""

    verdict: str
    families: tuple[str, ...] = ()
    edits: tuple[tuple[str, str], ...] = field(default=())


FAULTS = {
    "nothing": Fault("clean"),
    "derivative forgotten": Fault("faulty", ("activation-derivative",), (
        ("(delta2 @ {w}2.T) * hidden * (1 - hidden)", "delta2 @ {w}2.T"),
        ("(delta2 @ self.{w}2.T) * hidden * (1 - hidden)", "delta2 @ self.{w}2.T"),
        ("np.dot({w}2.T, delta2) * hidden * (1 - hidden)", "np.dot({w}2.T, delta2)"))),
    "one factor of it": Fault("faulty", ("activation-derivative",), (
        ("output * (1 - output)\n", "output\n"),)),
    "sign": Fault("faulty", ("sign",), (("(output - {y}) * output", "({y} - output) * output"),)),
    "bias of one example": Fault("faulty", ("bias",), (
        ("delta1.sum(axis=0)", "delta1[0]"),
        ("delta1.sum(axis=0, keepdims=True)", "delta1[:1]"),
        ("np.sum(delta1, axis=1, keepdims=True)", "delta1[:, :1]"))),
    "wrong operand": Fault("faulty", ("layer-index",), (
        ("hidden.T @ delta2", "output.T @ delta2 * np.ones_like(hidden.T @ delta2)"),
        ("np.dot(delta2, hidden.T)", "np.dot(delta2, output.T) * np.ones_like({w}2)"))),
    "syntax error": Fault("unusable", (), (("delta2 = (output", "delta2 = ((output"),)),
    "dies": Fault("unusable", (), (("import numpy as np\n", "import os\nimport numpy as np\n\nos._exit(3)\n"),)),
    "no network": Fault("undetermined"),
}


@dataclass(frozen=True)
class Submission:
    """A module, the name of its fault, and the lines that may be called wrong."""

    text: str
    fault: str
    lines: frozenset[int]


def submission(rng: random.Random) -> Submission:
    """One module in names, sizes and style of its own."""
    fault = rng.choice([*FAULTS, "nothing"])
    names = {"x": rng.choice(["X", "inputs", "data"]), "y": rng.choice(["Y", "t", "targets"]),
             "w": rng.choice(["W", "w", "weights"]), "b": rng.choice(["b", "bias"]),
             "f": rng.choice(["sigmoid", "act", "g"]), "hidden": rng.randint(3, 8), "seed": rng.randint(0, 99)}
    if fault == "no network":
        return Submission(NO_NETWORK, fault, frozenset())
    right = STYLES[rng.choice(list(STYLES))]
    text = right
    for old, new in FAULTS[fault].edits:
        text = text.replace(old, new)
    if FAULTS[fault].edits and text == right:
        raise ValueError(f"nothing was edited for {fault}")
    return Submission(text.format(**names), fault, _changed(right.format(**names), text.format(**names)))


def _changed(before: str, after: str) -> frozenset[int]:
    codes = difflib.SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False).get_opcodes()
    return frozenset(line + 1 for tag, _, _, first, last in codes if tag != "equal" for line in range(first, last))
