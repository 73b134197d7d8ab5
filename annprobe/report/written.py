"""The text of a test module for a diagnosed network."""

from __future__ import annotations

import os
from typing import Any

from annprobe import __version__
from annprobe.findings import Diagnosis

_HEAD = '''"""Tests of {name}, written by annprobe {version}; yours to keep and to change.

They look for the module beside this file, which is run with: pytest {test_name}
"""

from pathlib import Path

MODULE = Path(__file__).parent / {name!r}
OPTIONS = {options!r}
'''
_TESTS = '''

def test_the_gradient_agrees_with_an_independent_derivative(annprobe):
    annprobe.check_gradients(MODULE, **OPTIONS)


def test_nothing_keeps_the_network_from_training(annprobe):
    annprobe.check(MODULE, **OPTIONS)
'''
_PARAMETERS = '''

def test_every_parameter_has_a_right_gradient(annprobe):
    found = annprobe.diagnose(MODULE, **OPTIONS)
    assert {{row.parameter: row.agrees for row in found.gradient}} == {rows}
'''
_SIZES = '''

# Networks of other sizes: the test fails with the smallest one that is wrong.
test_networks_of_any_size = annprobe.property_test(MODULE, **OPTIONS)
'''


def written_tests(diagnosis: Diagnosis, options: dict[str, Any]) -> str:
    """Tests that use the fixture ``annprobe``; they name the module by its path beside the test module."""
    path = os.path.relpath(diagnosis.subject.path)
    stem = os.path.splitext(os.path.basename(path))[0]
    head = _HEAD.format(name=os.path.basename(path), version=__version__, test_name=f"test_{stem}.py",
                        options=options)
    sized = diagnosis.subject.style == "class" and "sizes" not in options
    if sized:
        head = head.replace("from pathlib import Path\n", "from pathlib import Path\n\nimport annprobe\n")
    rows = "{" + ", ".join(f"{row.parameter!r}: True" for row in diagnosis.gradient) + "}"
    parts = [head, _TESTS, _PARAMETERS.format(rows=rows) if diagnosis.gradient else "", _SIZES if sized else ""]
    return "".join(parts).rstrip("\n")

