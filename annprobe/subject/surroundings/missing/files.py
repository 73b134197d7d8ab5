"""Files of the user's module: read from its own folder, written to the scratch folder, stood in for when missing."""

from __future__ import annotations

import builtins
import errno
import gzip
import importlib
import io
import json
import os
import pickle
import re
import struct
import types
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from annprobe.subject.reading.legacy import Mended, Note
from annprobe.subject.surroundings.missing.data import DataGuess
from annprobe.subject.surroundings.missing.inert import Inert
from annprobe.subject.surroundings.missing.tables import Loaded, Rows

_TEXT = "the quick brown fox jumps over the lazy dog. " * 12


class Files:
    """How the user's files open files.

    Relative names are looked for in the current (scratch) folder, then in the module's own and above it. Everything
    that is written goes to the current folder.
    """

    def __init__(self, folder: Path, guess: DataGuess, note: Note, expected: Callable[[], bool]) -> None:
        self._folder = folder
        self._guess = guess
        self._note = note
        self._expected = expected  # says whether the running code provides for a missing file itself
        self._make: Any = np.array

    def find(self, name: Any) -> str | None:
        """The existing file that a name means, or None."""
        if not isinstance(name, (str, os.PathLike)):
            return None
        path = Path(os.fspath(name)).expanduser()
        folders = [Path.cwd(), self._folder, *list(self._folder.parents)[:2]]
        wanted = path.parts[1:] if path.is_absolute() else path.parts
        places = [path] if path.is_absolute() else [folder / path for folder in folders]
        places += [self._folder.joinpath(*wanted[-1:])] if wanted else []
        return next((str(place) for place in places if place.is_file()), None)

    def target(self, name: Any) -> Any:
        """Where a file that the module writes goes."""
        if not isinstance(name, (str, os.PathLike)):
            return name
        path = Path(os.path.abspath(os.fspath(name)))
        if path.is_relative_to(Path.cwd()):
            path.parent.mkdir(parents=True, exist_ok=True)
            return str(path)
        return path.name

    def open(self, file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        """The builtin ``open``."""
        if isinstance(file, int):
            return builtins.open(file, mode, *args, **kwargs)
        if set(mode) & set("wax+"):
            return builtins.open(self.target(file), mode, *args, **kwargs)
        found = self.find(file)
        if found is not None:
            return builtins.open(found, mode, *args, **kwargs)
        content = self.content(str(file))
        return _Bytes(content) if "b" in mode else io.StringIO(content.decode("latin-1"))

    def content(self, name: str) -> bytes:
        """What stands in for a missing file, see :meth:`missing`."""
        self.missing(name)
        return _content(name.lower(), self._guess)

    def missing(self, name: str) -> None:
        """Say that a file is stood in for; ``FileNotFoundError`` where the module provides for that."""
        if self._expected():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
        self._note(f"{os.path.basename(name)} was not found: data of a plausible kind took its place")

    def array(self, name: str) -> Any:
        """What stands in for a missing file of numbers."""
        self.missing(name)
        stem = Path(name).stem
        return self._guess.named(stem) if "." in name and Path(name).suffix == ".npy" else self._guess.table()

    def numpy_functions(self, numpy: types.ModuleType) -> dict[str, Any]:
        """Functions of ``numpy`` that read and write files."""
        self._make = numpy.array
        reading = {name: self._reading(getattr(numpy, name)) for name in ("load", "loadtxt", "genfromtxt", "fromfile")}
        writing = {
            name: self._writing(getattr(numpy, name)) for name in ("save", "savetxt", "savez", "savez_compressed")
        }
        return {**reading, **writing}

    def mends(self, note: Note) -> dict[str, Callable[[types.ModuleType], types.ModuleType]]:
        """Modules whose functions open files."""
        return {
            "gzip": lambda base: Mended(base, {}, note, {"open": self._gzip_open}),
            "pickle": lambda base: Mended(base, {}, note, {"load": self._unpickled}),
            "json": lambda base: Mended(base, {}, note, {"load": self._from_json}),
            "h5py": lambda base: Mended(base, {}, note, {"File": self.h5}),
        }

    def matlab(self) -> types.ModuleType:
        """``scipy.io``, which finds MATLAB's files as this class does, and stores none."""
        module = _ScipyFiles("scipy.io")
        vars(module).update(loadmat=self._load_matlab, savemat=lambda *args, **kwargs: None)
        return module

    def _load_matlab(self, name: Any, *args: Any, **kwargs: Any) -> Any:
        found = next((f for f in (self.find(name), self.find(f"{name}.mat")) if f is not None), None)
        if found is not None:
            return importlib.import_module("scipy.io").loadmat(found, *args, **kwargs)
        self.missing(os.fspath(name))
        columns = replace(self._guess, labels_as="column") if self._guess.labels_as == "classes" else self._guess
        return Loaded(columns, self._make)

    def h5(self, name: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        """``h5py.File``."""
        if mode == "r" and self.find(name) is None:
            self.missing(os.fspath(name))
            return Loaded(self._guess, self._make)
        return importlib.import_module("h5py").File(self.find(name) or name, mode, *args, **kwargs)

    def _from_json(self, file: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(file, (_Bytes, io.StringIO)) and not self._guess.text:
            return Rows.of(self._guess)
        return json.load(file, *args, **kwargs)

    def _unpickled(self, file: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(file, (_Bytes, io.StringIO)):
            return Loaded(self._guess, self._make)
        return pickle.load(file, *args, **kwargs)

    def _gzip_open(self, file: Any, mode: str = "rb", *args: Any, **kwargs: Any) -> Any:
        if set(mode) & set("wax"):
            return gzip.open(self.target(file), mode, *args, **kwargs)
        found = self.find(file)
        if found is not None or not isinstance(file, (str, os.PathLike)):
            return gzip.open(found or file, mode, *args, **kwargs)
        content = self.content(os.fspath(file).removesuffix(".gz"))
        return io.StringIO(content.decode("latin-1")) if "t" in mode else _Bytes(content)

    def _reading(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(file: Any, *args: Any, **kwargs: Any) -> Any:
            if not isinstance(file, (str, os.PathLike)):
                return function(file, *args, **kwargs)
            found = self.find(file)
            if found is not None:
                return function(found, *args, **kwargs)
            if str(file).endswith(".npz"):
                self.content(str(file))
                return Loaded(self._guess, self._make)
            made = self.array(os.fspath(file))
            usecols = kwargs.get("usecols")
            made = made if usecols is None or made.ndim < 2 else made[:, np.asarray(usecols) % made.shape[1]]
            made = made.astype(kwargs.get("dtype") or made.dtype)
            return tuple(made.T) if kwargs.get("unpack") else self._make(made)

        return call

    def _writing(self, function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda file, *args, **kwargs: function(self.target(file), *args, **kwargs)


class _ScipyFiles(Inert):
    """A module in front of ``scipy.io``, if that is installed; it is imported when something else is asked of it."""

    def __getattr__(self, name: str) -> Any:
        try:
            return getattr(importlib.import_module("scipy.io"), name)
        except (ImportError, AttributeError):
            return super().__getattr__(name)


class _Bytes(io.BytesIO):
    """What a missing binary file reads as."""


def _content(name: str, guess: DataGuess) -> bytes:
    if "ubyte" in name or "idx" in name:
        return _idx(name, guess)
    if name.endswith((".txt", ".md")) and guess.text:
        return _TEXT.encode()
    if name.endswith(".json"):
        return json.dumps(_numbered_words() if guess.text else guess.table().tolist()).encode()
    return guess.lines().encode()


def _numbered_words() -> dict[str, int]:
    """The words of the text that stands in for missing ones, numbered as a vocabulary is."""
    return {word: number for number, word in enumerate(dict.fromkeys(re.findall(r"[\w']+|[.,!?;]", _TEXT)))}


def _idx(name: str, guess: DataGuess) -> bytes:
    """The format of the MNIST files: a magic number, the sizes, the bytes (LeCun, Cortes, Burges)."""
    if "label" in name or "idx1" in name:
        return struct.pack(">II", 2049, guess.rows) + bytes(guess.numbers().astype(np.uint8))
    side = max(round(guess.columns**0.5), 1)
    images = guess.features(bright=True)[:, : side * side]
    return struct.pack(">IIII", 2051, guess.rows, side, side) + bytes(images)
