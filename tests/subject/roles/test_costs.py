"""Costs that the module computes: scalars made of the targets, also where inputs and targets come from one table."""

from __future__ import annotations

from pathlib import Path

from tests.reading import read

ONE_TABLE = """
import numpy as np

table = np.random.RandomState(0).rand(30, 5)
np.random.shuffle(table)
X, k = table[:, :-1], (table[:, -1] * 3).astype(int)
T = np.zeros((30, 3))
T[np.arange(30), k] = 1
W, b = np.random.RandomState(1).rand(4, 3), np.zeros(3)
costs = []
for turn in range(40):
    z = np.exp(X @ W + b)
    spread = np.max(z) / np.min(z)
    p = z / z.sum(axis=1, keepdims=True)
    costs.append(-np.sum(T * np.log(p)) / 30)
    d = (p - T) / 30
    W = W - 0.5 * X.T @ d
    b = b - 0.5 * d.sum(axis=0)
    if turn % 10 == 0:
        print(costs[-1], spread)
"""


def test_a_scalar_of_the_inputs_alone_is_no_cost(tmp_path: Path) -> None:
    (tmp_path / "network.py").write_text(ONE_TABLE)
    understood, findings = read(tmp_path / "network.py")
    assert findings == ()
    assert understood is not None
    lines = {understood.places.line(node) for node in understood.costs}
    assert lines == {ONE_TABLE.splitlines().index("    costs.append(-np.sum(T * np.log(p)) / 30)") + 1}
