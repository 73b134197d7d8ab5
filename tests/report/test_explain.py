"""Every code has its text, with the sections in order, and a link wherever one is named."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from annprobe.errors import BadArgument
from annprobe.findings import CODES, FAMILIES
from annprobe.report.explain import SECTIONS, explanation, overview, section, title


def test_texts_and_codes_are_the_same_set() -> None:
    files = resources.files("annprobe.report").joinpath("explanations").iterdir()
    assert {file.name for file in files} == {f"{code}.md" for code in CODES}


def test_no_family_has_two_codes() -> None:
    assert len(FAMILIES) == len(CODES)


@pytest.mark.parametrize("code", CODES)
def test_the_sections_stand_in_order_and_say_something(code: str) -> None:
    text = explanation(code)
    assert text.splitlines()[0].startswith(f"# {code} {CODES[code]}: ")
    assert tuple(re.findall(r"(?m)^## (.*)$", text)) == SECTIONS
    assert all(len(section(code, heading)) > 40 for heading in SECTIONS)
    assert 10 < len(title(code)) < 80


@pytest.mark.parametrize("code", CODES)
def test_prose_fits_a_terminal_and_code_spans_are_whole(code: str) -> None:
    for line in explanation(code).splitlines():
        assert len(line) <= 110 or "https://" in line
        assert line.count("`") % 2 == 0


def test_a_family_a_small_letter_and_a_code_find_the_same() -> None:
    assert explanation("scale") == explanation("ap306") == explanation("AP306")


def test_the_closest_is_offered() -> None:
    with pytest.raises(BadArgument, match="did you mean AP306"):
        explanation("AP36")
    with pytest.raises(BadArgument, match="did you mean layer-index"):
        explanation("layerindex")


def test_the_overview_names_every_code() -> None:
    assert all(code in overview() and family in overview() for code, family in CODES.items())
