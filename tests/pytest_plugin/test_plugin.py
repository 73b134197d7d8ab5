"""The plugin in test runs of its own: with and without xdist, quiet when unused, light until used."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).parents[2]
FAKES = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom tests.pytest_plugin import fakes\nfakes.install()\n"
DISTRIBUTION = pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "xdist"])


@pytest.fixture(autouse=True)
def quiet_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "PY_COLORS", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def course(pytester: pytest.Pytester) -> Path:
    """A folder with three modules and a test file."""
    pytester.makeconftest(FAKES)
    folder = pytester.mkdir("course")
    (folder / "bad.py").write_text("# full\n" + "\n" * 10)
    (folder / "good.py").write_text("# clean\nraise SystemExit('it was imported')\n")
    (folder / "test_other.py").write_text("def test(): pass\n")
    return folder


@DISTRIBUTION
def test_a_module_is_collected_as_its_checks(pytester: pytest.Pytester, course: Path, workers: list[str]) -> None:
    result = pytester.runpytest_subprocess("--annprobe", "course/bad.py", "-rA", *workers)
    result.assert_outcomes(passed=2, failed=3, skipped=2)
    result.stdout.fnmatch_lines_random([
        "PASSED course/bad.py::annprobe::gradient[[]W]", "PASSED course/bad.py::annprobe::ladder[[]AND, one neuron]",
        "FAILED course/bad.py::annprobe::diagnosis*", "FAILED course/bad.py::annprobe::gradient[[]V]*",
        "FAILED course/bad.py::annprobe::ladder[[]XOR, hidden layer]*",
    ])


def test_a_failure_is_the_finding_and_no_traceback(pytester: pytest.Pytester, course: Path) -> None:
    result = pytester.runpytest_subprocess("--annprobe", "course/bad.py", "-k", "diagnosis")
    result.stdout.fnmatch_lines(["Do this first: use a rate of about 1*", "*AP401 learning-rate*", "*= help *use *"])
    assert "Traceback" not in result.stdout.str()
    assert "CheckFailed" not in result.stdout.str().split("short test summary")[0]
    assert "AP306" not in result.stdout.str()  # harmless: no failure


@DISTRIBUTION
@pytest.mark.parametrize("on_ci", [False, True])  # where CI is set pytest cuts nothing from its summary
def test_the_finding_is_told_in_full_once_and_in_a_line_elsewhere(pytester: pytest.Pytester, course: Path, on_ci: bool,
                                                                  workers: list[str],
                                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true") if on_ci else monkeypatch.delenv("CI", raising=False)
    result = pytester.runpytest_subprocess("--annprobe", "course/bad.py", *workers)
    assert result.stdout.str().count("= should compute") == 0  # AP401 has no formulas
    assert result.stdout.str().count("= role ") == 1
    result.stdout.fnmatch_lines(["*ladder*XOR*", "*course/bad.py:8:*: AP401 learning-rate (cause): *", "  help: use *"])


@DISTRIBUTION
def test_reports_are_written_whatever_is_selected(pytester: pytest.Pytester, course: Path, workers: list[str]) -> None:
    result = pytester.runpytest_subprocess("--annprobe", "course", "-k", "gradient", "--annprobe-report=csv:all.csv",
                                           *workers)
    result.stdout.fnmatch_lines(["*= annprobe =*", "course/bad.py: faulty: Do this first: *", "csv report in all.csv"])
    assert len((pytester.path / "all.csv").read_text().splitlines()) == 2


@DISTRIBUTION
def test_a_folder_gives_all_its_modules_once(pytester: pytest.Pytester, course: Path, workers: list[str],
                                             monkeypatch: pytest.MonkeyPatch) -> None:
    count = pytester.path / "count"
    monkeypatch.setenv("FAKES_COUNT", str(count))
    result = pytester.runpytest_subprocess("--annprobe", "course", *workers)
    result.assert_outcomes(passed=2 + 1 + 1, failed=3, skipped=2)  # bad.py, good.py, the test file
    result.stdout.fnmatch_lines_random(["course/bad.py: faulty: Do this*", "course/good.py: clean: Nothing wrong*"])
    assert sorted(Path(line).name for line in count.read_text().splitlines()) == ["bad.py", "good.py"]


def test_the_end_of_the_run_sums_up_and_writes_reports(pytester: pytest.Pytester, course: Path) -> None:
    result = pytester.runpytest_subprocess("--annprobe", "course", "--annprobe-report=json:all.json",
                                           "--annprobe-report=junit:all.xml", "--annprobe-report=csv:all.csv")
    result.stdout.fnmatch_lines_random([
        "*= annprobe =*", "course/bad.py: faulty: Do this first: use a rate of about 1*",
        "course/good.py: clean: Nothing wrong found.", "json report in all.json"])
    data = json.loads((pytester.path / "all.json").read_text())
    assert sorted(row["verdict"] for row in data["rows"]) == ["clean", "faulty"]
    assert len(ET.parse(pytester.path / "all.xml").getroot()) == 2


@pytest.mark.parametrize(("arguments", "says"), [
    (["--annprobe"], "name the modules or folders"),
    (["--annprobe", "course/bad.py", "--annprobe-report=pdf:x"], "--annprobe-report pdf:x: write FORMAT:PATH"),
    (["--annprobe", "course/bad.py", "--annprobe-effort=lots"], "invalid choice"),
    (["--annprobe", "course/bad.py", "--annprobe-seed=-1"], "--seed: -1 is not a whole number"),
])
def test_bad_options_are_usage_errors(pytester: pytest.Pytester, course: Path, arguments: list[str], says: str) -> None:
    result = pytester.runpytest_subprocess(*arguments)
    assert result.ret in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERRUPTED)
    assert says in result.stdout.str() + result.stderr.str()


def test_without_the_option_nothing_of_a_module_is_collected(pytester: pytest.Pytester, course: Path) -> None:
    result = pytester.runpytest_subprocess("course")
    result.assert_outcomes(passed=1)


@DISTRIBUTION
def test_the_fixture(pytester: pytest.Pytester, course: Path, workers: list[str]) -> None:
    (course / "odd.py").write_text("# odd\n" + "\n" * 10)
    pytester.makepyfile("""
        import pytest
        import numpy as np

        def test_returns(annprobe):
            found = annprobe.diagnose("course/bad.py", seed=3)
            assert (found.verdict, found.seed) == ("faulty", 3)

        def test_subject(annprobe):
            assert annprobe.subject("course/bad.py").architecture == (2, 4, 1)

        def test_fails(annprobe):
            annprobe.check("course/bad.py")

        def test_passes(annprobe):
            annprobe.check("course/good.py")

        def test_gradient_of_a_module(annprobe):
            annprobe.check_gradients("course/bad.py")

        def test_gradient_with_an_odd_factor(annprobe):
            annprobe.check_gradients("course/odd.py")

        def test_right_functions(annprobe):
            annprobe.check_gradients(lambda w: float(np.sum(w ** 2)), np.array([1.0, 2.0]), lambda w: 2 * w)

        def test_wrong_functions(annprobe):
            annprobe.check_gradients(lambda w: float(np.sum(w ** 2)), np.array([1.0, 2.0]), lambda w: w)

        @pytest.mark.annprobe(effort="thorough", seed=5)
        def test_marked(annprobe):
            found = annprobe.diagnose("course/good.py", seed=6)
            assert (found.effort, found.seed) == ("thorough", 6)

        @pytest.mark.annprobe(efort="quick")
        def test_marked_wrongly(annprobe):
            pass

        def test_wrong_option(annprobe):
            annprobe.diagnose("course/good.py", sed=3)
    """)
    result = pytester.runpytest_subprocess("--strict-markers", "-rA", *workers)
    failed = sorted(line.split("::")[1].split()[0] for line in result.outlines if line.startswith("FAILED"))
    errors = [line.split("::")[1].split()[0] for line in result.outlines if line.startswith("ERROR")]
    assert failed == ["test_fails", "test_gradient_of_a_module", "test_gradient_with_an_odd_factor",
                      "test_wrong_functions", "test_wrong_option"]
    assert errors == ["test_marked_wrongly"]
    result.stdout.fnmatch_lines_random([
        "*the marker annprobe does not take efort; it takes seed=...,*", "*unknown option 'sed' (known: seed,*",
        "*AP401 learning-rate*", "*wrong gradient: yours is 1/2 times the true one*"])


@DISTRIBUTION
def test_a_property_test_fails_without_a_traceback(pytester: pytest.Pytester, workers: list[str]) -> None:
    pytester.makepyfile("""
        from annprobe.testing.properties import WrongNetwork

        def test_net():
            raise WrongNetwork("the network [1, 1, 1] is wrong")
    """)
    result = pytester.runpytest_subprocess(*workers)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*the network [[]1, 1, 1[]] is wrong"])
    assert "raise WrongNetwork" not in result.stdout.str()


def test_junit_properties(pytester: pytest.Pytester, course: Path) -> None:
    pytester.runpytest_subprocess("--annprobe", "course/bad.py", "--junitxml=out.xml")
    properties = {p.get("name"): p.get("value") for p in ET.parse(pytester.path / "out.xml").iter("property")}
    assert properties == {"annprobe_verdict": "faulty", "annprobe_codes": "AP401,AP306", "annprobe_seed": "0"}


def test_it_can_be_switched_off(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test(annprobe): pass")
    result = pytester.runpytest_subprocess("-p", "no:annprobe")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fixture 'annprobe' not found*"])


def test_it_says_nothing_when_unused(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test(): pass")
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    without_plugins_line = [line for line in result.outlines if not line.startswith("plugins:")]
    assert "annprobe" not in "\n".join(without_plugins_line)
    assert sorted(p.name for p in pytester.path.iterdir() if not p.name.startswith(("runpytest", "__py", "std"))) == [
        "test_it_says_nothing_when_unused.py"]


LIGHT = ("numpy", "hypothesis", "click", "rich", "annprobe.report", "annprobe.testing", "annprobe.findings")


def test_the_plugin_is_light_until_used(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(f"def test():\n import sys\n assert not set({LIGHT!r}) & set(sys.modules)")
    pytester.runpytest_subprocess("-p", "no:hypothesispytest").assert_outcomes(passed=1)


@pytest.mark.parametrize("module", ["numpy", "annprobe.report.text"])
def test_that_a_heavy_plugin_would_be_seen(pytester: pytest.Pytester, module: str) -> None:
    pytester.makepyfile(f"import {module}\ndef test():\n import sys\n assert not set({LIGHT!r}) & set(sys.modules)")
    pytester.runpytest_subprocess("-p", "no:hypothesispytest").assert_outcomes(failed=1)


def test_help_and_markers_tell_of_it(pytester: pytest.Pytester) -> None:
    text = pytester.runpytest_subprocess("--help").stdout.str()
    assert "checks of hand-written neural networks:" in text
    assert "--annprobe-report=FORMAT:PATH" in text
    assert "@pytest.mark.annprobe(seed=..., effort=...," in pytester.runpytest_subprocess("--markers").stdout.str()

