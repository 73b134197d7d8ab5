"""What a network without a hidden layer cannot represent is proved, whatever its weights are held in."""

from __future__ import annotations

from pathlib import Path

import pytest

from annprobe.diagnosis import Options, diagnose
from annprobe.findings import Diagnosis

NUMBERS = """\
import math

x1 = [0, 0, 1, 1]
x2 = [0, 1, 0, 1]
wanted = {wanted}
w1, w2, b = 0.3, -0.2, 0.1
for epoch in range(2000):
    for i in range(4):
        a = 1 / (1 + math.exp(-(x1[i] * w1 + x2[i] * w2 + b)))
        d = (wanted[i] - a) * a * (1 - a)
        w1 += 0.5 * d * x1[i]
        w2 += 0.5 * d * x2[i]
        b += 0.5 * d
"""
HIDDEN = """h = math.tanh(x1[i] * w1 + x2[i] * w2 + b)
        a = v * h"""
CHANGE = """d = (wanted[i] - a) * v * (1 - h * h)
        v += 0.5 * (wanted[i] - a) * h"""
ARRAY = """\
import numpy as np

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
y = np.array({wanted}, float)
rng = np.random.default_rng(0)
w, b = rng.normal(size=2), 0.0
for epoch in range(2000):
    a = 1 / (1 + np.exp(-(X @ w + b)))
    d = (a - y) * a * (1 - a)
    w -= 0.5 * X.T @ d
    b -= 0.5 * d.sum()
"""


def diagnosed(folder: Path, text: str) -> Diagnosis:
    path = folder / "neuron.py"
    path.write_text(text)
    return diagnose(path, options=Options(effort="quick"))


@pytest.mark.parametrize("text", [NUMBERS, ARRAY])
def test_xor_on_one_neuron(text: str, tmp_path: Path) -> None:
    found = diagnosed(tmp_path, text.format(wanted=[0, 1, 1, 0]))
    assert [f.family for f in found.findings] == ["capacity"]


@pytest.mark.parametrize("text", [NUMBERS, ARRAY])
def test_or_on_one_neuron(text: str, tmp_path: Path) -> None:
    assert diagnosed(tmp_path, text.format(wanted=[0, 1, 1, 1])).findings == ()


def test_a_hidden_unit_of_numbers_is_no_single_neuron(tmp_path: Path) -> None:
    text = NUMBERS.format(wanted=[0, 1, 1, 0])
    text = text.replace("w1, w2, b = 0.3, -0.2, 0.1", "w1, w2, b, v = 0.3, -0.2, 0.1, 0.7")
    text = text.replace("a = 1 / (1 + math.exp(-(x1[i] * w1 + x2[i] * w2 + b)))", HIDDEN)
    text = text.replace("d = (wanted[i] - a) * a * (1 - a)", CHANGE)
    assert "capacity" not in [f.family for f in diagnosed(tmp_path, text).findings]


FROZEN = """\
import numpy as np

X, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float), np.array([0, 1, 1, 0], float)
rng = np.random.default_rng(0)
w, b, v = rng.normal(size=(2, 3)), np.zeros(3), rng.normal(size=3)
for epoch in range(2000):
    h = np.tanh(X @ w + b)
    a = 1 / (1 + np.exp(-(h @ v)))
    d = np.outer(a - y, v) * (1 - h * h)
    w -= 0.5 * X.T @ d
    b -= 0.5 * d.sum(0)
"""


def test_a_second_layer_that_is_never_corrected_is_a_layer(tmp_path: Path) -> None:
    assert "capacity" not in {f.family for f in diagnosed(tmp_path, FROZEN).findings}
