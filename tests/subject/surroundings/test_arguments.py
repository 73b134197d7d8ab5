"""Arguments that a program reads from its command line and that nobody gave."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from annprobe.subject.reading.source import read_source
from annprobe.subject.running.execute import execute


def run(tmp_path: Path, text: str, argv: tuple[str, ...] = ()) -> tuple[dict[str, Any], list[str], str]:
    path = tmp_path / "program.py"
    path.write_text(text)
    outcome = execute(read_source(path), argv=argv)
    return outcome.namespace, list(outcome.notes), outcome.ended


def test_what_is_read_beyond_the_end_is_stood_in_for_by_its_name(tmp_path: Path) -> None:
    text = "import sys\nnum_epoch = int(sys.argv[2])\nlearning_rate = float(sys.argv[3])\n"
    names, notes, ended = run(tmp_path, text)
    assert (names["num_epoch"], names["learning_rate"], ended) == (100, 0.1, "completed")
    assert "sys.argv[2] (num_epoch) was not given: '100' took its place" in notes


def test_an_unpacking_gets_as_many_as_it_has_names(tmp_path: Path) -> None:
    names, notes, ended = run(tmp_path, "from sys import argv\nscript, hidden = argv\n")
    assert (names["hidden"], ended) == ("4", "completed")
    assert len(notes) == 1


def test_the_length_is_true_and_what_was_given_is_taken(tmp_path: Path) -> None:
    text = "import sys\nfew = len(sys.argv) < 3\nrest = sys.argv[1:]\nall = list(sys.argv)\nfirst = sys.argv[1]\n"
    names, notes, _ = run(tmp_path, text, ("a.csv",))
    assert (names["few"], names["rest"], names["first"], len(names["all"])) == (True, ["a.csv"], "a.csv", 2)
    assert notes == []


def test_handlers_and_usage_messages_of_the_program_still_work(tmp_path: Path) -> None:
    names, notes, _ = run(tmp_path, "import sys\nname = sys.argv[1] if len(sys.argv) > 1 else 'default'\n")
    assert (names["name"], notes) == ("default", [])


def test_a_program_that_provides_for_a_missing_one_gets_its_own_default(tmp_path: Path) -> None:
    text = "import sys\ntry:\n    n = int(sys.argv[1])\nexcept IndexError:\n    n = 77\n"
    names, notes, _ = run(tmp_path, text)
    assert (names["n"], notes) == (77, [])
    text = "import sys\ntry:\n    script, n = sys.argv\nexcept ValueError:\n    n = 77\n"
    assert run(tmp_path, text)[0]["n"] == 77
