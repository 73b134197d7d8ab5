"""What a module calls its accuracy: wrong ones are named, and right ones in many spellings are left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from annprobe.diagnosis.causes.every import findings_of
from annprobe.diagnosis.observing.observation import observe
from annprobe.diagnosis.observing.options import Options
from annprobe.listing.scene import Scene
from annprobe.subject.reading.source import read_source

NETWORK = """
import numpy as np

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = np.array([[0.0], [1.0], [1.0], [0.0]])
rng = np.random.default_rng(1)
W1, b1, W2, b2 = rng.normal(0, 1, (2, 4)), np.zeros(4), rng.normal(0, 1, (4, 1)), np.zeros(1)


def forward(X):
    h = 1.0 / (1.0 + np.exp(-(X @ W1 + b1)))
    return h, 1.0 / (1.0 + np.exp(-(h @ W2 + b2)))


for epoch in range(2000):
    h, y = forward(X)
    d2 = (y - Y) * y * (1 - y)
    d1 = (d2 @ W2.T) * h * (1 - h)
    W2 -= h.T @ d2
    b2 -= d2.sum(axis=0)
    W1 -= X.T @ d1
    b1 -= d1.sum(axis=0)

out = forward(X)[1]
predicted = (out > 0.5) * 1.0
"""
WRONG = {
    "shapes": 'print("accuracy", np.mean(predicted == Y.ravel()))',
    "one output": 'print("acc %.2f" % np.mean(np.argmax(out, axis=1) == Y.ravel()))',
    "no targets, printed": 'print("accuracy", np.mean(predicted == 1.0))',
    "no targets, named": "train_acc = 100 * np.mean(predicted == 1)\nprint(train_acc)",
    "no targets, returned": "def accuracy(p):\n    return (p == 1).mean()\n\nprint(accuracy(predicted))",
}
RIGHT = {
    "plain": 'print("accuracy", np.mean(predicted == Y))',
    "flat": 'print("accuracy", np.mean(predicted.ravel() == Y.ravel()))',
    "beside a count": 'print("accuracy", np.mean(predicted == Y), "ones", np.sum(predicted == 1))',
    "of a count": """
def accuracy(p, y):
    ones = np.sum(p == 1)
    print("ones", ones)
    return (np.sum((p == 1) & (y == 1)) + np.sum((p == 0) & (y == 0))) / len(y)

print(accuracy(predicted, Y))""",
    "of hits": 'hit = (predicted == Y) * 1\nprint("accuracy", np.mean(hit == 1))',
    "of one class": 'acc_of_ones = np.mean(predicted[Y == 1] == 1)\nprint("accuracy of ones", acc_of_ones)',
    "of other examples": 'acc = np.mean((forward(X[1:3])[1] > 0.5) == 1)\nprint("accuracy on ones", acc)',
    "distance": 'print("accuracy", 1 - np.mean(np.abs(predicted - Y)))',
    "both compared": 'print("accuracy", np.mean((predicted == 1) == (Y == 1)))',
    "pairs of decisions": 'print("same", np.mean(predicted == predicted.T))',
}


def reported(tmp_path: Path, lines: str) -> list[str]:
    path = tmp_path / "network.py"
    path.write_text(f"{NETWORK}{lines}\n")
    found, understanding = observe(read_source(path), Options())
    assert found is not None
    assert understanding is not None
    assert understanding.hypothesis is not None
    findings, failed = findings_of(Scene(understanding, understanding.hypothesis), understanding, found)
    assert not failed
    return [f.code for f in findings]


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_accuracy_is_named(name: str, tmp_path: Path) -> None:
    assert reported(tmp_path, WRONG[name]) == ["AP502"]


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_accuracy_is_left_alone(name: str, tmp_path: Path) -> None:
    assert reported(tmp_path, RIGHT[name]) == []
