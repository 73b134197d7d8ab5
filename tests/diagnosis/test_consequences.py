"""What is wrong only because of another finding is not told beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from annprobe.diagnosis.causes.every import findings_of
from annprobe.diagnosis.observing.observation import observe
from annprobe.diagnosis.observing.options import Options
from annprobe.listing.scene import Scene
from annprobe.subject.reading.source import read_source

SOFTMAX = """
import numpy as np

rng = np.random.default_rng(0)
X = rng.normal(0, 1, (30, 4))
Y = np.eye(3)[(X[:, 0] > 0).astype(int) + (X[:, 1] > 0).astype(int)]
W1, b1 = rng.normal(0, 0.5, (4, 6)), np.zeros((1, 6))
W2, b2 = rng.normal(0, 0.5, (6, 3)), np.zeros((1, 3))

def softmax(z):
    total = 0.0
    for row in np.exp(z):
        total = total + row
    return np.array([np.exp(row) / total for row in z])

for epoch in range(100):
    h = np.tanh(X @ W1 + b1)
    p = softmax(h @ W2 + b2)
    cost = -np.sum(Y * np.log(p)) / len(X)
    d2 = (p - Y) / len(X)
    d1 = (d2 @ W2.T) * SLOPE
    W2 -= 0.5 * h.T @ d2
    b2 -= 0.5 * d2.sum(axis=0, keepdims=True)
    W1 -= 0.5 * X.T @ d1
    b1 -= 0.5 * d1.sum(axis=0, keepdims=True)
"""


@pytest.mark.parametrize(("slope", "families"), [("(1 - h ** 2)", {"softmax-axis"}),
                                                 ("h", {"softmax-axis", "activation-derivative"})])  # fmt: skip
def test_a_softmax_over_the_examples_is_told_without_the_derivative_that_fits_the_one_meant(
    slope: str, families: set[str], tmp_path: Path
) -> None:
    path = tmp_path / "net.py"
    path.write_text(SOFTMAX.replace("SLOPE", slope))
    found, understanding = observe(read_source(path), Options())
    assert found is not None
    assert understanding is not None
    assert understanding.hypothesis is not None
    findings, failed = findings_of(Scene(understanding, understanding.hypothesis), understanding, found)
    assert not failed
    assert {finding.family for finding in findings} == families
