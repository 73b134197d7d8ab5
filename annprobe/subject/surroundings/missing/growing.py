"""Other data than those that were tried: what the module's own error messages say about the data that it expects."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from dataclasses import replace

from annprobe.subject.surroundings.missing.data import DataGuess, LabelsAs

_NEAR = 2  # a column of labels or of ones more or less
_FEWEST = 10  # rows that a program may expect by a number in its text
_FORMS: tuple[LabelsAs, ...] = ("column", "onehot")
_MOST_NUMBERS = 60_000_000  # MNIST's training set has 47 million


def grow(guess: DataGuess, message: str) -> Iterator[DataGuess]:
    """Other data that an error message suggests, best first: other sizes by its numbers, then other layouts."""
    seen = {guess}
    for other in itertools.chain(_said(guess, message), _resized(guess, message), _laid_out(guess)):
        if other not in seen and _feasible(other):
            seen.add(other)
            yield other


def _feasible(guess: DataGuess) -> bool:
    return (
        guess.columns <= 100_000
        and guess.classes <= 10_000
        and max(guess.rows, guess.test_rows) * guess.columns <= _MOST_NUMBERS
    )


def _said(guess: DataGuess, message: str) -> Iterator[DataGuess]:
    """What is known from the wording of Python and numpy."""
    if guess.names and "convert" in message:
        yield replace(guess, names=())
    if "invalid literal for int()" in message:
        yield replace(guess, whole=True)
    if "used as indices must be of integer" in message:
        yield replace(guess, labels_as="classes", transposed=False, strict=False)
    if "index out of range" in message:
        yield replace(guess, rows=4 * guess.rows)
    found = re.search(r"index (\d+) is out of bounds for axis \d+ with size (\d+)", message)
    if found is not None:
        yield from _longer(guess, int(found[1]), int(found[2]))
    found = re.search(r"cannot reshape array of size (\d+) into shape \(([\d,]+)\)", message)
    if found is not None:
        yield from _reshaped(guess, int(found[1]), [int(n) for n in found[2].split(",") if n])


def _longer(guess: DataGuess, index: int, size: int) -> Iterator[DataGuess]:
    """So that an axis of that size holds the entry; a class number that it does not hold is one too many."""
    if 2 <= size <= index < guess.classes:
        yield replace(guess, classes=size)
    if size == guess.rows:
        yield replace(guess, rows=max(4 * guess.rows, index + 1))
    if size == guess.test_rows:
        yield replace(guess, test_rows=max(4 * guess.test_rows, index + 1))
    if size == guess.classes:
        yield replace(guess, classes=index + 1)
    if abs(size - guess.columns) <= 2:
        yield replace(guess, columns=guess.columns + index + 1 - size)


def _reshaped(guess: DataGuess, size: int, shape: list[int]) -> Iterator[DataGuess]:
    """So that the array has as many numbers as the shape, by more rows or by more columns."""
    wanted = math.prod(shape)
    if size % guess.rows == 0 and wanted % (size // guess.rows) == 0:
        yield replace(guess, rows=wanted // (size // guess.rows))
    if size % guess.test_rows == 0 and wanted % (size // guess.test_rows) == 0:
        yield replace(guess, test_rows=wanted // (size // guess.test_rows))
    if size == guess.rows * guess.columns and wanted % guess.rows == 0:
        yield replace(guess, columns=wanted // guess.rows)


def _resized(guess: DataGuess, message: str) -> Iterator[DataGuess]:
    """Each size of the data that the message names, made another that it names."""
    numbers = [int(n) for n in re.findall(r"\d+", message)][:12]
    for ours, theirs in itertools.permutations(dict.fromkeys(numbers), 2):
        if ours == guess.rows:
            yield from [replace(guess, rows=theirs)] if theirs >= _FEWEST else []
            continue
        resized = [
            (abs(ours - guess.columns), replace(guess, columns=max(guess.columns + theirs - ours, 1))),
            (abs(ours - guess.classes), replace(guess, classes=max(guess.classes + theirs - ours, 2))),
        ]
        yield from (other for off, other in sorted(resized, key=lambda pair: pair[0]) if off <= _NEAR and theirs)


def _laid_out(guess: DataGuess) -> Iterator[DataGuess]:
    """Labels in other forms; a form that only goes with the outputs because numpy spreads it is the wrong one."""
    if guess.labels_as == "classes":
        for labels_as, transposed in itertools.product(_FORMS, (True, False)):
            yield replace(guess, labels_as=labels_as, transposed=transposed, strict=True)
