"""Functions, classes and methods of the user's module as things to call: parameters, results, who calls whom."""

from __future__ import annotations

import ast
import inspect
from dataclasses import dataclass, field, replace
from typing import Any

from annprobe.subject.making.bodies import (
    are_labels,
    compared_strings,
    is_array,
    is_indexed,
    is_rate,
    only_tested,
    stored_as,
)
from annprobe.subject.reading.words import Stage, stage_of


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; ``annotation`` is its source text, '' when there is none.

    rate     whether the body uses it as nothing but the factor of what is subtracted or added, as a learning rate
    indexed  whether the body takes entries of it
    labels   whether the body takes one entry a row by it, as by class numbers: ``p[np.arange(n), k]``
    array    whether the body takes it for one array: multiplies matrices with it, or asks for its shape
    strings  what the module compares it, or an attribute of its name, with: ``if self.activation == "relu"``
    tested   whether it, or the attribute that it becomes, is never read but in an ``if``
    """

    name: str
    optional: bool
    default: Any = None
    annotation: str = ""
    keyword_only: bool = False
    rate: bool = False
    indexed: bool = False
    labels: bool = False
    array: bool = False
    strings: tuple[str, ...] = ()
    tested: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """A function, method or class (then the parameters are those of the constructor).

    returns  names of what it returns, when every ``return`` gives a tuple of one length (or one name)
    calls    names of functions and methods that its body mentions
    loops    whether its body has a loop
    attributes  of a method: what it reaches for in its object
    stateful   whether it, or a method that it calls, has to do with what the object holds
    """

    name: str
    parameters: tuple[Parameter, ...]
    stage: Stage
    returns: tuple[str, ...] = ()
    returns_tuple: bool = False
    calls: frozenset[str] = frozenset()
    loops: bool = False
    variadic: bool = False
    line: int = 0
    attributes: frozenset[str] = frozenset()
    stateful: bool = True

    @property
    def required(self) -> tuple[Parameter, ...]:
        """Parameters without a default."""
        return tuple(p for p in self.parameters if not p.optional)


@dataclass(frozen=True, slots=True)
class Class:
    """A class of the module: its constructor and its methods (inherited ones of the module included)."""

    name: str
    constructor: Function
    methods: dict[str, Function] = field(default_factory=dict)
    line: int = 0


def functions_of(tree: ast.Module, namespace: dict[str, Any]) -> dict[str, Function]:
    """The module's own functions, in the order of the file, called ones before callers or not."""
    found = {}
    known = compared_strings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and inspect.isfunction(namespace.get(node.name)) and node in tree.body:
            found[node.name] = _with_strings(_function(node, skip_first=False), known, {})
    return found


def classes_of(tree: ast.Module, namespace: dict[str, Any]) -> dict[str, Class]:
    """The module's own classes that can be instantiated, with what they inherit from each other."""
    nodes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    known = compared_strings(tree)
    found = {}
    for name, node in nodes.items():
        kind = namespace.get(name)
        if not isinstance(kind, type) or issubclass(kind, BaseException):
            continue
        methods: dict[str, Function] = {}
        stored: dict[str, str] = {}
        for ancestor in reversed(kind.__mro__):
            own = nodes.get(ancestor.__name__)
            for item in own.body if own is not None else ():
                if isinstance(item, ast.FunctionDef):
                    methods[item.name] = _function(item, skip_first=not _is_static(item))
                    stored = stored_as(item) if item.name == "__init__" else stored
        methods = _with_states(methods)
        methods = {key: _with_strings(m, known, stored if key == "__init__" else {}) for key, m in methods.items()}
        if "__init__" in methods:
            methods["__init__"] = _with_flags(methods["__init__"], stored, only_tested(tree))
        constructor = methods.pop("__init__", None) or _from_signature(name, kind)
        methods = {key: m for key, m in methods.items() if not key.startswith("__") or key == "__call__"}
        found[name] = Class(name, constructor, methods, node.lineno)
    return found


def _with_strings(function: Function, known: dict[str, tuple[str, ...]], stored: dict[str, str]) -> Function:
    names = {p.name: (p.name.strip("_"), stored.get(p.name, "")) for p in function.parameters}
    strings = {name: next((known[n] for n in both if n in known), ()) for name, both in names.items()}
    return replace(function, parameters=tuple(replace(p, strings=strings[p.name]) for p in function.parameters))


def _with_flags(constructor: Function, stored: dict[str, str], tested: frozenset[str]) -> Function:
    found = tuple(replace(p, tested=stored.get(p.name, p.name) in tested) for p in constructor.parameters)
    return replace(constructor, parameters=found)


def _with_states(methods: dict[str, Function]) -> dict[str, Function]:
    """The methods; stateful are those that reach for anything in their object but methods that do not."""
    pure = {name for name, m in methods.items() if m.attributes <= set(methods)}
    while less := {n for n in pure if not methods[n].attributes <= pure}:
        pure -= less
    if pure >= {name for name in methods if not name.startswith("__")}:
        return methods  # a mere collection of functions
    return {name: replace(method, stateful=name not in pure) for name, method in methods.items()}


def _attributes(node: ast.FunctionDef) -> frozenset[str]:
    """What a method reaches for in its object; "" for the object itself."""
    own = node.args.args[0].arg if node.args.args else ""
    reached = {n.value: n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
    return frozenset(reached.get(n, "") for n in ast.walk(node) if isinstance(n, ast.Name) and n.id == own)


def _function(node: ast.FunctionDef, *, skip_first: bool) -> Function:
    positional = [*node.args.posonlyargs, *node.args.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(node.args.defaults)) + list(node.args.defaults)
    pairs = [(a, d, False) for a, d in zip(positional, defaults, strict=True)][1 if skip_first else 0 :]
    pairs += [(a, d, True) for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)]
    names, is_tuple = _returned(node)
    return Function(
        node.name,
        tuple(_parameter(node, a, d, keyword) for a, d, keyword in pairs),
        stage_of(node.name),
        names,
        is_tuple,
        frozenset(_mentioned(node)),
        any(isinstance(n, (ast.For, ast.While)) for n in ast.walk(node)),
        node.args.vararg is not None,
        node.lineno,
        _attributes(node) if skip_first else frozenset(),
    )


def _parameter(
    function: ast.FunctionDef, argument: ast.arg, default: ast.expr | None, keyword_only: bool
) -> Parameter:
    annotation = ast.unparse(argument.annotation) if argument.annotation is not None else ""
    value = default.value if isinstance(default, ast.Constant) else default
    rate, indexed, labels, array = (
        of(function, argument.arg) for of in (is_rate, is_indexed, are_labels, is_array)
    )
    return Parameter(
        argument.arg, default is not None, value, annotation, keyword_only, rate, indexed, labels, array
    )


def _is_static(node: ast.FunctionDef) -> bool:
    return any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in node.decorator_list)


def _from_signature(name: str, kind: type) -> Function:
    """The constructor of a dataclass, or of a class without one."""
    try:
        signature = inspect.signature(kind)
    except (TypeError, ValueError):
        return Function(name, (), "make")
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    parameters = [p for p in signature.parameters.values() if p.kind in kinds]
    return Function(
        name,
        tuple(Parameter(p.name, p.default is not p.empty, p.default, str(p.annotation)) for p in parameters),
        "make",
    )


def _returned(node: ast.FunctionDef) -> tuple[tuple[str, ...], bool]:
    """Names of the values returned, from the last ``return`` that has a value."""
    inner = {n for f in ast.walk(node) if isinstance(f, (ast.FunctionDef, ast.Lambda)) and f is not node
             for n in ast.walk(f)}  # fmt: skip
    values = [n.value for n in ast.walk(node) if isinstance(n, ast.Return) and n.value is not None and n not in inner]
    if not values:
        return (), False
    value = values[-1]
    if isinstance(value, ast.Tuple):
        return tuple(_name(item, i) for i, item in enumerate(value.elts)), True
    return (_name(value, 0),), False


def _name(value: ast.expr, position: int) -> str:
    if isinstance(value, ast.Name):
        return value.id
    if isinstance(value, ast.Attribute):
        return value.attr.strip("_")
    return f"result{position}"


def _mentioned(node: ast.AST) -> list[str]:
    names = [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]
    return names + [n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)]
