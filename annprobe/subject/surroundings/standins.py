"""What surrounds the user's module while it runs: builtins, imports, files, prompts, time, plots."""

from __future__ import annotations

import ast
import builtins
import functools
import importlib
import math
import os
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from annprobe.subject.reading import legacy
from annprobe.subject.reading.pasted import missing_attributes
from annprobe.subject.reading.unbound import unbound_names
from annprobe.subject.surroundings.arguments import Arguments
from annprobe.subject.surroundings.examples import N_EXAMPLES
from annprobe.subject.surroundings.handlers import Handlers
from annprobe.subject.surroundings.imports import Importer
from annprobe.subject.surroundings.missing import files, packages
from annprobe.subject.surroundings.missing.data import DataGuess
from annprobe.subject.surroundings.missing.optimize import Optimize
from annprobe.subject.surroundings.missing.top_level import absent_data, note_about, values_for
from annprobe.subject.surroundings.ordering import class_builder
from annprobe.subject.surroundings.single_entries import SingleEntries
from annprobe.subject.surroundings.textbook import Textbook


class Surroundings:
    """Everything that the user's files get from outside, and notes about what was stood in for.

    folder     where the module lies: its other files can be imported and read
    modules    recording modules by import name; empty when nothing is recorded
    extra      builtins that instrumented code calls
    run        executes another file of the user in the namespace of a new module
    guess      kind and size of the data that take the place of missing ones
    """

    def __init__(
        self,
        folder: Path,
        *,
        modules: Mapping[str, types.ModuleType],
        extra: Mapping[str, Any],
        run: Callable[[Path, types.ModuleType], None],
        guess: DataGuess,
    ) -> None:
        self.notes: list[str] = []
        self._data_missing = False
        self.handlers = Handlers()
        self._guess = guess
        self._textbook: Textbook | None = None
        self._files = files.Files(folder, guess, self._note_data, self.handlers.expect_missing_file)
        self._numpy = legacy.mend_numpy(modules.get("numpy") or importlib.import_module("numpy"), self.note)
        vars(self._numpy).update(self._files.numpy_functions(self._numpy))
        self.single_entries = SingleEntries(self.note)
        mathematics = self.single_entries.math(modules.get("math") or math)
        scipy = {"scipy.optimize": Optimize(self._numpy), "scipy.io": self._files.matlab()}
        recorded = {**modules, "numpy": self._numpy, "math": mathematics, **scipy}
        self._importer = Importer(
            folder,
            modules=recorded,
            mends=self._mends(recorded),
            offers=packages.offers(self._numpy, guess, self._files, self._note_data),
            missing=lambda name: packages.MissingModule(name, self._numpy, guess, self._note_data, self._helper),
            expected=self.handlers.expect_missing_module,
            run=run,
            note=self.note,
        )
        self.builtins: dict[str, Any] = {
            **vars(builtins),
            **extra,
            **self.single_entries.builtins,
            "__import__": self._importer,
            "__build_class__": class_builder(),
            "open": self._files.open,
            "input": self._input,
            "raw_input": self._input,
            "exit": _leave,
            "quit": _leave,
            "get_ipython": functools.partial(packages.inert, "IPython"),
            "display": lambda *args, **kwargs: None,
            "breakpoint": lambda *args, **kwargs: None,
        }

    def _mends(self, recorded: Mapping[str, Any]) -> dict[str, Callable[[Any], Any]]:
        """Installed modules that are given changed, by name."""
        scipy = {name.removeprefix("scipy."): part for name, part in recorded.items() if name.startswith("scipy.")}
        return {
            "scipy": lambda base: legacy.mend_scipy(base, self._numpy, scipy, self.note),
            "time": lambda base: legacy.mend_time(self.note),
            "os": lambda base: _mended_os(self.note),
            "importlib": lambda base: legacy.Mended(
                base, {}, self.note, {"import_module": self._importer.import_module}
            ),
            **self._files.mends(self.note),
        }

    def note(self, text: str) -> None:
        """Remember once what was stood in for."""
        if text not in self.notes:
            self.notes.append(text)

    def stood_in(self) -> frozenset[int]:
        """Lengths of the data that took the place of missing ones."""
        return self._guess.sizes() if self._data_missing else frozenset()

    def arguments(self, given: Iterable[str]) -> Arguments:
        """``sys.argv``, with something in the place of arguments that are read and were not given."""
        return Arguments(given, self.note, self.handlers.expect_missing_argument)

    def allow_python2(self, names: Iterable[str]) -> None:
        """Offer builtins of Python 2 that the source uses and does not define."""
        for name in sorted(set(names) & set(legacy.PYTHON2_NAMES)):
            self.builtins[name] = legacy.PYTHON2_NAMES[name]
            self.note(f"{name} is of Python 2: what it is called today was used")

    def names_for(self, tree: ast.Module, *, few: bool) -> dict[str, Any]:
        """What a file uses and nobody defines, where it is clear what is meant: activation functions, data.

        few  data of as few examples as annprobe makes itself
        """
        self._textbook = Textbook(tree)
        missing = unbound_names(tree).union(*missing_attributes(tree).values())
        found = {name: helper for name in missing if (helper := self._helper(name)) is not None}
        names = absent_data(tree) if self._guess.absent else ()
        if not names:
            return found
        self._note_data(note_about(names))
        guess = replace(self._guess, rows=N_EXAMPLES) if few else self._guess
        return {**found, **values_for(names, tree, guess, self._numpy)}

    def _helper(self, name: str) -> Callable[[Any], Any] | None:
        """A textbook activation function; that it is one is noted when it is first called."""
        known = self._textbook.helper(name, self._numpy) if self._textbook is not None else None
        if known is None:
            return None
        function, formula = known

        def call(value: Any) -> Any:
            self.note(f"{name} is nowhere defined: the textbook's took its place, {formula}")
            return function(value)

        return call

    def _note_data(self, text: str) -> None:
        self._data_missing = True
        self.note(text)

    def _input(self, prompt: object = "") -> str:
        shown = f" {str(prompt).strip()!r}" if str(prompt).strip() else ""
        self.note(f"the prompt{shown} was answered with an empty line")
        return ""


def _leave(code: object = None) -> None:
    raise SystemExit(code)


def _mended_os(note: legacy.Note) -> types.ModuleType:
    """``os`` that neither changes the folder nor runs commands."""
    quiet: dict[str, Any] = {"chdir": lambda path: None, "system": lambda command: 0, "startfile": lambda path: None}
    return legacy.Mended(os, {"getcwdu": lambda: os.getcwd}, note, quiet)
