"""Data whose source is missing, in the forms in which loaders hand them over."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from annprobe.subject.surroundings.missing.data import DataGuess, Strict
from annprobe.subject.surroundings.missing.unpacking import Target, targets_of

Make = Callable[..., Any]


_PART = re.compile(r"^(train|valid|val|test|dev)(ing|idation)?(_?(set|data))?$")  # of the data: inputs and labels


class Rows(list[Any]):
    """A table as JSON holds one: lists of numbers; of a key, the inputs or the labels of all or of one example."""

    def __init__(self, rows: list[Any], named: Callable[[str], Any]) -> None:
        super().__init__(rows)
        self._named = named

    def __getitem__(self, key: Any) -> Any:
        return np.asarray(self._named(key)).tolist() if isinstance(key, str) else super().__getitem__(key)

    @classmethod
    def of(cls, guess: DataGuess) -> Rows:
        """The table of a guess."""
        rows = [cls(row, _entry(guess, k)) for k, row in enumerate(guess.table().tolist())]
        return cls(rows, lambda key: _named_of(guess, key))


def _entry(guess: DataGuess, row: int) -> Callable[[str], Any]:
    return lambda key: _named_of(guess, key)[row]


def _named_of(guess: DataGuess, key: str) -> Any:
    if key.lower().startswith("out"):  # a list of numbers for each example
        return replace(guess, labels_as="onehot").named("y")
    return guess.named(key)


class Loaded:
    """What a loader that is not there would have returned: shaped by how it is unpacked and by the names it gets."""

    def __init__(self, guess: DataGuess, make: Make, rows: int | None = None) -> None:
        self._guess = guess
        self._make = make
        self._rows = rows

    def __iter__(self) -> Iterator[Any]:
        targets = targets_of(sys._getframe(1))
        return iter([self._part(t, i, len(targets)) for i, t in enumerate(targets)]) if targets else self._pairs()

    def _part(self, target: Target, position: int, count: int) -> Any:
        low = target.name.lower()
        second = "test" in low or "val" in low or (not low and position > 0)
        rows = self._guess.test_rows if second else self._rows
        if target.parts:
            return tuple(self._part(t, i, len(target.parts)) for i, t in enumerate(target.parts)) if not second else (
                tuple(Loaded(self._guess, self._make, self._guess.test_rows)._part(t, i, len(target.parts))
                      for i, t in enumerate(target.parts))
            )  # fmt: skip
        if (count == 3 and "data" in low) or _PART.match(low):
            return Loaded(self._guess, self._make, rows)
        if low in ("_", "") or count == 2 and position == 1 and not low.startswith("x"):  # noqa: RUF021
            return self._named("y", rows)
        return self._named(low, rows)

    def _named(self, name: str, rows: int | None) -> Any:
        value = self._guess.named(name, rows)
        return self._make(value, subok=True) if isinstance(value, Strict) else self._make(value)

    def _pairs(self) -> Iterator[Any]:
        """Column pairs (x, y), as lists of examples are often kept."""
        x = self._guess.features(self._rows)
        y = np.eye(self._guess.classes)[self._guess.numbers(self._rows)]
        return iter([(self._make(a[:, None]), self._make(b[:, None])) for a, b in zip(x, y, strict=True)])

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            return self._named(key, self._rows)
        if isinstance(key, int):
            return self._named("y" if key == 1 else "x", self._rows)
        return list(self._pairs())[key]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._named(name, self._rows)

    def get(self, key: str, default: Any = None) -> Any:
        """As a dictionary's."""
        return self[key]

    def __len__(self) -> int:
        return self._rows or self._guess.rows

    def __enter__(self) -> Loaded:
        return self

    def __exit__(self, *exc: object) -> None: ...

    def close(self) -> None:
        """As a file's."""

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        return np.asarray(self._guess.table(), *args)
