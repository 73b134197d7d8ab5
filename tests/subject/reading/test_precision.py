"""Single precision, run as double."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from annprobe.subject.reading.precision import IN_DOUBLE, in_double
from annprobe.subject.reading.source import read_source
from tests.reading import read

NETWORK = """
import numpy as np
rng = np.random.default_rng(0)
X = rng.random((20, 3), dtype=np.float32)
Y = (X.sum(1, keepdims=True) > 1.5).astype("float32")
W1 = rng.standard_normal((3, 5)).astype(np.float32)
b1 = np.zeros(5, dtype="f")
W2 = rng.standard_normal((5, 1), dtype="float32")
for k in range(300):
    h = np.tanh(X @ W1 + b1)
    p = 1 / (1 + np.exp(-(h @ W2)))
    d2 = (p - Y) / np.float32(len(X))
    d1 = d2 @ W2.T * (1 - h * h)
    W2 -= np.float32(0.5) * h.T @ d2
    W1 -= np.float32(0.5) * X.T @ d1
    b1 -= np.float32(0.5) * d1.sum(0)
"""


@pytest.mark.parametrize(
    ("single", "double"),
    [
        ("x.astype(np.float32)", "x.astype(np.float64)"),
        ("np.zeros(3, dtype='f4')", "np.zeros(3, dtype='float64')"),
        ("from numpy import float32", "from numpy import float64 as float32"),
        ("x.astype('f')", "x.astype('float64')"),
        ("np.frombuffer(data, dtype=np.float32)", "np.frombuffer(data, dtype=np.float32)"),
        ("print('f', x.dtype)", "print('f', x.dtype)"),
    ],
)
def test_what_asks_for_single_precision_gets_double(single: str, double: str) -> None:
    assert ast.unparse(in_double(ast.parse(single))) == double


def test_rounding_of_single_precision_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(NETWORK)
    understanding, findings = read(tmp_path / "net.py")
    assert understanding is not None
    assert understanding.hypothesis is not None
    assert understanding.hypothesis.right == 3
    assert findings == ()
    assert IN_DOUBLE in read_source(tmp_path / "net.py").notes


def test_a_wrong_line_among_single_precision_is_found(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(NETWORK.replace("(1 - h * h)", "(1 - h)"))
    [finding] = read(tmp_path / "net.py")[1]
    assert (finding.family, finding.places[0].line) == ("activation-derivative", 13)
