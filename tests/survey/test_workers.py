"""The same table wherever the units run, also when workers die."""

from __future__ import annotations

import functools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from annprobe.errors import BadArgument
from annprobe.survey.conduct import conduct
from annprobe.survey.reports import files_of
from annprobe.survey.workers import Workers, in_pool, in_process, on_dask
from tests.survey import small

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def table() -> str:
    return files_of(conduct(small.campaign(), in_process))["symptoms.json"]


def test_two_processes_make_the_same_table(table: str) -> None:
    pool: Workers = functools.partial(in_pool, jobs=2)
    assert files_of(conduct(small.campaign(), pool))["symptoms.json"] == table


def test_workers_that_die_once_change_nothing(table: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(small.MARKS, str(tmp_path))
    pool: Workers = functools.partial(in_pool, jobs=2, work=small.dies_once)
    results = conduct(small.campaign(), pool)
    assert results.lost == ()
    assert files_of(results)["symptoms.json"] == table
    assert len(list(tmp_path.iterdir())) == 3  # each of them did die


def test_a_unit_that_always_kills_its_worker_is_given_up() -> None:
    campaign = small.campaign(mutants=("ld-sign",), iterations=20)
    deep = [unit for unit in campaign.units() if len(unit.blueprint.hidden) == 2]
    assert 0 < len(deep) < 3
    results = conduct(campaign, functools.partial(in_pool, jobs=2, work=small.dies_always_on_the_deepest))
    assert [unit for unit, _ in results.lost] == deep
    assert len(results.results) == 3 - len(deep)
    assert "gave up" not in files_of(results)["symptoms.md"]
    assert "its process died 3 times" in files_of(results)["symptoms.md"]


def test_a_unit_that_fails_is_told() -> None:
    results = conduct(small.campaign(), functools.partial(in_process, work=small.raises))
    assert {why for _, why in results.lost} == {"ZeroDivisionError: on purpose"}


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Dask scheduler and two workers, each a process of its own, on the loopback interface."""
    tmp_path = tmp_path_factory.mktemp("cluster")
    port, command = free_port(), [sys.executable, "-m", "dask"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), small.MARKS: str(tmp_path)}
    address = f"tcp://127.0.0.1:{port}"
    worker = ["worker", address, "--nthreads", "1", "--no-dashboard", "--local-directory", str(tmp_path / "dask")]
    calls = [["scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"], worker, worker]
    with (tmp_path / "log").open("w") as log:
        processes = [subprocess.Popen([*command, *call], env=environment, stdout=log, stderr=log,
                                      start_new_session=True) for call in calls]
        try:
            yield address
        finally:
            for process in reversed(processes):
                os.killpg(process.pid, signal.SIGKILL)  # with the workers that a nanny has started
                process.wait()


def test_a_cluster_makes_the_same_table(table: str, cluster: str) -> None:
    results = conduct(small.campaign(), functools.partial(on_dask, address=cluster))
    assert results.lost == ()
    assert files_of(results)["symptoms.json"] == table


def test_a_cluster_whose_workers_die_makes_the_same_table(table: str, cluster: str) -> None:
    results = conduct(small.campaign(), functools.partial(on_dask, address=cluster, work=small.dies_once))
    assert results.lost == ()
    assert files_of(results)["symptoms.json"] == table


def test_nobody_at_the_address_is_told() -> None:
    with pytest.raises(BadArgument, match="no Dask scheduler answers"):
        list(on_dask(small.campaign().units(), f"tcp://127.0.0.1:{free_port()}", patience=0.2))


def run_survey(out: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "tests.survey.survey_process", str(out), *more]


def test_a_killed_survey_goes_on_where_it_was(table: str, tmp_path: Path) -> None:
    out = tmp_path / "reports"
    partial = out / "survey-partial"
    process = subprocess.Popen(run_survey(out), cwd=ROOT)
    try:
        while process.poll() is None and not list(partial.glob("*.json")):
            time.sleep(0.01)
    finally:
        process.kill()
        process.wait()
    kept = {file.name: file.stat().st_mtime_ns for file in partial.glob("*.json")}
    assert kept
    assert not (out / "symptoms.json").exists()
    done = subprocess.run(run_survey(out, "--resume"), cwd=ROOT, check=True, capture_output=True, text=True)
    assert json.loads(done.stdout) == {"ran": 3 - len(kept)}
    assert (out / "symptoms.json").read_text() == table
    assert {name: (partial / name).stat().st_mtime_ns for name in kept} == kept
