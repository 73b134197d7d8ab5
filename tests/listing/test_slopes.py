"""A derivative too many is one, whatever the output's activation is."""

from __future__ import annotations

from pathlib import Path

from tests.diagnosis.modules import line_of
from tests.reading import read

NETWORK = """
import numpy as np
rng = np.random.default_rng(0)
X = rng.normal(size=(20, 3))
Y = X[:, :1] * 2
W, V = rng.normal(size=(3, 6)), rng.normal(size=(6, 1))
for k in range(100):
    h = 1 / (1 + np.exp(-X @ W))
    out = h @ V
    error = out - Y
    delta = error * (out * (1 - out))
    hidden = error @ V.T * h * (1 - h)
    V -= 0.0001 * h.T @ delta
    W -= 0.0001 * X.T @ hidden
"""


def test_the_derivative_of_a_sigmoid_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(NETWORK)
    [finding] = read(tmp_path / "net.py")[1]
    assert (finding.family, finding.places[0].line) == ("activation-derivative", line_of(NETWORK, "delta = error"))
