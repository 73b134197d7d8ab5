"""Names that a module uses and never binds, though everybody knows them: code is pasted without its imports."""

from __future__ import annotations

import ast
import builtins
import types
from collections.abc import Callable
from typing import Any

Import = Callable[..., types.ModuleType]

_MODULES = {
    "np": "numpy",
    "plt": "matplotlib.pyplot",
    "pd": "pandas",
    "sns": "seaborn",
    "sp": "scipy",
    "nr": "numpy.random",
    "npr": "numpy.random",
    "la": "numpy.linalg",
    "rd": "random",
    "rnd": "random",
    "pyplot": "matplotlib.pyplot",
}
_AS_THEY_ARE = {
    "numpy", "math", "random", "sys", "os", "time", "copy", "pickle", "json", "csv", "itertools", "matplotlib",
    "scipy", "sklearn",
}  # fmt: skip
_NUMPY = {
    "array", "dot", "zeros", "ones", "exp", "log", "tanh", "sqrt", "maximum", "matrix", "mat", "transpose", "argmax",
    "ndarray",
}  # fmt: skip
_RANDOM = {"randint", "uniform", "shuffle", "choice", "randrange", "sample", "gauss"}
_NUMERIC = {"numpy", "pylab", "scipy", "matplotlib", "math", "random"}  # all of them: numpy's names, old ones, too
_ITEMS = {
    "deepcopy": "copy",
    "pprint": "pprint",
    "tqdm": "tqdm",
    "defaultdict": "collections",
    "expit": "scipy.special",
    "train_test_split": "sklearn.model_selection",
    "StandardScaler": "sklearn.preprocessing",
    "MinMaxScaler": "sklearn.preprocessing",
    "mnist": "keras.datasets",
    **dict.fromkeys(_NUMPY, "numpy"),
    **dict.fromkeys(_RANDOM, "random"),
}


def unbound_names(tree: ast.Module) -> set[str]:
    """Names that are read somewhere and bound nowhere, in no scope."""
    read: set[str] = set()
    bound = set(dir(builtins)) | {"__file__", "__name__"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (read if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            bound.add(node.name)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            bound.update(node.names)
    return read - bound


def _all_of(tree: ast.Module) -> set[str]:
    """The packages of which everything is imported."""
    stars = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and any(a.name == "*" for a in n.names)]
    return {(n.module or "").partition(".")[0] for n in stars}


def supplied(tree: ast.Module, import_: Import) -> tuple[dict[str, Any], list[str]]:
    """The well-known ones among them by name, and what to tell about each."""
    found: dict[str, Any] = {}
    notes = []
    everything = _all_of(tree)
    if everything - _NUMERIC:  # whatever that brings; where it brings nothing, these are meant
        known = unbound_names(tree) & (_MODULES.keys() | _AS_THEY_ARE)
        return {name: import_(_MODULES.get(name, name), fromlist=("*",)) for name in known}, []
    numpy = import_("numpy", fromlist=("*",)) if everything else None
    for name in sorted(unbound_names(tree)):
        used = used_attributes(tree, name)
        if numpy is not None and name not in _MODULES and hasattr(numpy, name):
            found[name] = getattr(numpy, name)
            continue
        if name == "random" and "()" in used:
            found[name], origin = import_("random", fromlist=("random",)).random, "random.random"
        elif name == "random" and used & {"rand", "randn", "standard_normal"}:
            found[name], origin = import_("numpy.random", fromlist=("*",)), "numpy.random"
        elif name in _MODULES or name in _AS_THEY_ARE:
            origin = _MODULES.get(name, name)
            found[name] = import_(origin, fromlist=("*",))
        elif name in _ITEMS:
            found[name], origin = getattr(import_(_ITEMS[name], fromlist=(name,)), name), f"{_ITEMS[name]}.{name}"
        else:
            continue
        notes.append(f"{name} is used and never imported: taken as {origin}")
    return found, notes


def used_attributes(tree: ast.Module, name: str) -> set[str]:
    """The attributes that are taken of a name; ``()`` where it is called itself."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name:
            found.add(node.attr)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            found.add("()")
    return found
