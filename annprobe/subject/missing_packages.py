"""Packages that are not installed, or that only show something: stand-ins that do the part a network needs."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable
from typing import Any

from annprobe.subject.inert import Inert
from annprobe.subject.legacy import Note
from annprobe.subject.missing_data import DataGuess
from annprobe.subject.missing_files import Files


def inert(name: str) -> Any:
    """An object that does nothing."""
    return Inert(name)


def offers(
    numpy: types.ModuleType, guess: DataGuess, files: Files, note: Note
) -> dict[str, Callable[[], types.ModuleType]]:
    """Stand-ins by top name of the package; each is made when it is first imported."""
    return {
        "tqdm": _tqdm,
        "progressbar": _tqdm,
        "numba": _numba,
    }


def _module(name: str, **attributes: Any) -> Inert:
    """A package of which only ``attributes`` do anything."""
    module = Inert(name)
    vars(module).update(attributes)
    return module


def _passing(iterable: Iterable[Any] = (), *args: Any, **kwargs: Any) -> Any:
    return _Bar(iterable)


class _Bar:
    """A progress bar that shows nothing: iterate over it, or call its methods."""

    def __init__(self, iterable: Iterable[Any]) -> None:
        self._iterable = iterable

    def __iter__(self) -> Any:
        return iter(self._iterable)

    def __len__(self) -> int:
        return len(self._iterable)  # type: ignore[arg-type]  # as far as the iterable has a length

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *exc: object) -> None: ...

    def __call__(self, iterable: Iterable[Any]) -> Iterable[Any]:
        return iterable

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **kwargs: None


def _range(*args: int, **kwargs: Any) -> _Bar:
    return _Bar(range(*args))


def _tqdm() -> types.ModuleType:
    names: dict[str, Any] = {
        "tqdm": _passing, "trange": _range, "tqdm_notebook": _passing, "tnrange": _range, "ProgressBar": _passing,
        "progressbar": _passing,
    }  # fmt: skip
    return _module("tqdm", **names, auto=_module("tqdm.auto", **names), notebook=_module("tqdm.notebook", **names))


def _numba() -> types.ModuleType:
    return _module("numba", prange=range)
