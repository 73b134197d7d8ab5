"""Which arguments of a made usage nothing speaks for."""

from __future__ import annotations

import ast

import pytest

from annprobe.subject.making.guesses import guessed
from annprobe.subject.making.program import Program
from annprobe.subject.surroundings.examples import Form

MODULE = ast.parse("""
class Net:
    def grads(self, x, y, k): ...
    def train(self, x, y, rate, epochs=100): ...

def gradient(theta, n, h, k, X, Y): ...
def contrast(data, steps): ...
""")


@pytest.mark.parametrize(("step", "sizes", "expected"), [
    ("gradients = net.grads(X, Y, 3)", (4, 4, 4), ("k", "grads")),
    ("gradients = net.grads(X, Y, 3)", (4, 4, 3), None),
    ("net.train(X, Y, 0.1, 3)", (4, 4, 4), None),
    ("net.train(X, Y, 3)", (4, 4, 4), None),
    ("theta = gradient(theta, 3, 5, 2, X, Y)", (3, 5, 2), None),
    ("contrast(X, 3)", (4, 4, 4), None),
    ("numpy.cumsum(X, 3)", (4, 4, 4), None),
])  # fmt: skip
def test_a_number_for_want_of_anything_better(
    step: str, sizes: tuple[int, ...], expected: tuple[str, str] | None
) -> None:
    program = Program((), (step,), Form(), (sizes[0], sizes[-1]), {}, sizes=sizes)
    assert guessed(program, MODULE) == expected
