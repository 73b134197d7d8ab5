"""Scripts that compute gradients once and apply none, and trainings that are written and never called."""

from __future__ import annotations

from pathlib import Path

from annprobe.diagnosis import Options, diagnose
from annprobe.findings import Diagnosis, Finding
from annprobe.subject.understanding import Understanding
from tests.reading import read

WORKED = """\
import numpy as np

X, y = np.array([0.5, 0.1]), np.array([1.0])
W1 = np.array([[0.4, 0.3], [0.2, 0.1], [0.5, -0.4]])
b1 = np.array([0.1, 0.2, -0.1])
W2 = np.array([[0.7, 0.6, -0.5]])
b2 = np.array([0.3])
A1 = np.tanh(W1.dot(X) + b1)
A2 = W2.dot(A1) + b2
dZ2 = A2 - y
dL_dW2 = dZ2.reshape(-1, 1) * A1.reshape(1, -1)
dL_db2 = dZ2
dA1 = W2[0] * dZ2
dZ1 = dA1 * (1 - A1 ** 2)
dL_dW1 = dZ1.reshape(-1, 1) * X.reshape(1, -1)
dL_db1 = dZ1
print(dL_dW1, dL_db1)
"""
UNCALLED = """\
import numpy as np

rng = np.random.RandomState(1)
X = rng.randn(30, 3)
y = X @ [0.5, -1.0, 2.0] + 0.3
theta = np.zeros(3)


def descend(X, y, theta, eta=0.1, turns=50):
    for turn in range(turns):
        error = X @ theta - y
        gradient = X.T @ error / len(y)
        theta = theta - eta * gradient
        print(np.sum(error ** 2) / 2 / len(y))
    return theta
"""


def diagnosed(tmp_path: Path, text: str) -> Diagnosis:
    path = tmp_path / "script.py"
    path.write_text(text)
    return diagnose(str(path), options=Options(effort="quick"))


def judged(tmp_path: Path, text: str) -> tuple[Understanding | None, tuple[Finding, ...]]:
    path = tmp_path / "script.py"
    path.write_text(text)
    return read(path)


def test_a_right_worked_example_is_clean(tmp_path: Path) -> None:
    understood, findings = judged(tmp_path, WORKED)
    assert understood is not None
    assert understood.hypothesis is not None
    assert (understood.hypothesis.right, findings) == (4, ())


def test_a_wrong_one_is_judged_as_a_training_is(tmp_path: Path) -> None:
    _, (finding,) = judged(tmp_path, WORKED.replace("dZ1 = dA1 * (1 - A1 ** 2)", "dZ1 = dA1 * (1 - A1)"))
    assert (finding.family, finding.places[0].line) == ("activation-derivative", 14)


def test_a_gradient_of_another_shape_than_its_parameter(tmp_path: Path) -> None:
    (finding,) = diagnosed(tmp_path, WORKED.replace("W2[0] * dZ2", "W2.T * dZ2")).findings
    assert finding.family == "transpose"
    assert finding.places[0].line == 14
    assert "(3, 1)" in finding.message


def test_a_training_that_nobody_calls_is_called_with_the_modules_own_data(tmp_path: Path) -> None:
    found = diagnosed(tmp_path, UNCALLED)
    assert found.verdict == "clean"
    assert found.subject is not None
    assert "descend(X, y, theta)" in (found.subject.usage or "")
    _, wrong = judged(tmp_path, UNCALLED.replace("X.T @ error / len(y)", "X.T @ (error * y) / len(y)"))
    assert len(wrong) == 1
