"""Many modules at once: every one gets its row, whatever the others do; what was done is not done again."""

from __future__ import annotations

import csv
import io
import json
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import annprobe.batch
from annprobe.batch import diagnose_many
from annprobe.findings import Diagnosis
from tests.cli import workers
from tests.cli.conftest import Call, Options, looked_up

Module = Callable[..., str]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker processes: the modules are looked up in this one, in the order given."""
    def in_this_process(paths: list[str], options: Any, *, jobs: int, done: Any = None) -> list[Diagnosis]:
        made = []
        for path in paths:
            made.append(annprobe.batch.diagnose_one(path, options))
            done(path, made[-1])
        return made

    monkeypatch.setattr(annprobe.batch, "diagnose_many", in_this_process)


def test_a_dying_worker_takes_no_other_module_with_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(annprobe.batch, "_work", workers.work)
    names = [f"fine{i}.py" for i in range(4)] + ["dies.py", "once.py"] + [f"good{i}.py" for i in range(4)]
    paths = [str(tmp_path / name) for name in names]
    os.mkfifo(tmp_path / "meeting")
    heard: list[str] = []
    options: Any = Options(seed=5)
    found = diagnose_many(paths, options, jobs=2, done=lambda path, _: heard.append(path))
    assert [d.subject.path for d in found] == paths
    assert sorted(heard) == sorted(paths)
    assert {Path(d.subject.path).name: d.verdict for d in found if d.verdict != "clean"} == {"dies.py": "unusable"}
    assert "the other modules are not affected" in found[4].message
    assert all(d.seed == 5 for d in found)


def test_an_interrupt_ends_the_workers_and_keeps_what_is_done(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(annprobe.batch, "_work", workers.work)
    paths = [str(tmp_path / name) for name in ("fine.py", "interrupts.py", "never.py")]
    heard: list[str] = []
    options: Any = Options()
    with pytest.raises(KeyboardInterrupt):
        diagnose_many(paths, options, jobs=1, done=lambda path, _: heard.append(path))
    assert heard == paths[:1]
    assert multiprocessing.active_children() == []
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("name", ["orphans.py", "orphans_in_a_diagnosis.py"])
def test_workers_end_with_the_process_that_they_work_for(name: str) -> None:
    program = ("import annprobe.batch as batch; from tests.cli import workers; from tests.cli.conftest import Options; "
               f"batch._work = workers.work; batch.diagnose_many(['{name}'], Options(), jobs=1)")
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, timeout=120, check=False)
    assert done.returncode == -signal.SIGKILL  # and that both pipes are closed: no worker holds them any more


def test_an_interrupted_folder_is_reported_as_far_as_it_came(call: Call, module: Module,
                                                             monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(paths: list[str], options: Any, *, jobs: int, done: Any = None) -> list[Diagnosis]:
        done(paths[0], annprobe.batch.diagnose_one(paths[0], options))
        raise KeyboardInterrupt

    monkeypatch.setattr(annprobe.batch, "diagnose_many", interrupted)
    for name in "abc":
        module("full", f"course/{name}.py")
    code, out, err = call("diagnose", "course", "--exit-zero", "--report", "csv:marks.csv")
    assert code == 130
    assert out.startswith("1 module: 1 faulty")
    assert "interrupted: 1 of 3 modules are diagnosed; with --resume FILE they would be kept" in err
    assert Path("marks.csv").read_text().count("\n") == 2


@pytest.mark.usefixtures("here")
def test_a_folder_gets_a_table(call: Call, module: Module, tmp_path: Path) -> None:
    for name, kind in [("a", "full"), ("b", "clean"), ("c", "full"), ("d", "unusable"), ("sub/e", "undetermined")]:
        module(kind, f"course/{name}.py")
    module("fault", "course/__pycache__/x.py")
    module("fault", "course/.hidden/x.py")
    module("fault", "course/conftest.py")
    code, out, err = call("diagnose", "course")
    assert (code, err) == (2, "")
    assert out.startswith("5 modules: 1 clean, 2 faulty, 1 undetermined, 1 unusable")
    assert "(in course)" in out.splitlines()[0]
    rows = {line.split()[0]: line for line in out.splitlines() if line.split(" ")[0].endswith(".py")}
    assert list(rows) == ["a.py", "b.py", "c.py", "d.py", "sub/e.py"]
    assert "AP401 learning-rate  8" in rows["a.py"]
    assert "line 3 is not Python" in out
    assert "2          AP306   scale" in out
    assert "a.py, c.py" in out


@pytest.mark.usefixtures("here")
def test_several_paths_get_a_table_and_files(call: Call, module: Module, tmp_path: Path) -> None:
    paths = [module("clean", "a.py"), module("harmless", "b.py")]
    code, out, _ = call("diagnose", *paths, paths[0], "--report", "csv:marks.csv", "--report", "json:all.json")
    assert code == 0
    assert out.startswith("2 modules")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "marks.csv").read_text())))
    assert [(row["module"], row["role"]) for row in rows] == [("a.py", ""), ("b.py", "harmless")]
    assert len(json.loads((tmp_path / "all.json").read_text())["diagnoses"]) == 2


@pytest.mark.usefixtures("here")
def test_resume_runs_only_what_is_new_or_changed(call: Call, module: Module, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def noted(path: str, **arguments: Any) -> Diagnosis:
        ran.append(Path(path).name)
        return looked_up(path, **arguments)

    monkeypatch.setattr(annprobe.diagnosis, "diagnose", noted)
    for name in "abc":
        module("clean", f"course/{name}.py")
    first = call("diagnose", "course", "--resume", "kept.jsonl")[1]
    assert ran == ["a.py", "b.py", "c.py"]
    ran.clear()
    assert call("diagnose", "course", "--resume", "kept.jsonl")[1] == first
    assert ran == []
    module("full", "course/b.py")
    assert "1 faulty" in call("diagnose", "course", "--resume", "kept.jsonl")[1]
    assert ran == ["b.py"]
    ran.clear()
    call("diagnose", "course", "--resume", "kept.jsonl", "--seed", "1")
    assert ran == ["a.py", "b.py", "c.py"]


@pytest.mark.usefixtures("here")
def test_resume_sees_what_a_module_depends_on(call: Call, module: Module, monkeypatch: pytest.MonkeyPatch,
                                              tmp_path: Path) -> None:
    ran: list[str] = []

    def noted(path: str, **arguments: Any) -> Diagnosis:
        ran.append(Path(path).name)
        return looked_up(path, **arguments)

    def again() -> list[str]:
        ran.clear()
        assert call("diagnose", *modules, "--resume", "kept.jsonl", "--data", str(data))[0] == 0
        return ran

    monkeypatch.setattr(annprobe.diagnosis, "diagnose", noted)
    data = tmp_path / "data.csv"
    data.write_text("1,2\n")
    modules = [module("clean", "course/one.py"), module("clean", "course/two.py", "import helper\n")]
    helper = Path(module("clean", "course/helper.py"))
    assert again() == ["one.py", "two.py"]
    assert again() == []
    helper.write_text("changed = 1\n")
    assert again() == ["two.py"]
    (helper.parent / "annprobe_adapter.py").write_text("network = 'Net'\n")
    assert again() == ["one.py", "two.py"]
    data.write_text("1,2,3\n")
    assert again() == ["one.py", "two.py"]
    assert call("diagnose", "course", "--resume", "course")[0] == 2


@pytest.mark.usefixtures("here")
def test_resume_waits_for_no_pipe(call: Call, module: Module, tmp_path: Path) -> None:
    path = module("clean", "course/a.py")
    os.mkfifo(tmp_path / "course" / "pipe.py")
    assert call("diagnose", path, "--resume", "kept.jsonl")[0] == 0


@pytest.mark.usefixtures("here")
def test_a_half_written_line_is_no_harm(call: Call, module: Module, tmp_path: Path) -> None:
    module("clean", "course/a.py")
    first = call("diagnose", "course", "--resume", "kept.jsonl")[1]
    kept = tmp_path / "kept.jsonl"
    kept.write_text('not json\n{"key": 3}\n' + kept.read_text() + '{"key": "x", "diagnosis": {"sch')
    assert call("diagnose", "course", "--resume", "kept.jsonl")[1] == first
