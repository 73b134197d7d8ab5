"""The module's own usage: what it does when it is run, a ``main`` that nobody calls, a sibling that imports it."""

from __future__ import annotations

import ast
import shlex
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from annprobe.errors import BadArgument, UnusableModule
from annprobe.subject.reading.parameter_names import is_gradient, owner_of
from annprobe.subject.reading.source import Source, is_main_guard, read_source
from annprobe.subject.reading.words import stage_of
from annprobe.subject.running.execute import Run
from annprobe.subject.running.loops import LoopGuard
from annprobe.subject.running.outcome import USAGE, Outcome
from annprobe.subject.surroundings.missing.data import DataGuess
from annprobe.tape import Recorder
from annprobe.tape.places import Source as TextSource

_ENTRIES = ("main", "run", "demo", "example", "test", "train", "start", "experiment", "xor")
_MOST_ENTRIES = 5
_MOST_SIBLINGS = 4


@dataclass(frozen=True, slots=True)
class OwnUsage:
    """Run a file as a program; or, with ``entry``, load its definitions and execute those statements.

    whole  with ``entry``: run the file as a program first, its data are what the statements are about: "call" of a
           training that nobody calls, "descent" by gradients that nobody applies
    """

    source: Source
    entry: str = ""
    argv: tuple[str, ...] = ()
    words: str = ""
    guess: DataGuess | None = None
    kind: Literal["own", "made"] = "own"
    whole: Literal["", "call", "descent"] = ""

    def describe(self) -> str:
        """A command, or statements."""
        if self.words:
            return self.words
        if self.entry:
            return self.entry.strip().replace("\n", "; ")
        return f"python {shlex.join([self.source.path.name, *self.argv])}"

    def run(
        self,
        recorder: Recorder | None = None,
        *,
        seconds: float = 20.0,
        guard: LoopGuard | None = None,
        seed: int = 0,
        sources: dict[str, TextSource] | None = None,
    ) -> Outcome:
        """As :meth:`annprobe.subject.usage.Usage.run`."""
        run = Run(
            self.source,
            recorder,
            mode="definitions" if self.entry and not self.whole else "whole",
            guard=guard,
            seconds=seconds,
            seed=seed,
            guess=self.guess,
            argv=self.argv,
            sources=sources,
        )
        if not self.entry:
            return run.module("__main__")
        module = types.ModuleType("__main__" if self.whole else self.source.path.stem)
        module.__file__ = str(self.source.path)

        def action() -> None:
            run.execute_in(module)
            run.run_text(self.entry, module, USAGE)

        return run.guarded(action, module)


def own_usages(source: Source, command: str | None = None) -> Iterator[OwnUsage]:
    """What the module, or a file beside it, does by itself. Raises ``BadArgument`` for a senseless command."""
    if command is not None:
        yield _commanded(source, command)
        return
    tree = source.tree()
    if any(_acts(statement) for statement in tree.body):
        yield OwnUsage(source)
    for call in _uncalled(tree):
        yield OwnUsage(source, entry=f"{call}\n", whole="call")
    for statements in _unapplied(tree):
        yield OwnUsage(source, entry=f"{statements}\n", whole="descent")
    for name in _entries(tree):
        yield OwnUsage(source, entry=f"{name}()\n")
    yield from _siblings(source)


def _acts(statement: ast.stmt) -> bool:
    """Whether a statement of the module's top level may be part of a training."""
    if not is_main_guard(statement) and not isinstance(statement, (ast.For, ast.While, ast.With, ast.Expr, ast.Assign)):
        return False
    return any(isinstance(node, (ast.Call, ast.For, ast.While)) for node in ast.walk(statement))


def _entries(tree: ast.Module) -> list[str]:
    """Functions without required arguments that may train when called: by their name, else by the loops in them."""
    found = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not _required(node):
            low = node.name.lower()
            named = any(word in low for word in _ENTRIES) or stage_of(node.name) == "train"
            if named or any(isinstance(n, (ast.For, ast.While)) for n in ast.walk(node)):
                found.append((not named, _rank(low), node.lineno, node.name))
    return [name for *_, name in sorted(found)][:_MOST_ENTRIES]


def _uncalled(tree: ast.Module) -> list[str]:
    """Trainings that nobody calls, of what the top level makes under the names of their parameters."""
    made = {n.id for s in tree.body if not isinstance(s, (ast.FunctionDef, ast.ClassDef)) for n in ast.walk(s)
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}  # fmt: skip
    used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} | {n.attr for n in ast.walk(tree)
            if isinstance(n, ast.Attribute)}  # fmt: skip
    found = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name not in used and _required(node):
            wanted = [a.arg for a in (*node.args.posonlyargs, *node.args.args)][: _required(node)]
            loops = any(isinstance(n, (ast.For, ast.While)) for n in ast.walk(node))
            if set(wanted) <= made and (loops or stage_of(node.name) == "train"):
                found.append((stage_of(node.name) != "train", node.lineno, f"{node.name}({', '.join(wanted)})"))
    return [call for *_, call in sorted(found)][:_MOST_ENTRIES]


def _unapplied(tree: ast.Module) -> list[str]:
    """The descent of a worked example, whose top level computes gradients by name and applies none of them."""
    stored = [n.id for s in tree.body if isinstance(s, (ast.Assign, ast.AugAssign)) for n in ast.walk(s)
              if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]  # fmt: skip
    gradients = {owner_of(name): name for name in stored if is_gradient(name)}
    pairs = [(name, gradients[name]) for name in dict.fromkeys(stored) if name in gradients]
    if not pairs or any(stored.count(name) > 1 for name, _ in pairs):
        return []
    return ["\n".join(f"{name} = {name} - 0.1 * {gradient}" for name, gradient in pairs)]


def _rank(name: str) -> int:
    return next((i for i, word in enumerate(_ENTRIES) if word in name), len(_ENTRIES))


def _required(node: ast.FunctionDef) -> int:
    named = len(node.args.posonlyargs) + len(node.args.args) - len(node.args.defaults)
    return named + sum(1 for default in node.args.kw_defaults if default is None)


def _siblings(source: Source) -> Iterator[OwnUsage]:
    """Files near the module that import it: examples, demos, tests."""
    folder, stem = source.path.parent, source.path.stem
    places = [folder, folder / "examples", folder / "tests", folder / "test", folder.parent, folder.parent / "tests"]
    found = 0
    for place in places:
        for file in sorted(place.glob("*.py")) if place.is_dir() else ():
            if file == source.path or found >= _MOST_SIBLINGS or not _speaks_of(file, stem):
                continue
            try:
                sibling = read_source(file)
            except UnusableModule:
                continue
            tree = sibling.tree()
            if _imports(tree, stem):
                found += 1
                tests = [n.name for n in tree.body if isinstance(n, ast.FunctionDef) and n.name.startswith("test")
                         and not _required(n)]  # fmt: skip
                if tests and not any(is_main_guard(s) for s in tree.body):
                    words = f"the tests of {file.name}"
                    yield OwnUsage(sibling, entry="".join(f"{name}()\n" for name in tests), words=words)
                else:
                    yield OwnUsage(sibling)


def _speaks_of(file: Path, stem: str) -> bool:
    try:
        return file.is_file() and file.stat().st_size < 1_000_000 and stem.encode() in file.read_bytes()
    except OSError:
        return False


def _imports(tree: ast.Module, stem: str) -> bool:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and any(stem in a.name.split(".") for a in node.names):
            return True
        if isinstance(node, ast.ImportFrom):
            named = (node.module or "").split(".")
            if stem in named or any(a.name == stem for a in node.names):
                return True
    return False


def _commanded(source: Source, command: str) -> OwnUsage:
    """``python file.py --option 3``, or statements for the module's namespace."""
    try:
        parts = shlex.split(command)
    except ValueError:
        parts = []
    if parts and Path(parts[0]).name.startswith("python"):
        parts = parts[1:]
    if parts and parts[0].endswith(".py"):
        file = Path(parts[0])
        near = source.path.parent / file
        target = near if near.is_file() else file
        own = source if target.name == source.path.name and not target.is_file() else read_source(target)
        return OwnUsage(own, argv=tuple(parts[1:]))
    try:
        ast.parse(command)
    except SyntaxError as error:
        raise BadArgument(
            f"--run {command!r} is neither a command (python FILE.py ...) nor Python statements: {error.msg}. "
            f"For example --run 'python {source.path.name}', or --run 'train(*load())'."
        ) from None
    return OwnUsage(source, entry=f"{command}\n")
