"""Numbers in a pasted text, in the groups in which they were printed: lines, columns, arrays over several lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?(?![\w])")
TELLING = 3  # digits from which agreement is no accident


@dataclass(frozen=True, slots=True)
class Printed:
    """One printed number; ``half`` is half a unit of its last digit, ``digits`` how many say something."""

    value: float
    half: float
    digits: int
    line: int

    def is_(self, value: float, slack: float = 0.0) -> bool:
        """Whether ``value``, which may itself be off by ``slack``, is printed like this."""
        return abs(value - self.value) <= 1.02 * self.half + 1e-12 * abs(value) + slack


@dataclass(frozen=True, slots=True)
class Group:
    """Numbers that belong together: (first line, what they are, the words around them)."""

    line: int
    name: str
    words: str
    numbers: tuple[Printed, ...]

    @property
    def telling(self) -> int:
        """How many of them have digits enough."""
        return sum(n.digits >= TELLING for n in self.numbers)


def groups(text: str) -> list[Group]:
    """All groups, columns before blocks before lines; a number may be in several."""
    lines = text.splitlines()
    found = [(number, line, [_printed(m[0], number) for m in _NUMBER.finditer(line)])
             for number, line in enumerate(lines, 1)]  # fmt: skip
    rows = [row for row in found if row[2]]
    made: list[Group] = []
    for block in _blocks(rows):
        words = " ".join(_words(lines, block[0][0]))
        made += _columns(block, words)
        if len(block) > 1:
            together = tuple(n for _, _, numbers in block for n in numbers)
            made.append(Group(block[0][0], f"lines {block[0][0]} to {block[-1][0]}", words, together))
    made += [Group(number, f"line {number}", line, tuple(numbers)) for number, line, numbers in rows]
    return made


def _printed(text: str, line: int) -> Printed:
    mantissa, _, exponent = text.lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    digits = len(mantissa.replace(".", "").lstrip("+-0"))
    return Printed(float(text), 0.5 * 10.0 ** (int(exponent or 0) - decimals), digits if "." in mantissa else 0, line)


def _blocks(rows: list[tuple[int, str, list[Printed]]]) -> Iterator[list[tuple[int, str, list[Printed]]]]:
    """Runs of lines that follow one another with numbers in all of them, as many in each."""
    keyed = [(number - place, len(numbers)) for place, (number, _, numbers) in enumerate(rows)]
    for _, run in groupby(range(len(rows)), key=lambda i: keyed[i]):
        yield [rows[i] for i in run]


def _columns(block: list[tuple[int, str, list[Printed]]], words: str) -> Iterator[Group]:
    if len(block) < 2 or len(block[0][2]) < 2:
        return
    heads = [h for h in re.split(r"\s{2,}|\t|\|", words) if h.strip()]
    for column in range(len(block[0][2])):
        head = heads[column] if len(heads) == len(block[0][2]) else words
        numbers = tuple(row[2][column] for row in block)
        yield Group(block[0][0], f"column {column + 1} of lines {block[0][0]} to {block[-1][0]}", head, numbers)


def _words(lines: list[str], number: int) -> Iterator[str]:
    """The nearest line above without numbers: a heading."""
    for line in reversed(lines[max(0, number - 4) : number - 1]):
        if line.strip() and not _NUMBER.search(line):
            yield line.strip()
            return
