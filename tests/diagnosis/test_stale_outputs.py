"""A loop that corrects parameters by errors of outputs from before it, where nothing else is understood."""

from __future__ import annotations

from pathlib import Path

import pytest

from annprobe.diagnosis.causes.updates.stale_outputs import stale_output_findings
from annprobe.diagnosis.observing.observation import observe
from annprobe.diagnosis.observing.options import Options
from annprobe.findings import Finding
from annprobe.subject.reading.source import read_source

STALE = """\
import numpy as np

days = np.array([1.0, 2.0, 5.0, 7.0])
warm = np.array([0.0, 0.0, 1.0, 1.0])
weight = np.random.random(())


def squash(x):
    return 1 / (1 + np.exp(-x))


guess = squash(days * weight)
for turn in range(300):
    error = guess - warm
    change = error * guess * (1 - guess) * days
    weight = weight - 0.1 * change
"""
AS_FUNCTION = """\
def run(weight, inputs, wanted):
    total = sum(w * x for w, x in zip(weight, inputs))
    for turn in range(40):
        miss = wanted - total
        for i in range(len(weight)):
            weight[i] += 0.01 * miss * inputs[i]
    return weight


print(run([0.5, -0.25], [1.0, 3.0], 2.0))
"""
HARMLESS = {
    "a clock": "t, dt = 0.0, 0.1\nfor i in range(50):\n    t = t + dt\n",
    "a counter of errors": "w = 0.3\nout = w * 2.0\ntotal = 0.0\nfor i in range(50):\n    total += (out - 1.0) ** 2\n",
    "a forward pass in the loop": STALE.replace("    error =", "    guess = squash(days * weight)\n    error ="),
    "an error of nothing": "w = 0.5\nout = w * 2.0\nfor i in range(50):\n    w = w - 0.1 * (out - 1.0)\n",
}


def found(folder: Path, text: str) -> tuple[Finding, ...]:
    path = folder / "loop.py"
    path.write_text(text)
    _, understanding = observe(read_source(path), Options(effort="quick"))
    return stale_output_findings(understanding) if understanding is not None else ()


def test_the_error_and_the_output_are_named(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, STALE)
    assert finding.family == "state"
    assert [place.line for place in finding.places] == [14, 12]
    assert "guess" in finding.message
    assert "weight" in finding.message


def test_entries_of_a_list(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, AS_FUNCTION)
    assert [place.line for place in finding.places] == [4, 2]


@pytest.mark.parametrize("name", HARMLESS)
def test_other_loops_are_left_alone(name: str, tmp_path: Path) -> None:
    assert found(tmp_path, HARMLESS[name]) == ()
