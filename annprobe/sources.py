"""The source of a class or function that lives in memory: its file, or an excerpt with what it uses."""

from __future__ import annotations

import ast
import inspect
import linecache
import os
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CodeType, FunctionType, ModuleType
from typing import Any

from annprobe.errors import BadArgument

_LONGEST_CONSTANT = 20_000  # characters of a literal that is carried along


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A definition's name, and either the file that holds it at top level or a text that can be run by itself."""

    name: str
    file: str | None
    text: str = ""


def excerpt(target: type | FunctionType | Any) -> Excerpt:
    """Where ``target``, a class or a function, can be read. Raises ``BadArgument`` where it has no source in Python."""
    name = target.__name__
    if name == "<lambda>":
        raise BadArgument("a lambda has no name to find it by: give a class, a function with a name, or a path")
    file, line = _origin(target)
    outermost = target.__qualname__.split(".")[0]  # of a method, its class
    if os.path.isfile(file) and not _is_notebook_cell(file) and outermost in _top_level(file) and \
            "<locals>" not in target.__qualname__:
        return Excerpt(outermost, file)
    collected = _Collected()
    collected.add(name, target, file, line)
    return Excerpt(name, None, collected.text())


def _top_level(file: str) -> set[str]:
    """The names of the classes and functions that stand at the top of a file."""
    body = _parsed("".join(linecache.getlines(file))).body
    return {node.name for node in body if isinstance(node, (ast.ClassDef, ast.FunctionDef))}


def _origin(target: Any) -> tuple[str, int]:
    """File and line of any function of ``target``; a notebook's cell counts as a file."""
    for code in _codes(target):
        if linecache.getlines(code.co_filename):
            return code.co_filename, code.co_firstlineno
    raise BadArgument(f"the source of {target.__name__} is not at hand: give a class or function written in Python, or "
                      "the path of its module")


def _codes(target: Any) -> Iterator[CodeType]:
    functions = [target] if not isinstance(target, type) else [*vars(target).values()]
    for function in functions:
        inner = getattr(function, "__func__", None) or getattr(function, "fget", None) or function
        code = getattr(inspect.unwrap(inner) if callable(inner) else inner, "__code__", None)
        if isinstance(code, CodeType):
            yield code


def _is_notebook_cell(file: str) -> bool:
    return "ipykernel" in file or file.startswith("<")


@dataclass
class _Collected:
    """Definitions, imports and constants that an excerpt needs, each once, in the order they have to stand."""

    imports: dict[str, str] = field(default_factory=dict)
    definitions: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, target: Any, file: str, line: int) -> None:
        """Take a definition, after everything that it names."""
        node, text = _definition(file, line, name)
        known = _names_known_to(target)
        self.definitions[name] = ""  # keeps a recursion from coming here again
        for used in sorted({n.id for n in ast.walk(node) if isinstance(n, ast.Name)} - {name}):
            if used in known and used not in self.definitions and used not in self.imports:
                self._carry(used, known[used])
        del self.definitions[name]
        self.definitions[name] = text

    def _carry(self, name: str, value: Any) -> None:
        if isinstance(value, ModuleType):
            self.imports[name] = f"import {value.__name__} as {name}"
        elif isinstance(value, (type, FunctionType)) or callable(value):
            self._carry_callable(name, value)
        elif (literal := _literal(value)) is not None:
            self.definitions[name] = f"{name} = {literal}"

    def _carry_callable(self, name: str, value: Any) -> None:
        module = getattr(value, "__module__", None)
        try:
            file, line = _origin(value)
        except (BadArgument, AttributeError):
            file = ""
        if file and (_is_notebook_cell(file) or "<locals>" in value.__qualname__ or module == "__main__"):
            self.add(name, value, file, line)
        elif module and hasattr(value, "__qualname__"):
            self.imports[name] = f"from {module} import {value.__qualname__.split('.')[0]} as {name}"

    def text(self) -> str:
        """The excerpt as a module."""
        return "\n".join(self.imports.values()) + "\n\n\n" + "\n\n\n".join(self.definitions.values()) + "\n"


def _definition(file: str, line: int, name: str) -> tuple[ast.AST, str]:
    """The class or function around ``line``, as a syntax tree and as text without its indentation."""
    source = "".join(linecache.getlines(file))
    found = [node for node in ast.walk(_parsed(source)) if isinstance(node, (ast.ClassDef, ast.FunctionDef))
             and node.name == name and _first(node) <= line <= (node.end_lineno or line)]
    if not found:
        raise BadArgument(f"the source of {name} has changed since it was defined: run its cell again")
    node = found[-1]
    lines = source.splitlines()[_first(node) - 1 : node.end_lineno]
    return node, textwrap.dedent("\n".join(lines))


def _first(node: ast.ClassDef | ast.FunctionDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise BadArgument(f"the source cannot be read as Python: line {error.lineno}: {error.msg}") from None


def _names_known_to(target: Any) -> dict[str, Any]:
    """The globals and closed-over variables of a definition's functions."""
    known: dict[str, Any] = {}
    functions = [target] if not isinstance(target, type) else [*vars(target).values(), *_base_functions(target)]
    for function in functions:
        inner = getattr(function, "__func__", None) or getattr(function, "fget", None) or function
        if isinstance(inner, FunctionType):
            known |= inner.__globals__
            cells = zip(inner.__code__.co_freevars, inner.__closure__ or (), strict=True)
            known |= {name: cell.cell_contents for name, cell in cells if _is_filled(cell)}
    if isinstance(target, type):
        known |= {base.__name__: base for base in target.__mro__[1:-1]}
    return known


def _base_functions(target: type) -> list[Any]:
    return [value for base in target.__mro__[1:-1] for value in vars(base).values()]


def _is_filled(cell: Any) -> bool:
    try:
        _ = cell.cell_contents
    except ValueError:  # a variable that is assigned later
        return False
    return True


def _literal(value: Any) -> str | None:
    """``value`` as Python text, where that is the whole of it: numbers, texts, containers of them, small arrays."""
    is_array = type(value).__module__ == "numpy" and hasattr(value, "tolist")
    plain = value.tolist() if is_array else value
    text = repr(plain)
    try:
        if len(text) > _LONGEST_CONSTANT or ast.literal_eval(text) != plain:
            return None
    except (ValueError, SyntaxError, TypeError):
        return None
    return f"__import__('numpy').array({text}, dtype={str(value.dtype)!r})" if is_array else text
