"""Names of derivatives."""

from __future__ import annotations

import pytest

from annprobe.listing.naming import is_composed


@pytest.mark.parametrize(("name", "composed"), [
    ("W", False), ("self.a[-1]", False), ("f(x + y)", False), ("self.a[-1]@W", True), ("X @ W + b", True),
    ("-z", True), ("a value", True), ("z₁", False), ("W[i - 1]", False),
])
def test_sums_and_products_get_parentheses(name: str, composed: bool) -> None:
    assert is_composed(name) is composed
