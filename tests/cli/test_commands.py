"""The other commands, the help, and that the help is quick."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from annprobe.cli import COMMANDS
from annprobe.findings import CODES
from tests.cli.conftest import Call
from tests.report.samples import FULL, SCALE, UNDETERMINED

Module = Callable[..., str]
HEAVY = ("numpy", "hypothesis", "rich", "matplotlib", "tabulate", "jinja2")


def imported_by(code: str) -> set[str]:
    """The heavy packages that a piece of code has imported when it is done."""
    script = f"import sys\ntry:\n    {code}\nexcept SystemExit: pass\nprint('\\n', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split()) & set(HEAVY)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["diagnose", "--help"], []])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    assert imported_by(f"from annprobe.cli import main; main({arguments})") == set()


def test_that_a_heavy_import_would_be_seen() -> None:
    assert imported_by("import annprobe.report.text") == {"rich", "tabulate"}


def test_completion_imports_nothing_heavy() -> None:
    code = "import os; os.environ.update(_ANNPROBE_COMPLETE='bash_source'); from annprobe.cli import main; main([])"
    assert imported_by(code) == set()


def test_the_help_names_every_command_and_each_has_help(call: Call) -> None:
    _, out, _ = call("--help")
    for name, line in COMMANDS.items():
        assert name in out
        assert line.split(".")[0][:30] in " ".join(out.split())
        code, text, _ = call(name, "--help")
        assert code == 0
        assert text.startswith(f"Usage: annprobe {name}")


def test_an_unknown_command_is_refused(call: Call) -> None:
    code, out, err = call("diagnos", "x.py")
    assert (code, out) == (2, "")
    assert "diagnos" in err


def test_the_module_runs_as_the_command() -> None:
    done = subprocess.run([sys.executable, "-m", "annprobe", "explain", "AP306"], capture_output=True, text=True,
                          check=True)
    assert done.stdout.startswith("# AP306 scale: ")


def test_explain_lists_and_explains(call: Call) -> None:
    assert all(code in call("explain")[1] for code in CODES)
    _, out, _ = call("explain", "scale", "AP401")
    assert out.startswith("# AP306 scale")
    assert "# AP401 learning-rate" in out
    code, _, err = call("explain", "AP36")
    assert code == 2
    assert "did you mean AP306" in err


def test_trace_prints_the_listing(call: Call, module: Module) -> None:
    code, out, _ = call("trace", module("full", body="\n" * 8))
    assert code == 1
    assert "✗ return = 1/N·∂C/∂W²   needs ∂C/∂W²" in out


def test_check_judges_the_gradient_alone(call: Call, module: Module) -> None:
    code, out, _ = call("check", module("full"))
    assert code == 1
    assert "1 of 3 differ" in out
    assert "effort" not in out
    code, out, err = call("check", module("clean"))
    assert (code, out) == (2, "")
    assert "no gradient to compare" in err


def test_check_names_a_constant_that_goes_with_nothing_else(
    call: Call, module: Module, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = tuple(replace(row, agrees=True) for row in FULL.gradient)
    monkeypatch.setattr("tests.cli.conftest.FULL", replace(FULL, gradient=rows, findings=(SCALE,)))
    code, out, _ = call("check", module("full"))
    assert code == 1
    assert f"but {SCALE.message} (line {SCALE.places[-1].line})" in out
    monkeypatch.setattr("tests.cli.conftest.FULL", replace(FULL, gradient=rows, findings=()))
    code, out, _ = call("check", module("full"))
    assert code == 0
    assert "the gradient agrees with an independent derivative" in out


def test_inspect_shows_the_facts(call: Call, module: Module) -> None:
    code, out, _ = call("inspect", module("full"))
    assert code == 0
    assert "architecture  [2, 4, 1]" in out
    assert "W            4×3      parameter" in out
    code, out, _ = call("inspect", module("undetermined"))
    assert code == 2
    assert "no training step was found" in out


def test_adapt_prints_the_adapter(call: Call, module: Module, monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, _ = call("adapt", module("undetermined"))
    assert (code, out) == (0, "from annprobe import Subject\n\nsubject = Subject(...)\n")
    monkeypatch.setattr("tests.cli.conftest.UNDETERMINED", replace(UNDETERMINED, adapter=None))
    code, out, _ = call("adapt", module("undetermined"))
    assert code == 0
    assert "import net as m" in out
    code, out, err = call("adapt", module("clean"))
    assert (code, out) == (0, "")
    assert "needs no adapter" in err


def test_render_takes_several_and_stdin(call: Call, module: Module, tmp_path: Path,
                                        monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    call("diagnose", module("full"), "--report", f"json:{tmp_path / 'a.json'}")
    call("diagnose", module("clean", "good.py"), "--report", f"json:{tmp_path / 'b.json'}")
    code, out, _ = call("render", str(tmp_path / "a.json"), str(tmp_path / "b.json"), "--format", "json")
    assert code == 0
    assert [row["verdict"] for row in json.loads(out)["rows"]] == ["faulty", "clean"]
    (tmp_path / "many.json").write_text(out)
    assert "2 modules: 1 clean, 1 faulty" in call("render", str(tmp_path / "many.json"))[1]
    monkeypatch.setattr("sys.stdin", io.StringIO((tmp_path / "a.json").read_text()))
    assert call("render", "-", "--format", "concise")[1].count("\n") == 2


@pytest.mark.parametrize(("content", "says"), [("{", "is not JSON"), ("[1]", "one JSON object"),
                                               (None, "No such file")])
def test_render_refuses_what_is_no_diagnosis(call: Call, tmp_path: Path, content: str | None, says: str) -> None:
    if content is not None:
        (tmp_path / "x.json").write_text(content)
    code, out, err = call("render", str(tmp_path / "x.json"))
    assert (code, out) == (2, "")
    assert says in err
    assert "x.json" in err


def test_a_closed_pipe_is_told_as_shells_do_and_without_a_word(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([sys.executable, "-m", "annprobe", "explain", "AP306"], stdout=writer, stderr=subprocess.PIPE,
                          cwd=tmp_path, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")
