"""Activation functions that a module uses and does not have: the textbook's, where only one can be meant."""

from __future__ import annotations

import ast
import re
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

_BASES = {"sigmoid": "sigmoide?|sigm?|logistic|expit", "relu": "relu|rectifier", "tanh": "tanh"}
_SLOPE = "derivative|derivada|derivate|deriv|der|prime|gradient|grad|slope|diff|d"
_ANY = re.compile(
    r"(hidden|output|layer)*(?P<before>derivative|deriv|d)?(of)?activation(function|func)?(?P<after>derivative|deriv|prime|der)?"
)
_NAME = re.compile(
    rf"(?P<before>{_SLOPE})?(of|activation)?({'|'.join(f'(?P<{b}>{stems})' for b, stems in _BASES.items())})"
    rf"(function|func|fn|activation|act)?(?P<after>{_SLOPE})?(function|func|fn)?"
)
_WHICHEVER = "activation"  # no matter which, where its derivative is not defined either
_DEPTH = 4


@dataclass(frozen=True, slots=True)
class Helper:
    """One function: what it does, and the formula to tell about."""

    call: Callable[[types.ModuleType, Any], Any]
    formula: str


def _logistic(numpy: types.ModuleType, z: Any) -> Any:
    return 1.0 / (1.0 + numpy.exp(-z))


def _slope(numpy: types.ModuleType, a: Any) -> Any:
    """``a * (1 - a)``, without a product that is another one for matrices, nor a difference from 1 as from a target."""
    return a - numpy.multiply(a, a)


_HELPERS = {
    ("sigmoid", ""): Helper(_logistic, "1 / (1 + exp(-z))"),
    ("relu", ""): Helper(lambda numpy, z: numpy.maximum(z, 0.0), "max(z, 0)"),
    ("tanh", ""): Helper(lambda numpy, z: numpy.tanh(z), "tanh(z)"),
    ("sigmoid", "a"): Helper(_slope, "a * (1 - a), of the activation"),
    ("tanh", "a"): Helper(lambda numpy, a: 1.0 - numpy.multiply(a, a), "1 - a ** 2, of the activation"),
    ("relu", "z"): Helper(lambda numpy, z: (z > 0) * 1.0, "1 where positive, else 0"),
    ("tanh", "z"): Helper(lambda numpy, z: 1.0 - numpy.square(numpy.tanh(z)), "1 - tanh(z) ** 2"),
    ("sigmoid", "z"): Helper(lambda numpy, z: _slope(numpy, _logistic(numpy, z)), "sigmoid(z) * (1 - sigmoid(z))"),
}
_HELPERS |= {(_WHICHEVER, kind): _HELPERS["sigmoid", kind] for kind in ("", "a", "z")}


def activation_of(name: str) -> tuple[str, bool] | None:
    """(activation, whether its derivative) for ``sigmoid``, ``d_relu``, ``sigmoidGradient``; None for other names."""
    letters = re.sub(r"[^a-z]", "", name.lower())
    found = _NAME.fullmatch(letters)
    if found is None:
        any_ = _ANY.fullmatch(letters)
        return (_WHICHEVER, bool(any_["before"] or any_["after"])) if any_ is not None else None
    slopes = [found["before"], found["after"]]
    return next(base for base in _BASES if found[base]), any(slopes)


@dataclass
class Textbook:
    """Which helpers the calls of one module leave without doubt."""

    tree: ast.Module
    _known: dict[str, Helper | None] = field(default_factory=dict)

    def helper(self, name: str, numpy: types.ModuleType) -> tuple[Callable[[Any], Any], str] | None:
        """The function of that name and its formula; None where it may mean several things, or something else."""
        if name not in self._known:
            self._known[name] = self._meant(name)
        found = self._known[name]
        return (partial(found.call, numpy), found.formula) if found is not None else None

    def _meant(self, name: str) -> Helper | None:
        known = activation_of(name)
        calls = [call for call in _calls(self.tree) if _called(call) == name]
        if known is None or any(len(call.args) != 1 or call.keywords for call in calls):
            return None
        base, slope = known
        if base == _WHICHEVER and not self._alone():
            return None
        if not slope:
            return _HELPERS[base, ""]
        if base == "relu":
            return _HELPERS[base, "z"]
        argued = {said for scope in _scopes(self.tree) for said in _arguments(scope, name, base)}
        return _HELPERS[base, argued.pop()] if argued in ({"z"}, {"a"}) else None

    def _alone(self) -> bool:
        """Whether an activation that has no name of its own has its derivative beside it: then any will do."""
        names = {_called(call) for call in _calls(self.tree)}
        kinds = {known[1] for name in names if (known := activation_of(name)) and known[0] == _WHICHEVER}
        defined = {n.name for n in ast.walk(self.tree) if isinstance(n, ast.FunctionDef)}
        return kinds == {True, False} and not names & defined & {n for n in names if _ANY.fullmatch(n.lower())}


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _scopes(tree: ast.Module) -> Iterator[ast.AST]:
    """Each function, and what stands outside of functions."""
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    yield from functions
    yield ast.Module([s for s in tree.body if not isinstance(s, (ast.FunctionDef, ast.ClassDef))], [])


def _arguments(scope: ast.AST, name: str, base: str) -> Iterator[str]:
    """For each call of the derivative in this scope: ``z``, ``a``, or ``?`` for what it is a function of."""
    own = [call for call in _calls(scope) if activation_of(_called(call)) == (base, False)]
    passed = {ast.unparse(call.args[0]) for call in own if call.args}
    for call in _calls(scope):
        if _called(call) == name:
            yield _origin(scope, call.args[0], call.lineno, base, passed, _DEPTH)


def _origin(scope: ast.AST, value: ast.expr, line: int, base: str, passed: set[str], depth: int) -> str:
    """Follows a value back to where it was given to the activation, or came from it."""
    text = ast.unparse(value)
    if isinstance(value, ast.Call) and activation_of(_called(value)) == (base, False):
        return "a"
    before = [(at, v) for target, at, v in _assignments(scope) if target == text and at < line]
    if before and depth:
        at, assigned = max(before, key=lambda pair: pair[0])
        if isinstance(assigned, ast.Call) and activation_of(_called(assigned)) == (base, False):
            return "a"
        if text in passed:
            return "z"
        parts = [n for n in _parts(assigned, base) if ast.unparse(n) != text]
        said = {_origin(scope, n, at, base, passed, depth - 1) for n in parts}
        return next(iter(said - {"?"})) if len(said - {"?"}) == 1 else "?"
    if isinstance(value, ast.Subscript) and text not in passed:
        return _origin(scope, value.value, line, base, passed, depth)
    return "z" if text in passed else "?"


def _parts(value: ast.AST, base: str) -> Iterator[ast.expr]:
    """What an expression is made of: calls of the activation as a whole, else names, attributes and entries."""
    if isinstance(value, ast.Call) and activation_of(_called(value)) == (base, False):
        yield value
        return
    if isinstance(value, (ast.Name, ast.Attribute, ast.Subscript)):
        yield value
    for child in ast.iter_child_nodes(value):
        yield from _parts(child, base)


def _assignments(scope: ast.AST) -> Iterator[tuple[str, int, ast.expr]]:
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                yield ast.unparse(target), node.lineno, node.value
