"""Arrays of one entry used as numbers, which numpy 2.4 refuses: ``float(x)``, ``math.exp(x)``, ``a[i] = x`` and so on.

A module that was written for an older numpy shall run as it did then. What is changed in its text keeps its positions.
"""

from __future__ import annotations

import ast
import operator
import types
from collections.abc import Callable
from typing import Any

import numpy as np

Note = Callable[[str], None]

_NUMBER, _FORMAT, _STORE, _AUGMENT = (f"__annprobe_{name}__" for name in ("number", "format", "store", "augment"))
_INPLACE: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.iadd, "Sub": operator.isub, "Mult": operator.imul, "Div": operator.itruediv, "Pow": operator.ipow,
    "FloorDiv": operator.ifloordiv, "Mod": operator.imod, "MatMult": operator.imatmul,
}  # fmt: skip
_TOLD = "an array of one entry was used as a number, as numpy allowed before 2.4"


def is_single(value: Any) -> bool:
    """Whether it is an array of one entry that is no number by itself."""
    return isinstance(value, np.ndarray) and value.ndim > 0 and value.size == 1


class SingleEntries:
    """What the rewritten module calls; ``note`` hears when it was needed."""

    def __init__(self, note: Note) -> None:
        self._note = note

    def tell(self) -> None:
        """An array was used as a number."""
        self._note(_TOLD)

    def number(self, value: Any) -> Any:
        """The one entry of an array; anything else as it is."""
        if not is_single(value):
            return value
        self.tell()
        return value[(0,) * value.ndim]  # a matrix stays one when it is reshaped

    def formatted(self, text: str, values: Any) -> str:
        """``text % values``"""
        made: str
        try:
            made = text % values
        except TypeError:
            given = values if isinstance(values, tuple) else (values,)
            if not any(map(is_single, given)):
                raise
            made = text % tuple([self.number(value) for value in given])
        return made

    def store(self, value: Any, place: Any, index: Any) -> None:
        """``place[index] = value``"""
        try:
            place[index] = value
        except ValueError:
            if not isinstance(place, np.ndarray) or not is_single(value):
                raise
            place[index] = self.number(value)

    def augment(self, place: Any, index: Any, name: str, value: Any) -> None:
        """``place[index] += value``, or another operation by its name in the syntax tree"""
        self.store(_INPLACE[name](place[index], value), place, index)

    def math(self, base: types.ModuleType) -> types.ModuleType:
        """``math`` whose functions take arrays of one entry."""
        module = types.ModuleType(base.__name__, base.__doc__)
        for name in dir(base):
            value = getattr(base, name)
            setattr(module, name, self._patient(value) if callable(value) and not name.startswith("_") else value)
        return module

    def _patient(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                return function(*args, **kwargs)
            except TypeError:
                if not any(map(is_single, args)):
                    raise
                return function(*[self.number(value) for value in args], **kwargs)

        call.__name__ = getattr(function, "__name__", "function")
        call.__doc__ = function.__doc__
        return call

    @property
    def builtins(self) -> dict[str, Callable[..., Any]]:
        """The names that the rewritten module calls."""
        return {_NUMBER: self.number, _FORMAT: self.formatted, _STORE: self.store, _AUGMENT: self.augment}


class _Rewriting(ast.NodeTransformer):
    def __init__(self, stores: bool) -> None:
        self._stores = stores

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        makes_number = isinstance(node.func, ast.Name) and node.func.id in ("float", "int")
        if makes_number and len(node.args) == 1 and not node.keywords:
            given = node.args[0]
            if not isinstance(given, (ast.Starred, ast.Constant)):
                node.args[0] = _call(_NUMBER, given, given)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant) and isinstance(node.left.value, str):
            return _call(_FORMAT, node, node.left, node.right)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        self.generic_visit(node)
        target = node.targets[0]
        if len(node.targets) > 1 or not self._is_place(target):
            return node
        assert isinstance(target, ast.Subscript)
        stored = _call(_STORE, node, node.value, target.value, target.slice)
        return ast.copy_location(ast.Expr(stored), node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        name, target = type(node.op).__name__, node.target
        if name not in _INPLACE or not self._is_place(target):
            return node
        assert isinstance(target, ast.Subscript)
        changed = _call(_AUGMENT, node, target.value, target.slice, ast.Constant(name), node.value)
        return ast.copy_location(ast.Expr(changed), node)

    def _is_place(self, target: ast.expr) -> bool:
        """An entry of something: an index without slices."""
        if not self._stores or not isinstance(target, ast.Subscript):
            return False
        parts = target.slice.elts if isinstance(target.slice, ast.Tuple) else [target.slice]
        return not any(isinstance(part, (ast.Slice, ast.Starred)) for part in parts)


def _call(name: str, place: ast.AST, *args: ast.expr) -> ast.Call:
    function = ast.copy_location(ast.Name(name, ast.Load()), place)
    return ast.copy_location(ast.Call(function, list(args), []), place)


def allow_single_entries(tree: ast.Module, *, stores: bool) -> ast.Module:
    """Rewrite the module's uses of arrays as numbers; ``stores``: assignments to entries as well."""
    made: ast.Module = ast.fix_missing_locations(_Rewriting(stores).visit(tree))
    return made
