"""Single precision run as double: seven digits are too few to tell a small error of a gradient from rounding."""

from __future__ import annotations

import ast
from collections.abc import Iterator

IN_DOUBLE = "single precision (float32) was run as double, so that its rounding is not taken for an error"

_SINGLE = {"float32", "float16"}
_SHORT = {"f", "f4", "<f4", "=f4", "e", "f2", "single", "half"}  # other names, where a type is asked for
_BYTES = {"frombuffer", "fromfile", "memmap", "fromstring", "view"}  # a type says here how bytes are read


def in_double(tree: ast.Module) -> ast.Module:
    """The same module in double precision; positions stay. Changes and returns ``tree``."""
    for node in list(single_places(tree)):
        if isinstance(node, ast.Attribute):
            node.attr = "float64"
        elif isinstance(node, ast.Constant):
            node.value = "float64"
        elif isinstance(node, ast.alias):
            node.asname, node.name = node.asname or node.name, "float64"
    return tree


def single_places(node: ast.AST) -> Iterator[ast.AST]:
    """Where single precision is asked for: ``np.float32``, ``dtype="float32"``, ``astype("f")``, an import of it."""
    if isinstance(node, ast.Call) and _called(node) in _BYTES:
        return
    if (isinstance(node, ast.Attribute) and node.attr in _SINGLE) or _says(node, _SINGLE):
        yield node
    if isinstance(node, ast.Call):
        yield from (part for part in _types_given(node) if _says(part, _SHORT))
    if isinstance(node, ast.ImportFrom) and node.module == "numpy":
        yield from (alias for alias in node.names if alias.name in _SINGLE)
    for child in ast.iter_child_nodes(node):
        yield from single_places(child)


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def _types_given(node: ast.Call) -> list[ast.expr]:
    by_name = [keyword.value for keyword in node.keywords if keyword.arg == "dtype"]
    return [*by_name, *node.args[:1]] if _called(node) in {"astype", "dtype"} else by_name


def _says(node: ast.AST, names: set[str]) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in names
