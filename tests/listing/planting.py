"""Faults of the catalogue, planted in right networks of many styles by editing their text.

``styles/NAME.txt`` holds a right network; ``plants/NAME.txt`` the edits, block by block::

    id-of-the-mutant [families that name it rightly]
    - text that is there exactly once
    + text that takes its place
    = lines that may be accused besides the edited ones

Without families those of the catalogue's entry count. ``beyond/NAME.txt`` holds bugs outside the catalogue, planted in
the right network ``tests/subjects/NAME.py``; there every family that would not mislead is listed.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from annprobe.catalog import Mutant, load

_HERE = Path(__file__).parent
_SUBJECTS = _HERE.parent / "subjects"
STYLES = sorted(path.stem for path in (_HERE / "styles").glob("*.txt"))
BEYOND = sorted(path.stem for path in (_HERE / "beyond").glob("*.txt"))  # right subjects; bugs outside the catalogue


@dataclass(frozen=True)
class Plant:
    """One fault in one style: ``edits`` are (old, new) texts; ``also`` further lines that may be accused."""

    style: str
    mutant: str
    families: frozenset[str]
    edits: tuple[tuple[str, str], ...]
    also: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """For reports and test names."""
        return f"{self.style}: {self.mutant}: {self.edits[0][1].strip().splitlines()[0] if self.edits[0][1] else ''}"

    def text(self) -> str:
        """The faulty module."""
        return self.planted_in(right(self.style))

    def planted_in(self, text: str) -> str:
        """The module ``text`` of this style, which may have other faults, with this one too."""
        for old, new in self.edits:
            assert text.count(old) == 1, (self.style, self.mutant, old)
            text = text.replace(old, new) if new.strip() else _without(text, old)
        return text

    def lines(self) -> set[int]:
        """The lines of the faulty module that may be accused."""
        return changed_lines(right(self.style), self.text()) | set(self.also)


def _without(text: str, old: str) -> str:
    """The text without the lines that ``old`` covers."""
    at = text.index(old)
    start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at + len(old)) + 1
    return text[:start] + text[end:]


def changed_lines(before: str, after: str) -> set[int]:
    """Lines of ``after`` that are new; where lines are only gone, those around the gap."""
    found: set[int] = set()
    for kind, _, _, start, end in difflib.SequenceMatcher(
        None, before.splitlines(), after.splitlines(), autojunk=False
    ).get_opcodes():
        if kind in ("replace", "insert"):
            found.update(range(start + 1, end + 1))
        elif kind == "delete":
            found.update((start, start + 1))
    return found


@cache
def right(style: str) -> str:
    """The right network of a style."""
    return (_SUBJECTS / f"{style}.py" if style in BEYOND else _HERE / "styles" / f"{style}.txt").read_text()


def plants(style: str) -> list[Plant]:
    """All edits of a style, in the file's order."""
    found: list[Plant] = []
    folder = _HERE / ("beyond" if style in BEYOND else "plants")
    for block in re.split(r"\n(?=[a-z])", (folder / f"{style}.txt").read_text().strip()):
        head, *body = block.splitlines()
        mutant, *families = head.split()
        edits: list[tuple[str, str]] = []
        also: list[int] = []
        old: list[str] = []
        new: list[str] = []
        for mark, text in [*((line[:1], line[2:]) for line in body), ("-", "end")]:
            if mark == "-" and text:
                if new:
                    edits.append(("\n".join(old), "\n".join(new)))
                    old, new = [], []
                old.append(text)
            elif mark == "=":
                also += [int(number) for number in text.split()]
            else:
                new.append(text)
        found.append(Plant(style, mutant, frozenset(families or _families(mutant)), tuple(edits), tuple(also)))
    return found


def _families(mutant: str) -> tuple[str, ...]:
    """What the catalogue calls it."""
    entry = _catalogue().get(mutant)
    return (entry.cause,) if entry is not None else _OTHERS[mutant.split("-")[0]]


_OTHERS = {"ad": ("activation-derivative",), "bs": ("bias",), "li": ("layer-index",), "tr": ("transpose",)}


@cache
def _catalogue() -> dict[str, Mutant]:
    return load()
