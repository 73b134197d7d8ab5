"""Divisions by the number of examples that are carried out twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reading import read

NETWORK = """
import numpy as np
rng = np.random.default_rng(0)
X = rng.normal(size=(9, 3))
Y = (X[:, :1] > 0).astype(float)
W, b, V = rng.normal(size=(3, 4)), np.zeros(4), rng.normal(size=(4, 1))
n = len(X)
for k in range(50):
    H = np.tanh(X @ W + b)
    P = 1 / (1 + np.exp(-H @ V))
    cost = -np.mean(Y * np.log(P) + (1 - Y) * np.log(1 - P))
    d = (P - Y) / n
    e = d @ V.T * (1 - H ** 2)
    V -= 0.5 * H.T @ d / n
    W -= 0.5 * (X.T @ e / n)
    b -= 0.5 * np.mean(e, axis=0)
"""


def test_the_divisions_are_named_with_all_their_lines(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(NETWORK)
    [finding] = read(tmp_path / "net.py")[1]
    assert finding.family == "scale"
    assert finding.message == "the gradient is divided by the number of examples, 9, twice"
    assert {place.line for place in finding.places} == {12, 14, 15, 16}


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("size=(9, 3))", "size=(10, 3))\nrate = 0.1"),
        ("(P - Y) / n", "P - Y"),
        ("size=(9, 3))", "size=(4, 3))"),
    ],
    ids=["a rate", "divided once", "as many examples as units"],
)
def test_one_division_is_right_and_an_unclear_one_is_none(tmp_path: Path, line: str, instead: str) -> None:
    text = NETWORK.replace(line, instead)
    if "rate" in text:
        text = text.replace("(P - Y) / n", "rate * (P - Y)")
    (tmp_path / "net.py").write_text(text)
    assert read(tmp_path / "net.py")[1] == ()


def test_a_cost_that_is_divided_so_itself_has_this_gradient(tmp_path: Path) -> None:
    text = NETWORK.replace("cost = -np.mean(", "cost = -1 / n ** 2 * np.sum(")
    (tmp_path / "net.py").write_text(text)
    assert read(tmp_path / "net.py")[1] == ()
