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
    e = y - out
    s2 = -2 * OUTER * e
    s1 = np.dot(W2.T, s2) * INNER
    W2 = W2 - 0.1 * np.dot(s2, h.T)
    b2 = b2 - 0.1 * s2
    W1 = W1 - 0.1 * np.dot(s1, x.T)
    b1 = b1 - 0.1 * s1
"""
WRONG = {"OUTER": "f(out) * (1 - f(out))", "INNER": "f(h) * (1 - f(h))"}
RIGHT = {"OUTER": "out * (1 - out)", "INNER": "h * (1 - h)"}
LINES = {"OUTER": 18, "INNER": 19}


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
    assert list(swap.sizes.values()) == pytest.approx([0.2] * 4)  # 0.1 times the 2 of line 18, for ½ (y - a)²


def test_a_function_that_is_wrong_wherever_it_is_called_is_mended_everywhere() -> None:
    shared = TWICE.replace("OUTER", "slope(out)").replace("INNER", "slope(h)")
    suspects = suspected(Trainer(understood(shared)))
    assert suspects.swap is not None
    assert "line 8" not in {repairs[0].name for repairs in suspects.repairs}
    assert list(suspects.swap.sizes.values()) == pytest.approx([0.2] * 4)
    assert suspects.swap.chains in suspects.groups


def test_without_time_for_changes_the_line_is_told_all_the_same() -> None:
    found = understood(text("OUTER"))
    assert found.hypothesis is not None
    (finding,) = gradient_findings(Scene(found, found.hypothesis, deadline=0.0))
    assert LINES["INNER"] in {place.line for place in finding.places}
