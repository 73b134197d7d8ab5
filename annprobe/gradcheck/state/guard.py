"""The mutable state that functions reach: remembered before a call, restored after it, and what the call changed."""

from __future__ import annotations

import random
import types
from typing import Any

import numpy as np
from numpy.random import Generator, RandomState

from annprobe.gradcheck.state.handles import (
    Handle,
    array_handle,
    cell_handle,
    class_handle,
    generator_handle,
    global_generators,
    global_handle,
    keyed_handle,
    list_handle,
)
from annprobe.gradcheck.state.references import ATOMS, globals_written, is_users_module, is_users_object, parts

MOST_OBJECTS = 20_000
MOST_BYTES = 1 << 28  # arrays beyond this are not copied before every call


class Guard:
    """Remembers everything mutable that the given functions reach: closures, globals they name, attributes, generators.

    Functions, classes and objects of installed libraries are not entered, nor modules; arrays beyond ``MOST_BYTES`` in
    total are skipped and listed in ``skipped``.
    """

    def __init__(self, *roots: Any) -> None:
        walk = _Walk()
        for root in roots:
            walk.enter(root, "")
        self._handles = [*walk.handles, *global_generators()]
        self.skipped = tuple(walk.skipped)
        self._saved: list[Any] = []
        self.remember()

    def remember(self) -> None:
        """Take the present state as the one to go back to."""
        self._saved = [handle.save() for handle in self._handles]

    def restore(self) -> None:
        """Put everything back."""
        for handle, saved in zip(self._handles, self._saved, strict=True):
            handle.load(saved)

    def restore_generators(self) -> None:
        """Put only the random generators back, so that the next call draws the same numbers again."""
        for handle, saved in zip(self._handles, self._saved, strict=True):
            if handle.random:
                handle.load(saved)

    def changes(self) -> tuple[tuple[str, int | None], ...]:
        """(name, id) of everything that is no longer as remembered; the id is None for random generators."""
        pairs = zip(self._handles, self._saved, strict=True)
        return tuple((h.name, None if h.random else h.identity) for h, saved in pairs if not h.same(saved))


class _Walk:
    """Follows references from a root to every mutable thing of the user's."""

    def __init__(self) -> None:
        self.handles: list[Handle] = []
        self.skipped: list[str] = []
        self._seen: set[int] = set()
        self._alive: list[Any] = []  # ids stay unique while their objects live
        self._bytes = 0

    def enter(self, value: Any, name: str) -> None:
        if id(value) in self._seen or len(self._seen) > MOST_OBJECTS or isinstance(value, ATOMS):
            return
        if isinstance(value, (type, types.FunctionType)) and not is_users_module(value.__module__ or "__main__"):
            return
        self._seen.add(id(value))
        self._alive.append(value)
        if isinstance(value, np.ndarray):
            self._array(value, name)
        elif isinstance(value, (Generator, RandomState, random.Random)):
            self.handles.append(generator_handle(value, name))
        else:
            self._remember_container(value, name)
            for part_name, part in parts(value, name):
                self.enter(part, part_name)

    def _array(self, array: np.ndarray[Any, Any], name: str) -> None:
        self._bytes += array.nbytes
        if self._bytes > MOST_BYTES:
            self.skipped.append(name)
        elif array.flags.writeable:
            self.handles.append(array_handle(array, name))
        if array.dtype == object:
            for index, item in enumerate(array.ravel()):
                self.enter(item, f"{name}[{index}]")

    def _remember_container(self, value: Any, name: str) -> None:
        if isinstance(value, list):
            self.handles.append(list_handle(value, name))
        elif isinstance(value, (dict, set)):
            self.handles.append(keyed_handle(value, name))
        elif isinstance(value, types.CellType):
            self.handles.append(cell_handle(value, name))
        elif isinstance(value, types.FunctionType) and (written := globals_written(value)):
            self.handles.extend(global_handle(value.__globals__, key) for key in written)
        elif isinstance(value, type):
            self.handles.append(class_handle(value, name))
        elif is_users_object(value):
            self.handles.append(keyed_handle(vars(value), name))
