"""What the user says about the module: names, layout, examples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from annprobe.errors import BadArgument
from annprobe.subject.making.hints import Data, Hints
from annprobe.subject.usage import MadeUsage
from tests.subject.modules import COLUMNS, PAIRS, ROWS, UPDATE, found_usage


def test_hints_choose_names_and_layout(tmp_path: Path) -> None:
    text = ROWS.replace("def train", "def alpha_beta").replace("class Net", "class Thing") + PAIRS
    found = found_usage(tmp_path, text, hints=Hints(network="Thing"))
    assert "Thing([3, 5, 2])" in found.usage.describe()
    assert "alpha_beta(X, Y" in found.usage.describe()
    with pytest.raises(BadArgument, match=r"--forward predikt: the module has .*forward"):
        found_usage(tmp_path, ROWS, hints=Hints(forward="predikt"))
    usage = found_usage(tmp_path, COLUMNS + UPDATE, hints=Hints(layout="columns")).usage
    assert isinstance(usage, MadeUsage)
    assert usage.program.form.layout == "columns"


def test_given_examples_are_used(tmp_path: Path) -> None:
    data = Data(np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0.0], [1], [1], [0]]))
    found = found_usage(tmp_path, ROWS, hints=Hints(data=data))
    assert isinstance(found.usage, MadeUsage)
    assert found.usage.program.sizes is not None
    assert (found.usage.program.sizes[0], found.usage.program.sizes[-1]) == (2, 1)
    assert np.array_equal(np.asarray(found.outcome.namespace["X"]), data.x)
