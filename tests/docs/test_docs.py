"""Every example of the documentation is run, and what it says is printed is printed."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from annprobe.config import SETTINGS

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "annprobe" / "docs").glob("*.md"))]
BLOCK = re.compile(r"(?ms)(?:^<!-- (?P<key>file|command): (?P<name>[^\n]*?) -->\n)?"
                   r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$")


@dataclass(frozen=True)
class Block:
    """A fenced block; ``name`` is the file that it is, or the name of a command that .ci/run runs."""

    kind: str
    text: str
    key: str | None
    name: str | None


def blocks(page: Path) -> Iterator[Block]:
    for found in BLOCK.finditer(page.read_text("utf-8")):
        yield Block(found["kind"], found["text"], found["key"], found["name"])


def matches(expected: str, printed: str) -> bool:
    """Whether ``printed`` is ``expected``, where ``...`` stands for anything."""
    pattern = re.escape(expected.strip()).replace(re.escape("..."), ".*")
    return re.fullmatch(pattern, printed.strip(), re.S) is not None


def console(text: str) -> Iterator[tuple[str, str]]:
    """Commands of a console block, each with what it is to print."""
    for part in re.split(r"(?m)^\$ ", text)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def run(command: str, folder: Path) -> str:
    words = shlex.split(command)
    programs = {"annprobe": [sys.executable, "-m", "annprobe"], "pytest": [sys.executable, "-m", "pytest"]}
    not_ours = ("PYTEST", "FORCE", "NO_C")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(not_ours)}
    done = subprocess.run([*programs[words[0]], *words[1:]], cwd=folder, capture_output=True, text=True, check=False,
                          env=environment | {"PYTHONIOENCODING": "utf-8"}, timeout=300)
    assert "Traceback" not in done.stderr
    return done.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_examples_of_a_page_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, Any] = {"__name__": "page"}
    for block in blocks(page):
        if block.key == "file":
            file = tmp_path / str(block.name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, "utf-8")
        elif block.kind == "python":
            exec(compile(block.text, page.name, "exec"), namespace)
        elif block.kind == "console":
            for command, expected in console(block.text):
                printed = run(command, tmp_path)
                assert matches(expected, printed), f"{command} printed\n{printed}\ninstead of\n{expected}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_settings_in_a_page_exist(page: Path) -> None:
    for block in blocks(page):
        if block.kind == "toml":
            table = tomllib.loads(block.text)
            assert set(table.get("tool", {}).get("annprobe", {})) <= set(SETTINGS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
        assert target.startswith("https://") or (page.parent / target).exists()


def test_the_readme_names_every_command_and_format() -> None:
    from annprobe.cli import COMMANDS
    from annprobe.report import FORMATS

    text = (ROOT / "README.md").read_text("utf-8")
    assert [name for name in COMMANDS if f"annprobe {name}" not in text and name != "config"] == []
    assert [form for form in FORMATS if form not in text] == []


def test_the_two_commands_are_where_the_ci_looks_for_them() -> None:
    commands = {block.name: block.text for block in blocks(ROOT / "README.md") if block.key == "command"}
    assert set(commands) == {"diagnose", "test"}
    assert all(text.count("\n") == 1 for text in commands.values())
    assert shutil.which("awk") is None or all(f"readme_command {name}" in (ROOT / ".ci" / "run").read_text("utf-8")
                                              for name in commands)


@pytest.mark.parametrize(("expected", "printed", "same"), [
    ("a ...\nz", "a b\nc\nz", True), ("a ...\nz", "a b\nc\ny", False), ("a", "a\n", True), ("a", "ab", False),
    ("3 * 4", "3 * 4", True), ("3 * 4", "33 4", False),
])
def test_the_comparison_can_fail(expected: str, printed: str, same: bool) -> None:
    assert matches(expected, printed) is same
