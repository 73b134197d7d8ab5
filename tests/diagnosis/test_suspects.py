"""A line mended alone trains as the plain edit of that line does: same size, same errors that reach it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from annprobe.diagnosis.causes.gradients.accused import gradient_findings
from annprobe.diagnosis.experiments.suspects import suspects_of
from annprobe.listing.accusing import accusations
from annprobe.listing.scene import Scene
from annprobe.training.interventions import Suspects
from annprobe.training.stack import Lane
from annprobe.training.trainer import Trainer
from tests.training.subjects import understood

TWICE = """
import numpy as np

def f(z):
    return 1 / (1 + np.exp(-z))

def slope(z):
    return f(z) * (1 - f(z))

rng = np.random.default_rng(0)
X, Y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float), np.array([0, 1, 1, 0], float)
W1, b1, W2, b2 = rng.standard_normal((3, 2)), np.zeros((3, 1)), rng.standard_normal((1, 3)), np.zeros((1, 1))
for step in range(600):
    x, y = X[step % 4].reshape(2, 1), Y[step % 4]
    h = f(np.dot(W1, x) + b1)
    out = f(np.dot(W2, h) + b2)
    s2 = -2 * OUTER * (y - out)
    s1 = np.dot(W2.T, s2) * INNER
    W2 = W2 - 0.1 * np.dot(s2, h.T)
    b2 = b2 - 0.1 * s2
    W1 = W1 - 0.1 * np.dot(s1, x.T)
    b1 = b1 - 0.1 * s1
"""
WRONG = {"OUTER": "slope(out)", "INNER": "slope(h)"}
RIGHT = {"OUTER": "out * (1 - out)", "INNER": "h * (1 - h)"}
LINES = {"OUTER": 17, "INNER": 18}


def text(right: str) -> str:
    """With one place right, or both ("both"), or none ("")."""
    made = TWICE
    for place, wrong in WRONG.items():
        made = made.replace(place, RIGHT[place] if right in (place, "both") else wrong)
    return made


def suspected(trainer: Trainer) -> Suspects:
    assert trainer.found.hypothesis is not None
    scene = Scene(trainer.found, trainer.found.hypothesis)
    return suspects_of(scene, trainer, gradient_findings(scene), accusations(scene))


def run_plainly(module: str, steps: int) -> dict[str, Any]:
    """The names of a module that was run for so many steps."""
    scope: dict[str, Any] = {}
    exec(module.replace("range(600)", f"range({steps})"), scope)
    return scope


@pytest.mark.parametrize("place", ["OUTER", "INNER"])
def test_a_line_mended_alone_trains_as_with_the_plain_edit(place: str) -> None:
    trainer = Trainer(understood(text("")))
    (repairs,) = [r for r in suspected(trainer).repairs if r[0].name == f"line {LINES[place]}"]
    (trace,) = trainer.train(trainer.bench.repaired(repairs), [Lane(watched=True)], 40, 60.0)
    plain = run_plainly(text(place), trace.steps[-1])
    for p in trainer.loop.parameters:
        wanted = plain[trainer.found.names[p.chain]]
        np.testing.assert_allclose(trace.path[-1][p.read], wanted, rtol=1e-9)


def test_steps_with_everything_mended_are_as_long_as_the_edits_make_them() -> None:
    swap = suspected(Trainer(understood(text("")))).swap
    assert swap is not None
    assert list(swap.sizes.values()) == pytest.approx([0.2] * 4)  # 0.1 times the 2 of line 17, for ½ (y - a)²
