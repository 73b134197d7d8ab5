"""The command line with a diagnosis that is looked up instead of made: quick, and any result can be had."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

import annprobe.diagnosis
from annprobe.cli import run
from annprobe.errors import UnusableModule
from annprobe.findings import Diagnosis
from tests.report.samples import CLEAN, FULL, SCALE, UNDETERMINED


@dataclass(frozen=True)
class Options:
    """The options' names, as the commands fill them in."""

    seed: int = 0
    effort: str = "normal"
    sizes: str | None = None
    task: str | None = None
    data: str | None = None
    log: str | None = None
    run: str | None = None
    network: str | None = None
    forward: str | None = None
    gradient: str | None = None
    cost: str | None = None
    layout: str | None = None
    seconds: float | None = None
    facts_only: bool = False


def looked_up(path: str, *, options: Any, progress: Any = None) -> Diagnosis:
    """The diagnosis that the module's first line names: ``# full``, ``# clean``, ..."""
    source = Path(path).read_text()
    word = source.split("\n")[0].strip("# ")
    if word == "unusable":
        raise UnusableModule("line 3 is not Python")
    if word == "fault":
        raise ZeroDivisionError("a fault of ours")
    harmless = replace(FULL, findings=(SCALE,))
    agreeing = tuple(replace(row, agrees=True) for row in FULL.gradient)
    factor = replace(SCALE, computes="2·∂C/∂W", should_compute="∂C/∂W")
    odd = replace(FULL, findings=(factor,), gradient=agreeing)
    made = {"odd": odd, "full": FULL, "clean": CLEAN, "undetermined": UNDETERMINED, "harmless": harmless}[word]
    places = [tuple(replace(place, file=path) for place in finding.places) for finding in made.findings]
    findings = tuple(replace(f, places=p) for f, p in zip(made.findings, places, strict=True))
    return replace(made, subject=replace(made.subject, path=path), findings=findings, source=source,
                   seed=options.seed, effort=options.effort)


Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def module(tmp_path: Path) -> Callable[..., str]:
    """Write a module whose diagnosis is the one named."""

    def write(kind: str, name: str = "net.py", body: str = "x = 1\n") -> str:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"# {kind}\n{body}")
        return str(file)

    return write


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Call:
    """Call the command line in an empty working directory; exit code, stdout, stderr."""
    monkeypatch.setattr(annprobe.diagnosis, "diagnose", looked_up, raising=False)
    monkeypatch.setattr(annprobe.diagnosis, "Options", Options, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def run_it(*arguments: str) -> tuple[int, str, str]:
        code = run(list(arguments))
        out, err = capsys.readouterr()
        return code, out, err

    return run_it
