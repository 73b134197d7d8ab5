"""Settings under which a right network does not learn are found by experiment, with the line and the cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.diagnosis.modules import diagnosed, line_of, xor


@pytest.mark.parametrize("change", [{}, {"rate": 0.5, "epochs": 9000}, {"seed": 3, "width": 8}])
def test_a_right_network_is_clean(change: dict[str, float], tmp_path: Path) -> None:
    found = diagnosed(xor(**change), tmp_path)  # type: ignore[arg-type]
    assert (found.verdict, found.findings, found.message) == ("clean", (), "")
    assert found.experiments[0].cured is True
    assert found.subject.architecture == (2, int(change.get("width", 5)), 1)
    assert found.subject.activations == ("sigmoid", "sigmoid")


@pytest.mark.parametrize(
    ("change", "family", "at"),
    [
        ({"rate": 0.005}, "learning-rate", "net.fit"),
        ({"rate": 1000.0}, "learning-rate", "net.fit"),
        ({"spread": 60.0}, "initialisation", "self.W"),
        ({"spread": 0.0}, "initialisation", "self.W"),
        ({"epochs": 60}, "training-length", "self."),
        ({"targets": "100 * Y"}, "targets", "net.fit"),
    ],
)
def test_the_setting_is_named_with_its_line(
    change: dict[str, float | str], family: str, at: str, tmp_path: Path
) -> None:
    text = xor(**change)  # type: ignore[arg-type]
    found = diagnosed(text, tmp_path)
    first = found.findings[0]
    assert first.family == family
    assert first.role == "cause"
    assert at in text.splitlines()[first.places[0].line - 1]
    assert all(row.agrees for row in found.gradient)


def test_the_size_of_a_rate_is_told(tmp_path: Path) -> None:
    first = diagnosed(xor(rate=0.005), tmp_path).findings[0]
    assert "100 times too small" in first.message
    assert first.help == "use a learning rate of 0.5"
    assert first.trust == "verified"


def test_a_local_minimum_is_said_and_nobody_is_accused(tmp_path: Path) -> None:
    found = diagnosed(xor(width=2, seed=LUCKLESS), tmp_path)
    assert found.verdict == "clean"
    assert found.findings == ()
    assert "local minimum" in found.message


def test_one_layer_of_weights_cannot_do_xor(tmp_path: Path) -> None:
    text = ONE_NEURON
    found = diagnosed(text, tmp_path)
    assert found.findings[0].family == "capacity"
    assert found.findings[0].role == "cause"
    assert found.findings[0].places[0].line == line_of(text, "w = rng")


def test_a_hidden_layer_that_is_too_narrow_is_told(tmp_path: Path) -> None:
    text = xor(width=1)
    found = diagnosed(text, tmp_path)
    assert [(f.family, f.role) for f in found.findings] == [("capacity", "cause")]
    assert found.findings[0].places[0].line == line_of(text, "self.W1 =")


LUCKLESS = 6
ONE_NEURON = """import numpy as np

rng = np.random.default_rng(0)
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
Y = np.array([0, 1, 1, 0], float)
w = rng.standard_normal(2)
b = 0.0
for epoch in range(3000):
    out = 1 / (1 + np.exp(-(X @ w + b)))
    d = out - Y
    w = w - 0.5 * X.T @ d
    b = b - 0.5 * d.sum()
"""
