"""The text report: what stands first, that carets lie under what is meant, that nothing is cut that matters."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annprobe.findings import Diagnosis, Finding, Ignored, Place, SubjectFacts
from annprobe.report.snippet import snippet
from annprobe.report.sparkline import sparkline
from annprobe.report.text import report, styled_report
from annprobe.report.words import exit_code, headline, number, printable
from tests.report.samples import CLEAN, FULL, HOSTILE, RATE, SCALE, UNDETERMINED, UNUSABLE


def test_the_first_line_is_the_one_thing_to_do_first() -> None:
    assert report(FULL).splitlines()[0] == "Do this first: use a rate of about 1 [net.py:8:27]"
    assert report(CLEAN).splitlines()[0] == "Nothing wrong found."
    script = replace(FULL.subject, style="script", entry=("sigmoid",))
    assert "net.py · [2, 4, 1] · sigmoid ·" in report(replace(FULL, subject=script))
    stopped = replace(CLEAN, partial=True, message="interrupted")
    assert report(stopped).splitlines()[0] == "Nothing wrong found so far: interrupted"
    assert report(UNDETERMINED).splitlines()[0].startswith("Undetermined: no training step was found")
    assert headline(replace(FULL, findings=(SCALE,))).startswith("Harmless for training: divide the cost by N")


def test_the_carets_lie_under_what_is_meant() -> None:
    lines = report(FULL).splitlines()
    at = next(i for i, line in enumerate(lines) if "return (1 / len(X))" in line)
    assert lines[at + 1].index("^") == lines[at].index("(1 / len(X))")
    assert lines[at + 1].count("^") == len("(1 / len(X))")


@pytest.mark.parametrize("said", [
    "AP306 scale", "computes        1/N · ∂C/∂W", "should compute  ∂C/∂W", "ratio: 0.25 · examples: 4",
    "N = 6 and N = 7 give 1/6", "harmless for training", "help            divide", "+        return delta.T",
    "V            NO", "FAIL", "learning rate × 100   yes", "cost     █", "0.51 → 0.5 over 10000 steps",
    "annprobe explain AP401 AP306", "seed 0", "run as          Net([2, 4, 1]).train(X, Y)", "17 parameters in W, V",
    "2 findings: 1 cause, 1 harmless",
])
def test_everything_that_was_found_is_said(said: str) -> None:
    assert said in report(FULL)


def test_what_is_ignored_and_what_is_partial_is_said() -> None:
    text = report(replace(CLEAN, ignored=(Ignored("AP306", "a mean", 6, "on purpose"),), partial=True))
    assert "ignored at line 6: AP306 a mean (on purpose)" in text
    assert "stopped early" in text


def test_harmless_alone_is_said_and_exits_with_0() -> None:
    only = replace(FULL, findings=(SCALE,))
    assert "nothing here keeps the network from training: exit code 0" in report(only)
    assert [exit_code(d) for d in (only, FULL, CLEAN, UNDETERMINED, UNUSABLE)] == [0, 1, 0, 2, 2]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_prose_keeps_within_the_width(width: int) -> None:
    long = replace(RATE, message="a clause of many words " * 12, help="do this and then that " * 12)
    for line in report(replace(FULL, findings=(long,), checks=(), gradient=()), width=width).splitlines():
        assert len(line) <= width


def test_colour_is_never_the_only_signal() -> None:
    assert styled_report(FULL).plain == report(FULL)
    assert "\x1b" not in report(HOSTILE)


@given(st.text(alphabet=st.characters(exclude_characters="\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), max_size=200),
       st.integers(0, 220), st.integers(0, 220), st.integers(30, 120))
def test_any_place_can_be_shown(line: str, column: int, end: int, width: int) -> None:
    for shown in snippet(FULL, Place("net.py", 1, column, 1, end, line or " "), width=width):
        assert "\n" not in shown.source
        assert len(shown.carets) <= 2 * width + 20
        assert not shown.carets or shown.carets.strip("^ ") == ""


@given(st.text(max_size=100))
def test_a_long_line_is_cut_around_what_is_meant(noise: str) -> None:
    before, after = "a + " * 40, " + b" * 40
    shown = snippet(FULL, Place("net.py", 1, len(before), 1, len(before) + 6, before + "WANTED" + after), width=60)[0]
    assert len(shown.source) <= 60
    start = shown.carets.index("^")
    assert shown.source[start:start + 6] == "WANTED"


def test_tabs_and_wide_characters_keep_the_carets_in_place() -> None:
    shown = snippet(FULL, Place("net.py", 1, 4, 1, 5, "\t误差=W"), width=60)[0]
    assert shown.source == "    误差=W"
    assert shown.carets == " " * 9 + "^"


def test_a_place_without_text_is_read_from_the_source() -> None:
    assert snippet(FULL, Place("net.py", 6, 8, 6, 14))[0].source.strip().startswith("return")
    assert snippet(FULL, Place("other.py", 6)) == []


def test_many_lines_are_shown_up_to_a_limit() -> None:
    assert len(snippet(FULL, Place("net.py", 1, 0, 8, 3))) == 4


@given(st.lists(st.floats()))
def test_any_series_has_a_sparkline(values: list[float]) -> None:
    line = sparkline(tuple(values), width=20)
    assert len(line) == min(len(values), 20)
    assert set(line) <= set("▁▂▃▄▅▆▇█×")


def test_sparklines_rise_and_fall() -> None:
    assert sparkline((0.0, 1.0, 2.0, 3.0)) == "▁▃▆█"
    assert sparkline((1.0, float("nan"), 0.0)) == "█×▁"


@pytest.mark.parametrize(("value", "shown"), [(0.25, "0.25"), (4, "4"), (True, "yes"), ("x", "x"), (1 / 3, "0.333333")])
def test_numbers_for_people(value: float | str, shown: str) -> None:
    assert number(value) == shown


@given(st.text())
def test_printable_leaves_nothing_that_acts(text: str) -> None:
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", printable(text))
    printable(text).encode("utf-8")


def test_a_diagnosis_with_nothing_known_is_still_said() -> None:
    bare = Diagnosis("0", SubjectFacts("x.py"), "faulty", findings=(Finding("AP901", "unknown", "something"),))
    assert "AP901 unknown  something" in report(bare)
