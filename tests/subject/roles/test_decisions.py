"""Decisions between numbers in the backward pass, where the forward pass decides for whole arrays."""

from __future__ import annotations

from pathlib import Path

from tests.diagnosis.modules import line_of
from tests.reading import read

NETWORK = """
import numpy as np
rng = np.random.default_rng(0)
X = rng.normal(size=(20, 3))
Y = (X[:, :1] > 0) * 1.0
W, V = rng.normal(size=(3, 6)), rng.normal(size=(6, 1))
def relu(z, derivative=False):
    if derivative:
        return np.array([u > 0 for u in z]).astype(float)
    return np.maximum(0, z)
for k in range(100):
    for x, y in zip(X, Y):
        z = x.dot(W)
        h = relu(z)
        d = h.dot(V) - y
        e = relu(z, derivative=True) * V.dot(d)
        V -= 0.01 * np.outer(h, d)
        W -= 0.01 * np.outer(x, e)
"""


def test_a_list_of_decisions_is_the_derivative(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(NETWORK)
    understanding, findings = read(tmp_path / "net.py")
    assert understanding is not None
    assert understanding.hypothesis is not None
    assert understanding.hypothesis.right == 2
    assert findings == ()


def test_without_it_the_line_is_named(tmp_path: Path) -> None:
    text = NETWORK.replace("e = relu(z, derivative=True) * V.dot(d)", "e = V.dot(d)")
    (tmp_path / "net.py").write_text(text)
    [finding] = read(tmp_path / "net.py")[1]
    assert (finding.family, finding.places[0].line) == ("activation-derivative", line_of(text, "e = V.dot(d)"))
