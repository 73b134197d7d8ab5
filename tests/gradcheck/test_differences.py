"""Each derivative is within its own error bound of the exact one, and layouts lose nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from annprobe.errors import ToolFault
from annprobe.gradcheck.derivatives.differences import computed_noise, richardson
from annprobe.gradcheck.functions.layout import lay_out
from annprobe.gradcheck.verdicts import verdict

Array = NDArray[Any]
SMOOTH: list[tuple[Callable[[Array], Any], Callable[[Array], Array]]] = [
    (lambda t: np.exp(t).sum(), np.exp),
    (lambda t: np.sin(t).sum(), np.cos),
    (lambda t: (t**4).sum() + 1e4, lambda t: 4 * t**3),
    (lambda t: np.log(1 + t**2).sum(), lambda t: 2 * t / (1 + t**2)),
]
points = arrays(np.float64, 3, elements=st.floats(-2, 2, width=32))


@pytest.mark.parametrize("which", range(len(SMOOTH)))
@given(at=points, v=arrays(np.float64, 3, elements=st.floats(0.5, 1.5, width=32)))
@settings(deadline=None, derandomize=True, max_examples=60)
def test_the_error_estimate_covers_the_error(which: int, at: Array, v: Array) -> None:
    cost, slope = SMOOTH[which]
    found = richardson(lambda t: float(cost(t)), at, v)
    assert abs(found.value - float(slope(at) @ v)) <= 8 * found.error
    assert not found.kink


@pytest.mark.parametrize("offset", [0.0, 1e-3])
def test_a_kink_at_the_point_is_seen_and_one_beside_it_is_stepped_over(offset: float) -> None:
    found = richardson(lambda t: float(np.abs(t).sum()), np.array([offset]), np.ones(1))
    assert found.kink == (offset == 0)
    assert abs(found.value - 1.0) <= 8 * found.error


@pytest.mark.parametrize("noise", [1e-12, 1e-8, 1e-4])
def test_noise_is_measured_within_a_factor_of_four(noise: float) -> None:
    rng = np.random.default_rng(0)
    measured = computed_noise(lambda s: math.sin(1 + s) + noise * float(rng.standard_normal()))
    assert noise / 4 <= measured <= 4 * noise


leaf = arrays(np.float64, st.lists(st.integers(1, 3), min_size=0, max_size=3).map(tuple), elements=st.floats(-9, 9))
nests = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(st.text("abc", min_size=1), inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
)


def assert_same(a: Any, b: Any) -> None:
    if isinstance(a, dict):
        assert list(a) == list(b)
        a, b = list(a.values()), list(b.values())
    if isinstance(a, (list, tuple)):
        assert type(a) is type(b)
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            assert_same(x, y)
    else:
        assert np.shape(a) == np.shape(b)
        assert np.array_equal(a, b)


@given(nest=nests)
@settings(deadline=None, derandomize=True, max_examples=100)
def test_a_nest_built_from_its_own_vector_is_the_nest(nest: Any) -> None:
    layout = lay_out(nest)
    assert_same(nest, layout.build(layout.values))
    assert sum(item.stop - item.start for item in layout.leaves) == layout.size


def test_a_blind_rule_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict.prove_rule(1.0, 1.0, 1.0, 1e-15)
    monkeypatch.setattr(verdict, "explained", lambda *_: True)
    with pytest.raises(ToolFault, match="planted error"):
        verdict.prove_rule(1.0, 1.0, 1.0, 1e-15)
