"""The pytest plugin: hooks only. What they do is imported when it is used: installing annprobe slows no test run.

    pytest --annprobe my_network.py     the checks of a module as tests
    def test_it(annprobe): ...          the fixture
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from annprobe.testing.fixture import Annprobe

_MARKER = ("annprobe(seed=..., effort=..., sizes=..., task=..., data=..., run=..., network=..., forward=..., "
           "gradient=..., cost=..., layout=..., seconds=...): how the annprobe fixture diagnoses in this test")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options, all with the plugin's name."""
    group = parser.getgroup("annprobe", "checks of hand-written neural networks")
    group.addoption("--annprobe", action="store_true", default=False,
                    help="take the modules and folders named on the command line for networks, and their checks for "
                         "tests")
    group.addoption("--annprobe-report", action="append", default=[], metavar="FORMAT:PATH",
                    help="write a report about all modules that were diagnosed; may be given several times")
    group.addoption("--annprobe-seed", type=int, default=None, metavar="N", help="seed of every random choice")
    group.addoption("--annprobe-effort", choices=("quick", "normal", "thorough"), default=None,
                    help="how much to try on each module")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker; look at the reports' places before anything runs."""
    config.addinivalue_line("markers", _MARKER)
    if config.getoption("annprobe_report"):
        from annprobe.testing.reporting import destinations

        destinations(config)


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> Any:
    """A module that was named on the command line is a network, not a test module: it is not imported."""
    if not parent.config.getoption("annprobe"):
        return None
    from annprobe.testing.collect import network_file

    return network_file(module_path, parent)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Any:
    """Modules below a folder that was named on the command line, which pytest itself would pass over."""
    if not parent.config.getoption("annprobe"):
        return None
    from annprobe.testing.collect import network_file, passed_over

    return network_file(file_path, parent) if passed_over(file_path, parent) else None


@pytest.fixture
def annprobe(request: pytest.FixtureRequest) -> Annprobe:
    """Checks gradients and diagnoses modules, classes and objects; options come from the marker ``annprobe``."""
    from annprobe.testing.fixture import Annprobe

    return Annprobe(request)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item,
                              call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What was diagnosed in a test rides on its report as plain data, through xdist as well.

    A property test that fails says what is wrong with the network; a traceback of ours would say nothing.
    """
    report = yield
    if call.excinfo is not None and getattr(call.excinfo.value, "annprobe_output", False):
        report.longrepr = str(call.excinfo.value)
    records = sys.modules.get("annprobe.testing.records")  # where it was never imported nothing was diagnosed
    if records is not None and records.RECORDED in item.stash and report.when == "call":
        report.annprobe = item.stash[records.RECORDED]  # type: ignore[attr-defined]
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A section about what was diagnosed; nothing at all where annprobe was not used."""
    records = [record for reports in terminalreporter.stats.values() for report in reports
               for record in getattr(report, "annprobe", ())]
    if records:
        from annprobe.testing.reporting import summarise

        summarise(terminalreporter, records)
