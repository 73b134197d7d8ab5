"""Classes that live in memory: their source is found, with what it uses, and it runs by itself."""

from __future__ import annotations

import linecache
import math
import textwrap
from typing import Any

import numpy as np
import pytest

from annprobe.errors import BadArgument
from annprobe.sources import excerpt

RATE = 0.5
TABLE = np.array([[1.0, 2.0], [3.0, 4.0]])


def squash(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def cell(number: int, text: str, namespace: dict[str, Any]) -> None:
    """Run a text as a notebook runs a cell: no file, but its lines are kept."""
    name = f"<ipython-input-{number}-abc>"
    source = textwrap.dedent(text)
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    exec(compile(source, name, "exec"), namespace)


def run(text: str) -> dict[str, Any]:
    namespace: dict[str, Any] = {"__name__": "excerpt"}
    exec(compile(text, "excerpt.py", "exec"), namespace)
    return namespace


class AtTheTop:
    def method(self) -> float:
        return RATE


def test_a_class_of_a_file_is_taken_from_the_file() -> None:
    found = excerpt(AtTheTop)
    assert (found.name, found.file) == ("AtTheTop", __file__)
    assert excerpt(squash).file == __file__


def test_a_class_of_a_function_comes_with_what_it_uses() -> None:
    offset = 3

    def shifted(x: float) -> float:
        return x + offset

    class Net:
        def output(self, z: Any) -> Any:
            return squash(z) * RATE + shifted(0) + math.pi + TABLE[1, 1]

    found = excerpt(Net)
    assert found.file is None
    made = run(found.text)["Net"]().output(np.zeros(2))
    assert made == pytest.approx(Net().output(np.zeros(2)))
    assert "class Net:" in found.text.splitlines()


def test_a_class_of_a_notebook_comes_with_other_cells() -> None:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    cell(1, "import numpy as np\n", namespace)
    cell(2, "def squash(z):\n    return 1 / (1 + np.exp(-z))\nwidths = [2, 3, 1]\nnot_used = open\n", namespace)
    cell(3, """
        class Base:
            def forward(self, X):
                return squash(X @ np.ones(2))

        class Net(Base):
            @staticmethod
            def sizes():
                return widths
        """, namespace)
    found = excerpt(namespace["Net"])
    made = run(found.text)["Net"]()
    assert made.sizes() == [2, 3, 1]
    assert made.forward(np.zeros((1, 2))) == pytest.approx(0.5)
    assert found.text.index("class Base") < found.text.index("class Net")
    assert "not_used" not in found.text


def test_functions_that_call_each_other_end() -> None:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    cell(4, """
        def even(n):
            return n == 0 or odd(n - 1)
        def odd(n):
            return n != 0 and even(n - 1)
        """, namespace)
    found = excerpt(namespace["even"])
    assert run(found.text)["even"](4) is True


def test_a_cell_that_was_changed_since_is_said() -> None:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    cell(5, "class Net:\n    def f(self):\n        return 1\n", namespace)
    old = namespace["Net"]
    cell(5, "x = 1\n" * 9, namespace)
    with pytest.raises(BadArgument, match="run its cell again"):
        excerpt(old)


def test_what_has_no_source_is_refused() -> None:
    with pytest.raises(BadArgument, match="or the path of its module"):
        excerpt(dict)
    made = type("Made", (), {"f": lambda self: 1})
    with pytest.raises(BadArgument, match="Made"):
        excerpt(made)
