"""``array.flat`` of a recorded array: reads, writes and iterates over the entries one after another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from annprobe.tape.plain import Active, raw


def read_flat(array: Any, index: Any) -> Any:
    """``array.flat[index]``"""
    return array.flat[index]


def write_flat(array: Any, index: Any, value: Any) -> None:
    """``array.flat[index] = value``"""
    array.flat[index] = value


class Flat:
    """Behaves as ``numpy.flatiter`` does."""

    __class__: Any = property(lambda self: np.flatiter)

    def __init__(self, array: Any) -> None:
        self.base = array
        self.index = 0

    def __len__(self) -> int:
        return int(self.base.size)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        if self.index >= self.base.size:
            self.index = 0
            raise StopIteration
        self.index += 1
        return self[self.index - 1]

    def __getitem__(self, index: Any) -> Any:
        recorder = Active.recorder
        if recorder is None:
            return raw(self.base).flat[raw(index)]
        return recorder.function("flat", read_flat, (self.base, index), {})

    def __setitem__(self, index: Any, value: Any) -> None:
        recorder = Active.recorder
        if recorder is None:
            raw(self.base).flat[raw(index)] = raw(value)
        else:
            recorder.function("flat!", write_flat, (self.base, index, value), {})

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return raw(self.base).flat.__array__(dtype)

    def copy(self) -> Any:
        """The entries as a flat array."""
        return self[:]
