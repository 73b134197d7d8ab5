"""HTML: self-contained, escaped, with plots; opened in chromium where there is one."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from annprobe.findings import Curve, Diagnosis, ListingLine
from annprobe.report.html import MOST_WITH_PLOTS, fragment, report, summary
from annprobe.report.listing import listed_lines, styled_listing
from annprobe.report.plots import plots
from tests.report.samples import ALL, FULL, HOSTILE, UNUSABLE

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Elements(HTMLParser):
    """Collects elements, and complains where one is closed that was not opened."""

    VOID = frozenset({"meta", "br", "link", "img", "path", "use", "rect", "stop"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


@pytest.mark.parametrize("name", ALL)
def test_well_formed_and_self_contained(name: str) -> None:
    text = report(ALL[name])
    parsed = Elements(text)
    assert parsed.open == []
    assert [tag for tag, _ in parsed.found if tag in ("script", "link", "img", "iframe", "object", "base")] == []
    for tag, attributes in parsed.found:
        for attribute in ("href", "src", "xlink:href"):
            assert (attributes.get(attribute) or "#").startswith("#"), (tag, attributes)
        assert not any(attribute.startswith("on") for attribute in attributes)


def test_a_summary_has_one_script_of_its_own() -> None:
    parsed = Elements(summary(list(ALL.values())))
    assert parsed.open == []
    assert [tag for tag, _ in parsed.found].count("script") == 1
    assert [tag for tag, _ in parsed.found].count("details") == len(ALL)


def test_nothing_from_the_module_is_markup() -> None:
    assert "<script>alert" not in report(HOSTILE)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in report(HOSTILE)


def test_plots_are_there_and_described() -> None:
    figures = [attributes for tag, attributes in Elements(report(FULL)).found if tag == "figure"]
    assert [str(f["aria-label"]).split(":")[0] for f in figures] == [
        "Cost over the training steps", "Outputs over the training steps", "Gradient"]
    assert "cost from 0.51 to 0.5" in str(figures[0]["aria-label"])


def test_the_same_diagnosis_gives_the_same_page() -> None:
    assert report(FULL) == report(FULL)


def test_names_are_no_mathematics_and_curves_may_be_odd() -> None:
    odd = replace(FULL, curves=(Curve("cost $\\alpha", (0.0, 1.0), (1.0, 2.0)), Curve("误差 $", (0.0, 1.0), (1.0, 2.0)),
                                Curve("empty", (), ()), Curve("short", (0.0,), (1.0, 2.0, 3.0))))
    assert report(odd).count("<svg") == 3


def test_a_page_about_very_many_has_no_plots() -> None:
    assert "<svg" not in summary([FULL] * (MOST_WITH_PLOTS + 1))


def test_a_fragment_is_part_of_a_page() -> None:
    text = fragment(FULL)
    assert "<html" not in text
    assert Elements(text).open == []


@pytest.mark.parametrize("marked", ["✓ delta = δ²", "✗ return = 1/N·∂C/∂W²   needs ∂C/∂W²"])
def test_the_listing_says_what_lines_compute(marked: str) -> None:
    assert marked in styled_listing(FULL).plain
    assert marked in report(FULL)


def test_a_remark_says_something() -> None:
    lines = (ListingLine(5, "delta", "delta", "right"), ListingLine(5, "self.a - Y", "self.a - Y", "right"),
             ListingLine(5, "self.a - Y", "∂C/∂a", "right"), ListingLine(8, "self.W", None, "follows"),
             ListingLine(99, "x", "beyond the file", "right"))
    remarks = [remark.text for line in listed_lines(replace(FULL, listing=lines)) for remark in line.remarks]
    assert remarks == ["∂C/∂a", "self.W"]


def test_a_remark_that_does_not_fit_stands_below() -> None:
    long = replace(FULL, listing=(ListingLine(6, "return", "x" * 60, "wrong"), ListingLine(5, "delta", "δ²", "right")))
    shown = styled_listing(long, width=80).plain.splitlines()
    assert " " * 17 + "✗ return = " + "x" * 60 in shown
    assert any(line.endswith("✓ delta = δ²") and "self.a" not in line for line in shown)
    wide = styled_listing(long, width=110).plain.splitlines()
    assert any(line.endswith("✓ delta = δ²") and "self.a" in line for line in wide)


def test_the_listing_of_a_module_without_any_is_said() -> None:
    assert "no line could be matched" in styled_listing(UNUSABLE).plain


def test_the_listing_shows_neighbours_or_all() -> None:
    far = replace(FULL, source=FULL.source + "\n" * 20 + "last = 1\n")
    assert "last = 1" not in styled_listing(far).plain
    assert "last = 1" in styled_listing(far, every_line=True).plain


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
@pytest.mark.parametrize(("diagnosis", "dark"), [(FULL, False), (FULL, True), (HOSTILE, False)],
                         ids=["full", "dark", "hostile"])
def test_chromium_shows_it_without_complaint(diagnosis: Diagnosis, dark: bool, tmp_path: Path) -> None:
    from PIL import Image

    page, picture = tmp_path / "page.html", tmp_path / "page.png"
    page.write_text(report(diagnosis), "utf-8")
    done = subprocess.run(
        [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--enable-logging=stderr",
         f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1000,2400", f"--screenshot={picture}",
         f"--blink-settings=preferredColorScheme={int(not dark)}", page.as_uri()],
        capture_output=True, text=True, timeout=120, check=False)
    assert re.findall(r".*CONSOLE.*", done.stderr) == []
    with Image.open(picture) as image:
        colours = {pixel for _, pixel in image.convert("RGB").getcolors(1 << 24) or []}
    differs = (0xD5, 0x5E, 0x00)  # the bar of a parameter that differs
    caret, paper = ((0xFF, 0x8A, 0x80), (0x15, 0x19, 0x1E)) if dark else ((0xB3, 0x26, 0x1E), (0xFF, 0xFF, 0xFF))
    assert {differs, caret, paper} <= colours


def test_a_parameter_that_agrees_without_a_measured_error_is_drawn_too() -> None:
    rows = (replace(FULL.gradient[0], parameter="unmeasured", agrees=True, relative_error=None, detection_limit=1e-9),)
    assert [plot.description for plot in plots(replace(FULL, gradient=rows, curves=()))] == ["unmeasured below 1e-09"]


def test_the_listing_is_cut_in_a_notebook_only() -> None:
    assert "max-height" not in report(FULL)
    assert "max-height" in fragment(FULL)
