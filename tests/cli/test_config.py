"""``[tool.annprobe]``: read by every door, refused where it makes no sense."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from annprobe.config import SETTINGS, effective
from annprobe.errors import BadArgument
from tests.cli.conftest import Call

Module = Callable[..., str]


def write(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)


def test_the_file_stands_between_default_and_option(tmp_path: Path) -> None:
    write(tmp_path, "[tool.annprobe]\nseed = 3\neffort = 'quick'\nsizes = [2, 4, 1]\nmax-findings = 2\n")
    values = effective({"effort": "thorough", "task": None}, start=tmp_path)
    assert {name: value.value for name, value in values.items() if value.source != "default"} == {
        "seed": 3, "effort": "thorough", "sizes": (2, 4, 1), "max_findings": 2}
    assert values["effort"].source == "option"
    assert values["seed"].source == str(tmp_path / "pyproject.toml")
    assert values["task"].source == "default"


def test_the_nearest_file_with_a_table_counts(tmp_path: Path) -> None:
    write(tmp_path, "[tool.annprobe]\nseed = 3\n")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (tmp_path / "a" / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert effective({}, start=below)["seed"].value == 3


@pytest.mark.parametrize(("text", "says"), [
    ("[tool.annprobe]\nefort = 'quick'\n", "unknown key 'efort'; did you mean 'effort'"),
    ("[tool.annprobe]\nzzz = 1\n", "unknown key 'zzz' (known: seed, effort"),
    ("[tool.annprobe]\nseed = 'x'\n", "[tool.annprobe] seed: 'x' is not a whole number"),
    ("[tool.annprobe]\nseed = true\n", "seed: True is not a whole number"),
    ("[tool.annprobe]\neffort = 'lots'\n", "effort: 'lots' is not one of quick, normal, thorough"),
    ("[tool.annprobe]\nsizes = 3\n", "sizes: 3: write the layer widths"),
    ("[tool]\nannprobe = 3\n", "is not a table"),
    ("[tool.annprobe\n", "is not TOML"),
])
def test_what_makes_no_sense_is_refused_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    write(tmp_path, text)
    with pytest.raises(BadArgument) as caught:
        effective({}, start=tmp_path)
    assert says in str(caught.value)
    assert "pyproject.toml" in str(caught.value)


@pytest.mark.parametrize("text", ["tool = 3\n", "[tool.other]\nseed = 1\n", ""])
def test_a_file_that_says_nothing_of_annprobe_changes_nothing(tmp_path: Path, text: str) -> None:
    write(tmp_path, text)
    assert effective({}, start=tmp_path)["seed"].source == "default"


def test_the_command_shows_every_setting_and_where_it_comes_from(call: Call, tmp_path: Path) -> None:
    write(tmp_path, "[tool.annprobe]\nseed = 3\n")
    code, out, _ = call("config")
    assert code == 0
    assert all(name in out for name in SETTINGS)
    assert next(line for line in out.splitlines() if line.startswith("seed")).split()[1:3] == [
        "3", str(tmp_path / "pyproject.toml")]


def test_the_command_line_reads_it(call: Call, module: Module, tmp_path: Path) -> None:
    path = module("full")
    write(tmp_path, "[tool.annprobe]\nseed = 3\n")
    assert "seed 3 ·" in call("diagnose", path)[1]
    assert "seed 4 ·" in call("diagnose", path, "--seed", "4")[1]
    write(tmp_path, "[tool.annprobe]\nsed = 3\n")
    code, _, err = call("diagnose", path)
    assert code == 2
    assert "did you mean 'seed'" in err
