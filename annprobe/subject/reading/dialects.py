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
_PYTHON2_METHODS = re.compile(
    r"\.(?:iteritems|iterkeys|itervalues|has_key)\s*\(|\.(?:keys|values|items)\(\)\s*\[|\b(?:zip|map)\([^()]*\)\s*\["
)
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
    """Whether code that this Python can parse does what only Python 2's dictionaries, zip and map allow."""
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


def divides_whole_numbers(original: str) -> bool:
    """Whether ``/`` rounds down for whole numbers in this Python 2 source."""
    return re.search(r"from\s+__future__\s+import.*division", original) is None


def with_old_division(tree: ast.Module) -> ast.Module:
    """The same module with Python 2's ``/``; positions stay. Changes and returns ``tree``."""
    result: ast.Module = _OldDivision().visit(tree)
    return ast.fix_missing_locations(result)


class _OldDivision(ast.NodeTransformer):
    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Div):
            return node
        name = ast.copy_location(ast.Name(OLD_DIVIDE, ast.Load()), node.left)
        return ast.copy_location(ast.Call(name, [node.left, node.right], []), node)


OLD_DIVIDE = "__annprobe_old_divide__"


def old_divide(a: Any, b: Any) -> Any:
    """``a / b`` as Python 2 and the numpy of its time had it: rounded down where both are whole numbers."""
    return a // b if _is_whole(a) and _is_whole(b) else a / b


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) or getattr(getattr(value, "dtype", None), "kind", "") in ("i", "u")
