"""Data that a module uses at its top level and never defines: ``data``; ``X`` and ``y``; ``x_train``, ``y_train``."""

from __future__ import annotations

import ast
import itertools
import re
import types
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from annprobe.subject.reading.unbound import unbound_names, used_attributes
from annprobe.subject.surroundings.missing.data import DataGuess, LabelsAs, Strict, speaks_of_labels
from annprobe.subject.surroundings.missing.frames import Frame

_TABLE = re.compile(r"^(data|dataset|df|dataframe|training_?data|train_?data)$", re.IGNORECASE)
_FEATURES = re.compile(
    r"^(x(_?(train|test|val|data|tr|te|raw))?|(train|test)_?x|inputs?|input_data|features|train(ing)?_inputs|samples)$",
    re.IGNORECASE,
)
_LABELS = re.compile(
    r"^(y(_?(train|test|val|data|tr|te|raw))?|(train|test)_?y|targets?|labels?|(train(ing)?_)?(labels|outputs|targets))$",
    re.IGNORECASE,
)
_OF_FRAMES = {"iloc", "loc", "values", "columns", "drop", "to_numpy", "head", "as_matrix", "describe"}
_NOTE = "{names} {are} nowhere defined: data of a plausible kind took {its} place"


def absent_data(tree: ast.Module) -> tuple[str, ...]:
    """The names, where all that the top level lacks is data, and what is there is no other half of them."""
    missing = {n for statement in tree.body for n in _read_at_top(statement)} & unbound_names(tree)
    names = sorted(n for n in missing if _TABLE.match(n) or _FEATURES.match(n) or _LABELS.match(n))
    tables = [n for n in names if _TABLE.match(n)]
    features, labels = ([n for n in names if kind.match(n)] for kind in (_FEATURES, _LABELS))
    return tuple(names) if tables or (features and labels) else ()


def _read_at_top(node: ast.AST) -> Iterator[str]:
    """Names that a statement reads when it runs, not when a function is called that it defines."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield node.id
    if not isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Lambda)):
        for child in ast.iter_child_nodes(node):
            yield from _read_at_top(child)


def note_about(names: tuple[str, ...]) -> str:
    """What to tell about them."""
    several = len(names) > 1
    return _NOTE.format(names=", ".join(names), are="are" if several else "is", its="their" if several else "its")


def values_for(names: tuple[str, ...], tree: ast.Module, guess: DataGuess, numpy: types.ModuleType) -> dict[str, Any]:
    """Data under those names, made with the given numpy."""
    return {name: _value(name, used_attributes(tree, name), guess, numpy) for name in names}


def _value(name: str, attributes: set[str], guess: DataGuess, numpy: types.ModuleType) -> Any:
    rows = guess.test_rows if re.search(r"test|val", name.lower()) else None
    if not _TABLE.match(name):
        kind = "y" if _LABELS.match(name) or speaks_of_labels(name) else "x"
        value = guess.named(kind, rows)
        return numpy.array(value, subok=True) if isinstance(value, Strict) else numpy.array(value)
    values = guess.table(bright=guess.columns >= 64)
    if attributes & _OF_FRAMES:
        return Frame(values, [f"column {i}" for i in range(values.shape[1])], numpy.array)
    return numpy.array(values)


def guesses(first: DataGuess) -> Iterator[DataGuess]:
    """What to begin with: one output each class, or one in all, an example a row or a column."""
    kinds: tuple[LabelsAs, ...] = ("onehot", "column", "classes")
    for kind, transposed in itertools.product(kinds, (False, True)):
        classes = 2 if kind == "column" else first.classes
        yield replace(first, labels_as=kind, classes=classes, transposed=transposed, strict=True)
