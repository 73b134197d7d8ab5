"""The explicit way: a subject in the module or beside it, and the adapter that is printed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from annprobe.errors import BadArgument
from annprobe.subject.making.adapter import adapter_text, explicit_programs
from annprobe.subject.reading.source import read_source
from annprobe.subject.usage import MadeUsage
from tests.subject.modules import COLUMNS, FIXED, ROWS, UPDATE, found_usage, source_of

ADAPTER = """
import net as m
def make(sizes, seed): return m.Odd({"widths": sizes})
def params(net): return net.p
def grads(net, X, Y): return net.bang(X, Y)
sizes = [3, 5, 2]
"""
ODD = """
import numpy as np
class Odd:
    def __init__(self, spec):
        a, b, c = spec["widths"]
        self.p = [np.full((a, b), 0.1), np.full((b, c), 0.2)]
    def bang(self, q, z):
        h = np.tanh(q @ self.p[0])
        e = h @ self.p[1] - z
        return [q.T @ ((e @ self.p[1].T) * (1 - h ** 2)), h.T @ e]
"""


def test_an_adapter_beside_the_module(tmp_path: Path) -> None:
    (tmp_path / "annprobe_adapter.py").write_text(ADAPTER)
    found = found_usage(tmp_path, ODD)
    assert "grads(net, X, Y)" in found.usage.describe()
    assert not np.allclose(np.asarray(found.outcome.namespace["net"].p[1]), 0.2)


def test_an_empty_adapter_is_none_and_a_broken_one_is_said(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(ROWS)
    adapter = tmp_path / "annprobe_adapter.py"
    adapter.write_text("")  # a shell makes it so before `annprobe adapt net.py > annprobe_adapter.py` begins
    assert list(explicit_programs(read_source(tmp_path / "net.py"), None)) == []
    adapter.write_text("import net as m\n\ndef make(:\n")
    with pytest.raises(BadArgument, match=r"the adapter cannot be used: annprobe_adapter\.py, line 3: not valid"):
        list(explicit_programs(read_source(tmp_path / "net.py"), None))


def test_a_subject_in_the_module(tmp_path: Path) -> None:
    text = ODD + (
        "from annprobe.subject.making.adapter import Subject\n"
        "subject = Subject(make=lambda sizes, seed: Odd({'widths': sizes}), params=lambda net: net.p,\n"
        "                  grads=lambda net, X, Y: net.bang(X, Y), sign='ascent')\n"
    )
    found = found_usage(tmp_path, text)
    assert "subject.grads(net, X, Y)" in found.usage.describe()
    assert "+= 0.1 * gradient[key]" in found.usage.describe()


@pytest.mark.parametrize("text", [ROWS, COLUMNS + UPDATE, FIXED])
def test_the_printed_adapter_works_as_it_stands(tmp_path: Path, text: str) -> None:
    found = found_usage(tmp_path, text)
    assert isinstance(found.usage, MadeUsage)
    printed = adapter_text(found.usage.source, found.usage.program, sure=True)
    assert "# missing" not in printed
    (tmp_path / "annprobe_adapter.py").write_text(printed)
    [(source, program)] = explicit_programs(read_source(tmp_path / "net.py"), None)
    assert MadeUsage(source, program).run(None).message == ""


def test_an_adapter_for_nothing_known_says_what_is_missing(tmp_path: Path) -> None:
    text = adapter_text(source_of(tmp_path, "x = 1\n"))
    assert text.count("# missing") == 4  # make, step, layout, targets
    compile(text, "annprobe_adapter.py", "exec")
