"""Reads a stranger's module: decoding, notebooks, old dialects of Python; line numbers stay those of the file."""

from __future__ import annotations

import ast
import difflib
import io
import re
import tokenize
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from annprobe.errors import UnusableModule
from annprobe.subject.reading import dialects, notebook
from annprobe.subject.reading.precision import IN_DOUBLE, single_places

Kind = Literal["script", "module", "notebook"]

OLD_DIVISION = "whole numbers are divided as Python 2 does it: the result is rounded down"
_LARGEST = 4_000_000  # bytes; a hand-written module is a thousand times smaller


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the user.

    ``text`` is what is compiled, ``original`` what the file holds (for a notebook: its code cells one after the other).
    ``lines[k]`` is the line of ``original`` that line ``k + 1`` of ``text`` came from.
    """

    path: Path
    text: str
    original: str
    kind: Kind
    notes: tuple[str, ...] = ()
    lines: tuple[int, ...] = field(default=(), repr=False)
    cells: tuple[notebook.Cell, ...] = ()

    @property
    def old_division(self) -> bool:
        """Whether ``/`` is Python 2's, which rounds down for whole numbers."""
        return OLD_DIVISION in self.notes

    def tree(self) -> ast.Module:
        """The syntax tree of ``text``; line numbers are those of ``original``."""
        tree = _parse(self.text, str(self.path))
        if self.lines:
            _renumber(tree, self.lines)
        return tree

    @property
    def aligned(self) -> str:
        """``text`` with every line on the number that it has in ``original`` (they differ after some conversions)."""
        if not self.lines:
            return self.text
        placed = [""] * max(len(self.original.split("\n")), *self.lines)
        for line, number in zip(self.text.split("\n"), self.lines, strict=False):
            placed[number - 1] = placed[number - 1] or line
        return "\n".join(placed)

    def where(self, line: int) -> str:
        """The place of a line in words: ``net.py, line 12``, or ``net.ipynb, cell 3, line 2``."""
        for cell in reversed(self.cells):
            if line >= cell.first_line:
                return f"{self.path.name}, cell {cell.number}, line {line - cell.first_line + 1}"
        return f"{self.path.name}, line {line}"


def read_source(path: str | Path, *, may_be_empty: bool = False) -> Source:
    """The module at ``path``, ready to be compiled.

    Raises :class:`UnusableModule` when there is no such file, when it is no text, or when it is no Python (of any
    dialect that can be converted); the message names the line. A file without code is refused unless it
    ``may_be_empty`` (as ``__init__.py`` may).
    """
    file = Path(path).expanduser().absolute()
    original, notes = _decode(_read(file), file)
    cells: tuple[notebook.Cell, ...] = ()
    if file.suffix.lower() == ".ipynb":
        original, cells = notebook.code_of(original, file.name)
    text, lines, more = _as_python(original, file.name)
    tree = _parse(text, file.name)
    if not tree.body and not may_be_empty:
        raise UnusableModule(f"{file.name} holds no code.")
    more += [IN_DOUBLE] if next(single_places(tree), None) is not None else []
    kind: Kind = "notebook" if cells else "script" if acts(tree) else "module"
    return Source(file, text, original, kind, (*notes, *more), lines, cells)


def acts(tree: ast.Module) -> bool:
    """Whether importing this module does more than define things: loops or calls at the top level."""
    return any(
        isinstance(statement, (ast.For, ast.While, ast.With))
        or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call))
        for statement in tree.body
    )


def is_main_guard(statement: ast.stmt) -> bool:
    """``if __name__ == "__main__":`` in any order of its sides."""
    if not isinstance(statement, ast.If) or not isinstance(statement.test, ast.Compare):
        return False
    sides = [statement.test.left, *statement.test.comparators]
    return any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides)


def _read(file: Path) -> bytes:
    if file.is_dir():
        modules = sorted(p.name for p in file.glob("*.py"))
        named = f" It holds {', '.join(modules[:6])}{', ...' if len(modules) > 6 else ''}: name one of them."
        raise UnusableModule(f"{file} is a folder, and one module is needed.{named if modules else ''}")
    if not file.exists():
        if file.is_symlink():
            raise UnusableModule(f"{file} is a link to a file that does not exist.")
        raise UnusableModule(f"{file}: there is no such file.{_nearest(file)}")
    if not file.is_file():
        raise UnusableModule(f"{file.name} is no ordinary file: save the module in one, and name that.")
    try:
        if file.stat().st_size > _LARGEST:
            size = file.stat().st_size / 1e6
            raise UnusableModule(f"{file.name} has {size:.0f} MB: too large to be a hand-written module.")
        return file.read_bytes()
    except OSError as error:
        raise UnusableModule(f"{file} cannot be read: {error.strerror or error}.") from None


def _nearest(file: Path) -> str:
    siblings = [p.name for p in file.parent.iterdir() if p.suffix in (".py", ".ipynb")] if file.parent.is_dir() else []
    near = difflib.get_close_matches(file.name, siblings, n=1)
    return f" Did you mean {near[0]}?" if near else ""


def _decode(data: bytes, file: Path) -> tuple[str, list[str]]:
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _universal_newlines(data.decode(encoding, "replace")), [f"{file.name} was read as {encoding}"]
    if b"\0" in data:
        raise UnusableModule(f"{file.name} is not a text file, so it holds no Python source.")
    try:
        encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0]
        return _universal_newlines(data.decode(encoding).lstrip("\ufeff")), []
    except (SyntaxError, UnicodeDecodeError, LookupError):
        text = data.decode("latin-1")
    strange = sum(1 for c in text if ord(c) < 32 and c not in "\t\n\r\f\x1b")
    if strange > len(text) // 50:
        raise UnusableModule(f"{file.name} is not a text file, so it holds no Python source.")
    # a coding line that names another encoding is a comment once the text is decoded
    return _universal_newlines(text), [f"{file.name} is neither UTF-8 nor what its first lines say: read as Latin-1"]


def _universal_newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _as_python(original: str, name: str) -> tuple[str, tuple[int, ...], list[str]]:
    """Convert step by step until it parses: (text, line map, notes)."""
    text, notes = original, list[str]()
    error = _syntax_error(text, name)
    for convert in (dialects.visible, dialects.without_magics, dialects.without_tabs):
        if error is None:
            break
        changed, note = convert(text)
        if changed != text:
            text, error = changed, _syntax_error(changed, name)
            notes.append(note)
    if error is None and not dialects.calls_python2_methods(text):
        return text, (), notes
    converted = dialects.from_python2(text)
    if converted is not None and _syntax_error(converted, name) is None:
        notes.append("converted from Python 2; line numbers are those of the file")
        if dialects.divides_whole_numbers(original):
            notes.append(OLD_DIVISION)
        return converted, dialects.line_map(text, converted), notes
    if error is None:
        return text, (), notes
    raise UnusableModule(_explain(original, name, _syntax_error(original, name) or error))


def _syntax_error(text: str, name: str) -> SyntaxError | None:
    try:
        _parse(text, name)
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError) as error:
        return SyntaxError(str(error) or type(error).__name__)
    return None


def _parse(text: str, name: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes in the user's strings
        tree = ast.parse(text, name)
        compile(tree, name, "exec", dont_inherit=True)  # `return` outside a function is only found here
    return tree


def _explain(text: str, name: str, error: SyntaxError) -> str:
    line = error.lineno or 0
    message = re.sub(r"\s*\(.*, line \d+\)$", "", error.msg or "invalid syntax")
    lines = text.split("\n")
    if not 1 <= line <= len(lines):
        return f"{name} is not valid Python: {message}."
    shown = lines[line - 1].expandtabs(4).rstrip()
    column = len(lines[line - 1][: max((error.offset or 1) - 1, 0)].expandtabs(4))
    gutter = f"{line:5} | "
    return (
        f"{name}, line {line}: not valid Python: {message}.\n{gutter}{shown}\n{' ' * (len(gutter) - 2)}| "
        f"{' ' * min(column, len(shown))}^\n"
        "Mend this line first: nothing else can be said before the module can be read."
    )


def _renumber(tree: ast.Module, lines: tuple[int, ...]) -> None:
    for node in ast.walk(tree):
        for name in ("lineno", "end_lineno"):
            line = getattr(node, name, None)
            if line is not None:
                setattr(node, name, lines[min(line, len(lines)) - 1])
