"""The perceptron rule is judged by the perceptron criterion: the error passed straight through the step."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from annprobe.subject.understanding import Understanding, describe_loss
from tests.reading import read

MODULE = """\
import numpy as np

rng = np.random.RandomState(3)
X = rng.uniform(-1, 1, (24, 3))
T = HIGH_LOW
w = np.array([0.2, -0.1, 0.1])
b = 0.05


STEP


for epoch in range(6):
    for x, t in zip(X, T):
        y = step(np.dot(w, x) + b)
        e = t - y
        w = w + 0.1 * e * x
        b = b + 0.1 * e
"""
ZERO_ONE = "np.where(X @ [1.0, -2.0, 0.5] > 0.1, 1, 0)"
SIGNS = "np.where(X @ [1.0, -2.0, 0.5] > 0.1, 1, -1)"
STEPS = {
    "where": ("def step(z):\n    return np.where(z > 0, 1, 0)", ZERO_ONE),
    "heaviside": ("def step(z):\n    return np.heaviside(z, 1.0)", ZERO_ONE),
    "sign": ("def step(z):\n    return np.sign(z)", SIGNS),
    "astype": ("def step(z):\n    return (z >= 0).astype(int)", ZERO_ONE),
    "int": ("def step(z):\n    return int(z > 0)", ZERO_ONE),
    "truth value": ("def step(z):\n    return z > 0", "(" + ZERO_ONE + ").astype(float)"),
    "expression": ("step = lambda z: 1 if z > 0 else 0", ZERO_ONE),
    "turned round": ("step = lambda z: 0 if z < 0 else 1", ZERO_ONE),
    "if and else": ("def step(z):\n    if z > 0:\n        return 1\n    else:\n        return 0", ZERO_ONE),
    "early return": ("def step(z):\n    if z >= 0.0:\n        return 1\n    return -1", SIGNS),
    "three ways": ("def step(z):\n    if z > 0: return 1\n    elif z < 0: return -1\n    return 0", SIGNS),
    "sigmoid inside": (
        "def step(z):\n    a = 1.0 / (1.0 + np.exp(-z))\n    return 1 if a > 0.5 else 0", ZERO_ONE,
    ),
    "tanh inside": ("def step(z):\n    return np.where(np.tanh(z) >= 0, 1, -1)", SIGNS),
    "assigned": ("def step(z):\n    out = 0\n    if z > 0:\n        out = 1\n    return out", ZERO_ONE),
    "doubled": ("def step(z):\n    return 2 * (z > 0) - 1", SIGNS),
}
FAULTS = {
    "wrong sign": ("w = w + 0.1 * e * x", "w = w - 0.1 * e * x"),
    "input left out": ("w = w + 0.1 * e * x", "w = w + 0.1 * e"),
    "another example": ("w = w + 0.1 * e * x", "w = w + 0.1 * e * X[0]"),
    "bias with an input": ("b = b + 0.1 * e", "b = b + 0.1 * e * x[0]"),
    "output for error": ("w = w + 0.1 * e * x", "w = w + 0.1 * e * y * x"),
}


def understood(folder: Path, text: str) -> Understanding:
    path = folder / "unit.py"
    path.write_text(text)
    understanding, _ = read(path)
    assert understanding is not None
    assert not understanding.missing
    return understanding


def module(step: str) -> str:
    text, targets = STEPS[step]
    return MODULE.replace("STEP", text).replace("HIGH_LOW", targets)


@pytest.mark.parametrize("step", STEPS)
def test_a_right_rule_is_right_in_any_style(step: str, tmp_path: Path) -> None:
    found = understood(tmp_path, module(step))
    assert found.hypothesis is not None
    assert sorted(found.names) == ["b", "w"]
    factors = [j.factor for j in found.hypothesis.judged]
    assert all(factor is not None and factor < 0.0 for factor in factors), factors
    assert describe_loss(found)[0] == "perceptron criterion"


@pytest.mark.parametrize("step", ["where", "expression"])
def test_the_gradient_is_the_error_times_the_input(step: str, tmp_path: Path) -> None:
    found = understood(tmp_path, module(step))
    (meeting,) = found.judged_step.meetings
    assert found.hypothesis is not None
    for judged in found.hypothesis.judged:
        wanted = np.asarray(found.tape.value(meeting.output)) - meeting.value
        values = [n.value for n in found.tape.nodes[: meeting.node] if n.op == "getitem" and np.shape(n.value) == (3,)]
        inputs = 1.0 if np.ndim(judged.true) == 0 else values[-1]
        assert np.allclose(judged.true, wanted * inputs)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("step", ["where", "if and else", "sign"])
def test_a_wrong_rule_is_not(step: str, fault: str, tmp_path: Path) -> None:
    old, new = FAULTS[fault]
    text = module(step)
    assert old in text
    found = understood(tmp_path, text.replace(old, new))
    assert found.hypothesis is not None
    factors = [j.factor for j in found.hypothesis.judged]
    assert any(factor is None or factor > 0.0 for factor in factors), factors


def test_a_sigmoid_rounded_for_the_eye_is_no_step(tmp_path: Path) -> None:
    text = module("where").replace("np.where(z > 0, 1, 0)", "1 / (1 + np.exp(-z))")
    wrong = "    print(sum(int(step(np.dot(w, x) + b) > 0.5) != t for x, t in zip(X, T)))\n"
    found = understood(tmp_path, text + wrong)
    assert found.hypothesis is not None
    assert found.hypothesis.right == 2
    assert describe_loss(found)[0] != "perceptron criterion"
