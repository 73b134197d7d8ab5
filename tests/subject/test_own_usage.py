"""The module's own usage, a sibling's, and one that is commanded."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from annprobe.errors import BadArgument
from annprobe.subject.own_usage import own_usages
from annprobe.subject.reading.source import read_source
from tests.subject.modules import ROWS, found_usage, source_of


def test_the_own_usage_comes_first(tmp_path: Path) -> None:
    main = (
        "\nif __name__ == '__main__':\n    net = Net([2, 3, 1])\n    net.train(np.ones((4, 2)), np.zeros((4, 1)), 30)\n"
    )
    found = found_usage(tmp_path, ROWS + main)
    assert (found.usage.kind, found.usage.describe()) == ("own", "python net.py")
    assert found_usage(tmp_path, ROWS + main, prefer="made").usage.kind == "made"


def test_a_main_that_nobody_calls(tmp_path: Path) -> None:
    text = (
        ROWS
        + "\ndef main(verbose=False):\n    net = Net([2, 3, 1])\n    net.train(np.ones((4, 2)), np.zeros((4, 1)), 9)\n"
    )
    assert found_usage(tmp_path, text).usage.describe() == "main()"


@pytest.mark.parametrize("test", [True, False])
def test_a_sibling_that_uses_the_module(tmp_path: Path, test: bool) -> None:
    use = "net = Net([2, 3, 1])\nnet.train(np.ones((4, 2)), np.zeros((4, 1)), 9)\n"
    body = "def test_it():\n    " + use.replace("\n", "\n    ") if test else use
    (tmp_path / "try_it.py").write_text(f"import numpy as np\nfrom net import Net\n{body}\n")
    (tmp_path / "other.py").write_text("import nothing_of_it\n")
    found = found_usage(tmp_path, ROWS)
    assert found.usage.kind == "own"
    assert "try_it.py" in found.usage.describe()
    assert str(tmp_path / "net.py") in found.recorder.files


@pytest.mark.parametrize(
    ("command", "described"),
    [
        ("python net.py --fast 3", "python net.py --fast 3"),
        ("python3 go.py", "python go.py"),
        ("Net([2, 3, 1]).train(np.ones((4, 2)), np.zeros((4, 1)), 9)", "Net([2, 3, 1]).train("),
    ],
)
def test_a_commanded_usage(tmp_path: Path, command: str, described: str) -> None:
    (tmp_path / "go.py").write_text("import net\n")
    [usage] = own_usages(source_of(tmp_path, ROWS + "\nNet([2, 3, 1])\n"), command)
    assert usage.describe().startswith(described)
    assert usage.run(None).ended == "completed"


def test_a_command_that_makes_no_sense(tmp_path: Path) -> None:
    with pytest.raises(BadArgument, match=r"--run 'train it please' is neither a command"):
        list(own_usages(source_of(tmp_path, ROWS), "train it please"))


def test_a_pipe_beside_the_module_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text("x = 1\n")
    os.mkfifo(tmp_path / "pipe.py")
    assert list(own_usages(read_source(tmp_path / "net.py"))) == []
