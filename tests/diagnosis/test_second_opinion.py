"""The decoder beside the listing: agreement is evidence, difference is said, and nothing is added."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from annprobe.diagnosis.causes.every import findings_of
from annprobe.diagnosis.causes.gradients.accused import COSINE
from annprobe.diagnosis.observing.observation import observe
from annprobe.diagnosis.observing.options import Options
from annprobe.diagnosis.second_opinion import ROW, second_opinion
from annprobe.findings import Check, Evidence, Finding
from annprobe.listing.scene import Scene
from annprobe.subject.reading.source import read_source

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
# one example a step, taken out of the data once for the forward pass and once more for the gradient
ONLINE = """
import numpy as np
rng = np.random.default_rng(1)
X = rng.normal(size=(4, 2)); Y = X[:, :1] * X[:, 1:]
W1 = rng.normal(size=(3, 2)); b1 = np.zeros(3); W2 = rng.normal(size=(1, 3)); b2 = np.zeros(1)
def s(z):
    return 1 / (1 + np.exp(-z))
for epoch in range(6):
    for i in range(4):
        h = s(W1 @ X[i] + b1)
        o = W2 @ h + b2
        d2 = o - Y[i]
        d1 = (W2.T @ d2) * h * (1 - h)
        W2 -= 0.1 * np.outer(d2, h); b2 -= 0.1 * d2
        W1 -= 0.1 * np.outer(d1, X[i]); b1 -= 0.1 * d1
"""


def opinion(text: str, folder: Path, given: tuple[Finding, ...] | None = None,
            ) -> tuple[tuple[Finding, ...], tuple[Finding, ...], tuple[Check, ...]]:
    """The findings before, those after, and the checks."""
    file = folder / "module.py"
    file.write_text(text, "utf-8")
    found, understanding = observe(read_source(file), Options(effort="quick"))
    assert found is not None
    assert understanding is not None
    assert understanding.hypothesis is not None
    scene = Scene(understanding, understanding.hypothesis)
    before = findings_of(scene, understanding, found)[0] if given is None else given
    return (before, *second_opinion(scene, before))


@pytest.mark.parametrize("text", [ROWS, ONLINE])
def test_a_right_gradient_is_right_for_both(text: str, tmp_path: Path) -> None:
    before, after, checks = opinion(text, tmp_path)
    assert before == after
    assert not any(row.name == COSINE for f in after for row in f.evidence)
    assert [(c.id, c.status) for c in checks] == [("decoder", "pass")]


@pytest.mark.parametrize(("text", "old", "new", "said"), [
    (ROWS, "(d2 @ W2.T) * (1 - a1 ** 2)", "(d2 @ W2.T)", "ad-missing-hidden in the delta of layer 1"),
    (ROWS, "X.T @ d1", "X.T @ abs(d1)", "gp-abs-delta in the weights' gradient of layer 1"),
    (ROWS, "d2.sum(axis=0)", "d2[0]", "bs-grad-first-sample in the biases' gradient of layer 2"),
    (ROWS, "(1 - a2 ** 2)", "(1 - a2 ** 2) ** 3", "something that is not in the catalogue in the delta of layer 2"),
    (ONLINE, "(W2.T @ d2) * h * (1 - h)", "(W2.T @ d2) * h", "ad-only-a in the delta of layer 1"),
])
def test_where_both_say_the_same_it_is_evidence(text: str, old: str, new: str, said: str, tmp_path: Path) -> None:
    assert text.count(old) == 1
    before, after, checks = opinion(text.replace(old, new), tmp_path)
    assert len(before) == len(after)
    rows = [str(row.value) for f in after for row in f.evidence if row.name == ROW]
    assert rows
    assert all(said in row for row in rows)
    assert [c.status for c in checks] == ["pass"]


def test_what_only_the_lines_see_is_said_and_only_measured(tmp_path: Path) -> None:
    claimed = Finding("AP304", "activation-derivative", "the factor is wrong", trust="verified",
                      evidence=(Evidence("parameter", "W1"), Evidence(COSINE, 0.9)))
    before, after, checks = opinion(ROWS, tmp_path, (claimed,))
    assert after == (dataclasses.replace(before[0], trust="measured"),)
    assert [c.status for c in checks] == ["skip"]
    assert "only the lines read activation-derivative" in checks[0].evidence


def test_what_only_the_decoder_sees_adds_no_finding(tmp_path: Path) -> None:
    _, after, checks = opinion(ROWS.replace("(d2 @ W2.T) * (1 - a1 ** 2)", "(d2 @ W2.T)"), tmp_path, ())
    assert after == ()
    assert [c.status for c in checks] == ["skip"]
    assert "line by line nothing is wrong" in checks[0].evidence


def test_a_place_that_differs_is_no_agreement(tmp_path: Path) -> None:
    claimed = Finding("AP303", "bias", "wrong", evidence=(Evidence("parameter", "b3"), Evidence(COSINE, 0.9)))
    _, after, checks = opinion(ROWS.replace("(d2 @ W2.T) * (1 - a1 ** 2)", "(d2 @ W2.T)"), tmp_path, (claimed,))
    assert after == (claimed,)
    assert "only the lines read bias" in checks[0].evidence


@pytest.mark.parametrize("change", [
    ("(a3 - Y) ** 2", "(a3 - Y) ** 2 + 0 * np.sin(X[0, 0])"),  # still the same network: nothing is lost
    ("a2 = np.tanh(a1 @ W2 + b2)", "a2 = np.tanh(a1 @ W2 + b2 + 0.1 * a1[:, :2])"),  # none of the engine's
])
def test_no_opinion_is_no_error(change: tuple[str, str], tmp_path: Path) -> None:
    before, after, checks = opinion(ROWS.replace(*change), tmp_path)
    assert before == after
    assert all(c.status == "pass" for c in checks)
