"""Learning rules that follow no gradient: nobody is accused of a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reading import read

BOLTZMANN = """
import numpy as np
rng = np.random.RandomState(0)
V = np.array([[1, 1, 0, 0], [1, 1, 1, 0], [0, 0, 1, 1], [0, 1, 1, 1]], float)
W, bv, bh = 0.1 * rng.randn(4, 3), np.zeros(4), np.zeros(3)
def up(v): return 1 / (1 + np.exp(-(v @ W + bh)))
def down(h): return 1 / (1 + np.exp(-(h @ W.T + bv)))
for epoch in range(60):
    p0 = up(V)
    h0 = (rng.rand(*p0.shape) < p0).astype(float)
    v1 = down(h0)
    p1 = up(v1)
    W += 0.1 * (V.T @ p0 - v1.T @ p1) / len(V)
    bv += 0.1 * (V - v1).mean(axis=0)
    bh += 0.1 * (p0 - p1).mean(axis=0)
"""
MAP = """
import numpy as np
rng = np.random.RandomState(1)
data, w = rng.rand(60, 3), rng.rand(4, 4, 3)
rows, columns = np.indices((4, 4))
for t in range(200):
    x = data[rng.randint(60)]
    distance = ((w - x) ** 2).sum(axis=2)
    i, j = np.unravel_index(distance.argmin(), distance.shape)
    near = np.exp(-((rows - i) ** 2 + (columns - j) ** 2) / (2 * (2.0 * np.exp(-t / 80)) ** 2))
    w += 0.4 * np.exp(-t / 200) * near[:, :, None] * (x - w)
"""
PULLED = """
import numpy as np
rng = np.random.RandomState(2)
data, centres = rng.randn(50, 2), rng.randn(3, 2)
for t in range(300):
    x = data[rng.randint(50)]
    k = ((centres - x) ** 2).sum(axis=1).argmin()
    centres[k] += 0.05 * (x - centres[k])
"""


@pytest.mark.parametrize("text", [BOLTZMANN, MAP, PULLED], ids=["boltzmann", "map", "pulled"])
def test_nobody_is_accused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "rule.py"
    path.write_text(text)
    assert read(path)[1] == ()
