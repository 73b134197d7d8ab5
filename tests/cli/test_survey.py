"""``annprobe survey``: writes its tables, says what it keeps and drops, and how to go on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from annprobe.survey import workers
from annprobe.survey.units import Unit
from annprobe.survey.workers import Outcome, in_process
from tests.cli.conftest import Call

SMALL = ["survey", "--mutants", "ld-sign", "--architectures", "2", "--tasks", "xor", "--seeds", "1", "--origin-seeds",
         "0", "--iterations", "20", "--jobs", "1", "--out"]


def interrupted_after_one(units: Sequence[Unit]) -> Iterator[Outcome]:
    yield next(in_process(units))
    raise KeyboardInterrupt


def test_it_goes_on_where_it_was_interrupted(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as context:
        context.setattr(workers, "in_process", interrupted_after_one)
        code, _, said = call(*SMALL, str(tmp_path))
        assert code == 130
        assert "1 of 2 units are kept: the same command with --resume goes on from there" in said
        _, _, said = call(*SMALL, str(tmp_path))
        assert "starts anew: what an earlier one finished (1 of 2 units) is dropped; --resume keeps it" in said
    code, _, said = call(*SMALL, str(tmp_path), "--resume")
    assert code == 0
    assert "1 of 2 units are finished already" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["odds.json", "symptoms.html", "symptoms.json",
                                                                "symptoms.md"]
    assert json.loads((tmp_path / "symptoms.json").read_text("utf-8"))["units"] == 2


@pytest.mark.parametrize(("arguments", "says"), [
    (["--mutants", "ld-sing"], "did you mean 'ld-sign'"), (["--tasks", "xorr"], "did you mean 'xor'"),
    (["--mutants", "gc-tautology"], "changes no training run"), (["--architectures", "0"], "must be at least 1"),
])
def test_bad_input_is_told(call: Call, tmp_path: Path, arguments: list[str], says: str) -> None:
    code, _, said = call("survey", *arguments, "--out", str(tmp_path))
    assert code == 2
    assert says in said
    assert "Traceback" not in said
