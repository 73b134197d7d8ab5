"""Runs a module of the user in a namespace of its own, under a recorder or under none."""

from __future__ import annotations

import ast
import contextlib
import random
import sys
import time
import traceback
import types
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np

from annprobe.errors import UnusableModule
from annprobe.subject.isolation.confine import confined
from annprobe.subject.reading.definitions import definitions, loaded_names
from annprobe.subject.reading.dialects import OLD_DIVIDE, old_divide, with_old_division
from annprobe.subject.reading.pasted import whole
from annprobe.subject.reading.precision import in_double
from annprobe.subject.reading.source import Source, read_source
from annprobe.subject.reading.unbound import supplied
from annprobe.subject.running.alarm import alarm
from annprobe.subject.running.loops import LoopGuard, TimeUp
from annprobe.subject.running.outcome import USAGE, Outcome, UserFrame
from annprobe.subject.running.printed import Output
from annprobe.subject.surroundings.missing.data import DataGuess, first_guess
from annprobe.subject.surroundings.seeds import seeded_generators
from annprobe.subject.surroundings.single_entries import allow_single_entries
from annprobe.subject.surroundings.standins import Surroundings
from annprobe.tape import Recorder, Stop
from annprobe.tape.instrument import instrument
from annprobe.tape.places import Source as TextSource

Mode = Literal["whole", "definitions"]

_GRACE = 2.0  # seconds between the guard's end of all loops and the end of everything


class Run:
    """One run of one module: its namespace, its surroundings, and calls into it.

    ``execute`` is what most callers want; a ``Run`` is for those who go on to call the module's functions.
    """

    def __init__(
        self,
        source: Source,
        recorder: Recorder | None = None,
        *,
        mode: Mode = "whole",
        guard: LoopGuard | None = None,
        seconds: float = 20.0,
        seed: int = 0,
        guess: DataGuess | None = None,
        argv: tuple[str, ...] = (),
        sources: dict[str, TextSource] | None = None,
    ) -> None:
        self.source = source
        self.sources = sources if sources is not None else {}
        self.recorder = recorder
        self.mode = mode
        self.seconds = seconds
        self.guard = guard if guard is not None else LoopGuard(max(seconds - _GRACE, seconds / 2))
        self.files = recorder.files if recorder is not None else set[str]()
        self.output = Output(self.files)
        self.surroundings = Surroundings(
            source.path.parent,
            modules=recorder.modules if recorder is not None else {},
            extra={**self.guard.builtins, **(recorder.builtins if recorder is not None else {})},
            run=self._run_file,
            guess=guess if guess is not None else first_guess(source.tree()),
        )
        self.surroundings.builtins["print"] = self.output.print
        self._seed = seed
        self._compiled: dict[tuple[str, str], types.CodeType] = {}
        self._argv = [str(source.path), *argv]
        if recorder is not None:
            recorder.turns = self.guard.turns
            recorder.number_of = self.surroundings.single_entries.number
            recorder.tape.planned = self.guard.planned
            if recorder.when_enough is None:
                recorder.when_enough = self.guard.enough

    def module(self, run_name: str = "__main__") -> Outcome:
        """Run the module itself."""
        module = types.ModuleType(run_name)
        module.__file__ = str(self.source.path)
        return self.guarded(lambda: self.execute_in(module), module)

    def execute_in(self, module: types.ModuleType) -> None:
        """Run the module's text in a module of ours; for use inside :meth:`guarded`."""
        self._execute(self.source, module)

    def guarded(self, action: Callable[[], Any], module: types.ModuleType, *, seconds: float | None = None) -> Outcome:
        """Do something with the user's code: seeded, captured, recorded, limited in time; errors become data."""
        outcome = Outcome(vars(module))
        started = time.perf_counter()
        self.guard.start()
        with confined(self.surroundings.note), self._surrounded(module), self.output.capture():
            try:
                with alarm(seconds or self.seconds), self.recorder or contextlib.nullcontext():
                    action()
            except Stop:
                outcome.ended = "stopped"
            except TimeUp:
                outcome.ended = "time"
            except SystemExit:
                pass  # a module may end itself
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                outcome.ended, outcome.error, outcome.frames = "raised", error, self._user_frames(error)
        outcome.seconds = time.perf_counter() - started
        outcome.cut, outcome.cuts = self.guard.cut, self.guard.cuts
        outcome.printed, outcome.dropped = self.output.entries, self.output.dropped
        outcome.notes = (*self.source.notes, *self.surroundings.notes)
        outcome.sources = self.sources
        outcome.stood_in = self.surroundings.stood_in()
        return outcome

    def run_text(self, text: str, module: types.ModuleType, name: str = USAGE) -> None:
        """Execute statements of ours in the module's namespace, as if the user had written them in a file ``name``."""
        self.files.add(name)
        if self.recorder is not None:
            self.sources[name] = TextSource(text)
        code = self._compiled.get((text, name))
        if code is None:
            code = self._compiled[text, name] = self._compile(ast.parse(text, name), name)
        exec(code, vars(module))

    # --- inside ----------------------------------------------------------------------------------------------

    def _execute(self, source: Source, module: types.ModuleType) -> None:
        file = str(source.path)
        self.files.add(file)
        scope = vars(module)
        scope["__builtins__"] = self.surroundings.builtins
        tree, mended = whole(source.tree()) if self.mode == "definitions" else (source.tree(), [])
        if self.recorder is not None:
            self.sources[file] = TextSource(source.aligned, source.tree())
        self.surroundings.handlers.add(file, tree)
        self.surroundings.allow_python2(loaded_names(tree))
        tree = in_double(tree)
        if source.old_division:
            tree = with_old_division(tree)
            self.surroundings.builtins[OLD_DIVIDE] = old_divide
        names, notes = supplied(tree, self.surroundings.builtins["__import__"])
        scope.update(names)
        for note in (*mended, *notes):
            self.surroundings.note(note)
        scope.update(self.surroundings.names_for(tree, few=self.mode == "definitions"))
        if self.mode == "whole":
            exec(self._compile(tree, file), scope)
            return
        for statement in definitions(tree).body:
            try:
                exec(self._compile(ast.Module([statement], []), file), scope)
            except (Stop, TimeUp, KeyboardInterrupt):
                raise
            except BaseException as error:  # what it would have defined is missing; what does not need it still runs
                what = f"{type(error).__name__}: {error}"
                self.surroundings.note(f"{source.where(statement.lineno)} was left out, it raises {what}")

    def _compile(self, tree: ast.Module, file: str) -> types.CodeType:
        tree = allow_single_entries(tree, stores=self.recorder is None)
        if self.recorder is not None:
            tree = instrument(tree)
        tree = self.guard.instrument(tree, file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes, "is" with a literal
            return compile(tree, file, "exec", dont_inherit=True)

    def _run_file(self, file: Path, module: types.ModuleType) -> None:
        try:
            source = read_source(file, may_be_empty=True)
        except UnusableModule as error:
            raise SyntaxError(str(error)) from None
        for note in source.notes:
            self.surroundings.note(f"{file.name}: {note}")
        before = sys.modules.get(module.__name__)
        sys.modules[module.__name__] = module
        try:
            self._execute(source, module)
        finally:
            _restore(module.__name__, before)

    @contextlib.contextmanager
    def _surrounded(self, module: types.ModuleType) -> Iterator[None]:
        """The state of the interpreter that the module sees, and may change; all of it is put back."""
        before = sys.modules.get(module.__name__)
        states = random.getstate(), np.random.get_state()
        argv, limit, errors = sys.argv, sys.getrecursionlimit(), np.geterr()
        shown = np.get_printoptions()
        sys.modules[module.__name__] = module
        sys.argv = self.surroundings.arguments(self._argv)
        random.seed(self._seed)
        np.random.seed(self._seed)
        try:
            with warnings.catch_warnings(), seeded_generators(self._seed):
                warnings.simplefilter("ignore")
                yield
        finally:
            _restore(module.__name__, before)
            random.setstate(states[0])
            np.random.set_state(states[1])
            sys.argv = argv
            sys.setrecursionlimit(limit)
            np.seterr(**errors)
            np.set_printoptions(**shown)

    def _user_frames(self, error: BaseException) -> tuple[UserFrame, ...]:
        return tuple(
            UserFrame(frame.f_code.co_filename, line, frame.f_code.co_name, frame.f_locals)
            for frame, line in traceback.walk_tb(error.__traceback__)
            if frame.f_code.co_filename in self.files
        )


def execute(
    source: Source,
    recorder: Recorder | None = None,
    *,
    mode: Mode = "whole",
    run_name: str = "__main__",
    seconds: float = 20.0,
    guard: LoopGuard | None = None,
    seed: int = 0,
    guess: DataGuess | None = None,
    argv: tuple[str, ...] = (),
    sources: dict[str, TextSource] | None = None,
) -> Outcome:
    """Run a module; never raises for what the module does.

    recorder  what it computes is recorded there; None: the same run on plain numpy
    mode      "whole", or "definitions": imports, functions, classes and what they need, no training
    guard     ends loops (made from ``seconds`` when None)
    seed      of numpy's and Python's global generators before the run; the module's own seeding wins
    guess     kind and size of data that take the place of missing files (None: read from the source)
    argv      arguments of the program, after its name
    sources   is filled while files are run, so that a recorder's ``satisfied`` can look at places already
    """
    run = Run(
        source, recorder, mode=mode, guard=guard, seconds=seconds, seed=seed, guess=guess, argv=argv, sources=sources
    )
    return run.module(run_name)


def _restore(name: str, module: types.ModuleType | None) -> None:
    if module is None:
        sys.modules.pop(name, None)
    else:
        sys.modules[name] = module
