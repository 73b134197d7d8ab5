"""A module that computes what a mutant computes is named by the mutant; right ones and foreign ones are not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from annprobe.diagnosis.observing.observation import observe
from annprobe.diagnosis.observing.options import Options
from annprobe.listing.catalogued import catalogued
from annprobe.listing.dense import recognised
from annprobe.listing.scene import Scene
from annprobe.subject.reading.source import read_source

EXAMPLE = Path(__file__).parents[1] / "mutants" / "example_package"

ROWS = """
import numpy as np
rng = np.random.default_rng(3)
X = rng.normal(size=(7, 3))
Y = (X[:, :1] + 0.3 * X[:, 1:2] > 0) * 1.0
W1 = rng.normal(size=(3, 4)); b1 = np.zeros(4); W2 = rng.normal(size=(4, 2)); b2 = np.zeros(2)
W3 = rng.normal(size=(2, 1)); b3 = np.zeros(1)
for epoch in range(5):
    a1 = np.tanh(X @ W1 + b1)
    a2 = np.tanh(a1 @ W2 + b2)
    a3 = 1 / (1 + np.exp(-(a2 @ W3 + b3)))
    cost = np.mean((a3 - Y) ** 2)
    d3 = 2 * (a3 - Y) * a3 * (1 - a3) / len(X)
    d2 = (d3 @ W3.T) * (1 - a2 ** 2)
    d1 = (d2 @ W2.T) * (1 - a1 ** 2)
    W3 -= 0.5 * a2.T @ d3; b3 -= 0.5 * d3.sum(axis=0)
    W2 -= 0.5 * a1.T @ d2; b2 -= 0.5 * d2.sum(axis=0)
    W1 -= 0.5 * X.T @ d1; b1 -= 0.5 * d1.sum(axis=0)
"""
COLUMNS = """
import numpy as np
rng = np.random.default_rng(3)
X = rng.normal(size=(3, 7))
Y = np.eye(2)[:, rng.integers(0, 2, 7)]
W1 = rng.normal(size=(4, 3)); b1 = np.zeros((4, 1)); W2 = rng.normal(size=(2, 4)); b2 = np.zeros((2, 1))
for epoch in range(5):
    A1 = np.maximum(0, W1 @ X + b1)
    E = np.exp(W2 @ A1 + b2)
    P = E / E.sum(axis=0)
    cost = -np.sum(Y * np.log(P)) / 7
    D2 = (P - Y) / 7
    D1 = (W2.T @ D2) * (A1 > 0)
    W2 -= 0.1 * D2 @ A1.T; b2 -= 0.1 * D2.sum(axis=1, keepdims=True)
    W1 -= 0.1 * D1 @ X.T; b1 -= 0.1 * D1.sum(axis=1, keepdims=True)
"""
STACKED = """
import numpy as np
rng = np.random.default_rng(3)
X = rng.normal(size=(6, 2))
Y = X[:, :1] * X[:, 1:]
weights = [rng.normal(size=(3, 3)), rng.normal(size=(1, 4))]
def sigmoid(z):
    return 1 / (1 + np.exp(-z))
for epoch in range(5):
    A0 = np.hstack([np.ones((6, 1)), X])
    A1 = np.hstack([np.ones((6, 1)), sigmoid(A0 @ weights[0].T)])
    P = A1 @ weights[1].T
    cost = np.sum((P - Y) ** 2)
    d2 = 2 * (P - Y)
    d1 = (d2 @ weights[1][:, 1:]) * A1[:, 1:] * (1 - A1[:, 1:])
    weights[1] = weights[1] - 0.01 * d2.T @ A1
    weights[0] = weights[0] - 0.01 * d1.T @ A0
"""
MEDIAN = ROWS.replace("0.5 * d3.sum(axis=0)", "0.5 * 7 * np.median(d3, axis=0)").replace(
    "0.5 * d2.sum(axis=0)", "0.5 * 7 * np.median(d2, axis=0)").replace(
    "0.5 * d1.sum(axis=0)", "0.5 * 7 * np.median(d1, axis=0)")


def scene_of(text: str, folder: Path) -> Scene:
    file = folder / "module.py"
    file.write_text(text, "utf-8")
    _, understanding = observe(read_source(file), Options())
    assert understanding is not None
    assert understanding.hypothesis is not None
    return Scene(understanding, understanding.hypothesis)


@pytest.mark.parametrize(("text", "architecture"), [
    (ROWS, "3 -tanh-> 4 -tanh-> 2 -sigmoid-> 1, squared error, mean"),
    (COLUMNS, "3 -relu-> 4 -softmax-> 2, categorical cross-entropy, mean"),
    (STACKED, "2 -sigmoid-> 3 -identity-> 1, squared error, sum"),
])
def test_a_right_network_is_recognised_and_named_by_no_mutant(text: str, architecture: str, tmp_path: Path) -> None:
    scene = scene_of(text, tmp_path)
    dense = recognised(scene)
    assert dense is not None
    found = str(dense.architecture)
    assert found.rsplit(",", 1)[0] == architecture.rsplit(",", 1)[0]  # mean and sum differ by a factor only
    assert catalogued(scene) == ()


@pytest.mark.parametrize(("text", "change", "mutant"), [
    (ROWS, ("(d2 @ W2.T) * (1 - a1 ** 2)", "(d2 @ W2.T) * (1 - a1) ** 2"), None),
    (ROWS, (" * (1 - a2 ** 2)", " * (1 - a2 ** 2) ** 2"), None),  # in one layer of two: no mutant does that
    (ROWS, ("(d3 @ W3.T) * (1 - a2 ** 2)", "d3 @ W3.T"), "ad-missing-top-hidden"),
    (STACKED, ("(d2 @ weights[1][:, 1:])", "(d2 @ abs(weights[1][:, 1:]))"), "dr-abs-weights"),
    (COLUMNS, ("(W2.T @ D2) * (A1 > 0)", "(W2.T @ D2)"), "ad-missing-hidden"),
    (COLUMNS, ("D1.sum(axis=1, keepdims=True)", "0 * b1"), "bs-grad-output-only"),
    (STACKED, ("weights[1][:, 1:])", "weights[1][:, :-1])"), "bs-slice-last"),
])
def test_a_planted_mutant_is_named(text: str, change: tuple[str, str], mutant: str | None, tmp_path: Path) -> None:
    assert change[0] in text
    found = catalogued(scene_of(text.replace(*change), tmp_path))
    assert mutant in found if mutant else found == ()


def test_a_network_that_is_none_of_the_engine_s_is_left_alone(tmp_path: Path) -> None:
    scene = scene_of(STACKED.replace("P = A1 @ weights[1].T", "P = A1 @ weights[1].T + np.sin(X[:, :1])"), tmp_path)
    assert recognised(scene) is None
    assert catalogued(scene) == ()


def diagnosed(file: Path, path: str) -> list[dict[str, str]]:
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run([sys.executable, "-m", "annprobe", "diagnose", str(file), "--effort", "quick", "--format",
                           "json"], env=environment, capture_output=True, text=True, check=False)
    found: list[dict[str, str]] = json.loads(done.stdout)["findings"]
    return found


def test_a_mutant_of_another_distribution_takes_part_in_diagnosis(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text(MEDIAN, "utf-8")
    before, after = diagnosed(file, ""), diagnosed(file, str(EXAMPLE))
    assert not any("mutant" in json.dumps(f["evidence"]) for f in before)
    assert {f["family"] for f in after} == {"scale"}
    assert all("ex-median" in json.dumps(f["evidence"]) for f in after)
    assert all("median over the examples" in f["message"] for f in after)
