"""The statement that a position in the source belongs to."""

from __future__ import annotations

import ast

import pytest

from annprobe.tape.places import Source, Span


@pytest.mark.parametrize(
    ("line", "column", "statement"),
    [
        ("if a: b = c; d = e", 3, ast.If),
        ("if a: b = c; d = e", 10, ast.Assign),
        ("if a: b = c; d = e", 17, ast.Assign),
        ("for a in b: c = d", 9, ast.For),
        ("for a in b: c += d", 17, ast.AugAssign),
    ],
)
def test_of_statements_on_one_line_the_innermost_counts(line: str, column: int, statement: type[ast.stmt]) -> None:
    found = Source(line).statement(Span("net.py", 1, column, 1, column + 1))
    assert type(found) is statement
    assert found.col_offset <= column
