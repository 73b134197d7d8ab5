"""Names of derivatives."""

from __future__ import annotations

from pathlib import Path

import pytest

from annprobe.listing.naming import is_composed
from tests.reading import read

INLINE = """
import numpy as np
X, y = np.array([[0., 0], [0, 1], [1, 0], [1, 1]]), np.array([[0.], [1], [1], [0]])
rng = np.random.default_rng(5)
w1, b1, w2 = rng.normal(size=(2, 3)), np.zeros((1, 3)), rng.normal(size=(3, 1))
for i in range(50):
    {forward}
    a2 = 1/(1+np.exp(-a1.dot(w2)))
    dz2 = (a2-y)*a2*(1-a2)
    dz1 = dz2.dot(w2.T)
    w2 -= a1.T.dot(dz2)
    w1 -= X.T.dot(dz1)
    b1 -= dz1.sum(axis=0, keepdims=True)
"""


@pytest.mark.parametrize(("forward", "argument", "quantity"), [
    ("a1 = 1/(1+np.exp(-(X.dot(w1)+b1)))", "X.dot(w1)+b1", "∂C/∂(X.dot(w1)+b1)"),
    ("z = X.dot(w1)+b1; m = -z; a1 = 1/(1+np.exp(m))", "z", "∂C/∂z"),
])
def test_a_delta_belongs_to_what_is_under_the_minus(tmp_path: Path, forward: str, argument: str, quantity: str) -> None:
    (tmp_path / "net.py").write_text(INLINE.format(forward=forward))
    _, findings = read(tmp_path / "net.py")
    assert [f.message for f in findings] == [f"the derivative of the activation at {argument} is missing"]
    assert findings[0].should_compute == quantity


@pytest.mark.parametrize(("name", "composed"), [
    ("W", False), ("self.a[-1]", False), ("f(x + y)", False), ("self.a[-1]@W", True), ("X @ W + b", True),
    ("-z", True), ("a value", True), ("z₁", False), ("W[i - 1]", False),
])
def test_sums_and_products_get_parentheses(name: str, composed: bool) -> None:
    assert is_composed(name) is composed
