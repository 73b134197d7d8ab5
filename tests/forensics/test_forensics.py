"""Numbers of a log are recognised: the quantity, the step, the start; numbers of something else are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from annprobe.diagnosis import Options, diagnose
from annprobe.diagnosis.observing.observation import observe
from annprobe.errors import BadArgument
from annprobe.forensics import Explanation, explain
from annprobe.forensics.numbers import groups
from annprobe.subject.reading.source import read_source
from annprobe.subject.understanding import Understanding

MODULE = '''
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

class Neuron:
    def __init__(self, n):
        self.w = np.array([[0.31], [-0.47]])
        self.b = np.array([0.12])

    def train(self, X, Y, epochs=30):
        for _ in range(epochs):
            a = sigmoid(X @ self.w + self.b)
            delta = (a - Y) * a * (1 - a)
            self.w -= 0.8 * X.T @ delta
            self.b -= 0.8 * delta.sum(axis=0)

if __name__ == "__main__":
    X = np.array([[0., 0.], [0., 1.], [1., 0.], [1., 1.]])
    Y = np.array([[0.], [0.], [0.], [1.]])
    Neuron(2).train(X, Y)
'''
X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = np.array([[0.0], [0.0], [0.0], [1.0]])


def passes(w: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outputs and gradients at these weights, written out once more."""
    a = 1 / (1 + np.exp(-(X @ w + b)))
    delta = (a - Y) * a * (1 - a)
    return a, X.T @ delta, delta.sum(axis=0)


@pytest.fixture
def found(tmp_path: Path) -> Understanding:
    path = tmp_path / "neuron.py"
    path.write_text(MODULE)
    _, understanding = observe(read_source(path), Options())
    assert understanding is not None
    return understanding


def log_of(w: np.ndarray, b: np.ndarray, steps: int) -> str:
    """A checker's table with the weights in the gradient's column, then outputs and cost after some steps."""
    _, dw, db = passes(w, b)
    theta, slopes = np.concatenate([w.ravel(), b]), np.concatenate([dw.ravel(), db])
    table = "\n".join(f"{t:.8f}   {s:.8f}" for t, s in zip(theta, slopes, strict=True))
    for _ in range(steps):
        _, dw, db = passes(w, b)
        w, b = w - 0.8 * dw, b - 0.8 * db
    a = passes(w, b)[0]
    cost = 0.5 * np.sum((a - Y) ** 2)
    return f"Back prop grad   Numerical grad\n{table}\n\nafter training\n{a}\n\ncost: {cost:.7f}\n"


def by_quantity(found: list[Explanation]) -> dict[str, Explanation]:
    return {e.quantity: e for e in found}


def test_weights_under_the_heading_of_the_gradient_give_all_other_numbers(found: Understanding) -> None:
    rng = np.random.default_rng(5)
    known = by_quantity(explain(log_of(rng.normal(size=(2, 1)), rng.normal(size=1), 12), found))
    assert known["the weights"].gradient_shown
    assert known["the gradient"].step == 0
    assert known["the outputs"].step == known["the cost, half the sum of squares"].step == 12
    assert "as the weights" in known["the outputs"].start


def test_numbers_of_the_modules_own_start_are_recognised_without_weights(found: Understanding) -> None:
    w, b = np.array([[0.31], [-0.47]]), np.array([0.12])
    text = "\n".join(line for line in log_of(w, b, 3).splitlines()[5:])
    known = by_quantity(explain(text, found))
    assert known["the outputs"].step == 3
    assert known["the outputs"].start == "the module's own start values"


def test_numbers_of_something_else_are_not_explained(found: Understanding) -> None:
    rng = np.random.default_rng(8)
    rows = "\n".join("   ".join(f"{x:.6f}" for x in row) for row in rng.normal(size=(3, 2)))
    text = f"Back prop grad   Numerical grad\n{rows}\ncost 0.3141592\n0.1234567 0.7654321 0.3333333"
    assert explain(text, found) == []


def test_the_command_names_what_the_log_shows(tmp_path: Path) -> None:
    (tmp_path / "neuron.py").write_text(MODULE)
    rng = np.random.default_rng(5)
    (tmp_path / "post.txt").write_text(log_of(rng.normal(size=(2, 1)), rng.normal(size=1), 12))
    options = Options(effort="quick", log=str(tmp_path / "post.txt"))
    diagnosis = diagnose(tmp_path / "neuron.py", options=options)
    assert [f.code for f in diagnosis.findings if "the log shows" in f.message] == ["AP501"]
    assert any("12 steps after" in check.evidence for check in diagnosis.checks)


def test_a_log_that_is_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "neuron.py").write_text(MODULE)
    with pytest.raises(BadArgument, match="cannot be read"):
        diagnose(tmp_path / "neuron.py", options=Options(log=str(tmp_path / "none.txt")))


def test_columns_blocks_and_lines_are_groups() -> None:
    found = {g.name: [n.value for n in g.numbers] for g in groups("a  b\n1.5  2.25\n3.5  4.25\n\ncost 0.125e-1\n")}
    assert found["column 1 of lines 2 to 3"] == [1.5, 3.5]
    assert found["lines 2 to 3"] == [1.5, 2.25, 3.5, 4.25]
    assert found["line 5"] == [0.0125]
