"""Conversions from what people have to what this Python can parse. Each keeps every line on its line."""

from __future__ import annotations

import ast
import difflib
import importlib
import re
import warnings
from typing import Any

_INVISIBLE: dict[str, str | int | None] = {
    "\u00a0": " ",
    "\u200b": "",
    "\u200c": "",
    "\u200d": "",
    "\ufeff": "",
    "\u2028": "",
    "\u3000": " ",
}
_QUOTES: dict[str, str | int | None] = {"\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'", "\u2212": "-"}
_MAGIC = re.compile(r"^(\s*)(?:[%!]|\?\w|get_ipython\(\)|[\w.]+\?{1,2}\s*$|\w+\s*=\s*[%!])")
_PYTHON2_METHODS = re.compile(r"\.(?:iteritems|iterkeys|itervalues|has_key)\s*\(")
# fixers that rearrange what need not be touched, or that ask the network of imports for its opinion
_NOT_NEEDED = {"idioms", "set_literal", "buffer", "ws_comma", "types", "asserts", "isinstance", "future"}


def visible(text: str) -> tuple[str, str]:
    """Invisible characters and typographic quotes, as pages and word processors leave them in copied code."""
    plain = text.translate(str.maketrans({**_INVISIBLE, **_QUOTES}))
    return plain, "invisible characters and typographic quotes were replaced by plain ones"


def without_magics(text: str) -> tuple[str, str]:
    """Notebook commands (``%matplotlib inline``, ``!pip install ...``) become ``pass``."""
    lines = [_magic_to_pass(line) for line in text.split("\n")]
    return "\n".join(lines), "notebook commands (lines with %, ! or ?) were left out"


def _magic_to_pass(line: str) -> str:
    found = _MAGIC.match(line)
    return f"{found[1]}pass" if found else line


def without_tabs(text: str) -> tuple[str, str]:
    """Tabs count as far as the next multiple of eight, as Python 2 read them."""
    return text.expandtabs(8), "tabs mixed with spaces were read as reaching to the next multiple of eight"


def calls_python2_methods(text: str) -> bool:
    """Whether code that this Python can parse calls methods that only Python 2's dictionaries have."""
    return bool(_PYTHON2_METHODS.search(text))


def from_python2(text: str) -> str | None:
    """Python 3 source for Python 2 source, or None when it is neither or no converter is installed."""
    for package in ("lib2to3", "fissix"):
        tool = _refactoring_tool(package)
        if tool is None:
            continue
        for source in (text, text.expandtabs(8)):
            try:
                return str(tool.refactor_string(source.rstrip() + "\n", "module"))
            except Exception:  # the converter raises whatever its parser raises; it then has no answer
                continue
    return None


def _refactoring_tool(package: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # lib2to3 announces its own removal
        try:
            refactor = importlib.import_module(f"{package}.refactor")
            fixers = refactor.get_fixers_from_package(f"{package}.fixes")
            wanted = [name for name in fixers if name.rpartition(".fix_")[2] not in _NOT_NEEDED]
            return refactor.RefactoringTool(wanted)
        except ImportError:
            return None


def line_map(before: str, after: str) -> tuple[int, ...]:
    """For every line of ``after`` the line of ``before`` (from 1) that it came from; () when all stayed in place."""
    old, new = before.rstrip().split("\n"), after.rstrip().split("\n")
    lines = list(range(1, len(new) + 1))
    match = difflib.SequenceMatcher(None, _skeleton(old), _skeleton(new), autojunk=False)
    for _, i1, i2, j1, j2 in match.get_opcodes():
        for k in range(j1, j2):
            lines[k] = min(i1 + (k - j1), max(i2, i1 + 1) - 1, len(old) - 1) + 1
    return () if lines == list(range(1, len(old) + 1)) else tuple(lines)


def _skeleton(lines: list[str]) -> list[str]:
    """What a conversion leaves alone in a line: its indentation and its first word."""
    return [re.sub(r"[\s()]+", "", line)[:12] for line in lines]


def division_notes(text: str, lines: tuple[int, ...]) -> list[str]:
    """Python 2 gave whole numbers for divisions of whole numbers; say where that can be seen in the source."""
    found = sorted(
        lines[node.lineno - 1] if lines else node.lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and _is_int(node.left) and _is_int(node.right)
    )
    if not found or re.search(r"from\s+__future__\s+import.*division", text):
        return []
    shown = ", ".join(str(line) for line in found[:5])
    return [f"whole numbers are divided in line {shown}: Python 2 rounds the result down, this Python does not"]


def _is_int(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int
