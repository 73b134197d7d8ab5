"""``annprobe write``: what it prints is a test module that runs."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Call

Module = Callable[..., str]
ROOT = Path(__file__).parents[2]
FAKES = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom tests.pytest_plugin import fakes\nfakes.install()\n"


def test_what_is_written_runs(call: Call, module: Module, tmp_path: Path, pytester: pytest.Pytester,
                              monkeypatch: pytest.MonkeyPatch) -> None:
    path = module("full", body="\n" * 9)
    code, out, err = call("write", path, "--seed", "4")
    assert (code, err) == (0, "")
    assert "OPTIONS = {'seed': 4}" in out
    ast.parse(out)
    (tmp_path / "test_net.py").write_text(out)
    (tmp_path / "conftest.py").write_text(FAKES)
    monkeypatch.chdir(tmp_path)
    result = pytester.runpytest_subprocess(str(tmp_path / "test_net.py"), "-rf", "-p", "no:cacheprovider")
    result.assert_outcomes(failed=4)
    result.stdout.fnmatch_lines(["*no network of the widths [[]2, 3, 1[]] could be made of it*"])


def test_a_module_without_gradient_gets_fewer_tests(call: Call, module: Module) -> None:
    _, out, _ = call("write", module("undetermined"))
    assert "test_every_parameter" not in out
    assert "import annprobe" not in out
