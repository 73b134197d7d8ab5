"""``annprobe diagnose``: what it is given, where the reports go, the exit code."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import annprobe.diagnosis
from annprobe.findings import Diagnosis
from tests.cli.conftest import Call, looked_up

Module = Callable[..., str]


@pytest.mark.parametrize(("kind", "code"), [("full", 1), ("clean", 0), ("harmless", 0), ("undetermined", 2),
                                            ("unusable", 2)])
def test_exit_codes(call: Call, module: Module, kind: str, code: int) -> None:
    assert call("diagnose", module(kind))[0] == code


def test_an_interrupted_diagnosis_is_shown_and_told_by_the_exit_code(call: Call, module: Module,
                                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(path: str, **arguments: Any) -> Diagnosis:
        with contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        return replace(looked_up(path, **arguments), partial=True)

    monkeypatch.setattr(annprobe.diagnosis, "diagnose", stopped)
    code, out, _ = call("diagnose", module("full"))
    assert code == 130
    assert out.startswith("Do this first")
    assert "stopped early" in out
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_exit_zero_covers_findings_only(call: Call, module: Module) -> None:
    assert call("diagnose", "--exit-zero", module("full"))[0] == 0
    assert call("diagnose", "--exit-zero", module("unusable"))[0] == 2


def test_the_report_is_on_stdout_and_alone(call: Call, module: Module) -> None:
    _, out, err = call("diagnose", module("full"))
    assert out.startswith("Do this first: use a rate of about 1")
    assert err == ""


def test_a_module_that_cannot_be_diagnosed_gets_one_message(call: Call, module: Module) -> None:
    path = module("unusable")
    assert call("diagnose", path) == (2, "", f"annprobe: {path}: line 3 is not Python\n")
    code, out, _ = call("diagnose", path, "--format", "json")
    assert (code, json.loads(out)["verdict"]) == (2, "unusable")


def test_a_fault_of_our_own_is_no_traceback(call: Call, module: Module) -> None:
    code, out, err = call("diagnose", module("fault"))
    assert (code, out) == (2, "")
    assert "a fault of annprobe, not of your module (ZeroDivisionError: a fault of ours)" in err
    assert "Traceback" not in err


def test_a_full_disk_is_told(call: Call, module: Module, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("annprobe.commands.output._say", full)
    code, _, err = call("diagnose", module("full"))
    assert (code, err) == (2, "annprobe: the output could not be written: No space left on device\n")


def test_several_reports_in_one_run(call: Call, module: Module, tmp_path: Path) -> None:
    code, out, err = call("diagnose", module("full"), "--format", "concise", "--report", f"json:{tmp_path / 'a.json'}",
                          "--report", f"sarif:{tmp_path / 'b.sarif'}")
    assert code == 1
    assert out.count("\n") == 2
    assert json.loads((tmp_path / "a.json").read_text())["verdict"] == "faulty"
    assert json.loads((tmp_path / "b.sarif").read_text())["version"] == "2.1.0"
    assert "json report in" in err


def test_a_missing_extra_is_said_before_anything_is_run(call: Call, module: Module,
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "matplotlib" else find(name))
    for arguments in (["--format", "html"], ["--report", "html:x.html"]):
        code, out, err = call("diagnose", module("fault"), *arguments)
        assert (code, out) == (2, "")
        assert "pip install 'annprobe[html]'" in err


def test_what_it_says_can_be_rendered_again(call: Call, module: Module, tmp_path: Path) -> None:
    path = module("full")
    _, text, _ = call("diagnose", path)
    call("diagnose", path, "--report", f"json:{tmp_path / 'a.json'}")
    assert call("render", str(tmp_path / "a.json"))[1] == text


@pytest.mark.parametrize(("arguments", "says"), [
    ([], "name a module, a folder, or --example"),
    (["nowhere.py"], "there is no file, folder or module 'nowhere.py'"),
    (["nett.py"], "did you mean net.py?"),
    (["net.py", "--report", "html"], "write FORMAT:PATH"),
    (["net.py", "--report", "json:-"], "stdout gets what --format names"),
    (["net.py", "--report", "pdf:x"], "the formats are text"),
    (["net.py", "--report", "json:no/such/folder.json"], "there is no folder no/such"),
    (["net.py", "--sizes", "2,x"], "--sizes: '2,x': write the layer widths as 2,4,1"),
    (["net.py", "--sizes", "3"], "at least two layers"),
    (["net.py", "--seconds", "-1"], "--seconds: -1.0 is not a positive number"),
    (["net.py", "--max-findings", "0"], "--max-findings: 0 is not a whole number of at least 1"),
    (["net.py", "--effort", "lots"], "'lots' is not one of"),
    (["--example", "second_network"], "there is no example 'second_network'; there is: first_network"),
    (["net.py", "--example", "first_network"], "either modules or --example"),
    (["empty"], "the folder empty holds no Python module"),
    (["net.py", "--resume", "no/such/file"], "there is no folder no/such"),
])
def test_bad_arguments_are_one_message_and_exit_2(call: Call, module: Module, arguments: list[str], says: str,
                                                  tmp_path: Path) -> None:
    module("full")
    (tmp_path / "empty").mkdir()
    code, out, err = call("diagnose", *arguments)
    assert (code, out) == (2, "")
    assert says in err
    assert "Traceback" not in err


def test_a_link_to_nowhere_and_what_is_no_file(call: Call, module: Module, tmp_path: Path) -> None:
    (tmp_path / "gone.py").symlink_to("nowhere.py")
    assert call("diagnose", "gone.py") == (2, "", "annprobe: gone.py is a link to a file that does not exist\n")
    (tmp_path / "loop.py").symlink_to("loop.py")
    assert call("diagnose", "loop.py") == (2, "", "annprobe: loop.py is a link to a file that does not exist\n")


def test_places_without_permission_are_refused_before_anything_is_run(call: Call, module: Module,
                                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    path = module("fault")
    allowed = os.access
    monkeypatch.setattr(os, "access", lambda at, mode: allowed(at, mode) and not mode & os.W_OK)
    for arguments in (["--report", "json:x.json"], ["--resume", "x.jsonl"]):
        code, out, err = call("diagnose", path, *arguments)
        assert (code, out) == (2, "")
        assert err == f"annprobe: {arguments[0]} {arguments[1]}: no permission to write there\n"
    monkeypatch.setattr(os, "access", lambda at, mode: allowed(at, mode) and not mode & os.X_OK)
    assert "the folder . cannot be read: permission denied" in call("diagnose", "nothing.py")[2]
    assert "cannot be read: permission denied" in call("diagnose", str(Path(path).parent))[2]


def test_options_reach_the_diagnosis(call: Call, module: Module) -> None:
    _, out, _ = call("diagnose", module("full"), "--seed", "7", "--effort", "quick", "--sizes", "2,4,1")
    assert "seed 7 · effort quick" in out


def test_max_findings(call: Call, module: Module) -> None:
    _, out, _ = call("diagnose", module("full"), "--max-findings", "1", "--format", "concise")
    assert out.count("\n") == 1


def test_a_dotted_name_is_found_without_importing_it(call: Call, module: Module) -> None:
    module("full", "pack/net.py", body="raise SystemExit('imported')\n")
    assert call("diagnose", "pack.net")[0] == 1


def test_the_bundled_example_is_found(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    import annprobe.diagnosis
    from annprobe.findings import Diagnosis, SubjectFacts

    def named(path: str, **_: object) -> Diagnosis:
        return Diagnosis("0", SubjectFacts(path), "clean")

    monkeypatch.setattr(annprobe.diagnosis, "diagnose", named)
    _, out, _ = call("diagnose", "--example", "first_network", "--format", "concise")
    assert out.split(":")[0].endswith("first_network.py")


def test_colour_when_asked_for_only(call: Call, module: Module, monkeypatch: pytest.MonkeyPatch) -> None:
    path = module("full")
    plain = call("diagnose", path)[1]
    assert "\x1b[" not in plain
    coloured = call("diagnose", path, "--color", "always")[1]
    assert "\x1b[" in coloured
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert call("diagnose", path)[1] == coloured
    monkeypatch.setenv("NO_COLOR", "1")
    assert call("diagnose", path)[1] == plain


def test_an_ignored_finding_leaves_the_report_and_the_exit_code(call: Call, module: Module) -> None:
    body = "\n" * 4 + "scale = 1  # annprobe: ignore[AP306] the mean is meant\n"
    code, out, _ = call("diagnose", module("harmless", body=body))
    assert code == 0
    assert "AP306 scale" not in out
    assert "ignored at line 6: AP306" in out
    assert "(the mean is meant)" in out


def test_nothing_is_written_unasked(call: Call, module: Module, tmp_path: Path) -> None:
    path = module("full")
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    call("diagnose", path)
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before
