"""Rows and groups: the same mistake in other names is one group, another mistake is another."""

from __future__ import annotations

from dataclasses import replace

from annprobe.findings import Diagnosis, Finding
from annprobe.report.rows import groups, row
from tests.report.samples import FULL, RATE, SCALE, UNUSABLE


def module(name: str, *findings: Finding) -> Diagnosis:
    return replace(FULL, subject=replace(FULL.subject, path=name), findings=findings)


def written(computes: str, should: str) -> Finding:
    return replace(SCALE, code="AP304", family="activation-derivative", computes=computes, should_compute=should)


def test_the_same_mistake_in_other_names_and_sizes_is_one_group() -> None:
    made = groups([
        module("a.py", written("delta2 @ w2.T * np.ones((6, 1))", "∂C/∂(inputs @ w1 + b1)")),
        module("b.py", written("d @ weights.T * np.ones((4, 1))", "∂C/∂(X @ V + c)")),
        module("c.py", written("d @ weights * np.ones((4, 1))", "∂C/∂(X @ V + c)")),
        module("d.py", written("d @ d.T * np.ones((4, 1))", "∂C/∂(X @ V + c)")),
        module("e.py", written("d @ e.T * np.zeros((4, 1))", "∂C/∂(X @ V + c)")),
    ])
    assert [group.modules for group in made] == [("a.py", "b.py"), ("c.py",), ("d.py",), ("e.py",)]
    assert made[0].what == "delta2 @ w2.T * np.ones((6, 1)) where ∂C/∂(inputs @ w1 + b1) is needed"


def test_an_attribute_and_a_variable_are_the_same_mistake_but_methods_keep_their_names() -> None:
    made = groups([
        module("a.py", written("(output - Y) * output", "∂C/∂(self.hidden @ self.w2 + self.b2)")),
        module("b.py", written("(out - t) * out", "∂C/∂(h @ weights + bias)")),
        module("c.py", written("delta.sum(axis=0)", "∂C/∂self.b1")),
        module("d.py", written("self.d1.sum(axis=0)", "∂C/∂c")),
        module("e.py", written("self.d1.max(axis=0)", "∂C/∂c")),
    ])
    assert [group.modules for group in made] == [("a.py", "b.py"), ("c.py", "d.py"), ("e.py",)]


def test_a_row_does_not_say_its_file_twice() -> None:
    broken = replace(UNUSABLE, message="a.py, line 3: not valid Python", subject=replace(FULL.subject, path="x/a.py"))
    assert (row(broken).module, row(broken).message) == ("x/a.py", "line 3: not valid Python")


def test_without_formulas_the_code_decides() -> None:
    made = groups([module("a.py", RATE), module("b.py", replace(RATE, message="another rate"), RATE)])
    assert [(group.what, group.modules) for group in made] == [
        ("the learning rate is too small or too large", ("a.py", "b.py"))]


def test_the_row_has_the_first_finding_and_one_line() -> None:
    made = row(module("a.py", replace(RATE, message="one line\nand another"), SCALE))
    assert (made.code, made.line, made.message, made.findings) == ("AP401", 8, "one line", 2)
    assert row(replace(UNUSABLE, message="first\nsecond")).message == "first"
