"""The module's definitions, tried out in this process."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from annprobe.subject.making.callables import classes_of, functions_of
from annprobe.subject.making.workshop import Workshop
from tests.subject.modules import COLUMNS, GLOBALS, ROWS, source_of


def test_the_workshop_puts_the_modules_variables_back(tmp_path: Path) -> None:
    workshop = Workshop(source_of(tmp_path, GLOBALS), 10.0)
    before = workshop.namespace["W"].copy()
    workshop.attempt("train(np.ones((4, 3)), np.ones((4, 2)))\nmade = 1", {})
    assert np.array_equal(workshop.namespace["W"], before)
    assert "made" not in workshop.namespace


def test_callables_are_read_with_their_results(tmp_path: Path) -> None:
    workshop = Workshop(source_of(tmp_path, COLUMNS + ROWS), 10.0)
    functions = functions_of(workshop.tree, workshop.namespace)
    assert functions["forward_propagation"].returns[0] == "A2"
    assert [p.name for p in functions["backward_propagation"].parameters] == ["parameters", "cache", "X", "Y"]
    net = classes_of(workshop.tree, workshop.namespace)["Net"]
    assert [(p.name, p.optional) for p in net.constructor.parameters] == [("layers", False), ("lr", True)]
    assert net.methods["train"].calls >= {"forward"}
