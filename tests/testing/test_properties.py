"""The property test of a network class: fails with the smallest network that is wrong, passes for a right one."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from annprobe.errors import BadArgument
from annprobe.findings import Diagnosis, Finding, GradientRow, Parameter
from annprobe.testing import properties, property_test
from annprobe.testing.properties import WrongNetwork, has_widths
from tests.report.samples import FULL, RATE, SCALE, UNDETERMINED


def built(sizes: tuple[int, ...], *, wrong: bool, bias_inside: bool = True) -> Diagnosis:
    shapes = [(m, n + bias_inside) for n, m in itertools.pairwise(sizes)]
    parameters = tuple(Parameter(f"W{i}", shape) for i, shape in enumerate(shapes, 1))
    rows = tuple(GradientRow(parameter.name, not wrong, 0.3 if wrong else 0.0) for parameter in parameters)
    capacity = replace(RATE, code="AP203", family="capacity")
    subject = replace(FULL.subject, parameters=parameters)
    return replace(FULL, subject=subject, gradient=rows, findings=(RATE, capacity))


def faking(monkeypatch: pytest.MonkeyPatch, wrong: Any) -> list[tuple[int, ...]]:
    tried: list[tuple[int, ...]] = []

    def diagnose(target: Any, *, sizes: tuple[int, ...], seed: int, **_: Any) -> Diagnosis:
        tried.append(sizes)
        return built(sizes, wrong=wrong(sizes))

    monkeypatch.setattr(properties, "diagnose", diagnose)
    return tried


def test_a_right_network_passes_though_its_training_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = faking(monkeypatch, lambda sizes: False)
    property_test("net.py", max_examples=7)()
    assert len(set(tried)) > 3


def test_the_smallest_wrong_network_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    faking(monkeypatch, lambda sizes: len(sizes) > 2 and sizes[1] > 1)
    with pytest.raises(WrongNetwork, match=r"the network \[1, 2, 1\] is wrong") as caught:
        property_test("net.py", max_examples=50)()
    assert "W1" in str(caught.value)


def test_a_factor_that_goes_with_nothing_else_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    factor = replace(SCALE, role="harmless", computes="2·∂C/∂W1", should_compute="∂C/∂W1")
    monkeypatch.setattr(properties, "diagnose", lambda target, *, sizes, seed, **_: replace(
        built(sizes, wrong=False), findings=(factor,)))
    with pytest.raises(WrongNetwork, match="AP306"):
        property_test("net.py")()


def test_the_words_are_of_a_larger_network_where_it_blames_the_same_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    vague = replace(SCALE, code="AP301", message="w is used where a is needed", role="untested")
    telling = replace(SCALE, code="AP304", message="the derivative is missing", role="untested")
    elsewhere = replace(telling, places=(replace(telling.places[0], line=99),))

    def said(found: Finding) -> str:
        monkeypatch.setattr(properties, "diagnose", lambda target, *, sizes, seed, **_: replace(
            built(sizes, wrong=True), findings=(found,) if sizes == (2, 3, 1) else (vague,)))
        with pytest.raises(WrongNetwork) as caught:
            property_test("net.py", max_examples=20)()
        return str(caught.value)

    assert "the same lines in the network [2, 3, 1]" in said(telling)
    assert "the derivative is missing" in said(telling)
    assert "w is used where a is needed" in said(elsewhere)


def test_a_module_that_makes_its_own_network_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(properties, "diagnose", lambda target, **_: built((5, 7, 2), wrong=False))
    with pytest.raises(BadArgument, match=r"no network of the widths \[2, 3, 1\].*W1 \[7, 6\]"):
        property_test("net.py")()


def only(monkeypatch: pytest.MonkeyPatch, possible: Any) -> list[tuple[int, ...]]:
    """Networks of the possible widths can be built and are right, others not."""
    tried: list[tuple[int, ...]] = []

    def diagnose(target: Any, *, sizes: tuple[int, ...], **_: Any) -> Diagnosis:
        tried.append(sizes)
        return built(sizes, wrong=False) if possible(sizes) else replace(UNDETERMINED, message="it raises ValueError")

    monkeypatch.setattr(properties, "diagnose", diagnose)
    return tried


def test_a_classifier_that_needs_two_outputs_is_tried_with_two(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = only(monkeypatch, lambda sizes: sizes[-1] > 1)
    property_test("net.py", max_examples=7)()
    assert len(set(tried)) > 3
    assert [sizes for sizes in tried[1:] if sizes[-1] < 2] == []


def test_a_network_that_runs_with_equal_widths_only_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, lambda sizes: len(set(sizes)) == 1)
    with pytest.raises(WrongNetwork, match=r"only networks whose layers have equal widths run: for \[2, 3, 1\], it "):
        property_test("net.py")()


@pytest.mark.parametrize(("shapes", "sizes", "fits"), [
    ([(3, 2), (3,), (1, 3), (1,)], (2, 3, 1), True), ([(2, 3), (3, 1)], (2, 3, 1), True),
    ([(3, 3), (1, 4)], (2, 3, 1), True), ([(1, 3), (3, 2)], (2, 3, 1), True), ([(3, 2)], (2, 3, 1), False),
    ([(4, 2), (1, 4)], (2, 3, 1), False), ([(2, 2)], (2, 2, 2), False),
])
def test_widths_are_told_by_shapes(shapes: list[tuple[int, ...]], sizes: tuple[int, ...], fits: bool) -> None:
    parameters = tuple(Parameter(f"P{i}", shape) for i, shape in enumerate(shapes))
    subject = replace(FULL.subject, parameters=parameters)
    assert has_widths(replace(FULL, subject=subject), sizes) is fits
    assert not has_widths(replace(FULL, subject=subject, gradient=()), sizes)
