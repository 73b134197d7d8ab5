"""Arguments of the command line that a program reads and nobody gave."""

from __future__ import annotations

import dis
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from annprobe.subject.reading.legacy import Note
from annprobe.subject.reading.words import roles_of
from annprobe.subject.surroundings.missing.unpacking import targets_of

_VALUES = {"rate": "0.1", "momentum": "0.9", "reg": "0.01", "keep": "0.8", "epochs": "100", "n_hidden": "4",
           "n_in": "2", "n_out": "2", "batch": "4", "seed": "0", "flag": "0"}
_STORES = ("STORE_NAME", "STORE_FAST", "STORE_GLOBAL", "STORE_ATTR", "STORE_DEREF")
_NEAR = 12  # instructions from the reading of an argument to the name that it is given
ANY = "4"  # a number of something, and as good as any other for a file's name


class Arguments(list[str]):
    """``sys.argv``: what is read beyond its end is stood in for, and noted; its length and its slices are true.

    expected  whether the program itself provides for a missing one, where it is read
    """

    def __init__(self, given: Iterable[str], note: Note, expected: Callable[[], bool]) -> None:
        super().__init__(given)
        self._note = note
        self._expected = expected

    def __getitem__(self, index: Any) -> Any:
        if not isinstance(index, int) or index < len(self) or self._expected():
            return super().__getitem__(index)
        return self._made(index, _name_given(sys._getframe(1)))

    def __iter__(self) -> Iterator[str]:
        yield from list(super().__iter__())
        if self._expected():
            return
        names = [target.name for target in targets_of(sys._getframe(1))]  # script, file = sys.argv
        yield from (self._made(index, names[index]) for index in range(len(self), len(names)))

    def _made(self, index: int, name: str) -> str:
        value = stand_in(name)
        self._note(f"sys.argv[{index}]{f' ({name})' if name else ''} was not given: {value!r} took its place")
        return value


def stand_in(name: str) -> str:
    """A likely argument for what is called so."""
    return next((_VALUES[role] for role in roles_of(name, making=True) if role in _VALUES), ANY)


def _name_given(frame: types.FrameType) -> str:
    """The name that the running statement gives to what it reads: ``n_epochs`` in ``n_epochs = int(sys.argv[2])``."""
    following = [i for i in dis.get_instructions(frame.f_code) if i.offset > frame.f_lasti][:_NEAR]
    return next((str(i.argval) for i in following if i.opname in _STORES), "")
