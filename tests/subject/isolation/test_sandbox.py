"""Hazards: whatever a module does, there is one clear sentence, nothing is left behind, and nothing was changed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from annprobe.subject.isolation.sandbox import ChildResult, run_child
from annprobe.subject.isolation.scratch import remove_abandoned, scratch

HAZARDS = Path(__file__).parents[2] / "hazards"

posix = pytest.mark.skipif(os.name != "posix", reason="needs fork")


@pytest.fixture(autouse=True)
def _worker_is_importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))


@pytest.fixture(autouse=True)
def hazards_stay_as_they_are() -> Iterator[None]:
    before = {path: path.read_bytes() for path in HAZARDS.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    yield
    after = {path: path.read_bytes() for path in HAZARDS.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    assert after == before


def _run(name: str, *, inner: float = 20.0, **options: Any) -> tuple[ChildResult, dict[str, Any]]:
    request = {"path": str(HAZARDS / f"{name}.py"), "seconds": inner}
    result = run_child("hazard_worker", request, **{"seconds": 60.0, **options})
    ran = [event for event in result.events if event["event"] == "ran"]
    return result, ran[0] if ran else {}


def test_an_endless_loop_is_cut_and_the_rest_runs() -> None:
    result, ran = _run("endless_loop", inner=1.0)
    assert (result.ended, ran["ended"], ran["cut"]) == ("completed", "completed", "time")
    assert ran["printed"] == ["after the loop\n"]


def test_a_loop_in_compiled_code_is_ended_by_the_parent_and_what_was_streamed_is_kept() -> None:
    result, ran = _run("endless_in_c", inner=0.5, seconds=3.0)
    assert result.ended == "time"
    assert result.message == "the module was stopped after 3 s: it had not come to an end"
    assert [event["event"] for event in result.events] == ["read"]
    assert not ran


def test_a_polite_exit_is_an_end() -> None:
    result, ran = _run("exits")
    assert (result.ended, ran["ended"], ran["printed"]) == ("completed", "completed", ["training\n"])


def test_a_hard_exit_is_told() -> None:
    result, _ = _run("exits_hard")
    assert (result.ended, result.message) == ("exit", "the module ended the Python interpreter itself (exit code 3)")
    assert result.events


@posix
def test_a_segmentation_fault_is_told() -> None:
    result, _ = _run("segfaults")
    assert (result.ended, result.message) == (
        "crash",
        "the module crashed the Python interpreter (segmentation fault)",
    )
    assert result.events


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of memory is enforced on Linux")
def test_a_memory_bomb_is_an_error_of_the_module() -> None:
    result, ran = _run("eats_memory", memory_bytes=2 << 30)
    assert result.ended in ("completed", "memory")
    if result.ended == "completed":
        assert ran["ended"] == "raised"
        assert "Unable to allocate" in ran["message"] or "MemoryError" in ran["message"]


def test_prints_without_end_are_cut() -> None:
    result, ran = _run("prints_much", inner=1.5)
    assert (result.ended, ran["cut"]) == ("completed", "time")
    assert ran["dropped"] > 0
    assert len(result.output) <= 100_000


@posix
def test_no_process_is_left_behind() -> None:
    result, ran = _run("leaves_children")
    assert (result.ended, ran["ended"]) == ("completed", "completed")
    assert not _alive()


def _command_lines() -> list[str]:
    """Of all running processes (zombies have none)."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(place.read_bytes().decode(errors="replace"))
        except OSError:
            continue
    return found


def _alive() -> list[str]:
    """Running workers of this test."""
    return [line for line in _command_lines() if "hazard_worker" in line]


def test_a_lasting_thread_is_not_waited_for() -> None:
    result, ran = _run("leaves_threads")
    assert (result.ended, ran["ended"]) == ("completed", "completed")


def test_nothing_is_written_beside_the_module() -> None:
    result, ran = _run("writes_beside_itself")
    assert (ran["ended"], ran["message"]) == ("completed", "")
    assert ran["printed"] == ["epoch 1\n", "refused\n", "refused\n"]
    assert any("outside of its scratch folder" in note for note in ran["notes"])
    assert result.ended == "completed"


def test_prompts_and_pauses_do_not_wait() -> None:
    _, ran = _run("asks")
    assert ran["printed"] == ["''\n"]
    assert "the prompt 'Learning rate:' was answered with an empty line" in ran["notes"]


def test_endless_recursion_is_an_error_of_the_module() -> None:
    _, ran = _run("recurses")
    assert (ran["ended"], ran["line"]) == ("raised", 5)
    assert ran["message"].startswith("RecursionError")


def test_an_error_is_told_with_the_users_line() -> None:
    _, ran = _run("raises")
    assert (ran["ended"], ran["line"], ran["printed"]) == ("raised", 7, ["before\n"])
    assert ran["message"].startswith("ValueError: matmul")


def test_the_network_is_closed() -> None:
    _, ran = _run("downloads")
    assert ran["message"] == "ConnectionError: no network while annprobe runs the module"


@posix
def test_a_fork_does_not_speak_for_the_module() -> None:
    result, ran = _run("forks_itself")
    assert ran["printed"] == ["parent\n"]
    assert [event["event"] for event in result.events] == ["read", "ran"]


def test_closing_the_standard_files_does_not_lose_the_events() -> None:
    result, ran = _run("closes_everything")
    assert (result.ended, ran["printed"]) == ("completed", ["closed\n"])


def test_an_error_of_annprobe_is_not_blamed_on_the_module() -> None:
    result = run_child("hazard_worker", {"fault": True}, seconds=30)
    assert (result.ended, result.message) == ("fault", "annprobe itself failed: LookupError: a slip of annprobe")
    assert "Traceback" in result.detail


def test_a_worker_that_does_not_exist_ends_too() -> None:
    assert run_child("no_such_worker", {}, seconds=30).ended == "exit"


def test_events_are_passed_on_as_they_come() -> None:
    seen: list[str] = []
    request = {"path": str(HAZARDS / "exits.py"), "seconds": 5.0}
    result = run_child("hazard_worker", request, seconds=30, on_event=lambda event: seen.append(event["event"]))
    assert seen == [event["event"] for event in result.events] == ["read", "ran"]


def _parent(tmp_path: Path) -> subprocess.Popen[str]:
    """A process that runs an endless module in a sandbox, with temporary folders of its own."""
    program = tmp_path / "parent.py"
    program.write_text(
        "from annprobe.subject.isolation.sandbox import run_child\n"
        f"request = {{'path': {str(HAZARDS / 'endless_in_c.py')!r}, 'seconds': 50.0}}\n"
        "result = run_child('hazard_worker', request, on_event=lambda e: print('event', flush=True))\n"
        "print(result.ended, len(result.events), flush=True)\n"
    )
    folder = tmp_path / "temporary"
    folder.mkdir()
    environment = {**os.environ, "TMPDIR": str(folder)}
    parent = subprocess.Popen([sys.executable, str(program)], stdout=subprocess.PIPE, text=True, env=environment)
    assert parent.stdout is not None
    assert parent.stdout.readline() == "event\n"
    return parent


@posix
def test_an_interrupt_of_the_parent_keeps_what_was_streamed(tmp_path: Path) -> None:
    parent = _parent(tmp_path)
    parent.send_signal(signal.SIGINT)
    out, _ = parent.communicate(timeout=30)
    assert out == "interrupted 1\n"
    assert not _alive()
    assert list((tmp_path / "temporary").iterdir()) == []


@posix
def test_a_parent_that_is_asked_to_end_clears_everything(tmp_path: Path) -> None:
    parent = _parent(tmp_path)
    parent.terminate()
    parent.communicate(timeout=30)
    assert parent.returncode == 128 + signal.SIGTERM
    assert not _alive()
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_what_a_killed_parent_leaves_is_removed_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = _parent(tmp_path)
    parent.kill()
    parent.communicate(timeout=30)
    left = list((tmp_path / "temporary").iterdir())
    assert len(left) == 1
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    _run("exits")
    assert list((tmp_path / "temporary").iterdir()) == []
    assert not _alive()


@posix
def test_the_folder_of_a_living_owner_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with scratch() as own:
        subprocess.run(
            [sys.executable, "-c", f"from {remove_abandoned.__module__} import remove_abandoned; remove_abandoned()"],
            env={**os.environ, "TMPDIR": str(tmp_path)},
            check=True,
        )
        assert own.folder.is_dir()
    assert list(tmp_path.iterdir()) == []


def test_the_scratch_folder_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    _run("exits_hard")
    assert list(tmp_path.iterdir()) == []


def test_an_exit_at_the_exit_is_an_end() -> None:
    result, ran = _run("exits_at_exit")
    assert (result.ended, ran["printed"]) == ("completed", ["training\n"])


@posix
def test_signals_that_are_taken_away_do_not_keep_it_alive() -> None:
    result, ran = _run("plays_with_signals", inner=1.0)
    assert (result.ended, ran["cut"]) == ("completed", "time")
    assert not _alive()


def test_a_module_may_import_itself() -> None:
    _, ran = _run("imports_itself")
    assert (ran["ended"], ran["message"]) == ("completed", "")


def test_what_is_read_from_the_keyboard_is_empty() -> None:
    _, ran = _run("reads_stdin")
    assert ran["printed"] == ["'' b'' []\n"]


def test_nothing_beside_the_module_is_deleted() -> None:
    _, ran = _run("deletes")
    assert set(ran["printed"]) == {"refused\n"}


def test_nothing_is_served() -> None:
    _, ran = _run("listens", inner=3.0)
    assert ran["ended"] == "raised"
    assert "it asked for the network, which is closed while annprobe runs a module" in ran["notes"]


@posix
def test_a_program_that_was_started_is_ended() -> None:
    result, ran = _run("starts_programs")
    assert (result.ended, ran["printed"]) == ("completed", ["started\n"])
    assert not any("time.sleep(600)" in line for line in _command_lines())


@posix
def test_a_folder_that_nobody_ever_owned_is_removed_once_it_is_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    old, new = tmp_path / "annprobe-run-old", tmp_path / "annprobe-run-new"
    old.mkdir()
    new.mkdir()
    os.utime(old, (1.0, 1.0))
    remove_abandoned()
    assert list(tmp_path.iterdir()) == [new]
