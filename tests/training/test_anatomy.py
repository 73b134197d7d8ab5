"""Layers are read off the step in every arrangement, and only where they are dense layers."""

from __future__ import annotations

import numpy as np
import pytest

from annprobe.training.anatomy import find_anatomy
from annprobe.training.trainer import Trainer
from tests.training.subjects import MOMENTUM, ONE_BY_ONE, batch, understood

COLUMNS = """
import numpy as np

rng = np.random.default_rng(3)
X = rng.uniform(-1, 1, (3, 9))
Y = rng.uniform(0, 1, (2, 9))
W1, W2 = rng.normal(0, 0.5, (4, 4)), rng.normal(0, 0.5, (2, 5))
ones = np.ones((1, 9))
for step in range(30):
    a0 = np.vstack([ones, X])
    h = np.maximum(W1 @ a0, 0)
    a1 = np.vstack([ones, h])
    out = 1 / (1 + np.exp(-(W2 @ a1)))
    d2 = (out - Y) * out * (1 - out)
    d1 = (W2[:, 1:].T @ d2) * (h > 0)
    W2 -= 0.1 * d2 @ a1.T
    W1 -= 0.1 * d1 @ a0.T
"""
SKIP = batch().replace("h @ W2 + b2", "(h + h[:, ::-1]) @ W2 + b2").replace("(d2 @ W2.T)", "(d2 @ (W2 + W2[::-1]).T)")


@pytest.mark.parametrize(
    ("text", "widths", "names"),
    [
        (batch(), (2, 6, 1), ("tanh", "sigmoid")),
        (COLUMNS, (3, 4, 2), ("relu", "sigmoid")),
        (MOMENTUM, (3, 5, 2), ("relu", "softmax")),
    ],
)
def test_layers_are_found(text: str, widths: tuple[int, ...], names: tuple[str, ...]) -> None:
    trainer = Trainer(understood(text))
    found = find_anatomy(trainer)
    assert found is not None
    assert found.widths == widths
    assert tuple(layer.activation for layer in found.layers) == names
    assert found.biased


def test_the_outputs_follow_from_the_layers() -> None:
    trainer = Trainer(understood(COLUMNS))
    found = find_anatomy(trainer)
    assert found is not None
    point = {n: trainer.recorded(n) for n in trainer.loop.carried}
    z, a = found.tables([point], [found.layers[0].z, found.layers[0].a])
    scope: dict[str, np.ndarray] = {}
    exec(compile(COLUMNS.split("for step")[0], "<module>", "exec"), scope)
    matrix = found.layers[0].matrix(point)
    np.testing.assert_allclose(z[0], scope["X"].T @ matrix[:, 1:].T + matrix[:, 0])
    np.testing.assert_allclose(a[0], np.maximum(z[0], 0))


@pytest.mark.parametrize("text", [SKIP, ONE_BY_ONE])
def test_other_networks_are_left_alone(text: str) -> None:
    assert find_anatomy(Trainer(understood(text))) is None
