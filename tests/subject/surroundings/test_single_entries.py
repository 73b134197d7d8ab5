"""Arrays of one entry may be used as numbers, recorded or not, as before numpy 2.4; everything else is as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from annprobe.subject.reading.source import read_source
from annprobe.subject.running.execute import execute
from annprobe.subject.running.outcome import Outcome
from annprobe.tape import Recorder

USES = {
    "float": "print(float(a), float(np.array([[2.5]])))",
    "int": "print(int(np.array([3])), int('7'), float(), int(2.5))",
    "math": "print(math.exp(a), math.pow(a, 2), math.sqrt(4))",
    "imported from math": "from math import log\nprint(log(a))",
    "format": "print('%.3f and %s' % (a, b))\nprint('%d' % np.array([3]))\nprint('%s' % a, '%%' % ())",
    "entry": "b[1] = a\nb[2] += a\nprint(b)",
    "entry of a table": "t = np.zeros((2, 2))\nt[0, 1] = np.array([[0.25]])\nt[1, 0] -= a * 2\nprint(t)",
    "lists": "c = [0, 0]\nc[0] = a\nc[1] += 1\nprint(c)",
}
START = "import math\nimport numpy as np\na = np.array([0.5])\nb = np.zeros(3)\n"


def _run(tmp_path: Path, text: str, recorder: Recorder | None) -> Outcome:
    module = tmp_path / "net.py"
    module.write_text(START + text)
    return execute(read_source(module), recorder)


@pytest.mark.parametrize("text", USES.values(), ids=USES)
def test_recorded_or_not_they_are_numbers(text: str, tmp_path: Path) -> None:
    plain, recorded = _run(tmp_path, text, None), _run(tmp_path, text, Recorder(set()))
    assert (plain.message, recorded.message) == ("", "")
    assert [p.text for p in plain.printed] == [p.text for p in recorded.printed]
    needed = text != USES["lists"]
    assert any("one entry" in note for note in plain.notes) == needed
    assert any("one entry" in note for note in recorded.notes) == needed


def test_what_is_computed_from_one_stays_on_the_tape(tmp_path: Path) -> None:
    recorder = Recorder(set())
    outcome = _run(tmp_path, "w = a * 3\nb[0] = w\nc = float(w) * 2", recorder)
    product = next(i for i, node in enumerate(recorder.tape.nodes) if node.op == "multiply")
    number: Any = outcome.namespace["c"]
    assert product in _behind(recorder, recorder.refs(number, []).node)
    assert product in _behind(recorder, recorder.refs(outcome.namespace["b"], []).node)


def _behind(recorder: Recorder, node: int) -> set[int]:
    found, stack = {node}, [node]
    while stack:
        for source in recorder.tape[stack.pop()].inputs:
            if source not in found:
                found.add(source)
                stack.append(source)
    return found


REFUSED = ("float(np.ones(2))", "math.exp(np.ones(2))", "'%f' % np.ones(2)", "b[0] = np.ones(2)")


@pytest.mark.parametrize("text", REFUSED)
def test_arrays_of_several_entries_are_refused_as_ever(text: str, tmp_path: Path) -> None:
    plain, recorded = _run(tmp_path, text, None), _run(tmp_path, text, Recorder(set()))
    assert plain.ended == recorded.ended == "raised"
    assert plain.message == recorded.message
