"""A module's checks as test items: ``my_network.py::annprobe::gradient[W1]``."""

from __future__ import annotations

import fnmatch
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

import pytest

from annprobe.commands.targets import is_module
from annprobe.findings import Check, Diagnosis, Finding, GradientRow
from annprobe.report.as_json import plain
from annprobe.report.concise import finding_line
from annprobe.report.tables import gradient_table
from annprobe.report.text import finding_text
from annprobe.report.words import exit_code, headline, printable
from annprobe.testing.records import RECORDED
from annprobe.testing.sharing import shared_diagnosis

_TOLD: pytest.StashKey[set[Path]] = pytest.StashKey()


class CheckFailed(Exception):
    """A check does not hold; the message is the whole output of the test."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One test: its name, how it ends, and what is said then."""

    name: str
    status: str  # pass | fail | skip
    message: str
    line: int | None = None


def network_file(path: Path, parent: pytest.Collector) -> NetworkFile | None:
    """The collector of a module that was named on the command line, alone or by its folder; else None."""
    config = parent.config
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        raise pytest.UsageError("--annprobe: name the modules or folders, as in: pytest --annprobe my_network.py")
    named = any(path == place or place in path.parents for place in _named(config))
    test_module = any(fnmatch.fnmatch(path.name, pattern) for pattern in config.getini("python_files"))
    if not named or (test_module and path not in _named(config)) or not is_module(Path(path.name)):
        return None
    return NetworkFile.from_parent(parent, path=path)


def passed_over(path: Path, parent: pytest.Collector) -> bool:
    """Whether pytest's own collector of Python modules does not look at this file."""
    if path.suffix != ".py":
        return path.suffix == ".ipynb"
    patterns = parent.config.getini("python_files")
    return path not in _named(parent.config) and not any(fnmatch.fnmatch(path.name, p) for p in patterns)


def _named(config: pytest.Config) -> set[Path]:
    return {(config.invocation_params.dir / argument.split("::")[0]).resolve() for argument in config.args}


class NetworkFile(pytest.File):
    """A module under diagnosis."""

    def collect(self) -> Iterable[NetworkChecks]:
        """One group of checks, so that their names begin with ``module::annprobe::``."""
        yield NetworkChecks.from_parent(self, name="annprobe")


class NetworkChecks(pytest.Collector):
    """The checks of one module; finding out which there are takes its diagnosis."""

    def collect(self) -> Iterable[CheckItem]:
        """The items, in the order of the diagnosis."""
        diagnosis = shared_diagnosis(self.path, self.config)
        for outcome in unique_names(outcomes(diagnosis)):
            item = CheckItem.from_parent(self, name=outcome.name)
            item.outcome, item.diagnosis = outcome, diagnosis
            item.add_marker("annprobe")
            yield item


class CheckItem(pytest.Item):
    """One check. It was made when it was collected; running it tells how it ended."""

    outcome: Outcome
    diagnosis: Diagnosis

    def runtest(self) -> None:
        """Fail or skip with the finding's text."""
        self.user_properties.append(("annprobe_verdict", self.diagnosis.verdict))
        self.user_properties.append(("annprobe_codes", ",".join(f.code for f in self.diagnosis.findings)))
        self.user_properties.append(("annprobe_seed", str(self.diagnosis.seed)))
        told = self.config.stash.setdefault(_TOLD, set())
        if self.path not in told:  # the first that runs: a selection (-k) may leave any of them out
            told.add(self.path)
            self.stash[RECORDED] = [plain(self.diagnosis)]
        if self.outcome.status == "skip":
            pytest.skip(self.outcome.message or "not run")
        if self.outcome.status == "fail":
            raise CheckFailed(self.outcome.message)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The finding instead of a traceback: whole where failures are told, its first line in the summary."""
        if not excinfo.errisinstance(CheckFailed):
            return super().repr_failure(excinfo, style)
        shown = excinfo.getrepr(style="native")
        text = str(excinfo.value)
        shown.reprtraceback.reprentries = shown.reprtraceback.reprentries[:1]
        shown.reprtraceback.reprentries[0].lines = [text + "\n"]
        if shown.reprcrash is not None:
            shown.reprcrash.message = text.partition("\n")[0]
        return shown

    def reportinfo(self) -> tuple[PathLike[str] | str, int | None, str]:
        """The module and the line that is meant."""
        line = self.outcome.line
        return self.path, line - 1 if line else None, f"annprobe {self.name}"


def outcomes(diagnosis: Diagnosis) -> Iterator[Outcome]:
    """The diagnosis as a whole, then one for each gradient, then one for each check."""
    yield _whole(diagnosis)
    for row in diagnosis.gradient:
        yield _gradient(diagnosis, row)
    for check in diagnosis.checks:
        yield _check(diagnosis, check)


def unique_names(made: Iterable[Outcome]) -> Iterator[Outcome]:
    """The same outcomes, equal names told apart by a number."""
    seen: Counter[str] = Counter()
    for outcome in made:
        seen[outcome.name] += 1
        count = seen[outcome.name]
        yield outcome if count == 1 else replace(outcome, name=f"{outcome.name}#{count}")


def _whole(diagnosis: Diagnosis) -> Outcome:
    status = {0: "pass", 1: "fail"}.get(exit_code(diagnosis), "fail" if diagnosis.verdict == "unusable" else "skip")
    findings = [finding for finding in diagnosis.findings if finding.role != "harmless"]
    blocks = [finding_text(diagnosis, finding, i).plain for i, finding in enumerate(findings, 1)]
    return Outcome("diagnosis", status, "\n\n".join([headline(diagnosis), *blocks]), _line(findings))


def _gradient(diagnosis: Diagnosis, row: GradientRow) -> Outcome:
    name = f"gradient[{row.parameter}]"
    if row.agrees is None:
        return Outcome(name, "skip", "the gradient of this parameter could not be judged", row.line)
    _, _, error, limit, pattern, _ = gradient_table(Diagnosis("", diagnosis.subject, "clean", gradient=(row,))).rows[0]
    message = f"the gradient of {row.parameter} differs from an independent derivative: relative error {error or '?'}"
    message += f", seen from {limit} on" * bool(limit) + f"; pattern {pattern}" * bool(pattern)
    findings = [finding for finding in diagnosis.findings if finding.code[2] in "239"]
    return Outcome(name, "pass" if row.agrees else "fail", _said(diagnosis, message, findings), row.line)


def _check(diagnosis: Diagnosis, check: Check) -> Outcome:
    status = {"pass": "pass", "skip": "skip"}.get(check.status, "fail")
    name, message = f"ladder[{check.id}, {check.rung}]", f"{check.rung}: {check.id}: {check.evidence}"
    if status != "fail":
        return Outcome(name, status, check.evidence)
    return Outcome(name, status, _said(diagnosis, message, diagnosis.findings[:1]), _line(diagnosis.findings))


def _said(diagnosis: Diagnosis, message: str, findings: Iterable[Finding]) -> str:
    """The message and the findings in a line each with their repair; the first test of the module has them in full."""
    lines = [(finding_line(diagnosis, finding), f"  help: {finding.help}" if finding.help else "")
             for finding in findings]
    return "\n".join([message, *(printable(line) for pair in lines for line in pair if line)])


def _line(findings: Iterable[Finding]) -> int | None:
    return next((finding.places[0].line for finding in findings if finding.places), None)
