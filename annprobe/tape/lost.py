"""Values whose thread was lost (text, JSON, pickles, C code) and that are found again among recent nodes.

Only telling values are looked for: a number with many digits is no coincidence, a one or a half may well be.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

from annprobe.tape.nodes import Node, Tape
from annprobe.tape.recall import LARGE

_RECENT = 3_000  # nodes
_SAMPLE = 64  # entries of an array that are looked at
_DIGITS = 6  # a telling number has more decimals


@cache
def _famous() -> frozenset[float]:
    """Numbers with many digits that programs come to in many ways: 1/3, log 2, √2, σ(1)."""
    small = range(1, 65)
    found = {k / m for k in small for m in small} | {math.pi * k / m for k in range(1, 9) for m in range(1, 9)}
    found |= {f(k) for k in small for f in (math.log, math.log2, math.log10, math.sqrt, math.log1p)}
    found |= {f(k) for k in range(1, 17) for f in (math.exp, math.tanh, math.sin, math.cos, lambda k: math.exp(-k))}
    found |= {1.0 / (1.0 + math.exp(k)) for k in range(-16, 17)}
    return frozenset(_rounded(value) for value in found)


def _rounded(value: float) -> float:
    return float(f"{abs(value):.11e}")


def is_telling(value: float) -> bool:
    """Whether a number has so many digits, and such ones, that meeting it twice is no coincidence."""
    return math.isfinite(value) and round(value, _DIGITS) != value and _rounded(value) not in _famous()


class Lost:
    """The index of recent values; brought up to date when something is looked for."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._indexed = 0
        self._numbers: dict[float, int] = {}
        self._arrays: dict[tuple[Any, ...], list[int]] = {}

    def number(self, value: float) -> int | None:
        """The last recent node with this value."""
        if not is_telling(value):
            return None
        self._update()
        return self._recent(self._numbers.get(float(value)))

    def array(self, value: Any) -> int | None:
        """The last recent node with exactly these values in this shape."""
        if not _tells(value):
            return None
        self._update()
        for number in reversed(self._arrays.get(_key(value), ())):
            if self._recent(number) is None:
                return None
            if np.array_equal(self._tape.value(number), value):
                return number
        return None

    def _recent(self, number: int | None) -> int | None:
        return number if number is not None and number > len(self._tape) - _RECENT else None

    def _update(self) -> None:
        start = max(self._indexed, len(self._tape) - _RECENT)
        for number in range(start, len(self._tape)):
            self._index(number, self._tape[number])
        self._indexed = len(self._tape)

    def _index(self, number: int, node: Node) -> None:
        value = node.held
        if isinstance(value, np.ndarray):
            if value.dtype.kind == "f" and 0 < value.nbytes < LARGE:
                self._arrays.setdefault(_key(value), []).append(number)
                if value.size == 1:
                    self._numbers[float(value.reshape(-1)[0])] = number
        elif isinstance(value, float):
            self._numbers[float(value)] = number


def _tells(value: Any) -> bool:
    if value.dtype.kind != "f" or not 0 < value.nbytes < LARGE:
        return False
    return any(is_telling(float(entry)) for entry in value.reshape(-1)[:_SAMPLE])


def _key(value: Any) -> tuple[Any, ...]:
    flat = value.reshape(-1)
    return value.shape, value.dtype, float(flat[0]), float(flat[-1])
