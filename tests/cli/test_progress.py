"""Progress is on stderr, for somebody who watches, and nowhere else."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

import annprobe.batch
from annprobe.commands import progress
from tests.cli.conftest import Call

Module = Callable[..., str]


def test_a_terminal_sees_progress_and_stdout_stays_the_report(call: Call, module: Module,
                                                              monkeypatch: pytest.MonkeyPatch) -> None:
    path = module("full")
    plain = call("diagnose", path)
    monkeypatch.setattr(progress, "watched", lambda: True)
    code, out, _ = call("diagnose", path)
    assert (code, out) == plain[:2]


def test_many_modules_advance_a_bar(call: Call, module: Module, monkeypatch: pytest.MonkeyPatch) -> None:
    def in_this_process(paths: list[str], options: object, *, jobs: int, done: Callable[..., None]) -> list[object]:
        made = [annprobe.batch.diagnose_one(path, options) for path in paths]  # type: ignore[arg-type]
        for path, diagnosis in zip(paths, made, strict=True):
            done(path, diagnosis)
        return list(made)

    monkeypatch.setattr(annprobe.batch, "diagnose_many", in_this_process)
    monkeypatch.setattr(progress, "watched", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    code, out, err = call("diagnose", module("clean", "a.py"), module("clean", "b.py"), "--color", "never")
    assert code == 0
    assert out.startswith("2 modules: 2 clean")
    assert "b.py: clean" in err


def test_the_cursor_comes_back_whenever_it_is_interrupted(call: Call, module: Module,
                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(progress, "watched", lambda: True)
    monkeypatch.setattr("rich.progress.Progress.__enter__", interrupted)
    monkeypatch.setenv("FORCE_COLOR", "1")
    code, _, err = call("diagnose", module("clean", "a.py"), module("clean", "b.py"))
    assert code == 130
    assert "\x1b[?25h" in err


@pytest.mark.parametrize(("variables", "terminal", "shown"), [
    ({}, True, True), ({}, False, False), ({"CI": "true"}, True, False), ({"TERM": "dumb"}, True, False)])
def test_who_counts_as_watching(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], terminal: bool,
                                shown: bool) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal, raising=False)
    assert progress.watched() is shown


@pytest.mark.parametrize(("words", "said"), [("annprobe ex", "explain"), ("annprobe explain ap30", "AP306"),
                                             ("annprobe diagnose --example f", "first_network"),
                                             ("annprobe mutants --show bs-s", "bs-slice-last")])
def test_the_shell_completes(words: str, said: str) -> None:
    count = len(words.split()) - 1
    environment = {"_ANNPROBE_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(count)}
    script = f"import os; os.environ.update({environment!r}); from annprobe.cli import main; main([])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert said in done.stdout
