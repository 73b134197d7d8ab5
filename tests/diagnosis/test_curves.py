"""The curves of a diagnosis: the cost, and the outputs of the first examples with their targets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from annprobe.diagnosis import Options, diagnose

NETWORK = """
import numpy as np

X, Y = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([[0.0], [1.0], [1.0], [0.0]])
rng = np.random.default_rng(3)
W, V = rng.normal(size=(3, 4)), rng.normal(size=(5, 1))
for step in range(400):
    A = np.hstack([np.ones((4, 1)), X])
    h = np.tanh(A @ W)
    B = np.hstack([np.ones((4, 1)), h])
    out = 1 / (1 + np.exp(-(B @ V)))
    cost = 0.5 * np.sum((out - Y) ** 2)
    delta = (out - Y) * out * (1 - out)
    hidden = (delta @ V[1:].T) * (1 - h ** 2)
    V -= 0.5 * B.T @ delta
    W -= 0.5 * A.T @ hidden
"""


def test_the_cost_is_that_of_the_outputs_shown(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(NETWORK)
    found = diagnose(str(path), options=Options())
    cost, *outputs = found.curves
    assert cost.name.startswith("cost (squared error")
    assert [curve.name.rpartition(" ")[2] for curve in outputs] == ["0", "1", "1", "0"]
    by_hand = np.mean([(np.array(curve.y) - target) ** 2 for curve, target in zip(outputs, (0, 1, 1, 0), strict=True)],
                      axis=0)
    assert all(curve.x == cost.x for curve in outputs)
    np.testing.assert_allclose(cost.y, by_hand, rtol=1e-9)


def test_the_outputs_start_where_the_module_starts(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(NETWORK)
    outputs = diagnose(str(path), options=Options()).curves[1:]
    scope: dict[str, Any] = {}
    exec(NETWORK.replace("range(400)", "range(1)"), scope)
    np.testing.assert_allclose([curve.y[0] for curve in outputs], np.ravel(scope["out"]), rtol=1e-9)
