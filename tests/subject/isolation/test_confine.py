"""A run cannot take over the files that annprobe has open; its own it can."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from annprobe.subject.isolation.confine import confined


def test_a_file_that_was_open_before_is_not_opened_by_its_number(tmp_path: Path) -> None:
    with (tmp_path / "ours.txt").open("w") as ours:
        with confined(lambda text: None), pytest.raises(OSError, match="Bad file descriptor"):
            open(ours.fileno(), "w")  # noqa: SIM115
        ours.write("still open")
    assert (tmp_path / "ours.txt").read_text() == "still open"


def test_a_pipe_of_the_run_is_its_own() -> None:
    with confined(lambda text: None):
        out, into = os.pipe()
        with open(into, "w") as writer:
            writer.write("hello")
        with open(out) as reader:
            assert reader.read() == "hello"
