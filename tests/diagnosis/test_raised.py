"""A training step that raises: the line, what was put together there, and what would fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from annprobe.diagnosis import Options, diagnose
from annprobe.diagnosis.clauses.products import looked_up, products
from annprobe.findings import Diagnosis

DEEP = """\
import numpy as np

rng = np.random.default_rng(4)
X = rng.uniform(-1, 1, (3, 20))
Y = np.sin(X.sum(axis=0, keepdims=True))
W = [rng.normal(0, 0.6, s) for s in ((5, 3), (4, 5), (1, 4))]


def gradients(x, y):
    a, z = [x], []
    for w in W:
        z.append(w @ a[-1])
        a.append(np.tanh(z[-1]))
    d = (a[-1] - y) * (1 - a[-1] ** 2) / 20
    found = [d @ a[2].T]
    for k in (1, 0):
        below = z[k]
        back = W[k + 1].T @ d
        d = back * (1 - np.tanh(below) ** 2)
        found.insert(0, d @ a[k].T)
    return found


for step in range(60):
    for k, g in enumerate(gradients(X, Y)):
        W[k] = W[k] - 0.1 * g
"""
FIXED = """\
import numpy as np


class Net:
    def __init__(self):
        self.A = np.random.randn(6, 4)
        self.B = np.random.randn(4, 3)

    def predict(self, X):
        return np.tanh(np.tanh(X @ self.A) @ self.B)
"""


def diagnosed(folder: Path, text: str) -> Diagnosis:
    path = folder / "net.py"
    path.write_text(text)
    return diagnose(path, options=Options(effort="quick"))


def test_the_right_one_is_clean(tmp_path: Path) -> None:
    assert diagnosed(tmp_path, DEEP).verdict == "clean"


def test_another_layers_value_is_blamed_where_it_is_looked_up(tmp_path: Path) -> None:
    found = diagnosed(tmp_path, DEEP.replace("below = z[k]", "below = z[k + 1]"))
    first = found.findings[0]
    assert first.family == "layer-index"
    assert "below = z[k + 1]" in first.places[0].text
    assert "back * " in first.places[1].text


def test_a_transpose_that_is_missing(tmp_path: Path) -> None:
    found = diagnosed(tmp_path, DEEP.replace("W[k + 1].T @ d", "W[k + 1] @ d"))
    first = found.findings[0]
    assert first.family == "transpose"
    assert first.should_compute == "W[k + 1].T @ d"


def test_a_call_of_ours_that_does_not_fit_is_nobodys_fault(tmp_path: Path) -> None:
    found = diagnosed(tmp_path, FIXED)
    assert found.findings == ()
    assert found.verdict in ("undetermined", "unusable")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("    d = a.dot(b.T) * c", [("a", "b.T", False), ("a.dot(b.T)", "c", True)]),
        ("x = np.multiply(p, q) - r", [("p", "q", True), ("np.multiply(p, q)", "r", True)]),
        ("g = A @ B", [("A", "B", False)]),
        ("this is no line of Python", []),
    ],
)
def test_operands_of_a_line(text: str, expected: list[tuple[str, str, bool]]) -> None:
    assert sorted((p.left, p.right, p.entrywise) for p in products(text)) == sorted(expected)


def test_a_name_is_followed_to_the_container_that_it_was_read_from() -> None:
    lines = ["def f(l):", "    z = caches[l + 1][2]", "    w = 3", "    d = da * prime(z)"]
    assert looked_up(lines, 4, "prime(z)") == ("z", 2)
    assert looked_up(lines, 4, "da") is None


OTHER_SIZE = """\
import numpy as np

rows = np.loadtxt("scores.csv", delimiter=",")
X, k = rows[:, :-1], rows[:, -1].astype(int)
T = np.zeros((len(k), k.max() + 1))
T[np.arange(len(k)), k] = 1
W = np.random.randn(X.shape[1], 1000) * 0.1
for step in range(9):
    out = X @ W
    error = out - T
    W = W - 0.1 * X.T @ error / len(X)
raise SystemExit
"""


def test_missing_data_of_another_size_are_nobodys_fault(tmp_path: Path) -> None:
    exact = OTHER_SIZE.replace("1000", "70").replace("k.max() + 1", "min(k.max() + 1, 9)")
    assert diagnosed(tmp_path, exact).findings == ()
